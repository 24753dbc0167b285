"""What is owed after an opening: pictures or video by the next working day, the filing; each a limit that runs, shown with its working."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.casework.clocks.selectors import clock_todos, clocks_on
from mingqian.casework.models import Clock
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.uploads.tests.senders import Sender, jpeg
from mingqian.drawing.duties.services import note_filed
from mingqian.drawing.media import services as media_services
from mingqian.drawing.models import Draw, DrawMedia
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.rules.calendar.selectors import current_calendar
from mingqian.rules.deadlines.selectors import add_working_days, law_date
from mingqian.testing import Bureau, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def running(draw: Draw, kind: str) -> Clock | None:
    """Return the limit of a kind that runs on a draw."""
    return clocks_on(draw.ledger_subject).filter(kind=kind, cleared_at__isnull=True).first()


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be another day."""
    monkeypatch.setattr(clock, "today", lambda: day)


def test_art09_both_limits_run_from_the_opening(stocked: Bureau) -> None:
    """A9.4, A9.5: due at the end of the next working day, by the calendar; nothing runs on what is not opened."""
    draw, sealed = opened_draw(stocked), sealed_draw(stocked, scope="2026-02")
    assert draw.opened_at
    limit = add_working_days(law_date(draw.opened_at), 1, current_calendar())
    rows = clocks_on(draw.ledger_subject)
    assert {(row.kind, row.due, row.working) for row in rows} == {
        ("draw-media", limit.due, limit.words),
        ("draw-filing", limit.due, limit.words),
    }
    assert list(clocks_on(sealed.ledger_subject)) == []
    assert verify_log().problems == []


def test_art09_pictures_end_the_wait_and_it_begins_anew_without_them(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.4: the first picture clears the limit; a second changes nothing; with the last one withdrawn another limit runs."""
    draw = opened_draw(stocked, title="节能监察")
    client = sign_in(stocked.officer)
    assert "补传照片或录像：节能监察" in client.get("/").content.decode()
    Sender(client, draw).send("a.jpg", jpeg())
    assert running(draw, "draw-media") is None
    assert "已存档：照片" in clocks_on(draw.ledger_subject).get(kind="draw-media").cleared_how
    assert "补传照片或录像" not in client.get("/").content.decode()
    Sender(client, draw).send("b.jpg", jpeg(2000))
    first, second = DrawMedia.objects.order_by("serial")
    media_services.withdraw(stocked.officer, first, why="传错了抽取")
    assert running(draw, "draw-media") is None
    media_services.withdraw(stocked.officer, second, why="传错了抽取")
    anew = running(draw, "draw-media")
    assert anew
    assert anew.started == clock.today()
    assert clocks_on(draw.ledger_subject).filter(kind="draw-media").count() == 2
    assert verify_log().problems == []


def test_art09_pictures_before_the_opening_start_no_limit(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.4: who has photographed the witnesses has the pictures on file when the draw is opened."""
    draw = sealed_draw(stocked)
    Sender(sign_in(stocked.officer), draw).send("a.jpg", jpeg())
    assert list(clocks_on(draw.ledger_subject)) == []


def test_art09_limits_become_yellow_and_red_on_the_workbench_of_the_officers(
    stocked: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9.4: yellow by the warning days of the rules, red once the day is over; for the division and the regulations division."""
    draw = opened_draw(stocked)
    row = running(draw, "draw-media")
    assert row
    on(monkeypatch, row.due)
    assert row.shown.label == "黄牌 · 今天到期"
    on(monkeypatch, row.due + timedelta(days=1))
    assert row.shown.label == f"红牌 · {row.due.month}月{row.due.day}日已到期"
    for user in (stocked.officer, stocked.user(Role.REGULATIONS_OFFICER)):
        assert {todo.tone for todo in clock_todos(user)} == {"overdue"}
    assert list(clock_todos(stocked.leader)) == []


def test_art09_the_pages_show_how_a_limit_came_about_and_what_it_waits_for(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.5: on the draw's page and in the list, with the way that is open until the channel is there."""
    draw = opened_draw(stocked)
    client = sign_in(stocked.officer)
    page = client.get(f"/draws/{draw.code}/").content.decode()
    row = running(draw, "draw-filing")
    assert row
    assert row.working in page
    assert "等待备案渠道接入；可先按单位现有方式报备" in page
    assert f"/draws/{draw.code}/filed/" in page
    listed = client.get("/work/clocks/").content.decode()
    assert row.working in listed
    assert draw.title in listed


def test_art09_an_officer_puts_the_filing_on_record_with_its_receipt(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.5: the day and the number of the receipt; once; never before the opening or in advance; not by another division."""
    draw = opened_draw(stocked)
    today = clock.today()
    for day, receipt in (
        (today, " "),
        (today + timedelta(days=1), "备2026-1"),
        (today - timedelta(days=9), "备2026-1"),
    ):
        with pytest.raises(DomainError):
            note_filed(stocked.officer, draw, on=day, receipt=receipt)
    with pytest.raises(NotAllowedError):
        note_filed(stocked.leader, draw, on=today, receipt="备2026-1")
    answer = sign_in(stocked.officer).post(
        f"/draws/{draw.code}/filed/", {"on": today.isoformat(), "receipt": "备2026-1"}, follow=True
    )
    assert "已登记报备" in answer.content.decode()
    row = clocks_on(draw.ledger_subject).get(kind="draw-filing")
    assert "备2026-1" in row.cleared_how
    assert Entry.objects.filter(verb="clock.clear", subject=draw.ledger_subject, actor=stocked.officer.actor).exists()
    with pytest.raises(DomainError):
        note_filed(stocked.officer, draw, on=today, receipt="备2026-2")
    assert "没有在计的报备期限" in sign_in(stocked.officer).get(f"/draws/{draw.code}/filed/").content.decode()
