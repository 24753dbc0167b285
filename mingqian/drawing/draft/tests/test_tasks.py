"""A draw belongs to a task: what it draws follows from the plan, and the task follows what becomes of the draw (art. 2, 9, 12)."""

from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.services import create_user, grant_role
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.bundle.selectors import bundle_files, seal_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.current.selectors import outcome
from mingqian.drawing.draft import services as draft_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import Draft, Draw
from mingqian.drawing.prepared.selectors import prepare
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.laws import services as law_services
from mingqian.planning.models import Encounter, EntryRevision, Law, PlanLine, Task
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Subject
from mingqian.registry.parts import services as part_services
from mingqian.registry.parts.states import FlagKind
from mingqian.testing import (
    DIGITS,
    PASSWORD,
    Bureau,
    contributed_draw,
    make_draft,
    make_task,
    noted,
    opened_draw,
    reviewed,
    sealed_draw,
)

pytestmark = pytest.mark.django_db


def test_art02_no_draw_without_a_task_of_the_plan(stocked: Bureau) -> None:
    """A2.2: a draft without one is not sealed; a task whose entry left the plan neither."""
    draft = make_draft(stocked)
    Draft.objects.filter(pk=draft.pk).update(task=None)
    with pytest.raises(DomainError, match="没有对应的抽查任务"):
        draw_services.seal(stocked.officer, Draft.objects.get(pk=draft.pk), reviewed="")
    other = make_draft(stocked, scope="B")
    seen = reviewed(other)
    assert other.task is not None
    line = PlanLine.objects.get(revision=other.task.revision)
    noted(gone=[line])
    line.delete()
    with pytest.raises(DomainError, match="已从年度计划取消"):
        draw_services.seal(stocked.officer, other, reviewed=seen)
    assert Task.objects.get(pk=other.task.pk).state == TaskState.OPEN


def test_art02_a_basis_repealed_meanwhile_stops_the_seal(stocked: Bureau) -> None:
    """A2.1"""
    draft = make_draft(stocked)
    seen = reviewed(draft)
    law = Law.objects.get(organ=stocked.organ)
    regulations = stocked.user(Role.REGULATIONS_OFFICER)
    law_services.repeal_law(regulations, law, repealed_on=clock.today(), successor=None, note="废止")
    with pytest.raises(DomainError, match="不得抽取（第二条）"):
        draw_services.seal(stocked.officer, draft, reviewed=seen)


def test_art02_the_task_follows_its_draw(stocked: Bureau) -> None:
    """A2.2: sealed, given back by a void, drawn; its encounters bear task, items and window."""
    first = sealed_draw(stocked)
    task = first.task
    assert task is not None
    task.refresh_from_db()
    assert (task.state, first.task_number) == (TaskState.SEALED, task.number)
    request = void_services.ask(stocked.officer, first, reason="停电")
    void_services.approve(stocked.leader, request)
    task.refresh_from_db()
    assert task.state == TaskState.OPEN
    draw = opened_draw(stocked)
    task.refresh_from_db()
    assert (task.state, draw.task_id) == (TaskState.DRAWN, task.pk)
    row = Encounter.objects.filter(reference=draw.code).first()
    assert row is not None
    assert (row.task_id, row.since, row.until) == (task.pk, task.since, task.until)
    assert row.items == f"|{task.revision.items[0]}|"
    assert verify_log().problems == []


def test_art09_cap_exemption_flags_and_exclusions_are_sealed_as_the_task_has_them(stocked: Bureau) -> None:
    """A9.2, A12.1, A12.3: status and lots of every row are those that the officer looked through."""
    one, two, three = Subject.objects.filter(organ=stocked.organ).order_by("number")[:3]
    today = clock.today()
    part_services.add_exemption(stocked.officer, one, code="miansao", basis="文件", source="市政府", since=today)
    part_services.add_flag(stocked.officer, two, kind=FlagKind.SERIOUS, source="市应急局", since=today)
    task = make_task(stocked, flag_mode="lots", flag_value=3)
    wish = task_services.ask_exclusion(stocked.officer, task, three, reason="整体搬迁")
    draft = make_draft(stocked)
    with pytest.raises(DomainError, match="等待领导审批"):
        draw_services.rehearse(prepare(draft))
    task_services.decide_exclusion(stocked.leader, wish, approve=True)
    draw = draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    rows = dict(line.split("\t", 1) for line in bundle_files(draw)["subjects.tsv"].decode().splitlines())
    assert rows[one.number].endswith("\t1\texempt:miansao")
    assert rows[two.number].endswith("\t3\tin")
    assert rows[three.number].endswith("\t1\tout:excluded")
    assert seal_of(draw)["scope"] == f"{task.entry.code}-{task.round}"


