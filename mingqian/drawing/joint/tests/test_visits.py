"""Joint visits: found at the opening, agreed to by the divisions, leaders settled, teams as drawn (A12.2)."""

from datetime import timedelta
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
from mingqian.drawing.changes.seal import TooFewError
from mingqian.drawing.changes.states import Kind, Reason
from mingqian.drawing.current.selectors import outcome, standing
from mingqian.drawing.joint import answers, services as joint_services
from mingqian.drawing.joint.selectors import joint_marks, joint_of, joint_shown
from mingqian.drawing.joint.states import FoundBy, JointVisitState, PartState, SettlementState
from mingqian.drawing.models import Draw, EarlyWarning, JointPart, JointVisit
from mingqian.drawing.tests import changes
from mingqian.drawing.tests.joint import (
    agreed,
    both_sealed,
    met,
    moved,
    opened,
    part_of,
    person,
    proposed,
    settled,
    three_sealed,
)
from mingqian.drawing.tests.stages import exempted
from mingqian.drawing.warnings.states import WarningKind
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.models import ItemRevision, Task
from mingqian.planning.tasks import services as task_services
from mingqian.portal.workbench.todos import todos_for
from mingqian.registry.parts.services import add_flag
from mingqian.registry.parts.states import FlagKind
from mingqian.testing import Bureau, fill_registry, make_bureau, make_task, opened_draw, sealed_draw

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


def test_art12_what_both_drew_unknowingly_is_proposed_in_the_opening(stocked: Bureau, safety: User) -> None:
    """A12.2: at the second opening the system proposes by itself, to both divisions; the lots stay as they are."""
    first, second, movers = both_sealed(stocked)
    first = opened(first)
    assert JointVisit.objects.count() == 0
    second = opened(second)
    visits = JointVisit.objects.order_by("subject__number")
    assert [visit.subject for visit in visits] == movers
    for visit in visits:
        assert (visit.state, visit.found_by) == (JointVisitState.PROPOSED, FoundBy.OPENING)
        assert {part.draw_id: part.state for part in visit.parts.all()} == dict.fromkeys(
            (first.pk, second.pk), "waiting"
        )
        for part in visit.parts.all():
            assert list(part.members) == teams_of(part.draw)[visit.subject.number]
    assert [outcome(draw) == standing(draw) for draw in (first, second)] == [True, True]
    # What both may still settle is no reason for a warning yet.
    assert not EarlyWarning.objects.filter(kind=WarningKind.APART).exists()
    for user in (stocked.officer, safety):
        assert any(todo.title.startswith("答复联合检查：") for todo in todos_for(user))
        for draw in (first, second):
            page = signed_in(user).get(f"/draws/{draw.code}/?tab=result").content.decode()
            assert "2 家与其他科室联合检查" in page
            assert page.count("系统提议，待科室答复") == 2
    assert verify_log().problems == []


def test_art12_one_visit_with_both_teams_items_and_leaders(stocked: Bureau, safety: User) -> None:
    """A12.2: agreed, then led by one, with days in both windows; nobody enters or leaves a team."""
    first, second, (visit, _other) = met(stocked)
    before = teams_of(first), teams_of(second)
    point = {"text": "能源利用状况报告是否按期报送", "method": "documents", "materials": "报告、回执"}
    ItemRevision.objects.filter(name="节能监察随机抽查事项").update(points=[point])
    visit = settled(stocked, visit, safety)
    shown = joint_shown(visit)
    assert visit.state == JointVisitState.SETTLED
    assert [row.part.division.name for row in shown.parts] == ["节能科", "安全科"]
    assert [[str(item) for item in row.items] for row in shown.parts] == [
        ["节能监察随机抽查事项"],
        ["安全随机抽查事项"],
    ]
    assert [row.points for row in shown.parts] == [1, 0]
    page = signed_in(safety).get(f"/draws/joint/{visit.code}/").content.decode()
    assert "1. 能源利用状况报告是否按期报送" in page
    ItemRevision.objects.filter(name="节能监察随机抽查事项").update(points=[])
    number = visit.subject.number
    assert visit.leader == before[1][number][0]
    # Whom the lot put into both teams is not his own second.
    assert visit.second == next(one for one in before[0][number] if one != visit.leader)
    assert (visit.since, visit.until) == (shown.since, shown.until)
    assert (teams_of(first), teams_of(second)) == before
    assert joint_of(second, number) == visit == joint_of(first, number)
    assert verify_log().problems == []


