"""Absence, recusal, replacement: asked for with a statement, approved by another person, decided by lot, checked by a stranger."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import bundle_files, teams_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.changes import requests, services as change_services
from mingqian.drawing.changes.seal import TooFewError, preview
from mingqian.drawing.changes.states import ChangeState, Kind, Reason
from mingqian.drawing.current.selectors import standing
from mingqian.drawing.models import Supplement
from mingqian.drawing.tests.changes import approved, asked, barred, contributed, first_place, opened, sealed, wish
from mingqian.drawing.tests.stages import verified
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.burden import services as burden_services
from mingqian.planning.models import Encounter
from mingqian.registry.models import Inspector, Interest, Subject, joined
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind, OutReason
from mingqian.testing import DIGITS, WITNESSES, Bureau, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db


def own_account(bureau: Bureau, number: str) -> User:
    """Let the bureau's inspector account be that of the inspector with this certificate."""
    user = bureau.user(Role.INSPECTOR)
    inspector = Inspector.objects.get(organ=bureau.organ, certificate_number=number)
    people_services.link_account(bureau.officer, inspector, user)
    return bureau.user(Role.INSPECTOR)


def test_art11_an_absent_inspector_is_replaced_by_lot_and_a_stranger_can_check_it(stocked: Bureau) -> None:
    """A11.1: statement, approval, fresh lot; who comes takes the place, the visit on record follows."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    before = teams_of(draw)[subject]
    row = opened(stocked, asked(stocked, draw))
    report = verified(draw)
    assert report.ledger
    assert report.ledger["last"] == [1, 2, "result"]
    assert report.census
    assert [one["absent"] for one in report.census["facts"]] == [[[subject, gone, "工作冲突"]]]
    after = teams_of(draw)[subject]
    assert after == report.teams[subject]
    assert gone not in after
    assert after[1:] == before[1:]
    assert Encounter.objects.get(reference=draw.code, subject__number=subject).team == joined(after)
    assert (row.number, row.state, row.candidates) == (2, ChangeState.OPENED, 10)
    assert row.secret_box is None
    assert verify_log().problems == []


def test_art11_the_standing_teams_are_those_that_the_protocol_computes(stocked: Bureau) -> None:
    """A11.1: pages show what a verifier computes."""
    draw = opened_draw(stocked)
    opened(stocked, asked(stocked, draw))
    rows = {row.number: [m.number for m in row.team] for stratum in standing(draw) for row in stratum.selected}
    assert rows == teams_of(draw)
    assert [row.changes for stratum in standing(draw) for row in stratum.selected if row.changes] == [(2,)]


def test_art11_an_absence_needs_a_written_statement_and_a_reason_of_the_closed_list(stocked: Bureau) -> None:
    """A11.1, A10.3: no other reason lets somebody go."""
    draw = opened_draw(stocked)
    for empty in ("", "  ", "有事"):
        with pytest.raises(DomainError, match="至少"):
            asked(stocked, draw, statement=empty)
    with pytest.raises(DomainError, match="不得拒绝"):
        asked(stocked, draw, reason=Reason.EXEMPT)
    with pytest.raises(DomainError, match="压缩"):
        asked(stocked, draw, statement="说" * 2001)
    assert not Supplement.objects.exists()


def test_art10_a_drawn_inspector_stays_until_another_person_agrees(stocked: Bureau) -> None:
    """A10.3: nobody refuses by asking; who asked does not decide; a decline says why."""
    draw = opened_draw(stocked)
    _subject, gone = first_place(draw)
    row = requests.ask(own_account(stocked, gone), draw, wish(draw))
    assert gone in {number for team in teams_of(draw).values() for number in team}
    with pytest.raises(StateConflictError, match="还没有批准"):
        sealed(stocked, row)
    head = stocked.user(Role.DIVISION_HEAD)
    with pytest.raises(DomainError, match="写明理由"):
        requests.decline(head, row, remark=" ")
    requests.decline(head, row, remark="可以调整会议时间")
    assert row.state == ChangeState.DECLINED
    with pytest.raises(StateConflictError):
        sealed(stocked, row)
    assert Supplement.objects.filter(number__isnull=False).count() == 0


def test_art11_only_heads_and_leaders_approve_and_never_who_asked_or_is_concerned(stocked: Bureau) -> None:
    """A11.1"""
    draw = opened_draw(stocked)
    _subject, gone = first_place(draw)
    head = stocked.user(Role.DIVISION_HEAD)
    row = requests.ask(head, draw, wish(draw))
    with pytest.raises(NotAllowedError, match="不能审批自己"):
        requests.approve(head, row)
    with pytest.raises(NotAllowedError, match="审批"):
        requests.approve(stocked.officer, row)
    Inspector.objects.filter(certificate_number=gone).update(user=stocked.leader)
    with pytest.raises(NotAllowedError, match="涉及您本人"):
        requests.approve(stocked.leader, row)
    requests.approve(stocked.user(Role.PRINCIPAL_LEADER), row, remark="同意")
    assert (row.state, row.decided_as) == (ChangeState.APPROVED, "主要领导")


def test_art11_an_inspector_asks_for_himself_only_and_not_for_an_exchange(stocked: Bureau) -> None:
    """A11.1, A11.2: with the own account."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    other = next(number for team in teams_of(draw).values() for number in team if number != gone)
    user = own_account(stocked, other)
    with pytest.raises(NotAllowedError, match="本人"):
        requests.ask(user, draw, wish(draw))
    place = next(s for s, team in teams_of(draw).items() if other in team)
    mine: dict[str, Any] = {"subject": place, "inspector": other}
    with pytest.raises(NotAllowedError, match="缺席说明"):
        requests.ask(user, draw, wish(draw, Kind.EXCHANGE, Reason.RECUSAL_OWN, **mine))
    row = requests.ask(user, draw, wish(draw, reason=Reason.RECUSAL_OWN, **mine))
    assert (row.asked_as, row.places) == ("inspector", [(place, other)])
    assert subject


