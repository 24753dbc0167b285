"""Sealing, contributing, opening, voiding, publishing: once each, by the right people, never in another way."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections
from django.test import Client

import mingqian_draw as mq
from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.beacons import services as beacon_services
from mingqian.drawing.beacons.procedure import BEACON
from mingqian.drawing.bundle.selectors import bundle_files
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.current.selectors import outcome
from mingqian.drawing.draft import selectors as draft_selectors, services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.draw.states import Assignment, DrawState, Publication
from mingqian.drawing.models import Contribution, Draft, Draw
from mingqian.drawing.tests.stages import PNG, verified
from mingqian.drawing.voids import services as void_services
from mingqian.ledger import selectors as ledger, services as ledger_services
from mingqian.ledger.services import StateConflictError
from mingqian.planning.plans.states import QuotaMode, Stratify
from mingqian.planning.pool.selectors import ratio_quota
from mingqian.registry.models import Inspector, Subject
from mingqian.testing import (
    DIGITS,
    Bureau,
    contributed_draw,
    make_bureau,
    make_draft,
    noted,
    opened_draw,
    reviewed,
    sealed_draw,
)

pytestmark = pytest.mark.django_db


def test_art09_subjects_and_inspectors_are_drawn_by_lot_and_a_stranger_can_check_it(stocked: Bureau) -> None:
    """A9.1"""
    draw = opened_draw(stocked)
    assert verified(draw).warnings == ["unguarded 0"]
    assert [(s.name, s.quota, len(s.selected)) for s in outcome(draw)] == [
        ("张店区", 2, 2),
        ("桓台县", 2, 2),
        ("淄川区", 2, 2),
    ]


def test_art09_each_subject_gets_two_inspectors_and_one_of_them_leads(stocked: Bureau) -> None:
    """A9.3"""
    for stratum in outcome(opened_draw(stocked)):
        for row in stratum.selected:
            assert len({member.number for member in row.team}) == 2


def test_art09_a_draw_without_witness_is_refused(stocked: Bureau) -> None:
    """A9.4"""
    draft = make_draft(stocked, witnesses=[])
    with pytest.raises(DomainError, match="抽取监督人"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))


def test_art11_an_inspector_with_an_interest_never_meets_the_subject(stocked: Bureau) -> None:
    """A11.2"""
    subjects = list(Subject.objects.values_list("number", flat=True))
    barred = list(Inspector.objects.values_list("certificate_number", flat=True))[:8]
    conflicts = [
        {"subject": s, "inspector": i, "subject_name": "", "inspector_name": "", "reason": "持股"}
        for s in subjects
        for i in barred
    ]
    draw = opened_draw(stocked, conflicts=conflicts)
    verified(draw)
    assert not {m.number for stratum in outcome(draw) for row in stratum.selected for m in row.team} & set(barred)


def test_art07_an_inspector_whose_certificate_has_run_out_is_on_the_table_but_not_drawn(stocked: Bureau) -> None:
    """A7.1"""
    draft = make_draft(stocked)
    expired = Inspector.objects.order_by("certificate_number")[0]
    Inspector.objects.filter(pk=expired.pk).update(valid_until=clock.today() - timedelta(days=1))
    rows = {number: status for number, _unit, status in draft_selectors.pool_of(draft).inspectors}
    assert rows[expired.certificate_number] == "out:certificate-expired"
    assert list(rows.values()).count("in") == 11


def test_the_certificate_is_looked_at_on_the_day_of_the_opening(stocked: Bureau) -> None:
    """A7.1: valid on the inspection's date, not on the day of preparation."""
    Inspector.objects.update(valid_until=clock.today() + timedelta(days=10))
    draft = make_draft(stocked, open_by=clock.now() + timedelta(days=20))
    assert {status for _id, _unit, status in draft_selectors.pool_of(draft).inspectors} == {"out:certificate-expired"}


