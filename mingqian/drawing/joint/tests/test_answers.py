"""Joint visits after the first proposal: a third division, silence, what is taken back, who is named on the ledger (A12.2)."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.requests import ask
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.joint import answers, services as joint_services
from mingqian.drawing.joint.selectors import common_days, joint_marks, joint_of, joint_shown, live_parts
from mingqian.drawing.joint.states import JointVisitState, PartState, SettlementState
from mingqian.drawing.joint.tasks import lapse_late
from mingqian.drawing.models import Draw, EarlyWarning, JointPart, JointVisit
from mingqian.drawing.tests import changes
from mingqian.drawing.tests.joint import agreed, met, opened, part_of, person, proposed, settled, three_sealed
from mingqian.drawing.tests.stages import exempted
from mingqian.drawing.warnings.states import WarningKind, WarningState
from mingqian.ledger.models import Entry
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.models import Task
from mingqian.planning.tasks import services as task_services
from mingqian.portal.workbench.todos import todos_for
from mingqian.registry.parts.services import add_flag
from mingqian.registry.parts.states import FlagKind
from mingqian.rules.deadlines.selectors import deadline
from mingqian.testing import Bureau, make_task, opened_draw, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def safety(stocked: Bureau) -> User:
    """The officer of the safety division."""
    return person(stocked, "safety-officer", "安小全", "anquan")


def signed_in(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def let_pass(monkeypatch: pytest.MonkeyPatch, day: date, hour: int = 1) -> None:
    """Let it be another day, for the program, its database and its background tasks."""
    later = datetime.combine(day, time(hour), clock.LAW_ZONE)
    monkeypatch.setattr(timezone, "now", lambda: later)


def third_asked(bureau: Bureau, safety: User, shorter: int = 0) -> tuple[Draw, Draw, JointVisit, User]:
    """Let two divisions settle, then a third meet them, whose window ends `shorter` days after theirs begins where that is told."""
    first, second, third = three_sealed(bureau)
    opened(first)
    second = opened(second)
    visit = settled(bureau, JointVisit.objects.get(), safety)
    if shorter and visit.since is not None and third.task_id is not None:
        Task.objects.filter(pk=third.task_id).update(until=visit.since + timedelta(days=shorter))
    third = opened(Draw.objects.get(pk=third.pk))
    return second, third, JointVisit.objects.get(), User.objects.get(username="zibo-info")


def test_art12_a_third_division_that_agrees_has_a_say(stocked: Bureau, safety: User) -> None:
    """A12.2: nobody is bound to leaders and days that were settled without it, least of all to days outside its window."""
    _second, _third, visit, info = third_asked(stocked, safety, shorter=3)
    before = visit.until
    page = signed_in(info).post(
        f"/draws/joint/{visit.code}/answers/{part_of(visit, 'xinxi').pk}/", {"decision": "agree"}, follow=True
    )
    assert "原来商定的组长和日期不再有效，请各科室重新商定" in page.content.decode()
    visit.refresh_from_db()
    assert (visit.state, visit.reopened_why) == (JointVisitState.AGREED, "信息科也抽到这个对象，须重新商定组长")
    row = proposed(info, visit, "xinxi")
    answers.consent(safety, row, part_of(visit, "anquan"))
    visit = answers.consent(stocked.officer, row, part_of(visit, "jieneng"))
    assert (visit.state, visit.lead) == (JointVisitState.SETTLED, part_of(visit, "xinxi"))
    assert before is not None
    assert visit.until == common_days(live_parts(visit))[1] < before
    assert verify_log().problems == []


def test_art12_what_two_settled_stands_while_a_third_is_asked(stocked: Bureau, safety: User, client: Client) -> None:
    """A12.2: for the public, for inspectors, on the page of the visit; the third sees a proposal, nothing that binds it."""
    second, third, visit, info = third_asked(stocked, safety)
    number = visit.subject.number
    assert visit.state == JointVisitState.SETTLED
    assert "与安全科" in client.get(f"/public/draws/{second.code}/").content.decode()
    assert "联合检查" not in client.get(f"/public/draws/{third.code}/").content.decode()
    mark = joint_marks(second)[number]
    assert (mark.state, mark.partners) == (JointVisitState.SETTLED, ("安全科",))
    assert joint_marks(third)[number].state == JointVisitState.PROPOSED
    assert (joint_of(second, number), joint_of(third, number)) == (visit, None)
    own = stocked.user(Role.INSPECTOR)
    team = teams_of(second)[number]
    stocked.organ.inspectors.filter(certificate_number=team[0]).update(user=own)
    assert "节能科牵头，联合检查组长" in signed_in(own).get("/draws/mine/").content.decode()
    page = signed_in(safety).get(f"/draws/joint/{visit.code}/").content.decode()
    assert "节能科牵头，检查组长" in page
    assert "信息科也抽到这个对象，正在征求意见" in page
    assert [row.part.division.name for row in joint_shown(visit).parts] == ["节能科", "安全科"]
    assert any(todo.title.startswith("答复联合检查：") for todo in todos_for(info))
    assert visit.subject.name in signed_in(info).get("/draws/joint/?answer=waiting").content.decode()
    with pytest.raises(DomainError, match="不参加这次联合检查"):
        answers.propose_leaders(
            info, visit, part_of(visit, "xinxi"), lead=part_of(visit, "xinxi"), leader="x", second="y",
            since=clock.today(), until=clock.today(),
        )  # fmt: skip


def test_art12_two_may_still_settle_while_a_third_is_asked(stocked: Bureau, safety: User) -> None:
    """A12.2: a proposal under way goes on; the third has no voice in it until it agrees, and then it falls."""
    first, second, third = three_sealed(stocked)
    opened(first)
    opened(second)
    row = proposed(stocked.officer, agreed(stocked, JointVisit.objects.get(), safety))
    opened(third)
    visit = JointVisit.objects.get()
    info = User.objects.get(username="zibo-info")
    with pytest.raises(DomainError, match="没有同意参加"):
        answers.consent(info, row, part_of(visit, "xinxi"))
    assert answers.consent(safety, row, part_of(visit, "anquan")).state == JointVisitState.SETTLED
    again = proposed(stocked.officer, JointVisit.objects.get())
    visit = answers.answer(info, part_of(visit, "xinxi"), agree=True)
    again.refresh_from_db()
    assert (visit.state, again.state) == (JointVisitState.AGREED, SettlementState.OVERTAKEN)
    assert verify_log().problems == []


def test_art12_where_one_of_two_goes_the_third_is_waited_for(stocked: Bureau, safety: User) -> None:
    """A9.2, A12.2: a subject that one draw lost is joint again only when the division that was asked agrees."""
    second, _third, visit, info = third_asked(stocked, safety)
    number = visit.subject.number
    exempted(stocked, number)
    part = part_of(visit, "anquan")
    joint_services.follow(part.draw, "未变更")
    visit.refresh_from_db()
    assert visit.state == JointVisitState.SETTLED
    JointPart.objects.filter(pk=part.pk).update(number="没有抽到")
    joint_services.follow(part.draw, "第 1 号变更")
    visit.refresh_from_db()
    assert visit.state == JointVisitState.PROPOSED
    assert number not in joint_marks(second, public=True)
    visit = answers.answer(info, part_of(visit, "xinxi"), agree=True)
    assert visit.state == JointVisitState.AGREED


def test_art12_a_pair_that_declined_is_not_asked_again(stocked: Bureau, safety: User) -> None:
    """A12.2: a third is asked with one of them, not all three anew."""
    first, second, third = three_sealed(stocked)
    opened(first)
    opened(second)
    visit = JointVisit.objects.get()
    answers.answer(safety, part_of(visit, "anquan"), agree=False, remark="内容不同")
    opened(third)
    new = JointVisit.objects.exclude(pk=visit.pk).get()
    codes = {part.division.code for part in new.parts.all()}
    assert "xinxi" in codes
    assert len(codes) == 2


def test_art12_a_pair_that_declined_before_the_seal_is_not_asked_by_a_third(stocked: Bureau, safety: User) -> None:
    """A12.2: what others had said to one another counts, too; a marked subject is drawn all the same."""
    info = person(stocked, "zibo-info", "辛息", "xinxi")
    first = opened_draw(stocked, scope="安全", title="安全随机抽查", division="anquan", quota_value=10000)
    marked = stocked.organ.subjects.order_by("number")[0]
    add_flag(stocked.officer, marked, kind=FlagKind.SERIOUS, source="市应急局", since=clock.today())
    task = make_task(stocked, quota_value=10000)
    assert first.task is not None
    task_services.keep_out(stocked.officer, task, first.task, note="专业不同")
    second = opened_draw(stocked)
    assert not JointVisit.objects.exists()
    third = make_task(stocked, "信息", "信息随机抽查", division="xinxi", quota_value=10000)
    for other in (first, second):
        assert other.task is not None
        asked = task_services.propose_joint(info, third, other.task, note="")
        task_services.answer_joint(stocked.user(Role.REGULATIONS_OFFICER), asked, agree=True)
    opened_draw(stocked, scope="信息")
    codes = {part.division.code for part in JointVisit.objects.get(subject=marked).parts.all()}
    assert "xinxi" in codes
    assert len(codes) == 2


def test_art12_a_warning_is_lifted_when_they_go_together_after_all(
    stocked: Bureau, safety: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12.2: two that nobody had asked were warned of; a third brings all together, and there is nothing left to explain."""
    first, second, third = three_sealed(stocked)
    with monkeypatch.context() as patched:
        patched.setattr(joint_services, "match", lambda *_given, **_named: [])
        opened(first)
        opened(second)
    warning = EarlyWarning.objects.get(kind=WarningKind.APART)
    opened(third)
    visit = agreed(stocked, JointVisit.objects.get(), safety)
    warning.refresh_from_db()
    assert (visit.state, warning.state) == (JointVisitState.PROPOSED, WarningState.ASKED)
    answers.answer(User.objects.get(username="zibo-info"), part_of(visit, "xinxi"), agree=True)
    warning.refresh_from_db()
    assert (warning.state, warning.lifted_why) == (WarningState.LIFTED, f"已联合检查：{visit.number}")
    assert verify_log().problems == []