def test_art12_wrong_leaders_and_days_are_refused(stocked: Bureau, safety: User) -> None:
    """A12.2: each with what to do instead."""
    _first, _second, (visit, other) = met(stocked)
    officer = stocked.officer
    with pytest.raises(DomainError, match="同意联合检查之后"):
        proposed(officer, visit)
    agreed(stocked, visit, safety)
    lead, strange = part_of(visit, "jieneng"), "15039999"
    with pytest.raises(DomainError, match="检查组长须是节能科检查组的成员"):
        proposed(officer, visit, leader=strange)
    with pytest.raises(DomainError, match="副组长须是其他科室检查组的成员"):
        proposed(officer, visit, second=strange)
    with pytest.raises(DomainError, match="不能是同一人"):
        proposed(officer, visit, second=next(iter(lead.members)))
    with pytest.raises(DomainError, match="牵头科室不在参加"):
        proposed(officer, visit, lead=part_of(other, "anquan"), leader="x", second="y")
    with pytest.raises(DomainError, match="共同部分以内"):
        proposed(officer, visit, until=clock.today() + timedelta(days=300))
    with pytest.raises(DomainError, match="已经过去"):
        proposed(officer, visit, since=clock.today() - timedelta(days=1))
    with pytest.raises(DomainError, match="早于开始日期"):
        proposed(officer, visit, since=clock.today() + timedelta(days=2), until=clock.today())
    with pytest.raises(NotAllowedError, match="由节能科或综合法规科"):
        proposed(safety, visit)
    row = proposed(officer, visit)
    with pytest.raises(NotAllowedError, match="由安全科或综合法规科"):
        answers.consent(officer, row, part_of(visit, "anquan"))
    with pytest.raises(DomainError, match="组长方案等待答复"):
        proposed(safety, visit, "anquan")
    with pytest.raises(NotAllowedError, match="提议科室以外"):
        answers.consent(officer, row, lead)
    with pytest.raises(DomainError, match="写明意见"):
        answers.refuse(safety, row, part_of(visit, "anquan"), remark=" ")
    answers.refuse(safety, row, part_of(visit, "anquan"), remark="请由我科牵头")
    with pytest.raises(StateConflictError, match="已经答复或失效"):
        answers.consent(safety, row, part_of(visit, "anquan"))
    again = proposed(safety, visit, "anquan")
    assert answers.consent(officer, again, lead).lead == part_of(visit, "anquan")
    assert verify_log().problems == []


def test_art12_each_division_answers_for_itself_once(stocked: Bureau, safety: User) -> None:
    """A12.2: not another division, not the same person for both, not twice."""
    _first, _second, (visit, _other) = met(stocked)
    energy = part_of(visit, "jieneng")
    with pytest.raises(NotAllowedError, match="由节能科或综合法规科"):
        answers.answer(safety, energy, agree=True)
    with pytest.raises(NotAllowedError, match="由节能科或综合法规科"):
        answers.answer(stocked.user(Role.SYSTEM_ADMIN), energy, agree=True)
    with pytest.raises(DomainError, match="写明原因"):
        answers.answer(stocked.officer, energy, agree=False, remark=" ")
    answers.answer(stocked.officer, energy, agree=True)
    with pytest.raises(StateConflictError, match="已经答复"):
        answers.answer(stocked.officer, energy, agree=False, remark="改主意")
    _one, two = JointVisit.objects.order_by("subject__number")
    regulations = stocked.user(Role.REGULATIONS_OFFICER)
    answers.answer(regulations, part_of(two, "jieneng"), agree=True)
    with pytest.raises(NotAllowedError, match="已代另一个科室答复"):
        answers.answer(regulations, part_of(two, "anquan"), agree=True)