def test_subjects_that_are_closed_are_on_the_table_but_take_no_part(stocked: Bureau) -> None:
    """A9.1, A17.1: `out:` rows."""
    Subject.objects.filter(number__endswith="0").update(status="cancelled")
    draft = make_draft(stocked)
    pool = draft_selectors.pool_of(draft)
    assert len(pool.subjects) == 60
    assert sum(1 for row in pool.subjects if row[3] == "out:cancelled") == 6
    assert sum(s.taking_part for s in pool.strata) == 54


@pytest.mark.parametrize(
    ("basis_points", "count", "quota"),
    [(500, 412, 21), (500, 400, 20), (1, 10, 1), (10000, 7, 7), (333, 100, 4), (500, 0, 0)],
)
def test_a_ratio_is_rounded_up_and_at_least_one(basis_points: int, count: int, quota: int) -> None:
    """draw-protocol.md, step 6."""
    assert ratio_quota(basis_points, count)[0] == quota


def test_a_quota_larger_than_the_pool_names_the_stratum(stocked: Bureau) -> None:
    """Bad input: a quota larger than the pool."""
    draft = make_draft(stocked, quotas={"张店区": 21})
    with pytest.raises(DomainError, match="张店区"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    assert not Draw.objects.exists()
    assert Draft.objects.exists()


def test_no_inspector_at_all_is_said_before_sealing(stocked: Bureau) -> None:
    """Bad input: zero inspectors."""
    draft = make_draft(stocked, divisions=[])
    with pytest.raises(DomainError):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))


def test_an_empty_pool_is_said_before_sealing(stocked: Bureau) -> None:
    """Bad input: a scope that matches nobody."""
    draft = make_draft(stocked, criteria={"text": "没有这样的企业"})
    with pytest.raises(DomainError, match="没有任何抽查对象"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))


def test_what_changed_since_the_review_is_not_sealed_unseen(stocked: Bureau) -> None:
    """Pages: the page shows exactly what will be fixed."""
    draft = make_draft(stocked)
    seen = reviewed(draft)
    Subject.objects.filter(number__endswith="7").update(status="closed")
    noted(*Subject.objects.filter(number__endswith="7"))
    with pytest.raises(DomainError, match="有变化"):
        draw_services.seal(stocked.officer, draft, reviewed=seen)


@pytest.mark.parametrize(
    "change",
    [
        {"witnesses": ["法律顾问 陶静"]},
        {"team_size": 3},
        {"publication": "later"},
        {"assignment": "none"},
        {"batches": 2},
        {"open_by": clock.now() + timedelta(days=9)},
        {"beacon": {"source": "福彩", "round": "1", "digits": 7, "due": "2099-01-01T00:00:00Z"}},
        {"left_out": {"15030003": "leave"}},
    ],
)
def test_a_draft_changed_in_another_tab_is_not_sealed_unseen(stocked: Bureau, change: dict[str, object]) -> None:
    """Pages: the page shows exactly what will be fixed; a colleague of the division may edit the same draft."""
    draft = make_draft(stocked)
    seen = reviewed(draft)
    draft_services.save_draft(stocked.officer, Draft.objects.get(pk=draft.pk), **change)
    with pytest.raises(DomainError, match="有变化"):
        draw_services.seal(stocked.officer, Draft.objects.get(pk=draft.pk), reviewed=seen)


def test_the_ground_of_a_conflict_is_kept_with_the_draw_and_off_the_public_page(
    stocked: Bureau, client: Client
) -> None:
    """draw-protocol.md: conflicts invented to narrow a choice must be seen by those who look into it."""
    subject, inspector = Subject.objects.all()[0].number, Inspector.objects.all()[0].certificate_number
    pair = {"subject": subject, "inspector": inspector, "subject_name": "", "inspector_name": "", "reason": "姐夫任职"}
    draw = opened_draw(stocked, conflicts=[pair])
    assert Draw.objects.get(pk=draw.pk).plan["grounds"] == [pair]
    assert "姐夫任职" not in client.get(f"/public/draws/{draw.code}/").content.decode()


