"""Early warnings: found at the opening, answered with a reason, confirmed by another person; a lot stays a lot (A12.1)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.current.selectors import outcome, standing
from mingqian.drawing.models import EarlyWarning, JointVisit
from mingqian.drawing.tests import changes
from mingqian.drawing.tests.joint import WORDS, met, person, settled, special
from mingqian.drawing.tests.stages import exempted
from mingqian.drawing.warnings import services as warning_services
from mingqian.drawing.warnings.selectors import find, lately_visited, warning_counts
from mingqian.drawing.warnings.states import WarningKind, WarningReason, WarningState
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.selectors import crowdings_at, times_drawn
from mingqian.planning.models import Encounter
from mingqian.planning.tasks.selectors import pool_of
from mingqian.portal.workbench.todos import todos_for
from mingqian.registry.models import Subject
from mingqian.rules.sets import services as rule_services
from mingqian.rules.sets.schema import PARAMETERS
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Stated
from mingqian.rules.states import SetKind
from mingqian.testing import Bureau, make_bureau, make_draft, make_task, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db
REASON = WarningReason.OTHER_MATTER


def subject_at(bureau: Bureau, place: int = 0) -> Subject:
    """Return a subject by its place in the registry."""
    return Subject.objects.filter(organ=bureau.organ).order_by("number")[place]


def warned(bureau: Bureau, days: int = 3) -> EarlyWarning:
    """Let a company be visited some days ago, then draw everybody: one warning."""
    special(bureau, subject_at(bureau), clock.today() - timedelta(days=days))
    opened_draw(bureau, quota_value=10000)
    return EarlyWarning.objects.get()


def signed_in(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_art12_a_visit_too_close_to_another_is_warned_of_and_stays(stocked: Bureau) -> None:
    """A12.1: kind, subject, what it rests on; the draw is what it was."""
    row = warned(stocked)
    assert (row.kind, row.state, row.subject, row.inspector) == ("close", "asked", subject_at(stocked), "")
    (fact,) = row.facts
    day = clock.today() - timedelta(days=3)
    words = f"{day.year}年{day.month}月{day.day}日"
    assert fact["text"] == f"与举报核查（专检〔{day.year}〕1号，检查时间{words}）相隔可能只有 3 天，不足 7 天"
    assert outcome(row.draw) == standing(row.draw)
    assert any(todo.title.startswith("说明预警理由：") for todo in todos_for(stocked.officer))
    assert "预警 1" in signed_in(stocked.officer).get(f"/draws/{row.draw.code}/").content.decode()
    assert verify_log().problems == []


def test_art12_a_visit_far_enough_away_is_nothing(stocked: Bureau) -> None:
    """A12.1: the seventh day is far enough; one that was withdrawn counts no more."""
    subject = subject_at(stocked)
    special(stocked, subject, clock.today() - timedelta(days=7))
    withdrawn = special(stocked, subject_at(stocked, 1), clock.today() - timedelta(days=1))
    burden_services.withdraw_special(stocked.officer, withdrawn, remark="登记错误")
    opened_draw(stocked, quota_value=10000)
    assert not EarlyWarning.objects.exists()


def test_art12_a_bureau_refines_the_days(stocked: Bureau) -> None:
    """A12.1, A21.1: more days than the shipped rules say, by a rule set that a leader approved; fewer are refused."""
    regulations = stocked.user(Role.REGULATIONS_OFFICER)
    begin = clock.today() + timedelta(days=1)
    row = rule_services.begin(
        regulations, division=None, kind=SetKind.REFINEMENT, name="细化", basis="", why="少打扰", effective_from=begin
    )
    told: dict[str, Any] = {"name": "细化", "basis": "", "why": "少打扰", "effective_from": begin}
    with pytest.raises(DomainError, match="只能提高"):
        rule_services.change(
            regulations, row, revision=0, stated={"visits_apart_days": Stated(3, "第三条", "放宽")}, **told
        )
    row = rule_services.change(
        regulations, row, revision=0, stated={"visits_apart_days": Stated(30, "第三条", "少打扰")}, **told
    )
    rule_services.decide(
        stocked.leader, rule_services.submit(regulations, row, revision=1), revision=row.revision, approve=True
    )
    assert rule_set_for(stocked.organ, begin).value("visits_apart_days") == 30
    assert rule_set_for(stocked.organ, clock.today()).value("visits_apart_days") == 7
    assert PARAMETERS["visits_apart_days"].article_id == "A12.1"


def test_art12_visits_crowd_around_the_new_one() -> None:
    """A12.1: only runs that hold the day itself; the shortest period first."""
    held = {"visits_a_day": 1, "visits_a_week": 2, "visits_a_month": 3}

    class Numbers:
        def value(self, key: str) -> int:
            return held[key]

    day = date(2026, 3, 20)
    old = [date(2026, 1, one) for one in (1, 2, 3, 4)]
    assert crowdings_at([*old, day], day, Numbers()) == []  # type: ignore[arg-type]
    found = crowdings_at([*old, date(2026, 3, 15), date(2026, 3, 18), day, date(2026, 4, 2)], day, Numbers())  # type: ignore[arg-type]
    assert [(one.count, one.limit) for one in found] == [(3, 2), (4, 3)]
    assert [one.count for one in crowdings_at([day, day], day, Numbers())] == [2]  # type: ignore[arg-type]


def test_art12_the_same_inspector_again_and_again_is_warned_of(stocked: Bureau) -> None:
    """A12.1: the third visit in a row, and the third in a year; one of others in between breaks the row."""
    people = [one.certificate_number for one in stocked.organ.inspectors.order_by("certificate_number")]
    today, one, two = clock.today(), subject_at(stocked), subject_at(stocked, 1)
    for back in (200, 100):
        special(stocked, one, today - timedelta(days=back), *people)
        special(stocked, two, today - timedelta(days=back + 400), *people)
    special(stocked, two, today - timedelta(days=60), *people[:0])
    draw = opened_draw(stocked, quota_value=10000)
    rows = EarlyWarning.objects.filter(kind=WarningKind.AGAIN)
    team = teams_of(draw)[one.number]
    assert {(row.subject, row.inspector) for row in rows if row.subject == one} == {(one, number) for number in team}
    texts = [fact["text"] for fact in rows.filter(subject=one)[0].facts]
    assert texts[0].startswith("一年内第 3 次检查这个对象，预警线 3 次")
    assert texts[1] == "连续 3 次检查这个对象，预警线连续 3 次（回看 24 个月）"
    # The second company: its last visit was that of the first two inspectors alone.
    assert {row.inspector for row in rows if row.subject == two} <= set(people[:2])
    assert rows.filter(subject=one)[0].inspector_name.startswith("检查员")


def test_art12_a_joint_visit_counts_as_one_door(stocked: Bureau) -> None:
    """A12.1, A12.2: two draws, one visit; beside it a third one is still too close."""
    safety = person(stocked, "safety-officer", "安小全", "anquan")
    _first, second, (visit, _other) = met(stocked)
    settled(stocked, visit, safety)
    assert find(second) == []
    special(stocked, visit.subject, clock.today())
    (found,) = find(second)
    assert (found.kind, found.number) == (WarningKind.CLOSE, visit.subject.number)
    # Two door-openings on the first day, not three.
    assert next(fact.text for fact in found.facts if "一天内" in fact.text).endswith("受检 2 次，超过预警线 1 次")


def test_art12_the_reason_is_given_by_the_division_and_confirmed_by_another(stocked: Bureau) -> None:
    """A12.1: a closed list and words; the head sends back or confirms; nobody confirms their own."""
    row = warned(stocked)
    safety, head = person(stocked, "safety-officer", "安小全", "anquan"), stocked.user(Role.DIVISION_HEAD)
    for stranger in (safety, stocked.leader, stocked.user(Role.SYSTEM_ADMIN)):
        with pytest.raises(NotAllowedError, match="由节能科或综合法规科"):
            warning_services.answer(stranger, row, reason=REASON, words=WORDS)
    with pytest.raises(DomainError, match="选择一项"):
        warning_services.answer(stocked.officer, row, reason=WarningReason.FEW, words=WORDS)
    with pytest.raises(DomainError, match="至少 6 个字"):
        warning_services.answer(stocked.officer, row, reason=REASON, words="有事")
    with pytest.raises(DomainError, match="最多 300 字"):
        warning_services.answer(stocked.officer, row, reason=REASON, words="长" * 301)
    with pytest.raises(StateConflictError, match="现在是“待说明理由”，不能确认"):
        warning_services.decide(head, row, confirm=True)
    row = warning_services.answer(head, row, reason=REASON, words=WORDS)
    with pytest.raises(StateConflictError, match="不能说明"):
        warning_services.answer(stocked.officer, row, reason=REASON, words=WORDS)
    with pytest.raises(NotAllowedError, match="不能审批自己"):
        warning_services.decide(head, row, confirm=True)
    with pytest.raises(NotAllowedError, match="节能科负责人"):
        warning_services.decide(safety, row, confirm=True)
    with pytest.raises(DomainError, match="写明意见"):
        warning_services.decide(stocked.leader, row, confirm=False)
    row = warning_services.decide(stocked.leader, row, confirm=False, remark="请写明错开的日期")
    row = warning_services.answer(stocked.officer, row, reason=WarningReason.SPREAD, words="改在本月下旬检查，相隔三周")
    assert any(todo.title.startswith("确认预警理由：") for todo in todos_for(head))
    row = warning_services.decide(head, row, confirm=True)
    # Nothing that was said is lost by what came after it.
    assert [(step.serial, step.verb, step.reason, step.words, step.by) for step in row.steps.all()] == [
        (1, "answer", REASON, WORDS, head),
        (2, "return", "", "请写明错开的日期", stocked.leader),
        (3, "answer", WarningReason.SPREAD, "改在本月下旬检查，相隔三周", stocked.officer),
        (4, "confirm", "", "", head),
    ]
    page = signed_in(stocked.officer).get(f"/draws/warnings/{row.pk}/").content.decode()
    for words in (WORDS, "请写明错开的日期", "改在本月下旬检查，相隔三周"):
        assert words in page
    assert (row.state, row.answered_by, row.decided_by) == (WarningState.CONFIRMED, stocked.officer, head)
    assert outcome(row.draw) == standing(row.draw)
    today = clock.today()
    assert warning_counts([stocked.organ], today, today)["close"] == {
        "asked": 0, "answered": 0, "confirmed": 1, "lifted": 0,
    }  # fmt: skip
    assert warning_counts([stocked.organ], today - timedelta(3), today - timedelta(1))["close"]["confirmed"] == 0
    assert verify_log().problems == []


def test_art12_one_reason_for_several_of_one_kind(stocked: Bureau) -> None:
    """A12.1: all of them, or none."""
    for place in range(3):
        special(stocked, subject_at(stocked, place), clock.today() - timedelta(days=2))
    opened_draw(stocked, quota_value=10000)
    rows = list(EarlyWarning.objects.all())
    assert len(rows) == 3
    warning_services.answer(stocked.officer, rows[0], reason=REASON, words=WORDS)
    with pytest.raises(StateConflictError):
        warning_services.answer_all(stocked.officer, rows, reason=REASON, words=WORDS)
    assert EarlyWarning.objects.filter(state=WarningState.ASKED).count() == 2
    assert warning_services.answer_all(stocked.officer, rows[1:], reason=REASON, words=WORDS) == 2
    with pytest.raises(DomainError, match="请先勾选"):
        warning_services.answer_all(stocked.officer, [], reason=REASON, words=WORDS)


def test_art12_a_supplement_lifts_and_asks_anew(stocked: Bureau) -> None:
    """A9.2, A12.1: who was replaced needs no reason, who came in may; the cap counts the one who came, not the one who went."""
    task = make_task(stocked, quota_value=5000)
    draw = opened_draw(stocked)
    number, _inspector = changes.first_place(draw)
    gone = Subject.objects.get(organ=stocked.organ, number=number)
    held = set(teams_of(draw))
    others = Subject.objects.filter(organ=stocked.organ, district=gone.district).exclude(number__in=held)
    for subject in (gone, *others):
        special(stocked, subject, clock.today() - timedelta(days=1))
    warning_services.note(draw)
    assert EarlyWarning.objects.get().subject == gone
    exempted(stocked, number)
    changes.opened(stocked, changes.asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT))
    lifted = EarlyWarning.objects.get(subject=gone)
    assert (lifted.state, lifted.lifted_why) == (WarningState.LIFTED, "第 2 号变更替补：免检免扰（第九条）")
    (come,) = EarlyWarning.objects.filter(state=WarningState.ASKED)
    assert (come.supplement, come.subject.number in teams_of(draw)) == (2, True)
    assert Encounter.objects.get(reference=draw.code, subject=gone).dropped_why
    (item,) = task.revision.items

    times = times_drawn(stocked.organ, item, clock.today().year)
    assert number not in times
    assert times[come.subject.number] == 1
    assert verify_log().problems == []


def test_art12_the_cap_does_not_count_who_was_replaced(stocked: Bureau) -> None:
    """A12.1: drawn twice, replaced once: the subject may be drawn again for the item, the replacement's visits count."""
    first = opened_draw(stocked)
    number, _inspector = changes.first_place(first)
    exempted(stocked, number)
    changes.opened(stocked, changes.asked(stocked, first, Kind.SUBJECT, Reason.EXEMPT))
    (came,) = set(teams_of(first)) - {row.number for s in outcome(first) for row in s.selected}
    again = make_task(stocked, "第二次", "第二次抽查")
    assert first.task is not None
    (item,) = first.task.revision.items
    for subject, times in ((number, 1), (came, 1)):
        for position in range(times):
            burden_services.note_drawn(
                stocked.organ, reference=f"x{position}", title="x", since=clock.today(), until=clock.today(),
                drawn=[burden_services.Drawn(subject, ())], task=first.task,
            )  # fmt: skip
    again.revision.items = [item]
    again.revision.save()
    out = {row.number: row.status for row in pool_of(again).rows}
    assert out[number] != "out:yearly-cap"
    assert out[came] == "out:yearly-cap"


