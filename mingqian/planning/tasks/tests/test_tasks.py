"""Tasks: opened from the plan in their window, numbered without gaps; who takes part in their draw, and why (art. 2, 9, 12)."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection

from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import EntryRevision, Law, Task
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import FlagMode
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.planning.tasks.states import TaskState
from mingqian.planning.tests import stages
from mingqian.planning.tests.stages import draw, exempt, flag, safety_task, subjects
from mingqian.testing import Bureau, fill_registry, make_bureau

pytestmark = pytest.mark.django_db


def statuses(task: Task) -> dict[str, str]:
    """Return the status of every subject of a task's pool."""
    return {row.number: row.status for row in task_selectors.pool_of(task).rows}


def test_art02_only_an_entry_on_the_plan_that_counts_opens_a_task(stocked: Bureau) -> None:
    """A2.2: drafted, joined or withdrawn entries open none."""
    item, key = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, item.item.code)
    with pytest.raises(DomainError, match="未列入年度计划的，不得检查"):
        task_services.open_task(stocked.officer, row, 1)
    stages.published_plan(stocked, row, stages.consulted_entry(stocked, key.item.code, title="安全检查"))
    row.refresh_from_db()
    task = task_services.open_task(stocked.officer, row, 1)
    assert task.number == f"淄博市工信局节能科抽查〔{clock.today().year}〕1号"
    with pytest.raises(DomainError, match="已经开立任务"):
        task_services.open_task(stocked.officer, row, 1)
    task_services.cancel_task(stocked.officer, task, remark="推迟")
    gone = PLANS.draft_change(stocked.officer, row, ChangeKind.WITHDRAW, why="职能调整")
    gone = PLANS.consult(stages.regulations(stocked), PLANS.submit(stocked.officer, gone))
    stages.published_plan(stocked, gone, why="取消一项")
    with pytest.raises(DomainError, match="不在现行的年度计划上"):
        task_services.open_task(stocked.officer, row, 1)


def test_art02_a_task_whose_basis_is_repealed_is_neither_opened_nor_drawn(stocked: Bureau) -> None:
    """A2.1"""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.planned(stocked, item.item.code)
    task = task_services.open_task(stocked.officer, row, 1)
    assert task_selectors.task_problems(task) == []
    law = Law.objects.get(code="CSJN1")
    law_services.repeal_law(stages.regulations(stocked), law, repealed_on=clock.today(), successor=None, note="废止")
    assert "不得抽取（第二条）" in task_selectors.task_problems(task)[0]
    task_services.cancel_task(stocked.officer, task, remark="依据废止")
    with pytest.raises(DomainError, match="不得检查（第二条）"):
        task_services.open_task(stocked.officer, row, 1)


def test_art08_a_task_is_opened_in_its_window_only(stocked: Bureau) -> None:
    """A8.1"""
    item, _key = stages.listed_for_plan(stocked)
    today = clock.today()
    later = min(today + timedelta(days=9), date(today.year, 12, 31))
    if later == today:
        pytest.skip("the last day of the year leaves no later window")
    row = stages.planned(stocked, item.item.code, windows=[(later, later)])
    with pytest.raises(DomainError, match="届时可以开立任务"):
        task_services.open_task(stocked.officer, row, 1)
    with pytest.raises(DomainError, match="没有这一次"):
        task_services.open_task(stocked.officer, row, 2)


def test_art08_numbers_of_tasks_run_without_gaps_for_each_division_and_year(stocked: Bureau) -> None:
    """A8.1: a cancelled task keeps its number, a refused opening takes none."""
    item, key = stages.listed_for_plan(stocked)
    first = stages.planned(stocked, item.item.code)
    other = stages.planned(
        stocked, key.item.code, title="安全检查", division="anquan", officer=stages.safety_officer(stocked)
    )
    task = task_services.open_task(stocked.officer, first, 1)
    with pytest.raises(DomainError):
        task_services.open_task(stocked.officer, first, 1)
    task_services.cancel_task(stocked.officer, task, remark="推迟")
    again = task_services.open_task(stocked.officer, first, 1)
    apart = task_services.open_task(stages.regulations(stocked), other, 1)
    assert [t.serial for t in (task, again, apart)] == [1, 2, 1]
    assert apart.number.startswith("淄博市工信局安全科抽查")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time in any case")