def test_one_scope_has_one_draw_until_it_is_void(stocked: Bureau) -> None:
    """draw-protocol.md: a platform holds one live seal for a scope."""
    first = sealed_draw(stocked)
    with pytest.raises(DomainError, match="不能再准备抽取"):
        sealed_draw(stocked)
    request = void_services.ask(stocked.officer, first, reason="停电")
    void_services.approve(stocked.leader, request)
    second = sealed_draw(stocked)
    assert (second.serial, first.scope) == (2, second.scope)


def test_an_opened_draw_is_not_drawn_again(stocked: Bureau) -> None:
    """Practice: "not satisfied? draw again"."""
    opened_draw(stocked)
    with pytest.raises(DomainError, match="不能再准备抽取"):
        sealed_draw(stocked)


def test_the_database_itself_refuses_a_second_seal_for_a_scope(stocked: Bureau) -> None:
    """ARCHITECTURE.md: named constraints."""
    draw = sealed_draw(stocked)
    draw.pk, draw.code, draw.draw_id, draw.serial = None, "x", "x", 99
    with pytest.raises(IntegrityError):
        draw.save(force_insert=True)


def test_the_secret_is_encrypted_until_it_is_opened(stocked: Bureau) -> None:
    """Issue: the secret is encrypted at rest until it is opened."""
    draw = contributed_draw(stocked)
    box = bytes(draw.secret_box or b"")
    opened = draw_services.open_draw(stocked.officer, draw)
    secret = json.loads(bytes(opened.reveal_json or b""))["secret"]
    assert opened.secret_box is None
    assert secret.encode() not in box
    assert bytes.fromhex(secret) not in box
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM drawing_draw WHERE secret_box IS NOT NULL")
        assert cursor.fetchone() == (0,)


def test_witnesses_speak_in_any_order_once_and_get_the_protocols_receipt(stocked: Bureau) -> None:
    """draw-protocol.md, step 3."""
    draw = sealed_draw(stocked)
    given = ceremony_services.speak(stocked.officer, draw, position=2, digits=DIGITS[0])
    assert given.receipt == mq.receipt(draw.seal_digest, 2, DIGITS[0])
    with pytest.raises(DomainError, match="已经献数"):
        ceremony_services.speak(stocked.officer, draw, position=2, digits=DIGITS[1])
    with pytest.raises(DomainError, match="没有这位"):
        ceremony_services.speak(stocked.officer, draw, position=9, digits=DIGITS[1])


@pytest.mark.parametrize(
    "digits", ["123456789", "1112221112221", "１２３４５６７８９０１２", "12345 67890", "1" * 101, "", "abcdefghijkl"]
)
def test_digits_that_the_protocol_refuses_are_not_kept(stocked: Bureau, digits: str) -> None:
    """draw-protocol.md: 10 to 100 digits, at least four different ones."""
    draw = sealed_draw(stocked)
    with pytest.raises(DomainError):
        ceremony_services.speak(stocked.officer, draw, position=1, digits=digits)
    assert not Contribution.objects.exists()


def test_a_draw_opens_only_when_all_have_spoken_and_only_once(stocked: Bureau) -> None:
    """Issue: once, by compare-and-swap."""
    draw = sealed_draw(stocked)
    with pytest.raises(StateConflictError):
        draw_services.open_draw(stocked.officer, draw)
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    stale = Draw.objects.get(pk=draw.pk)
    opened = draw_services.open_draw(stocked.officer, draw)
    with pytest.raises(StateConflictError, match="已经开签"):
        draw_services.open_draw(stocked.officer, stale)
    assert bytes(Draw.objects.get(pk=draw.pk).result_json or b"") == bytes(opened.result_json or b"")