def test_art12_a_replaced_inspector_needs_no_reason_any_more(stocked: Bureau) -> None:
    """A11.1, A12.1"""
    people = [one.certificate_number for one in stocked.organ.inspectors.all()]
    one = subject_at(stocked)
    for back in (200, 100):
        special(stocked, one, clock.today() - timedelta(days=back), *people)
    draw = opened_draw(stocked, quota_value=10000)
    lead, second = teams_of(draw)[one.number]
    changes.opened(stocked, changes.asked(stocked, draw, subject=one.number, inspector=lead))
    states = dict(EarlyWarning.objects.values_list("inspector", "state"))
    assert (states[lead], states[second]) == (WarningState.LIFTED, WarningState.ASKED)
    came = teams_of(draw)[one.number][0]
    assert EarlyWarning.objects.get(inspector=came).supplement == 2


def test_art12_before_the_seal_the_officer_sees_how_many_were_visited_lately(stocked: Bureau) -> None:
    """A12.1: a hint; nobody is kept out by it."""
    task = make_task(stocked)
    for place, back in ((0, 2), (1, 6), (2, 7), (3, 100)):
        special(stocked, subject_at(stocked, place), clock.today() - timedelta(days=back))
    numbers = [row.number for row in pool_of(task).rows if row.takes_part]
    assert lately_visited(task, numbers) == (2, "7 天")
    draft = make_draft(stocked)
    page = signed_in(stocked.officer).get(f"/draws/drafts/{draft.pk}/seal/").content.decode()
    assert "名单中有 2 家在检查时间前后不足 7 天内已有或将有检查" in page