def test_art12_declined_after_the_opening_both_visits_stay_and_a_reason_is_asked(stocked: Bureau, safety: User) -> None:
    """A12.2: nothing drawn goes away; who declined is asked by an early warning, and may give way by a supplement."""
    first, second, (visit, _other) = met(stocked)
    answers.answer(stocked.officer, part_of(visit, "jieneng"), agree=True)
    visit = answers.answer(safety, part_of(visit, "anquan"), agree=False, remark="检查方式不同")
    number = visit.subject.number
    assert (visit.state, visit.ended_why) == (JointVisitState.DECLINED, "安全科不同意联合检查：检查方式不同")
    assert not JointPart.objects.filter(visit=visit, state__in=("waiting", "agreed")).exists()
    assert number in teams_of(first)
    assert number in teams_of(second)
    (warning,) = EarlyWarning.objects.filter(kind=WarningKind.APART)
    assert (warning.draw, warning.subject, warning.division.code) == (first, visit.subject, "anquan")
    assert "没有联合检查" in warning.facts[0]["text"]
    # To give way is allowed again; here all of the stratum are drawn, so that nobody could come instead.
    with pytest.raises(TooFewError, match="能够替补的对象只有 0 家"):
        changes.asked(stocked, second, Kind.SUBJECT, Reason.GIVE_WAY, subject=number)
    assert verify_log().problems == []


def test_art12_where_it_is_joint_nobody_gives_way(stocked: Bureau, safety: User) -> None:
    """A12.2"""
    _first, second, (visit, _other) = met(stocked)
    agreed(stocked, visit, safety)
    with pytest.raises(DomainError, match="已同意对这个对象联合检查"):
        changes.asked(stocked, second, Kind.SUBJECT, Reason.GIVE_WAY, subject=visit.subject.number)


def test_art12_what_was_declined_before_the_seal_is_no_joint_visit_but_wants_a_reason(
    stocked: Bureau, safety: User
) -> None:
    """A12.2, A12.3: a marked subject is drawn all the same; both go, and the later division says why."""
    other = opened_draw(stocked, scope="安全", title="安全随机抽查", division="anquan", quota_value=10000)
    marked = stocked.organ.subjects.order_by("number")[0]
    add_flag(stocked.officer, marked, kind=FlagKind.SERIOUS, source="市应急局", since=clock.today())
    task = make_task(stocked, quota_value=10000)
    assert other.task is not None
    task_services.keep_out(stocked.officer, task, other.task, note="专业不同")
    draw = opened_draw(stocked)
    assert set(teams_of(draw)) == {marked.number}
    assert not JointVisit.objects.exists()
    warning = EarlyWarning.objects.exclude(kind=WarningKind.AGAIN).get()
    assert (warning.kind, warning.draw, warning.subject) == (WarningKind.APART, draw, marked)


@pytest.mark.parametrize("partners", [[], ["anquan"]])
def test_art12_what_was_agreed_before_the_seal_needs_no_second_answer(
    stocked: Bureau, safety: User, partners: list[str]
) -> None:
    """A12.2, A8.1: the visit is agreed at once, and led by the division whose entry names the others as partners."""
    other = opened_draw(stocked, scope="安全", title="安全随机抽查", division="anquan", quota_value=10000)
    task = make_task(stocked, quota_value=10000, partners=partners)
    assert other.task is not None
    proposal = task_services.propose_joint(stocked.officer, task, other.task, note="一次查完")
    task_services.answer_joint(safety, proposal, agree=True)
    draw = opened_draw(stocked)
    visits = list(JointVisit.objects.all())
    assert len(visits) == 60
    assert {visit.found_by for visit in visits} == {FoundBy.SEAL}
    assert not EarlyWarning.objects.exclude(kind=WarningKind.AGAIN).exists(), "one door counts once"
    visit = visits[0]
    if partners:
        (row,) = visit.settlements.all()
        assert (visit.state, row.by_plan, visit.lead) == (JointVisitState.SETTLED, True, part_of(visit, "jieneng"))
        assert visit.leader == teams_of(draw)[visit.subject.number][0]
    else:
        assert (visit.state, visit.lead) == (JointVisitState.AGREED, None)
        assert any(todo.title.startswith("商定联合检查组长：") for todo in todos_for(stocked.officer))


