"""Nobody steers who is drawn by the order in which things are done (art. 2, 8, 12)."""

from datetime import timedelta

import pytest
from django.test import Client

from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.planning.items.services import ITEMS
from mingqian.planning.models import EntryRevision, ListVersion
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import Stratify
from mingqian.planning.pool.selectors import quota_rule
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.planning.tests import stages
from mingqian.planning.tests.stages import draw, exempt, flag, safety_task, subjects
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db


def adjusted(bureau: Bureau, row: EntryRevision, **more: object) -> EntryRevision:
    """Change an entry that stands on the plan, up to joined."""
    made = PLANS.draft_change(bureau.officer, row, ChangeKind.CHANGE)
    told = stages.entry_values(*row.items, why="工作需要", **more)
    made = PLANS.submit(bureau.officer, PLANS.write(bureau.officer, made, told))
    return PLANS.consult(stages.regulations(bureau), made)


def test_art08_a_task_opened_before_the_plan_was_adjusted_is_not_drawn_as_it_was(stocked: Bureau) -> None:
    """A2.2, A8.1: what is drawn is what the plan says now; the task is cancelled and opened anew."""
    item, _key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    row = EntryRevision.objects.get(pk=task.revision_id)
    one = subjects(stocked)[0]
    stages.published_plan(stocked, adjusted(stocked, row, criteria={"districts": [one.district]}), why="缩小范围")
    assert "按现行计划重新开立" in task_selectors.task_problems(task)[0]
    task_services.cancel_task(stocked.officer, task, remark="计划调整")
    now = EntryRevision.objects.get(entry=row.entry, number=2)
    assert task_selectors.task_problems(task_services.open_task(stocked.officer, now, 1)) == []


def test_art12_only_subjects_in_its_own_scope_make_a_task_meet_another(stocked: Bureau) -> None:
    """A12.2: what the other division drew elsewhere hinders nothing and cannot be kept out."""
    item, key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    far = next(s for s in subjects(stocked) if s.district != one.district)
    other = safety_task(stocked, key.item.code)
    draw(stocked, other, [far])
    task = stages.opened_task(stocked, item.item.code, criteria={"districts": [one.district]})
    assert task_selectors.pool_of(task).meetings == []
    assert task_selectors.task_problems(task) == []
    with pytest.raises(DomainError, match="无需商定"):
        task_services.keep_out(stocked.officer, task, other, note="避开")


def test_art12_nobody_answers_their_own_proposal(stocked: Bureau) -> None:
    """A12.2: the regulations division may speak for either side, the same person not for both."""
    item, key = stages.listed_for_plan(stocked)
    other = safety_task(stocked, key.item.code)
    draw(stocked, other, subjects(stocked)[:1])
    task = stages.opened_task(stocked, item.item.code)
    proposal = task_services.propose_joint(stages.regulations(stocked), task, other)
    with pytest.raises(NotAllowedError):
        task_services.answer_joint(stages.regulations(stocked), proposal, agree=False, remark="不联合")


def test_art12_two_divisions_do_not_seal_the_same_scope_at_once(stocked: Bureau) -> None:
    """A12.2: the second waits until it is known whom the first drew; another scope does not wait."""
    item, key = stages.listed_for_plan(stocked)
    other = task_services.note_sealed(stages.safety_officer(stocked), safety_task(stocked, key.item.code))
    task = stages.opened_task(stocked, item.item.code)
    assert "尚未开签" in task_selectors.task_problems(task)[0]
    task_services.note_voided(stocked.officer, other)
    assert task_selectors.task_problems(task) == []


def test_art12_what_lies_sealed_cannot_carry_a_subject_over_the_cap(stocked: Bureau) -> None:
    """A12.1: drawn once and once more sealed leaves no room for a third; somebody never drawn has room."""
    item, _key = stages.listed_for_plan(stocked)
    first = stages.opened_task(stocked, item.item.code, title="第一项")
    second = stages.opened_task(stocked, item.item.code, title="第二项")
    third = stages.opened_task(stocked, item.item.code, title="第三项")
    second = task_services.note_sealed(stocked.officer, second)
    assert task_selectors.task_problems(third) == []
    draw(stocked, first, subjects(stocked)[:1])
    assert "抽查次数还不能计清" in task_selectors.task_problems(third)[0]
    task_services.note_opened(stocked.officer, second)
    assert task_selectors.task_problems(third) == []


def test_art12_marked_subjects_take_part_where_it_was_declined_and_the_reason_says_so(stocked: Bureau) -> None:
    """A12.2, A12.3: never "to be settled" once it is settled."""
    item, key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    flag(one)
    other = safety_task(stocked, key.item.code)
    draw(stocked, other, [one])
    task = stages.opened_task(stocked, item.item.code)
    task_services.keep_out(stocked.officer, task, other, note="专业不同")
    row = next(r for r in task_selectors.pool_of(task).rows if r.number == one.number)
    assert row.status == "in"
    assert not any("待商定" in reason for reason in row.reasons)


def test_art08_what_was_drawn_keeps_its_place_in_an_adjusted_plan(stocked: Bureau) -> None:
    """A8.1: else its window could be opened and drawn once more under another number."""
    item, _key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    draw(stocked, task, subjects(stocked)[:1])
    row = EntryRevision.objects.get(pk=task.revision_id)
    today = clock.today()
    with pytest.raises(DomainError, match="已经抽取"):
        adjusted(stocked, row, windows=[(today + timedelta(days=1), today + timedelta(days=5))])