def test_a_crash_halfway_gives_the_same_outcome_at_the_second_try(
    stocked: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue: a crash halfway never gives a second outcome."""
    draw = contributed_draw(stocked)
    computed = []
    real = mq.open_lot

    def spy(*args: object, **kwargs: object) -> dict[str, bytes]:
        made = real(*args, **kwargs)  # type: ignore[arg-type]
        computed.append(json.loads(made["result.json"])["assignments"])
        return made

    monkeypatch.setattr(mq, "open_lot", spy)
    with monkeypatch.context() as crash:
        crash.setattr(ledger_services, "move", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            draw_services.open_draw(stocked.officer, draw)
    draw.refresh_from_db()
    assert draw.state == DrawState.CLOSED
    draw_services.open_draw(stocked.officer, draw)
    assert computed[0] == computed[1]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_open_at_the_same_moment_make_one_outcome(stocked: Bureau) -> None:
    """Issue: two tabs, a double click."""
    draw = contributed_draw(stocked)
    officer = stocked.officer
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def attempt() -> None:
        try:
            gate.wait()
            draw_services.open_draw(User.objects.get(pk=officer.pk), Draw.objects.get(pk=draw.pk))
            outcomes.append("opened")
        except StateConflictError:
            outcomes.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late", "late", "late", "opened"]
    assert ledger.entries_on(draw.log_subject).filter(verb="draw.result").count() == 1
    verified(Draw.objects.get(pk=draw.pk))


def test_a_void_needs_a_leader_who_did_not_ask_and_publishes_the_secret(stocked: Bureau) -> None:
    """draw-protocol.md, "void"."""
    draw = sealed_draw(stocked)
    ceremony_services.speak(stocked.officer, draw, position=1, digits=DIGITS[0])
    request = void_services.ask(stocked.officer, draw, reason="消防疏散")
    with pytest.raises(NotAllowedError):
        void_services.approve(stocked.officer, request)
    voided = void_services.approve(stocked.leader, request).draw
    verified(voided)
    void = json.loads(bytes(voided.void_json or b""))
    assert void["contributions"] == [{"digits": DIGITS[0]}, None, None]
    assert mq.commitment_of(draw.draw_id, 0, void["secret"]) == json.loads(bytes(draw.seal_json))["commitment"]
    with pytest.raises(StateConflictError):
        draw_services.open_draw(stocked.officer, voided)


def test_who_asked_cannot_approve_even_as_a_leader(stocked: Bureau) -> None:
    """A4.1: conflicts of duty."""
    draw = sealed_draw(stocked)
    request = void_services.ask(stocked.officer, draw, reason="停电")
    type(request).objects.filter(pk=request.pk).update(asked_by=stocked.users[Role.LEADER])
    request.refresh_from_db()
    with pytest.raises(NotAllowedError, match="自己"):
        void_services.approve(stocked.leader, request)


def test_a_request_that_a_leader_declines_leaves_the_draw_as_it_was(stocked: Bureau) -> None:
    """draw-protocol.md, "void"."""
    draw = sealed_draw(stocked)
    request = void_services.ask(stocked.officer, draw, reason="停电")
    void_services.decline(stocked.leader, request, remark="已恢复供电")
    draw.refresh_from_db()
    assert draw.state == DrawState.SEALED


def test_an_opened_draw_cannot_be_voided(stocked: Bureau) -> None:
    """draw-protocol.md: nothing disappears."""
    draw = opened_draw(stocked)
    with pytest.raises(DomainError, match="不能作废"):
        void_services.ask(stocked.officer, draw, reason="结果不满意")


def test_contributions_that_overtake_a_void_leave_the_request_without_effect(stocked: Bureau) -> None:
    """Races end in one state: once everything is known, the outcome stands."""
    draw = sealed_draw(stocked)
    request = void_services.ask(stocked.officer, draw, reason="停电")
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    draw.refresh_from_db()
    with pytest.raises(DomainError, match="结果已经确定"):
        void_services.approve(stocked.leader, request)
    draw_services.open_draw(stocked.officer, draw)
    draw.refresh_from_db()
    request.refresh_from_db()
    assert (draw.state, request.state) == ("opened", "pending")


def test_a_seal_that_waits_too_long_is_shown_as_overdue_and_opened_as_late(stocked: Bureau) -> None:
    """draw-protocol.md: overdue, late."""
    draw = contributed_draw(stocked)
    Draw.objects.filter(pk=draw.pk).update(open_by=clock.now() - timedelta(hours=1))
    draw.refresh_from_db()
    assert draw.overdue
    opened = draw_services.open_draw(stocked.officer, draw)
    assert opened.late
    assert not opened.overdue


def test_a_beacon_holds_contributions_before_and_the_opening_after_its_time(
    stocked: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """draw-protocol.md: closed_at ≤ due ≤ opened_at."""
    due = clock.now() + timedelta(hours=2)
    draw = contributed_draw(
        stocked, beacon={"source": "福彩双色球", "round": "2026136", "digits": 7, "due": clock.to_text(due)}
    )
    with pytest.raises(DomainError, match="还没有公布"):
        draw_services.open_draw(stocked.officer, draw)
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=5))
    with pytest.raises(DomainError, match="由另一人复核"):
        draw_services.open_draw(stocked.officer, draw)
    given: dict[str, Any] = {"source": "官网开奖公告", "picture": PNG}
    with pytest.raises(DomainError, match="7 位数字"):
        beacon_services.read(stocked.officer, draw, digits="12345678", **given)
    row = beacon_services.read(stocked.officer, draw, digits="1234567", **given)
    with pytest.raises(NotAllowedError):
        BEACON.take(stocked.officer, row, "confirm")
    with pytest.raises(DomainError, match="由另一人复核"):
        draw_services.open_draw(stocked.officer, draw)
    BEACON.take(stocked.leader, row, "confirm")
    opened = draw_services.open_draw(stocked.officer, draw)
    assert mq.verify(bundle_files(opened)).status == "verified-unanchored"
    assert json.loads(bytes(opened.reveal_json or b""))["beacon"] == "1234567"


def test_standing_teams_batches_and_a_draw_without_inspectors(stocked: Bureau) -> None:
    """draw-protocol.md, steps 7 to 9; A5.2: batches."""
    teams = opened_draw(stocked, scope="T-1", assignment=Assignment.TEAMS, teams=4, team_size=3, batches=2)
    nobody = opened_draw(stocked, scope="T-2", assignment=Assignment.NONE, divisions=[])
    number = opened_draw(stocked, scope="T-3", stratify=Stratify.NONE, quota_mode=QuotaMode.NUMBER, quota_value=5)
    for draw in (teams, nobody, number):
        verified(draw)
    assert {row.batch for stratum in outcome(teams) for row in stratum.selected} == {1, 2}
    assert all(not row.team for stratum in outcome(nobody) for row in stratum.selected)
    assert [len(stratum.selected) for stratum in outcome(number)] == [5]


def test_a_list_kept_back_is_published_later_and_once(stocked: Bureau) -> None:
    """draw-protocol.md: when the list is published is the organ's choice."""
    draw = opened_draw(stocked, publication=Publication.LATER)
    assert not draw.is_public
    with pytest.raises(NotAllowedError, match="提前公布须由本机关领导决定"):
        draw_services.publish(stocked.officer, draw)
    assert draw_services.publish(stocked.leader, draw).is_public
    with pytest.raises(StateConflictError):
        draw_services.publish(stocked.leader, draw)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.LEADER, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN])