@pytest.mark.django_db(transaction=True)
def test_art08_numbers_run_without_gaps_when_many_open_at_once() -> None:
    """A8.1: on PostgreSQL, four at the same moment."""
    bureau = make_bureau()
    fill_registry(bureau)
    item, _key = stages.listed_for_plan(bureau)
    rows = [stages.consulted_entry(bureau, item.item.code, title=f"第{i}项") for i in range(4)]
    stages.published_plan(bureau, *rows)
    rows = list(EntryRevision.objects.select_related("entry__plan__organ", "division").order_by("entry__serial"))

    def open_one(row: EntryRevision) -> None:
        try:
            task_services.open_task(bureau.officer, row, 1)
        finally:
            connection.close()

    threads = [Thread(target=open_one, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Task.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]
    assert verify_log().problems == []


def test_art09_listed_companies_are_exempt_unless_the_item_knows_none(stocked: Bureau) -> None:
    """A9.2: passed over with the list's code; for safety and the like they take part as everybody."""
    item, key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    exempt(one)
    task = stages.opened_task(stocked, item.item.code)
    assert statuses(task)[one.number] == "exempt:miansao-2026"
    row = next(r for r in task_selectors.pool_of(task).rows if r.number == one.number)
    assert "第九条" in row.reasons[0]
    assert task_selectors.pool_of(task).to_draw == 3
    safety = stages.opened_task(stocked, key.item.code, title="安全检查", quota_value=2000)
    assert statuses(safety)[one.number] == "in"


def test_art12_third_draw_in_a_year_is_refused(stocked: Bureau) -> None:
    """A12.1: twice for the same item in a year, across divisions; another item is another matter."""
    item, key = stages.listed_for_plan(stocked)
    one, two = subjects(stocked)[:2]
    for i, chosen in enumerate(([one, two], [one])):
        draw(stocked, stages.opened_task(stocked, item.item.code, title=f"第{i}项"), chosen)
    task = stages.opened_task(stocked, item.item.code, title="第三项")
    found = statuses(task)
    assert (found[one.number], found[two.number]) == ("out:yearly-cap", "in")
    row = next(r for r in task_selectors.pool_of(task).rows if r.number == one.number)
    assert "已被抽查 2 次，上限 2 次（第十二条第一款）" in row.reasons[0]
    apart = stages.opened_task(stocked, key.item.code, title="安全检查", quota_value=2000)
    assert statuses(apart)[one.number] == "in"


def test_art12_marked_subjects_hold_more_lots_and_stand_outside_the_cap(stocked: Bureau) -> None:
    """A12.3: more lots, or a stratum of their own with a higher ratio."""
    item, _key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    flag(one)
    for i in range(2):
        draw(stocked, stages.opened_task(stocked, item.item.code, title=f"第{i}项"), [one])
    task = stages.opened_task(stocked, item.item.code, title="第三项", flag_value=3)
    row = next(r for r in task_selectors.pool_of(task).rows if r.number == one.number)
    assert (row.status, row.lots) == ("in", 3)
    assert any("不受次数上限限制" in reason for reason in row.reasons)
    apart = stages.opened_task(stocked, item.item.code, title="第四项", flag_mode=FlagMode.STRATUM, flag_value=10000)
    pool = task_selectors.pool_of(apart)
    (stratum,) = [s for s in pool.strata if s.name == "重点监管对象"]
    assert (stratum.taking_part, stratum.quota) == (1, 1)


def test_art12_what_another_division_drew_is_joined_or_kept_out(stocked: Bureau) -> None:
    """A12.2: proposed, answered by the other division; declined means out, flags apart; nothing is sealed before it is settled."""
    item, key = stages.listed_for_plan(stocked)
    one, two, three = subjects(stocked)[:3]
    flag(three)
    other = safety_task(stocked, key.item.code)
    draw(stocked, other, [one, two, three])
    task = stages.opened_task(stocked, item.item.code)
    (meeting,) = task_selectors.pool_of(task).meetings
    assert meeting.numbers == {one.number, two.number, three.number}
    assert "请提议联合检查" in task_selectors.task_problems(task)[0]
    proposal = task_services.propose_joint(stocked.officer, task, other, note="一次查完")
    assert "对方尚未答复" in task_selectors.task_problems(task)[0]
    with pytest.raises(NotAllowedError):
        task_services.answer_joint(stocked.officer, proposal, agree=True)
    colleague = stages.safety_officer(stocked)
    with pytest.raises(DomainError, match="写明原因"):
        task_services.answer_joint(colleague, proposal, agree=False)
    task_services.answer_joint(colleague, proposal, agree=False, remark="时间不合")
    found = statuses(task)
    assert [found[s.number] for s in (one, two, three)] == ["out:drawn-elsewhere", "out:drawn-elsewhere", "in"]
    assert task_selectors.task_problems(task) == []
    agreed = stages.opened_task(stocked, item.item.code, title="第二项")
    proposal = task_services.propose_joint(stocked.officer, agreed, other)
    task_services.answer_joint(colleague, proposal, agree=True)
    assert statuses(agreed)[one.number] == "in"


def test_art12_a_division_may_keep_out_without_asking_but_not_without_reason(stocked: Bureau) -> None:
    """A12.2"""
    item, key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    other = safety_task(stocked, key.item.code)
    draw(stocked, other, [one])
    task = stages.opened_task(stocked, item.item.code)
    with pytest.raises(DomainError, match="写明"):
        task_services.keep_out(stocked.officer, task, other, note=" ")
    task_services.keep_out(stocked.officer, task, other, note="专业不同，无法同时进行")
    assert statuses(task)[one.number] == "out:drawn-elsewhere"
    with pytest.raises(DomainError, match="提出过"):
        task_services.propose_joint(stocked.officer, task, other)


def test_art09_exclusion_by_hand_goes_through_a_reason_and_a_leader(stocked: Bureau) -> None:
    """A9.2: nobody edits the pool; whoever asks does not decide; after the seal nothing is decided any more."""
    item, _key = stages.listed_for_plan(stocked)
    one, two = subjects(stocked)[:2]
    task = stages.opened_task(stocked, item.item.code)
    with pytest.raises(DomainError, match="写明排除的理由"):
        task_services.ask_exclusion(stocked.officer, task, one, reason=" ")
    asked = task_services.ask_exclusion(stocked.officer, task, one, reason="整体搬迁停产至年底")
    assert "等待领导审批" in task_selectors.task_problems(task)[0]
    assert statuses(task)[one.number] == "in"
    with pytest.raises(NotAllowedError, match="领导审批"):
        task_services.decide_exclusion(stocked.officer, asked, approve=True)
    task_services.decide_exclusion(stocked.leader, asked, approve=True)
    assert statuses(task)[one.number] == "out:excluded"
    with pytest.raises(DomainError, match="不必重复申请"):
        task_services.ask_exclusion(stocked.officer, task, one, reason="再申请")
    second = task_services.ask_exclusion(stocked.officer, task, two, reason="同上")
    task_services.note_sealed(stocked.officer, task)
    with pytest.raises(DomainError, match="名单已经固定"):
        task_services.decide_exclusion(stocked.leader, second, approve=True)
    assert verify_log().problems == []


def test_art04_another_division_does_not_handle_the_task(stocked: Bureau) -> None:
    """A4.1: the own division or the regulations division."""
    item, _key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    stranger = stages.safety_officer(stocked)
    with pytest.raises(NotAllowedError, match="由节能科或综合法规科"):
        task_services.cancel_task(stranger, task, remark="试试")
    neighbour = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    with pytest.raises(NotAllowedError, match="其他机关"):
        task_services.cancel_task(neighbour.officer, task, remark="试试")


def test_a_voided_draw_gives_the_task_back_and_a_drawn_one_stays(stocked: Bureau) -> None:
    """What becomes of the draw moves the task, in one direction only."""
    item, _key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    task = task_services.note_sealed(stocked.officer, task)
    with pytest.raises(StateConflictError):
        task_services.cancel_task(stocked.officer, task, remark="不想抽了")
    task = task_services.note_voided(stocked.officer, task)
    assert task.state == TaskState.OPEN
    task = task_services.note_opened(stocked.officer, task_services.note_sealed(stocked.officer, task))
    with pytest.raises(StateConflictError):
        task_services.note_voided(stocked.officer, task)