def third_meets(bureau: Bureau) -> tuple[User, Draw, JointVisit]:
    """The third draw was sealed with the subject in its pool, too."""
    info = person(bureau, "zibo-info", "辛息", "xinxi")
    third = "桓台县"
    _first, _second, (visit, _other) = met(bureau)
    settled(bureau, visit, User.objects.get(username="safety-officer"))
    subject = visit.subject
    moved(bureau, subject, third)
    task = make_task(
        bureau, "信息", "信息随机抽查", division="xinxi", criteria={"districts": [third]}, quota_value=10000
    )
    for part in visit.parts.select_related("draw__task"):
        assert part.draw.task is not None
        asked = task_services.propose_joint(info, task, part.draw.task, note="")
        task_services.answer_joint(bureau.user(Role.REGULATIONS_OFFICER), asked, agree=True)
    draw = opened(sealed_draw(bureau, scope="信息"))
    visit.refresh_from_db()
    return info, draw, visit


def test_art12_a_third_division_joins_and_leaders_are_settled_again(stocked: Bureau, safety: User) -> None:
    """A12.2: more than two in one visit; each of the others must agree to the leaders."""
    info, draw, visit = third_meets(stocked)
    assert JointVisit.objects.filter(subject=visit.subject).count() == 1
    assert (visit.state, visit.parts.count()) == (JointVisitState.AGREED, 3)
    assert visit.reopened_why == "信息科也抽到这个对象，须重新商定组长"
    row = proposed(info, visit, "xinxi")
    assert answers.consent(safety, row, part_of(visit, "anquan")).state == JointVisitState.AGREED
    with pytest.raises(DomainError, match="不必重复答复"):
        answers.consent(safety, row, part_of(visit, "anquan"))
    visit = answers.consent(stocked.officer, row, part_of(visit, "jieneng"))
    assert (visit.state, visit.lead) == (JointVisitState.SETTLED, part_of(visit, "xinxi"))
    assert joint_marks(draw)[visit.subject.number].partners == ("节能科", "安全科")
    assert verify_log().problems == []


def test_art12_a_third_division_that_declines_leaves_the_others_as_they_were(stocked: Bureau, safety: User) -> None:
    """A12.2: what two had settled stands; the third is asked for its reason."""
    first, second, third = three_sealed(stocked)
    opened(first)
    opened(second)
    visit = settled(stocked, JointVisit.objects.get(), safety)
    leader = visit.leader
    opened(third)
    visit.refresh_from_db()
    assert (visit.state, visit.parts.count()) == (JointVisitState.SETTLED, 3)
    info = User.objects.get(username="zibo-info")
    visit = answers.answer(info, part_of(visit, "xinxi"), agree=False, remark="远程监测，不上门")
    assert (visit.state, visit.leader) == (JointVisitState.SETTLED, leader)
    assert EarlyWarning.objects.get(kind=WarningKind.APART).division.code == "xinxi"
    assert verify_log().problems == []


def test_art12_a_leader_who_is_replaced_must_be_settled_again(stocked: Bureau, safety: User) -> None:
    """A11.1, A12.2: the supplement changes the team, the visit shows that it lacks its leader; a proposal that names him falls."""
    _first, second, (visit, other) = met(stocked)
    visit = settled(stocked, visit, safety)
    row = proposed(stocked.officer, agreed(stocked, other, safety))
    for one in (visit, other):
        number = one.subject.number
        gone = teams_of(second)[number][0]
        asked = changes.asked(stocked, second, subject=number, inspector=gone)
        changes.opened(stocked, asked)
    visit.refresh_from_db()
    assert visit.state == JointVisitState.AGREED
    assert "须重新商定组长" in visit.reopened_why
    assert list(part_of(visit, "jieneng").members) == teams_of(second)[visit.subject.number]
    page = signed_in(safety).get(f"/draws/joint/{visit.code}/").content.decode()
    assert "须重新商定组长" in page
    row.refresh_from_db()
    assert row.state == SettlementState.OVERTAKEN
    visit = answers.consent(safety, proposed(stocked.officer, visit), part_of(visit, "anquan"))
    assert (visit.state, visit.reopened_why) == (JointVisitState.SETTLED, "")
    assert verify_log().problems == []


