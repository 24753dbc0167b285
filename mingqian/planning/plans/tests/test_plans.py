"""Annual plans: drafted, joined, approved, published, adjusted; what stops them (art. 2, 5, 8)."""

import json
from datetime import date, timedelta

import pytest

from mingqian.accounts.states import Role
from mingqian.casework.register.states import ChangeKind, RevisionState
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files.services import read
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.items.states import ItemKind
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import Law, PlanVersion
from mingqian.planning.plans import services as plan_services
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import FlagMode, PlanState, QuotaMode, Stratify
from mingqian.planning.pool.selectors import estimate
from mingqian.planning.selectors import PLAN_RECORDS
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.planning.tests import stages
from mingqian.registry.models import Subject
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


def test_art08_a_plan_is_drafted_consulted_on_approved_and_published_with_what_the_article_names(
    stocked: Bureau,
) -> None:
    """A8.1: category, items, subjects, kind, ratio and frequency, estimated number, time, inspecting body."""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, item.item.code)
    assert (row.state, row.estimated, row.estimated_draw) == (RevisionState.CONSULTED, 60, 3)
    version = stages.published_plan(stocked, row)
    assert (version.number, version.plan.year) == (1, clock.today().year)
    assert version.document is not None
    book = json.loads(read(version.document))
    (entry,) = book["entries"]
    assert entry["division"] == "节能科"
    assert entry["items"] == [{"code": item.item.code, "revision": 1, "name": str(item)}]
    assert (entry["kind"], entry["quota_value"], entry["frequency"]) == ("general", 500, 1)
    assert (entry["estimated"], entry["estimated_draw"]) == (60, 3)
    assert verify_log().problems == []


def test_art08_the_other_side_joins_and_a_leader_who_wrote_nothing_approves(stocked: Bureau) -> None:
    """A8.1"""
    item, _key = stages.listed_for_plan(stocked)
    row = PLANS.submit(stocked.officer, stages.drafted_entry(stocked, item.item.code))
    with pytest.raises(NotAllowedError, match="综合法规科会同"):
        PLANS.consult(stocked.user(Role.DIVISION_HEAD), row)
    row = PLANS.consult(stages.regulations(stocked), row)
    with pytest.raises(NotAllowedError, match="综合法规科"):
        PLANS.compose(stocked.officer, row.entry.plan, title="计划", why="编制", taken=[row])
    version = PLANS.compose(stages.regulations(stocked), row.entry.plan, title="计划", why="编制", taken=[row])
    with pytest.raises(NotAllowedError, match="局领导批准"):
        PLANS.publish(stages.regulations(stocked), version)
    assert PLANS.publish(stocked.leader, version).number == 1


def test_art08_whoever_drafted_an_entry_does_not_approve_the_plan(stocked: Bureau) -> None:
    """A8.1: a leader who once was the division's officer and wrote in it."""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, item.item.code)
    row.authors = [*row.authors, stocked.leader.username]
    row.save()
    version = PLANS.compose(stages.regulations(stocked), row.entry.plan, title="计划", why="编制", taken=[row])
    with pytest.raises(NotAllowedError):
        PLANS.publish(stocked.leader, version)


