"""Too few inspectors: who was left out at the seal and is free again, what hides an appointment, what officers are told."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.bundle.selectors import bundle_files, rows_of, teams_of
from mingqian.drawing.changes.seal import TooFewError, preview
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.draw.services import publish
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.tests.changes import (
    OUTSIDE,
    STATEMENT,
    appointed,
    approved,
    asked,
    first_place,
    opened,
    outsiders,
    sealed,
)
from mingqian.drawing.tests.stages import GROUND, ask_at, sound
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.models import Entry
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind, OutReason
from mingqian.testing import Bureau, noted, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def drawn_without(bureau: Bureau, count: int = 1) -> tuple[Draw, list[Inspector]]:
    """Return an opened draw, and inspectors of its divisions whom its seal left out for leave."""
    today = clock.today()
    own = Inspector.objects.filter(organ=bureau.organ, division=bureau.divisions["jieneng"])
    away = list(own.order_by("certificate_number")[:count])
    for one in away:
        people_services.add_absence(
            bureau.officer, one, reason=OutReason.LEAVE, since=today, until=today + timedelta(days=300)
        )
    draw = opened_draw(bureau)
    assert table_out(draw) == {one.certificate_number: "out:leave" for one in away}
    return draw, away


def table_out(draw: Draw) -> dict[str, str]:
    """Return inspector → status of those whom the seal left out."""
    return {row[0]: row[2] for row in rows_of(bundle_files(draw), "inspectors.tsv") if row[2] != "in"}


def back(bureau: Bureau, inspector: Inspector) -> Inspector:
    """Let somebody be back from leave."""
    people_services.end_absence(bureau.officer, inspector.absences.get(), back_on=clock.today())
    return Inspector.objects.get(pk=inspector.pk)


def left_with(bureau: Bureau, draw: Draw, subject: str, stay: int) -> list[str]:
    """Put interests on record until only `stay` of those who took part in the draw could come; return their numbers."""
    files = bundle_files(draw)
    out = table_out(draw)
    taking_part = [line.split("\t")[0] for line in files["inspectors.tsv"].decode().splitlines()]
    free = [number for number in taking_part if number not in {*out, *teams_of(draw)[subject]}]
    company = Subject.objects.get(organ=bureau.organ, number=subject)
    for number in free[stay:]:
        row = Inspector.objects.get(organ=bureau.organ, certificate_number=number)
        people_services.add_interest(bureau.officer, row, company, kind=InterestKind.OTHER, since=clock.today())
    return free[:stay]


def test_art10_who_was_left_out_at_the_seal_and_is_back_joins_the_lot(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.1: all who were left out for one reason are let in together; who of them is still away is declared so, by name."""
    draw, (gone_on_leave, also, still_away) = drawn_without(stocked, 3)
    subject, gone = first_place(draw)
    (left,) = left_with(stocked, draw, subject, 1)
    come = {back(stocked, one).certificate_number for one in (gone_on_leave, also)}
    client = sign_in(stocked.officer)
    page = client.get(ask_at(draw, subject, gone, "shortage")).content.decode()
    assert "节能科（休假或病假）3 人" in page
    fields = {"kind": "inspector", "reason": "work", "statement": STATEMENT, "ground": GROUND}
    answer = client.post(ask_at(draw, subject, gone, "shortage"), fields)
    assert "请勾选加入抽签的科室" in answer.content.decode()
    client.post(ask_at(draw, subject, gone, "shortage"), {**fields, "groups": ["节能科/leave"]})
    row = opened(stocked, Supplement.objects.get())
    page = client.get(f"/public/draws/{draw.code}/").content.decode().partition('id="changes"')[2]
    # Nobody of another division came in, so no change is called that.
    assert ("节能科（休假或病假）" in page, "跨科室随机抽取" in page) == (True, False)
    first, second = row.facts.all()
    assert second.told["joining"]["groups"] == [["节能科", "leave"]]
    assert [still_away.certificate_number, "leave"] in first.told["unavailable"]
    assert row.candidates == 3
    assert sound(draw).teams[subject][0] in {left, *come}


def test_art10_he_joins_with_the_unit_that_the_seal_has(stocked: Bureau) -> None:
    """A10.1: also where he works elsewhere by now."""
    draw, away = drawn_without(stocked, 2)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 1)
    for one in away:
        back(stocked, one)
        Inspector.objects.filter(pk=one.pk).update(division=stocked.divisions["fagui"])
        noted(Inspector.objects.get(pk=one.pk))
    row = asked(stocked, draw, ground=GROUND, groups=[("节能科", "leave")])
    opened(stocked, row)
    sound(draw)