def test_art11_the_ground_is_kept_encrypted_and_the_seal_says_only_the_public_word(stocked: Bureau) -> None:
    """A11.1, A20.1: health is nobody else's business."""
    draw = opened_draw(stocked)
    row = opened(stocked, asked(stocked, draw, reason=Reason.HEALTH, statement="因腰椎手术住院，不能到场。"))
    assert row.statement == "因腰椎手术住院，不能到场。"
    assert "腰椎".encode() not in bytes(row.statement_box)
    (facts,) = row.facts.all()
    assert facts.told["ground"] == "个人原因（第十一条）"
    assert facts.told["absent"][0][2] == "个人原因"
    assert "身体".encode() not in bytes(facts.seal_json)


def test_art11_who_cannot_come_at_all_is_replaced_everywhere_at_once_and_never_drawn_again(stocked: Bureau) -> None:
    """A11.1: a change of post holds for all visits: one statement, one decision, one lot."""
    draw = opened_draw(stocked)
    _subject, gone = first_place(draw)
    row = opened(stocked, asked(stocked, draw, reason=Reason.POST))
    places = {subject for subject, team in teams_of(draw).items() if gone in team}
    assert (places, {one for _subject, one in row.places}) == (set(), {gone})
    (facts,) = row.facts.all()
    assert facts.told["unavailable"] == [[gone, "岗位调整"]]
    verified(draw)
    again = preview(
        asked(stocked, draw, subject=sorted(teams_of(draw))[1], inspector=teams_of(draw)[sorted(teams_of(draw))[1]][0])
    )
    assert again.candidates is not None
    assert again.candidates <= 9


def test_art11_absences_and_interests_that_the_registry_learned_since_enter_the_seal(stocked: Bureau) -> None:
    """A11.1, A11.2: by themselves; a day's leave does not bar for the whole window."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    team = teams_of(draw)[subject]
    others = [one for one in Inspector.objects.order_by("pk") if one.certificate_number not in team][:3]
    company = Subject.objects.get(number=subject)
    people_services.add_interest(stocked.officer, others[0], company, kind=InterestKind.RELATIVE, since=clock.today())
    assert draw.task
    people_services.add_absence(
        stocked.officer, others[1], reason=OutReason.LEAVE, since=clock.today(), until=draw.task.until
    )
    people_services.add_absence(
        stocked.officer, others[2], reason=OutReason.LEAVE, since=clock.today(), until=clock.today()
    )
    row = opened(stocked, asked(stocked, draw))
    (facts,) = row.facts.all()
    assert facts.told["conflicts"] == [[subject, others[0].certificate_number]]
    assert facts.told["unavailable"] == [[others[1].certificate_number, "leave"]]
    assert row.candidates == 8
    verified(draw)
    assert gone


def test_art11_a_recusal_keeps_the_pair_apart_and_puts_the_interest_on_record(stocked: Bureau) -> None:
    """A11.2: found later, by the division; every later draw knows it."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    request = asked(stocked, draw, reason=Reason.RECUSAL_DIVISION, interest=InterestKind.SHAREHOLDING)
    assert not Interest.objects.exists()
    row = opened(stocked, request)
    assert [subject, gone] in row.facts.get().told["conflicts"]
    held = Interest.objects.get()
    assert (held.subject.number, held.inspector.certificate_number) == (subject, gone)
    assert held.kind == InterestKind.SHAREHOLDING
    verified(draw)
    assert verify_log().problems == []