def test_art12_a_replacement_leaves_one_joint_visit_and_may_bring_another(stocked: Bureau, safety: User) -> None:
    """A9.2, A12.2: found after a supplement as at an opening."""
    first = opened_draw(stocked, scope="安全", title="安全随机抽查", division="anquan", quota_value=10000)
    task = make_task(stocked, quota_value=2000)
    assert first.task is not None
    proposal = task_services.propose_joint(stocked.officer, task, first.task, note="")
    task_services.answer_joint(safety, proposal, agree=True)
    draw = opened_draw(stocked)
    held = JointVisit.objects.count()
    number, _inspector = changes.first_place(draw)
    exempted(stocked, number)
    changes.opened(stocked, changes.asked(stocked, draw, Kind.SUBJECT, Reason.EXEMPT))
    old = JointVisit.objects.get(subject__number=number)
    assert (old.state, old.ended_why) == (JointVisitState.DISSOLVED, "第 2 号变更替补：免检免扰（第九条）")
    assert {part.state for part in old.parts.all()} == {PartState.LEFT}
    new = JointVisit.objects.get(pk=JointVisit.objects.order_by("-pk")[0].pk)
    assert (JointVisit.objects.count(), new.state) == (held + 1, JointVisitState.AGREED)
    assert new.subject.number in teams_of(draw)
    assert verify_log().problems == []


def test_art12_the_public_reads_with_whom_but_not_from_a_list_that_is_kept_back(
    stocked: Bureau, safety: User, client: Client
) -> None:
    """A12.2, A20.1: a plain mark beside the subject, once it is agreed and both lists are public."""
    first, second, (visit, _other) = met(stocked)
    page = client.get(f"/public/draws/{second.code}/").content.decode()
    assert "联合检查" not in page
    agreed(stocked, visit, safety)
    page = client.get(f"/public/draws/{second.code}/").content.decode()
    assert page.count("联合检查") == 1
    assert "与安全科" in page
    assert f"/draws/joint/{visit.code}/" not in page
    Draw.objects.filter(pk=first.pk).update(published_at=None)
    assert "联合检查" not in client.get(f"/public/draws/{second.code}/").content.decode()


def test_art12_the_inspector_sees_with_whom_and_under_whom(stocked: Bureau, safety: User) -> None:
    """A12.2: on the page of the own visits."""
    _first, second, (visit, _other) = met(stocked)
    visit = settled(stocked, visit, safety)
    team = teams_of(second)[visit.subject.number]
    own = stocked.user(Role.INSPECTOR)
    stocked.organ.inspectors.filter(certificate_number=team[0]).update(user=own)
    page = signed_in(own).get("/draws/mine/").content.decode()
    assert "节能科牵头，联合检查组长" in page
    assert "节能科、安全科" in page