def test_art10_he_may_be_appointed_in_that_team_alone(stocked: Bureau) -> None:
    """A10.1: in another team he is no candidate by it: only whole groups join."""
    draw, (away,) = drawn_without(stocked)
    subject, gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    given = {"ground": GROUND, "appointed": away.certificate_number}
    with pytest.raises(DomainError, match="现在不能参加检查（不参加：休假或病假），请另选"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given)
    one = back(stocked, away)
    appointed(stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given))
    report = sound(draw)
    assert report.teams[subject][0] == one.certificate_number
    assert [subject, one.certificate_number] in report.appointed
    place, team = max((name, team) for name, team in report.teams.items() if one.certificate_number not in team)
    row = sealed(stocked, approved(stocked, asked(stocked, draw, subject=place, inspector=team[0])))
    in_table = len(bundle_files(draw)["inspectors.tsv"].splitlines()) - 1
    assert row.candidates == in_table - 2
    assert gone


def test_art10_with_one_candidate_left_he_or_somebody_else_is_appointed_and_no_message_contradicts(
    stocked: Bureau,
) -> None:
    """A10.1: the lot says that one is too few, so the appointment does not say that two can draw."""
    (stranger,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    (left,) = left_with(stocked, draw, subject, 1)
    with pytest.raises(TooFewError, match="只有 1 人，不足 2 人，不能抽签"):
        asked(stocked, draw)
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=stranger.certificate_number)
    assert row.appointed == "15039000"
    Supplement.objects.all().delete()
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=left)
    appointed(stocked, row)
    assert sound(draw).teams[subject][0] == left


def test_art10_while_two_could_draw_nobody_is_appointed(stocked: Bureau) -> None:
    """A10.1: counted without who might be appointed."""
    (stranger,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 2)
    with pytest.raises(DomainError, match="还有 2 人可以抽，不能直接委派"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=stranger.certificate_number)


def test_art10_officers_are_told_what_is_wrong_and_what_to_do(stocked: Bureau) -> None:
    """A10.1: bad input. Words and names, no places in files."""
    here, _other = outsiders(stocked, 2)
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    company = Subject.objects.get(organ=stocked.organ, number=subject)
    people_services.add_interest(stocked.officer, here, company, kind=InterestKind.OTHER, since=clock.today())
    given = {"ground": GROUND, "appointed": here.certificate_number}
    with pytest.raises(DomainError, match=r"^不能委派外援0：有利害关系应当回避.*请撤回后另选一人申请。$"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given)
    team = teams_of(draw)[subject]
    colleague = Inspector.objects.get(certificate_number=team[1])
    given["appointed"] = colleague.certificate_number
    with pytest.raises(DomainError, match=rf"^不能委派{colleague.name}：已在这个对象的检查组里。"):
        asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **given)
    with pytest.raises(DomainError, match=r"连同加入的科室，能够顶替的只有 1 人.*请再勾选"):
        asked(stocked, draw, ground=GROUND, groups=[OUTSIDE])


def test_a_voided_change_cannot_be_guessed_from_its_digest(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md: with its secret anybody could try what its seal says, so that comes out with the list."""
    draw = opened_draw(stocked, publication="later")
    row = sealed(stocked, approved(stocked, asked(stocked, draw)))
    asking = void_services.ask(stocked.officer, row, reason="抽取监督人突发疾病")
    voided = void_services.approve(stocked.leader, asking).supplement
    assert voided
    row = voided
    secret = json.loads(bytes(row.void_json or b""))["secret"]
    pages = []
    for _turn in range(2):
        pages.append(client.get(f"/public/draws/{draw.code}/").content.decode().replace(" ", ""))
        draw = publish(stocked.leader, Draw.objects.get(pk=draw.pk)) if not draw.is_public else draw
    assert [(row.seal_digest in page, secret in page) for page in pages] == [(True, False), (True, True)]


def test_an_appointment_cannot_be_guessed_from_its_digests(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md: each kept seal has a salt of its own, which no preview and no page shows while the list is held back."""
    first, second = outsiders(stocked, 2)
    draw = opened_draw(stocked, publication="later")
    subject, _gone = first_place(draw)
    left_with(stocked, draw, subject, 0)
    row = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=GROUND, appointed=first.certificate_number)
    shown = preview(row)
    assert shown == preview(row)
    row = appointed(stocked, row)
    seal = json.loads(bytes(row.seal_json or b""))
    assert len(seal["salt"]) == 64
    assert row.facts.get().told["salt"] != seal["salt"]
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert row.seal_digest in page.replace(" ", "")
    assert seal["salt"] not in page.replace(" ", "")
    said = json.dumps(list(Entry.objects.values()))
    assert seal["salt"] not in said
    other = next(place for place in sorted(teams_of(draw)) if place != subject)
    left_with(stocked, draw, other, 0)
    fields = {"subject": other, "inspector": teams_of(draw)[other][0], "ground": GROUND}
    again = asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, appointed=second.certificate_number, **fields)
    again = appointed(stocked, again)
    assert json.loads(bytes(again.seal_json or b""))["salt"] != seal["salt"]
    sound(draw)