def test_only_officers_seal_and_open(stocked: Bureau, role: Role) -> None:
    """A4.1"""
    draft = make_draft(stocked)
    with pytest.raises(NotAllowedError):
        draw_services.seal(stocked.user(role), draft, reviewed=reviewed(draft))
    draw = contributed_draw(stocked, scope="2026-9")
    with pytest.raises(NotAllowedError):
        draw_services.open_draw(stocked.user(role), draw)


def test_opening_by_address_alone_does_nothing(stocked: Bureau, sign_in: object) -> None:
    """Practice: the draw is a GET; a page refresh replaces the list."""
    draw = contributed_draw(stocked)
    client: Client = sign_in(stocked.officer)  # type: ignore[operator]
    client.get(f"/draws/{draw.code}/open/")
    draw.refresh_from_db()
    assert draw.state == DrawState.CLOSED
    client.post(f"/draws/{draw.code}/open/")
    again = client.post(f"/draws/{draw.code}/open/")
    draw.refresh_from_db()
    assert (draw.state, again.status_code) == (DrawState.OPENED, 302)
    assert ledger.entries_on(draw.log_subject).filter(verb="draw.result").count() == 1


def test_art04_the_city_sees_a_districts_draws_and_edits_none_of_them(stocked: Bureau, sign_in: object) -> None:
    """A4.2"""
    city = make_bureau(code="shi", name="上级市局", short_name="上级局")
    accounts.change_organ(
        "system",
        stocked.organ,
        parent=city.organ,
        name=stocked.organ.name,
        short_name=stocked.organ.short_name,
        kind="district",
        area_code="",
    )
    draw = contributed_draw(stocked)
    client: Client = sign_in(city.officer)  # type: ignore[operator]
    assert draw.draw_id in client.get("/draws/").content.decode()
    text = client.get(f"/draws/{draw.code}/").content.decode()
    assert f"/draws/{draw.code}/open/" not in text
    assert client.post(f"/draws/{draw.code}/open/").status_code == 403
    for act in (
        lambda: draw_services.open_draw(city.officer, draw),
        lambda: void_services.ask(city.officer, draw, reason="停电"),
        lambda: draw_services.publish(city.officer, draw),
    ):
        with pytest.raises(NotAllowedError, match="其他机关"):
            act()