def test_art08_what_is_published_changes_only_by_an_adjustment_with_reason_and_approval(stocked: Bureau) -> None:
    """A8.1, A2.2: versions stay, the next says what changed and why."""
    item, key = stages.listed_for_plan(stocked)
    row = stages.planned(stocked, item.item.code)
    with pytest.raises(StateConflictError):
        PLANS.write(stocked.officer, row, stages.entry_values(item.item.code, quota_value=400))
    change = PLANS.draft_change(stocked.officer, row, ChangeKind.CHANGE)
    with pytest.raises(DomainError, match="写明理由"):
        PLANS.submit(stocked.officer, change)
    change = PLANS.write(
        stocked.officer, change, stages.entry_values(item.item.code, quota_value=400, why="减轻企业负担")
    )
    change = PLANS.consult(stages.regulations(stocked), PLANS.submit(stocked.officer, change))
    more = stages.consulted_entry(stocked, key.item.code, title="安全检查", quota_value=2000)
    second = stages.published_plan(stocked, change, more, why="年中调整")
    assert [r.quota_value for r in PLAN_RECORDS.lines(second)] == [400, 2000]
    first = PlanVersion.objects.get(plan=second.plan, number=1)
    assert [r.quota_value for r in PLAN_RECORDS.lines(first)] == [500]
    gone = PLANS.draft_change(stocked.officer, change, ChangeKind.WITHDRAW, why="职能调整")
    gone = PLANS.consult(stages.regulations(stocked), PLANS.submit(stocked.officer, gone))
    third = stages.published_plan(stocked, gone, why="取消一项")
    assert [r.title for r in PLAN_RECORDS.lines(third)] == ["安全检查"]
    assert verify_log().problems == []


def test_art05_a_ratio_above_the_ceiling_of_general_items_wants_a_reason(stocked: Bureau) -> None:
    """A5.2, A8.1: the approver sees it; key items have no ceiling, the list's own ratio holds for all."""
    stages.make_law(stocked)
    wide = stages.consulted(stocked, ratio=2000, ratio_why="投诉多")
    key = stages.consulted(stocked, name="储存安全检查", kind=ItemKind.KEY, ratio=10000, frequency=2)
    stages.published(stocked, wide, key)
    row = stages.drafted_entry(stocked, wide.item.code, quota_value=1000)
    with pytest.raises(DomainError, match=r"上限是 5%.*现为 10%"):
        PLANS.submit(stocked.officer, row)
    row = PLANS.write(
        stocked.officer, row, stages.entry_values(wide.item.code, quota_value=1000, ratio_why="上年问题率 40%")
    )
    assert PLANS.submit(stocked.officer, row).state == RevisionState.SUBMITTED
    beyond = stages.drafted_entry(stocked, wide.item.code, quota_value=3000, ratio_why="上年问题率 40%")
    with pytest.raises(DomainError, match=r"清单上的抽查比例不超过 20%"):
        PLANS.submit(stocked.officer, beyond)
    by_number = {"quota_mode": QuotaMode.NUMBER, "quota_value": 10, "title": "按数量"}
    with pytest.raises(DomainError, match=r"30 / 60 家"):
        PLANS.submit(stocked.officer, stages.drafted_entry(stocked, wide.item.code, **by_number))
    free = stages.drafted_entry(stocked, key.item.code, quota_value=10000, title="全部检查")
    assert PLANS.submit(stocked.officer, free).kind == ItemKind.KEY
    mixed = stages.drafted_entry(stocked, key.item.code, wide.item.code, quota_value=1000, title="一并检查")
    assert mixed.kind == ItemKind.GENERAL


def test_art08_bad_input_is_refused_with_what_to_do(stocked: Bureau) -> None:
    """A8.1: windows, scope, quotas."""
    item, key = stages.listed_for_plan(stocked)
    today = clock.today()
    year = today.year
    code = item.item.code
    day = timedelta(days=1)
    cases: tuple[tuple[dict[str, object], str], ...] = (
        ({"windows": []}, "还没有填写检查时间"),
        ({"windows": [(today - day, today)]}, "起日已经过去"),
        ({"windows": [(today + day, today)]}, "止日早于起日"),
        ({"windows": [(date(year + 1, 1, 5), date(year + 1, 2, 5))]}, f"应在 {year} 年内"),
        ({"windows": [(today, today + 2 * day), (today + day, today + 3 * day)]}, "与前一次重叠"),
        ({"criteria": {"districts": ["没有的县"]}}, "没有任何抽查对象"),
        ({"quota_mode": QuotaMode.NUMBER, "quota_value": 21}, "可抽 20 家，名额 21"),
        ({"quotas": {"没有的层": 3}}, "单独设定名额的“没有的层”"),
        ({"team_size": 1}, "每组不少于 2 人"),
        ({"items": []}, "还没有选择抽查事项"),
    )
    for number, (wrong, words) in enumerate(cases):
        row = stages.drafted_entry(stocked, code, **({"title": f"第{number}项"} | wrong))
        with pytest.raises(DomainError, match=words):
            PLANS.submit(stocked.officer, row)
    Subject.objects.filter(organ=stocked.organ).update(status="closed")
    with pytest.raises(DomainError, match="都不能参加抽取"):
        PLANS.submit(stocked.officer, stages.drafted_entry(stocked, key.item.code))
    with pytest.raises(DomainError, match="不在现行的抽查事项清单上"):
        stages.drafted_entry(stocked, "zibo-999")
    with pytest.raises(DomainError, match="只能编制今年"):
        plan_services.open_plan(stocked.officer, year + 2)