def test_art09_the_public_page_counts_what_was_kept_out_by_hand(stocked: Bureau, client: Client) -> None:
    """A9.2: how many, not who; by whose decision stands on the log."""
    one = Subject.objects.filter(organ=stocked.organ).order_by("number")[0]
    wish = task_services.ask_exclusion(stocked.officer, make_task(stocked), one, reason="整体搬迁")
    task_services.decide_exclusion(stocked.leader, wish, approve=True)
    draw = opened_draw(stocked)
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert "经批准人工排除 1 家" in page
    assert "整体搬迁" not in page


def test_art12_what_another_division_drew_must_be_settled_before_the_seal(stocked: Bureau) -> None:
    """A12.2: kept out where it is declined, and then the protocol's own table says so."""
    other = opened_draw(stocked, scope="安全", division="anquan", quota_value=5000)
    met = {row.number for stratum in outcome(other) for row in stratum.selected}
    draft = make_draft(stocked)
    with pytest.raises(DomainError, match="在同一时段抽取了相同对象"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    assert draft.task is not None
    assert other.task is not None
    task_services.keep_out(stocked.officer, draft.task, other.task, note="专业不同")
    draw = draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    text = bundle_files(draw)["subjects.tsv"].decode()
    kept = {line.split("\t")[0] for line in text.splitlines() if line.endswith("out:drawn-elsewhere")}
    assert kept == met


def test_art09_another_division_does_not_draw_for_the_task(stocked: Bureau) -> None:
    """A9.1: the task's own division, or the regulations division."""
    task = make_task(stocked)
    stranger = create_user(
        "system", username="an", password=PASSWORD, name="安", organ=stocked.organ, division=stocked.divisions["anquan"]
    )
    grant_role("system", user=stranger, role=Role.DIVISION_OFFICER, since=clock.today() - timedelta(days=1))
    with pytest.raises(NotAllowedError, match="由节能科或综合法规科的经办人办理"):
        draft_services.create_draft(User.objects.get(pk=stranger.pk), task)
    draft = draft_services.create_draft(stocked.user(Role.REGULATIONS_OFFICER), task)
    assert draft_services.create_draft(stocked.officer, task) == draft
    assert task_selectors.pool_of(task).to_draw == 6


@pytest.mark.parametrize("assignment", ["per-subject", "teams"])
def test_art09_the_lead_division_leads_every_team_where_the_plan_asks_for_it(stocked: Bureau, assignment: str) -> None:
    """A9.3: a rule in the seal, which anybody can check; the first of each team is of the inspecting division."""
    teams = 2 if assignment == "teams" else 0
    draw = opened_draw(stocked, lead_present=True, assignment=assignment, teams=teams)
    assert seal_of(draw)["rules"]["home"] == "节能科"
    for stratum in outcome(draw):
        for row in stratum.selected:
            assert row.team[0].division == "节能科"
    assert "每组由节能科人员带队" in Client().get(f"/public/draws/{draw.code}/").content.decode()


def test_art02_a_sealed_draw_whose_entry_left_the_plan_is_not_opened(stocked: Bureau) -> None:
    """A2.2: nor one whose window is over: nobody contributes to it any more, and the way out is a void, in public."""
    draw = sealed_draw(stocked)
    task = draw.task
    assert task is not None
    Task.objects.filter(pk=task.pk).update(since=clock.today() - timedelta(days=9), until=clock.today() - timedelta(1))
    with pytest.raises(DomainError, match=r"检查时间已于.*请申请作废"):
        ceremony_services.speak(stocked.officer, Draw.objects.get(pk=draw.pk), position=1, digits=DIGITS[0])
    Task.objects.filter(pk=task.pk).update(until=task.until)
    PlanLine.objects.filter(revision=task.revision).delete()
    with pytest.raises(DomainError, match="已从年度计划取消"):
        ceremony_services.speak(stocked.officer, Draw.objects.get(pk=draw.pk), position=1, digits=DIGITS[0])


def test_art02_what_was_all_contributed_before_the_basis_fell_is_opened_and_stands(stocked: Bureau) -> None:
    """A2.2: whoever could void it now would void having seen; nobody is inspected by it all the same."""
    draw = contributed_draw(stocked)
    assert draw.task is not None
    PlanLine.objects.filter(revision=draw.task.revision).delete()
    with pytest.raises(DomainError, match="结果已经确定，不能作废"):
        void_services.ask(stocked.officer, draw, reason="计划已取消")
    assert draw_services.open_draw(stocked.officer, Draw.objects.get(pk=draw.pk)).state == "opened"


def test_art12_the_day_of_the_draw_is_not_chosen_beyond_the_window(stocked: Bureau) -> None:
    """A9.2, A12.3: exemptions and marks are read for the day of opening; a day after they end is no way around them."""
    task = make_task(stocked)
    draft = make_draft(stocked, open_by=clock.now() + timedelta(days=(task.until - clock.today()).days + 2))
    with pytest.raises(DomainError, match="检查时间以外"):
        draw_services.rehearse(prepare(draft))
    with pytest.raises(DomainError, match="检查时间以外"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))