def test_art02_an_entry_leaves_the_plan_only_when_nothing_of_it_is_under_way(stocked: Bureau) -> None:
    """A2.2: while visits of it are due, or its draw lies sealed, the plan keeps it; also where the draw came after the draft."""
    item, key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    stages.planned(stocked, key.item.code, title="安全检查")
    row = EntryRevision.objects.get(pk=task.revision_id)
    gone = PLANS.draft_change(stocked.officer, row, ChangeKind.WITHDRAW, why="职能调整")
    gone = PLANS.consult(stages.regulations(stocked), PLANS.submit(stocked.officer, gone))
    draw(stocked, task, subjects(stocked)[:1])
    with pytest.raises(DomainError, match="尚未办结"):
        stages.published_plan(stocked, gone, why="取消一项")


def test_art08_an_entry_that_names_one_company_wants_a_reason(stocked: Bureau) -> None:
    """A5.2, A8.1: whom everybody can foresee is not drawn; the approver reads why."""
    item, _key = stages.listed_for_plan(stocked)
    one = subjects(stocked)[0]
    aimed = {"criteria": {"text": one.number}}
    with pytest.raises(DomainError, match="不成其为随机抽查"):
        stages.consulted_entry(stocked, item.item.code, **aimed)
    row = stages.consulted_entry(stocked, item.item.code, **aimed, ratio_why="全市仅此一家")
    assert row.estimated == 1


def test_art05_an_item_that_became_general_meanwhile_holds_the_ceiling(stocked: Bureau) -> None:
    """A5.2: what counts is the list on the day, not that of the day of the draft."""
    _item, key = stages.listed_for_plan(stocked)
    row = stages.drafted_entry(stocked, key.item.code, quota_value=5000)
    change = ITEMS.draft_change(stocked.officer, key, ChangeKind.CHANGE)
    told = stages.values(
        why="降级",
        ratio_why="论证",
        name="储存安全检查",
        ratio=10000,
        frequency=2,
        exemption="safety",
        exemption_why="安全生产",
    )
    change = ITEMS.submit(stocked.officer, ITEMS.write(stocked.officer, change, told))
    stages.published(stocked, ITEMS.consult(stages.regulations(stocked), change))
    with pytest.raises(DomainError, match="抽查比例上限"):
        PLANS.submit(stocked.officer, row)


def test_art09_a_ratio_never_asks_for_more_than_can_be_selected(stocked: Bureau) -> None:
    """A9.2: in a small stratum the exempt leave fewer than the ratio makes; then all of those, and nobody where all are exempt."""
    item, _key = stages.listed_for_plan(stocked)
    everybody = subjects(stocked)
    district = everybody[0].district
    for subject in everybody:
        if subject.district == district:
            exempt(subject)
    row = stages.drafted_entry(stocked, item.item.code, stratify=Stratify.DISTRICT)
    found = next(s for s in quota_rule(row).strata([(district, "exempt:x")]) if s.name == district)
    assert (found.quota, found.too_many) == (0, False)
    PLANS.submit(stocked.officer, row)


def test_art08_a_published_plan_keeps_the_words_of_its_day(stocked: Bureau, client: Client) -> None:
    """A8.1: what the list changes later does not change what a version of the plan said."""
    item, key = stages.listed_for_plan(stocked)
    stages.published_plan(stocked, stages.consulted_entry(stocked, item.item.code))
    change = ITEMS.draft_change(stocked.officer, item, ChangeKind.CHANGE)
    told = stages.values(why="改名", name="能耗限额检查", frequency=2)
    change = ITEMS.submit(stocked.officer, ITEMS.write(stocked.officer, change, told))
    gone = ITEMS.submit(stocked.officer, ITEMS.draft_change(stocked.officer, key, ChangeKind.WITHDRAW, why="取消"))
    reader = stages.regulations(stocked)
    version = stages.published(stocked, ITEMS.consult(reader, change), ITEMS.consult(reader, gone))
    # Times are whole seconds; the list is published later than the plan, not in the same one.
    ListVersion.objects.filter(pk=version.pk).update(decided_at=clock.now() + timedelta(seconds=5))
    year = clock.today().year
    page = client.get(f"/public/plans/zibo/{year}/1/zibo-{year}-P1/").content.decode()
    assert "能源利用状况报告检查" in page
    assert "能耗限额检查" not in page


def test_a_pool_of_a_task_that_was_drawn_says_that_it_is_not_the_sealed_one(stocked: Bureau, client: Client) -> None:
    """It is reckoned anew; and a number that nobody could mean opens nothing."""
    item, _key = stages.listed_for_plan(stocked)
    task = stages.opened_task(stocked, item.item.code)
    client.force_login(stocked.officer)
    assert "这不是抽取时的名单" not in client.get(f"/plans/tasks/{task.code}/pool/").content.decode()
    draw(stocked, task, subjects(stocked)[:1])
    assert "这不是抽取时的名单" in client.get(f"/plans/tasks/{task.code}/pool/").content.decode()
    address = f"/plans/entries/{task.entry.code}/1/open/"
    assert client.post(address, {"round": "9" * 5000}).status_code == 302