def test_art12_silence_counts_as_not_joining_and_wants_a_reason(
    stocked: Bureau, safety: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12.2: after the last day, without anybody opening a page; the silent division explains, the regulations division finds it."""
    first, _second, (visit, other) = met(stocked)
    part = part_of(visit, "anquan")
    assert part.due == deadline(stocked.organ, "joint_answer_days", clock.today()).due
    answers.answer(stocked.officer, part_of(visit, "jieneng"), agree=True)
    assert f"最迟 {part.due.year}年" in signed_in(safety).get(f"/draws/joint/{visit.code}/").content.decode()
    let_pass(monkeypatch, part.due, hour=23)
    work_off()
    visit.refresh_from_db()
    assert visit.state == JointVisitState.PROPOSED
    let_pass(monkeypatch, part.due + timedelta(days=1))
    with pytest.raises(DomainError, match="已经逾期，按不参加联合检查处理"):
        answers.answer(safety, part, agree=True)
    work_off()
    visit.refresh_from_db()
    part.refresh_from_db()
    assert (visit.state, visit.ended_why) == (JointVisitState.DECLINED, "安全科逾期未答复")
    assert (part.state, part.answered_by, part.remark) == (PartState.DECLINED, None, "逾期未答复")
    (warning,) = EarlyWarning.objects.filter(kind=WarningKind.APART, subject=visit.subject)
    assert (warning.draw, warning.division.code) == (first, "anquan")
    # At the other company both were silent: both explain.
    both = EarlyWarning.objects.filter(kind=WarningKind.APART, subject=other.subject)
    assert {row.division.code for row in both} == {"anquan", "jieneng"}
    entry = Entry.objects.filter(verb="joint-visit.part-lapse")[0]
    assert entry.actor == "system"
    client = signed_in(stocked.user(Role.REGULATIONS_OFFICER))
    page = client.get("/draws/joint/?answer=silent&division=jieneng").content.decode()
    assert other.subject.name in page
    assert visit.subject.name not in page
    assert "逾期未答复，按不参加处理" not in page
    assert "按不参加处理" in client.get(f"/draws/joint/{visit.code}/").content.decode()
    assert verify_log().problems == []


def test_art12_the_last_day_is_never_after_the_window(stocked: Bureau, safety: User) -> None:
    """A12.2: who is asked late answers while all can still go."""
    _second, third, visit, _info = third_asked(stocked, safety, shorter=1)
    assert third.task is not None
    assert (
        part_of(visit, "xinxi").due
        == third.task.until
        < deadline(stocked.organ, "joint_answer_days", clock.today()).due
    )


def test_art12_a_page_that_is_opened_ends_the_silence_too(
    stocked: Bureau, safety: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12.2: where no worker came by; of three, two that agreed go together."""
    _second, _third, visit, info = third_asked(stocked, safety)
    leader, part = visit.leader, part_of(visit, "xinxi")
    assert part.due is not None
    let_pass(monkeypatch, part.due + timedelta(days=1))
    page = signed_in(info).get(f"/draws/joint/{visit.code}/").content.decode()
    assert "代信息科答复" not in page
    assert "按不参加处理" in page
    visit.refresh_from_db()
    assert (visit.state, visit.leader) == (JointVisitState.SETTLED, leader)
    assert EarlyWarning.objects.get(kind=WarningKind.APART).division.code == "xinxi"
    assert lapse_late(stocked.organ.pk) == 0


def test_art12_leaders_are_agreed_to_while_the_days_last(
    stocked: Bureau, safety: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12.2: days that are over, and windows that are, cannot be consented to; days that went by are cut off."""
    _first, _second, (visit, other) = met(stocked)
    since = common_days(live_parts(visit))[0]
    row = proposed(stocked.officer, agreed(stocked, visit, safety), until=since + timedelta(days=5))
    late = proposed(stocked.officer, agreed(stocked, other, safety))
    let_pass(monkeypatch, since + timedelta(days=2))
    assert answers.consent(safety, late, part_of(other, "anquan")).since == since + timedelta(days=2)
    let_pass(monkeypatch, since + timedelta(days=6))
    with pytest.raises(DomainError, match="日期已经过去，或不在检查时间以内"):
        answers.consent(safety, row, part_of(visit, "anquan"))
    let_pass(monkeypatch, since + timedelta(days=200))
    with pytest.raises(DomainError, match="日期已经过去"):
        answers.consent(safety, row, part_of(visit, "anquan"))
    row.refresh_from_db()
    assert (row.state, row.consents.count()) == (SettlementState.PROPOSED, 0)


def test_art12_who_proposed_leaders_may_take_them_back(stocked: Bureau, safety: User) -> None:
    """A12.2: before they are decided, by whoever proposed; another proposal may follow."""
    _first, _second, (visit, _other) = met(stocked)
    row = proposed(stocked.officer, agreed(stocked, visit, safety))
    address = f"/draws/joint/{visit.code}/"
    for stranger in (safety, stocked.user(Role.REGULATIONS_OFFICER), stocked.leader):
        with pytest.raises(NotAllowedError, match="由提议人或提议科室"):
            answers.withdraw(stranger, row)
        assert "撤回方案" not in signed_in(stranger).get(address).content.decode()
    mine = signed_in(stocked.officer)
    assert "撤回方案" in mine.get(address).content.decode()
    page = mine.post(f"{address}leaders/{row.serial}/withdraw/", follow=True).content.decode()
    assert "已撤回组长方案，可以重新提议" in page
    row.refresh_from_db()
    assert row.state == SettlementState.WITHDRAWN
    with pytest.raises(StateConflictError, match="已经答复或失效"):
        answers.withdraw(stocked.officer, row)
    again = mine.post(f"{address}leaders/{row.serial}/withdraw/", follow=True).content.decode()
    assert "已经答复或失效" in again
    proposed(safety, visit, "anquan")
    assert verify_log().problems == []


def test_art12_what_the_system_finds_is_its_own_act(stocked: Bureau, safety: User) -> None:
    """A12.2: whoever opened a draw did not propose, ask or warn."""
    _second, _third, visit, info = third_asked(stocked, safety)
    answers.answer(info, part_of(visit, "xinxi"), agree=False, remark="远程监测")
    for verb in ("joint-visit.match", "joint-visit.part-join", "warning.find"):
        actors = set(Entry.objects.filter(verb=verb).values_list("actor", flat=True))
        assert actors == {"system"}, verb
    assert Entry.objects.get(verb="joint-visit.part-decline").actor == info.actor


def test_art12_a_third_that_has_not_agreed_may_give_way(stocked: Bureau, safety: User) -> None:
    """A12.2: only who agreed is held to the joint visit."""
    second, third, visit, info = third_asked(stocked, safety)
    number = visit.subject.number
    with pytest.raises(DomainError, match="已同意对这个对象联合检查"):
        changes.asked(stocked, second, Kind.SUBJECT, Reason.GIVE_WAY, subject=number)
    with pytest.raises(DomainError) as refused:
        ask(info, third, changes.wish(third, Kind.SUBJECT, Reason.GIVE_WAY, subject=number))
    assert "已同意对这个对象联合检查" not in str(refused.value)