def test_art11_the_subject_may_ask_for_a_recusal_and_it_is_told_who_asked(stocked: Bureau) -> None:
    """A11.2"""
    draw = opened_draw(stocked)
    row = opened(stocked, asked(stocked, draw, reason=Reason.RECUSAL_SUBJECT))
    assert row.facts.get().told["ground"] == "回避（检查对象申请）（第十一条）"


def test_art10_a_replacement_with_nobody_left_is_refused_and_leads_to_article_10(stocked: Bureau) -> None:
    """A10.1: fewer than two candidates."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    barred(stocked, draw, subject, leave=1)
    with pytest.raises(TooFewError, match=r"只有 1 人.*主要领导.*第十条"):
        asked(stocked, draw)
    assert not Supplement.objects.exists()


def test_one_supplement_at_a_time(stocked: Bureau) -> None:
    """Bad input: a supplement while another is being made. In the service and in the database."""
    draw = opened_draw(stocked)
    places = sorted(teams_of(draw))
    first = asked(stocked, draw)
    second = approved(stocked, asked(stocked, draw, subject=places[1], inspector=teams_of(draw)[places[1]][0]))
    sealed(stocked, approved(stocked, first))
    with pytest.raises(DomainError, match="第 2 号变更正在办理"):
        asked(stocked, draw, subject=places[2], inspector=teams_of(draw)[places[2]][0])
    with pytest.raises(DomainError, match="第 2 号变更正在办理"):
        sealed(stocked, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplement.objects.filter(pk=second.pk).update(state="sealed", number=9, seal_json=b"{}")


def test_the_same_change_is_asked_for_once(stocked: Bureau) -> None:
    """Bad input: a second click."""
    draw = opened_draw(stocked)
    asked(stocked, draw)
    with pytest.raises(DomainError, match=f"已由{stocked.officer}于"):
        asked(stocked, draw)


def test_a_change_of_what_is_not_there_is_refused(stocked: Bureau) -> None:
    """Bad input: a stale page, a draw not opened, a visit that took place."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    stranger = next(
        n for n in Inspector.objects.values_list("certificate_number", flat=True) if n not in teams_of(draw)[subject]
    )
    with pytest.raises(DomainError, match="不在该对象的检查组里"):
        asked(stocked, draw, inspector=stranger)
    with pytest.raises(DomainError, match="不在抽取结果里"):
        asked(stocked, draw, subject="91000000")
    closed = sealed_draw(stocked, scope="2026-另一-01")
    with pytest.raises(DomainError, match="已经开签"):
        requests.ask(stocked.officer, closed, wish(draw))
    Encounter.objects.filter(reference=draw.code, subject__number=subject).update(on=clock.today())
    with pytest.raises(DomainError, match="已经进行"):
        asked(stocked, draw)


def test_supplements_need_as_many_witnesses_as_the_draw_who_give_once_in_any_order(stocked: Bureau) -> None:
    """draw-protocol.md, "After the draw"; A9.4."""
    draw = opened_draw(stocked)
    row = approved(stocked, asked(stocked, draw))
    seen = preview(row).digest(row)
    later = clock.now() + clock.now().resolution * 10**6 * 3600
    with pytest.raises(DomainError, match="至少 3 位"):
        change_services.seal(stocked.officer, row, witnesses=WITNESSES[:2], open_by=later, reviewed=seen)
    row = sealed(stocked, row)
    with pytest.raises(DomainError, match="没有这位"):
        ceremony_services.speak(stocked.officer, row, position=4, digits=DIGITS[1])
    ceremony_services.speak(stocked.officer, row, position=2, digits=DIGITS[1])
    with pytest.raises(DomainError, match="已经献数"):
        ceremony_services.speak(stocked.officer, row, position=2, digits=DIGITS[2])
    with pytest.raises(DomainError):
        ceremony_services.speak(stocked.officer, row, position=1, digits="1111111111")
    with pytest.raises(StateConflictError, match="还不能开签"):
        change_services.open_supplement(stocked.officer, row)