def test_a_beacons_value_is_typed_by_one_and_confirmed_by_another_on_the_pages(
    stocked: Bureau, sign_in: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages: irrevocable acts; a slip of one finger, or one person's wish, must not decide a draw."""
    due = clock.now() + timedelta(hours=2)
    draw = contributed_draw(stocked, beacon={"source": "福彩", "round": "1", "digits": 7, "due": clock.to_text(due)})
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=5))
    client: Client = sign_in(stocked.officer)  # type: ignore[operator]
    url = f"/draws/{draw.code}/beacon/"
    assert url in client.get(f"/draws/{draw.code}/open/").content.decode()
    fields = {"digits": "123456", "source": "官网"}
    answer = client.post(url, {**fields, "picture": SimpleUploadedFile("a.png", PNG)})
    assert (answer.status_code, "7 位数字" in answer.content.decode()) == (400, True)
    answer = client.post(url, {**fields, "picture": SimpleUploadedFile("a.exe", b"MZ")})
    assert (answer.status_code, "JPG 或 PNG" in answer.content.decode()) == (400, True)
    client.post(url, {**fields, "digits": "１２３４５６ 7", "picture": SimpleUploadedFile("a.png", PNG)})
    row = draw.readings.get()
    assert client.get(f"{url}{row.pk}/picture").content == PNG
    assert client.post(f"{url}{row.pk}/", {"decision": "confirm"}).status_code == 403
    leader: Client = sign_in(stocked.leader)  # type: ignore[operator]
    assert "复核公开随机源的号码" in leader.get("/").content.decode()
    leader.post(f"{url}{row.pk}/", {"decision": "confirm"})
    client = sign_in(stocked.officer)  # type: ignore[operator]
    client.post(f"/draws/{draw.code}/open/")
    assert mq.verify(bundle_files(Draw.objects.get(pk=draw.pk))).status == "verified-unanchored"


def test_a_row_changed_past_the_services_stops_the_seal_and_is_named(stocked: Bureau) -> None:
    """Issue 11: who holds the database and no key shapes no lot: not by a status, a new row, or one taken away."""
    draft = make_draft(stocked)
    one = Subject.objects.order_by("number")[0]
    Subject.objects.filter(pk=one.pk).update(status="closed")
    with pytest.raises(DomainError, match=rf"不能封存：抽查对象“{one.name}”.*被绕过系统改动过"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    Subject.objects.filter(pk=one.pk).update(status=one.status)
    Inspector.objects.filter(certificate_number="15030001").delete()
    with pytest.raises(DomainError, match="被绕过系统删除"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    assert not Draw.objects.exists()