def test_art12_more_times_than_the_cap_are_not_planned(stocked: Bureau) -> None:
    """A12.1: an item at most twice a year for one subject, as the list says too."""
    stages.make_law(stocked)
    item = stages.consulted(stocked, frequency=2)
    stages.published(stocked, item)
    first = clock.today()
    windows = [(first + timedelta(days=3 * i), first + timedelta(days=3 * i + 1)) for i in range(3)]
    if windows[-1][1].year != first.year:
        pytest.skip("the year ends too soon for three windows")
    row = stages.drafted_entry(stocked, item.item.code, windows=windows)
    with pytest.raises(DomainError, match=r"每年不超过 2 次（第十二条）"):
        PLANS.submit(stocked.officer, row)


def test_art02_a_basis_that_fails_stops_the_plan_before_its_approval(stocked: Bureau) -> None:
    """A2.1: repealed between joining and approval, then nothing is published."""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, item.item.code)
    version = PLANS.compose(stages.regulations(stocked), row.entry.plan, title="计划", why="编制", taken=[row])
    law = Law.objects.get(code="CSJN1")
    law_services.repeal_law(stages.regulations(stocked), law, repealed_on=clock.today(), successor=None, note="废止")
    with pytest.raises(DomainError, match=r"已于.*废止"):
        PLANS.publish(stocked.leader, version)
    version.refresh_from_db()
    assert version.number is None


def test_art08_the_estimate_follows_the_conditions_and_strata(stocked: Bureau) -> None:
    """A8.1: computed from the registry, stratum by stratum."""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.drafted_entry(stocked, item.item.code, criteria={"districts": ["张店区", "桓台县"]})
    found = estimate(row)
    assert (found.in_scope, found.taking_part, found.to_draw) == (40, 40, 2)
    assert [(s.name, s.taking_part, s.quota, s.how) for s in found.strata] == [
        ("张店区", 20, 1, "5 % × 20 → 1"),
        ("桓台县", 20, 1, "5 % × 20 → 1"),
    ]
    assert row.targeted
    whole = stages.drafted_entry(stocked, item.item.code, stratify=Stratify.NONE, flag_mode=FlagMode.NONE)
    assert not whole.targeted
    assert [(s.label, s.quota) for s in estimate(whole).strata] == [("全部", 3)]


def test_art08_the_state_of_a_plan_follows_from_its_tasks(stocked: Bureau) -> None:
    """A8.1: computed, never kept."""
    item, _key = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, item.item.code)
    plan = row.entry.plan
    assert task_selectors.plan_state(plan) == PlanState.DRAFTING
    stages.published_plan(stocked, row)
    assert task_selectors.plan_state(plan) == PlanState.DUE
    row.refresh_from_db()
    task = task_services.open_task(stocked.officer, row, 1)
    assert task_selectors.plan_state(plan) == PlanState.RUNNING
    task = task_services.note_opened(stocked.officer, task_services.note_sealed(stocked.officer, task))
    task_services.note_finished(stocked.officer, task)
    assert task_selectors.plan_state(plan) == PlanState.DONE