def test_what_changed_since_the_review_is_not_sealed_unseen(stocked: Bureau) -> None:
    """Pages: the page shows exactly what will be fixed."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    row = approved(stocked, asked(stocked, draw))
    seen = preview(row).digest(row)
    barred(stocked, draw, subject, leave=8)
    with pytest.raises(DomainError, match="有变化"):
        change_services.seal(
            stocked.officer, row, witnesses=WITNESSES, open_by=clock.now().replace(year=2099), reviewed=seen
        )


def test_a_supplement_is_opened_once_and_twice_gives_the_same(stocked: Bureau) -> None:
    """Practice: "not satisfied? draw again"."""
    draw = opened_draw(stocked)
    row = contributed(stocked, sealed(stocked, approved(stocked, asked(stocked, draw))))
    first = change_services.open_supplement(stocked.officer, row)
    kept = bytes(first.result_json or b"")
    with pytest.raises(StateConflictError, match="结果不会改变"):
        change_services.open_supplement(stocked.officer, row)
    row.refresh_from_db()
    assert bytes(row.result_json or b"") == kept


def test_a_voided_supplement_changes_nothing_and_its_secret_is_published(stocked: Bureau) -> None:
    """draw-protocol.md, "void"; another may follow."""
    draw = opened_draw(stocked)
    before = teams_of(draw)
    row = sealed(stocked, approved(stocked, asked(stocked, draw)))
    ceremony_services.speak(stocked.officer, row, position=1, digits=DIGITS[0])
    first = void_services.ask(stocked.officer, row, reason="抽取监督人突发疾病")
    with pytest.raises(DomainError, match=f"已由{stocked.officer}于"):
        void_services.ask(stocked.officer, row, reason="再申请")
    with pytest.raises(DomainError, match="写明理由"):
        void_services.decline(stocked.leader, first, remark="")
    declined = void_services.decline(stocked.leader, first, remark="监督人已到场")
    assert (declined.reason, declined.asked_by, declined.state) == ("抽取监督人突发疾病", stocked.officer, "declined")
    asking = void_services.ask(stocked.officer, row, reason="抽取监督人再次发病")
    with pytest.raises(NotAllowedError):
        void_services.approve(stocked.officer, asking)
    voided = void_services.approve(stocked.leader, asking).supplement
    assert voided
    row = voided
    assert row.void_requests.count() == 2
    assert (row.state, row.secret_box) == (ChangeState.VOIDED, None)
    assert b"secret" in bytes(row.void_json or b"")
    assert teams_of(draw) == before
    verified(draw)
    again = opened(stocked, asked(stocked, draw))
    # What the first change rested on stays on the log; the second needs no facts of its own.
    assert (again.number, again.facts.count()) == (3, 0)
    verified(draw)
    assert verify_log().problems == []


def test_another_division_and_another_bureau_change_nothing(stocked: Bureau) -> None:
    """A10.3: who may ask."""
    draw = opened_draw(stocked)
    user = stocked.officer
    user.division = stocked.divisions["anquan"]
    with pytest.raises(NotAllowedError, match="所属科室"):
        requests.ask(user, draw, wish(draw))
    with pytest.raises(NotAllowedError):
        requests.ask(stocked.leader, draw, wish(draw))


def test_art10_nothing_but_supplements_changes_who_inspects_whom(stocked: Bureau) -> None:
    """A10.3: teams on record are written by what a draw or a supplement brought, and by special inspections; nowhere else."""
    draw = opened_draw(stocked)
    subject, _gone = first_place(draw)
    row = Encounter.objects.get(reference=draw.code, subject__number=subject)
    changed = burden_services.note_teams(draw.organ, reference=draw.code, teams={})
    assert changed == []
    assert Encounter.objects.get(pk=row.pk).team == row.team
    files = bundle_files(draw)
    forged = files["result.json"].replace(teams_of(draw)[subject][0].encode(), b"15030999", 1)
    assert mq.verify({**files, "result.json": forged}).status == "refused"