def test_art12_what_is_drawn_between_review_and_seal_counts(stocked: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """A12.1: the pool that is sealed is read under the lock, after whatever was drawn before it."""
    draft = make_draft(stocked)
    seen = reviewed(draft)
    one = Subject.objects.filter(organ=stocked.organ).order_by("number")[0]
    lock = task_services.note_sealed

    def meanwhile(user: User, task: Task) -> Task:
        part_services.add_exemption(
            stocked.officer, one, code="miansao", basis="文件", source="市政府", since=clock.today()
        )
        return lock(user, task)

    monkeypatch.setattr(task_services, "note_sealed", meanwhile)
    with pytest.raises(DomainError, match="有变化，尚未封存"):
        draw_services.seal(stocked.officer, draft, reviewed=seen)
    assert draft.task is not None
    assert Task.objects.get(pk=draft.task.pk).state == TaskState.OPEN


def test_art09_a_task_opened_anew_shows_what_was_voided_before(stocked: Bureau, client: Client) -> None:
    """A9.1: cancelling a task after a void and opening it again gives a new number, not a clean page (draw protocol, "void")."""
    first = sealed_draw(stocked)
    request = void_services.ask(stocked.officer, first, reason="停电")
    void_services.approve(stocked.leader, request)
    assert first.task is not None
    task = Task.objects.get(pk=first.task.pk)
    task_services.cancel_task(stocked.officer, task, remark="重新开立")
    again = task_services.open_task(stocked.officer, task.revision, task.round)
    draft = draft_services.create_draft(stocked.officer, again)
    fields = ("assignment", "teams", "batches", "witnesses")
    told = {name: getattr(make_draft(stocked, scope="乙"), name) for name in fields}
    draft_services.save_draft(stocked.officer, draft, open_by=clock.now() + timedelta(hours=3), **told)
    second = draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))
    assert (second.task_number != first.task_number, second.scope, second.attempt) == (True, first.scope, 2)
    assert first.draw_id in client.get(f"/public/draws/{second.code}/").content.decode()


def test_art08_teams_are_not_smaller_than_the_plan_says(stocked: Bureau) -> None:
    """A8.1, A9.3: what was approved in the plan is not undercut in the preparation."""
    draft = make_draft(stocked, team_size=2)
    assert draft.task is not None
    EntryRevision.objects.filter(pk=draft.task.revision_id).update(team_size=3)
    draft = Draft.objects.get(pk=draft.pk)
    with pytest.raises(DomainError, match="年度计划定为每组 3 人"):
        draw_services.seal(stocked.officer, draft, reviewed=reviewed(draft))


def test_the_scope_that_is_published_is_made_from_the_conditions_that_decide(stocked: Bureau, client: Client) -> None:
    """Issue 11: not the item list's own words, which decide nothing and stand beside it as such."""
    everybody = opened_draw(stocked, scope="全体")
    some = opened_draw(stocked, scope="张店", criteria={"districts": ["张店区"]}, quota_value=5000)
    pages = [client.get(f"/public/draws/{draw.code}/").content.decode() for draw in (everybody, some)]
    counts = [seal_of(draw)["subjects"]["count"] for draw in (everybody, some)]
    assert f"范围：全部对象（没有条件），{counts[0]:,} 家。" in pages[0]
    assert f"范围：区县：张店区，{counts[1]:,} 家。" in pages[1]
    assert counts[1] < counts[0]