def test_art12_finding_asks_the_database_as_often_for_many_as_for_few(stocked: Bureau) -> None:
    """A12.1: a draw of a thousand subjects is opened in one breath."""
    for place in range(60):
        special(stocked, subject_at(stocked, place), clock.today() - timedelta(days=1))
    draw = opened_draw(stocked, quota_value=10000)
    numbers = sorted(teams_of(draw))
    counts = []
    for some in (numbers[:2], numbers):
        with CaptureQueriesContext(connection) as queries:
            assert len(find(draw, some)) == len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_art12_the_pages_take_the_reasons(stocked: Bureau) -> None:
    """A12.1: list with filters and export, page, forms; wrong input is said at once and kept."""
    row = warned(stocked)
    officer, head = signed_in(stocked.officer), signed_in(stocked.user(Role.DIVISION_HEAD))
    listed = officer.get("/draws/warnings/", {"kind": "close", "state": "asked", "division": "jieneng"})
    assert row.subject.name in listed.content.decode()
    assert row.subject.name not in officer.get("/draws/warnings/", {"kind": "again"}).content.decode()
    where: dict[str, Any] = {"tick": [row.pk]}
    assert officer.get("/draws/warnings/answer/", where).status_code == 200
    wrong = officer.post("/draws/warnings/answer/", {**where, "reason": REASON, "words": "有事"})
    assert (wrong.status_code, "至少 6 个字" in wrong.content.decode(), "有事" in wrong.content.decode()) == (
        400,
        True,
        True,
    )
    officer.get("/draws/warnings/answer/", {**where, "reason": REASON, "words": WORDS})
    row.refresh_from_db()
    assert row.state == WarningState.ASKED
    assert officer.get("/draws/warnings/answer/").status_code == 302
    assert officer.post("/draws/warnings/answer/", {**where, "reason": REASON, "words": WORDS}).status_code == 302
    decide = f"/draws/warnings/{row.pk}/decide/"
    assert "退回的请写明意见" in head.post(decide, {"decision": "return", "remark": ""}).content.decode()
    assert officer.get(decide).status_code == 403
    assert head.post(decide, {"decision": "confirm"}).status_code == 302
    row.refresh_from_db()
    assert row.state == WarningState.CONFIRMED
    file: Any = officer.get("/draws/warnings/", {"export": "csv"})
    assert WORDS in b"".join(file.streaming_content).decode("utf-8-sig")
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    assert signed_in(stranger.officer).get(f"/draws/warnings/{row.pk}/").status_code == 404
    assert signed_in(stocked.user(Role.SYSTEM_ADMIN)).get("/draws/warnings/").status_code == 403


def test_art12_a_draw_without_neighbours_has_neither(stocked: Bureau) -> None:
    """A12.1, A12.2: the first draw of a year."""
    opened_draw(stocked)
    assert not EarlyWarning.objects.exists()
    assert not JointVisit.objects.exists()
    assert sealed_draw(stocked, scope="另一").state == "sealed"