def test_art12_the_pages_take_the_answers(stocked: Bureau, safety: User) -> None:
    """A12.2: list, page, forms; what is wrong is said, nothing is lost, a GET changes nothing."""
    _first, _second, (visit, other) = met(stocked)
    energy, officer, guard = part_of(visit, "jieneng"), signed_in(stocked.officer), signed_in(safety)
    address = f"/draws/joint/{visit.code}/"
    assert f"代{energy.division.name}答复" in officer.get(address).content.decode()
    where = f"{address}answers/{energy.pk}/"
    assert officer.get(where, {"decision": "agree"}).status_code == 200
    energy.refresh_from_db()
    assert energy.state == PartState.WAITING
    wrong = officer.post(where, {"decision": "decline", "remark": ""})
    assert (wrong.status_code, "请写明原因" in wrong.content.decode()) == (400, True)
    refused = guard.post(where, {"decision": "agree"})
    assert "由节能科或综合法规科的经办人办理" in refused.content.decode()
    assert officer.post(where, {"decision": "agree"}).status_code == 302
    twice = officer.post(where, {"decision": "agree"})
    assert "已经答复" in twice.content.decode()
    parts = [part_of(one, "anquan").pk for one in (visit, other)]
    assert guard.get("/draws/joint/agree/", {"tick": parts}).content.decode().count('name="tick"') == 2
    assert guard.post("/draws/joint/agree/", {"tick": parts}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == JointVisitState.AGREED
    form = officer.get(f"{address}leaders/").context["form"]
    data = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    data["since"] = (clock.today() - timedelta(days=9)).isoformat()
    wrong = officer.post(f"{address}leaders/", data)
    assert (wrong.status_code, "计划检查日期已经过去" in wrong.content.decode()) == (400, True)
    assert "检查组长须是检查组的成员" in officer.post(f"{address}leaders/", {**data, "leader": "x"}).content.decode()
    data["since"] = clock.today().isoformat()
    assert officer.post(f"{address}leaders/", data).status_code == 302
    (row,) = visit.settlements.all()
    there = f"{address}leaders/{row.serial}/{parts[0]}/"
    assert "提议科室以外" in officer.post(f"{address}leaders/1/{energy.pk}/", {"decision": "agree"}).content.decode()
    assert guard.post(there, {"decision": "agree"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == JointVisitState.SETTLED
    assert "组长已商定" in guard.get(address).content.decode()
    file: Any = guard.get("/draws/joint/", {"export": "csv"})
    told = b"".join(file.streaming_content).decode("utf-8-sig")
    assert visit.number in told
    assert "节能科、安全科" in told


def test_art12_others_see_no_joint_visit(stocked: Bureau, safety: User) -> None:
    """A4.2, A20.1: another bureau finds nothing, an administrator is refused, an upper organ reads but does not act."""
    _first, _second, (visit, _other) = met(stocked)
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    address = f"/draws/joint/{visit.code}/"
    part = part_of(visit, "jieneng")
    for path in (address, f"{address}leaders/", f"{address}answers/{part.pk}/"):
        assert signed_in(stranger.officer).get(path).status_code == 404
        assert signed_in(stocked.user(Role.SYSTEM_ADMIN)).get(path).status_code == 403
    with pytest.raises(NotAllowedError, match="其他机关"):
        answers.answer(stranger.officer, part, agree=True)


def test_art12_matching_asks_the_database_as_often_for_many_as_for_few(
    stocked: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12.2: divisions that meet at ten companies are not ten times the work."""
    counts = []
    real = joint_services.match

    def counted(*given: Any, **named: Any) -> list[JointVisit]:
        with CaptureQueriesContext(connection) as queries:
            found = real(*given, **named)
        counts.append((len(found), len(queries)))
        return found

    monkeypatch.setattr(joint_services, "match", counted)
    other = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    fill_registry(other)
    met(stocked, shared=2)
    met(other, shared=10)
    (few, two), (many, ten) = counts[1], counts[3]
    assert (few, many) == (2, 10)
    assert two == ten


def test_art12_what_can_no_longer_take_place_is_no_to_do(stocked: Bureau, safety: User) -> None:
    """A12.2: the window is over; the visit stays on record, the workbench stops asking."""
    _first, _second, (visit, other) = met(stocked)
    agreed(stocked, visit, safety)
    titles = {todo.title.partition("：")[0] for todo in todos_for(safety)}
    assert {"答复联合检查", "商定联合检查组长"} <= titles
    Task.objects.update(since=clock.today() - timedelta(days=30), until=clock.today() - timedelta(days=1))
    titles = {todo.title.partition("：")[0] for todo in todos_for(safety)}
    assert not {"答复联合检查", "商定联合检查组长"} & titles
    assert other.state == JointVisitState.PROPOSED
