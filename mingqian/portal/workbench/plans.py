"""What waits for a user in plans and tasks."""

from collections.abc import Iterator

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.casework.procedure import Todo
from mingqian.common import clock
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.items.selectors import listed_rechecks
from mingqian.planning.models import Plan
from mingqian.planning.plans.selectors import plans_visible_to
from mingqian.planning.plans.states import PlanState
from mingqian.planning.selectors import ITEM_RECORDS, PLAN_RECORDS
from mingqian.planning.tasks.selectors import progress_of, task_problems, tasks_visible_to
from mingqian.planning.tasks.states import TaskState


def plan_todos(user: User) -> list[Todo]:
    """Return what of plans and tasks waits for `user`."""
    if not user.has_role(*OFFICER_ROLES):
        return []
    plans = list(plans_visible_to(user).filter(organ=user.organ))
    return [*_composing(user, plans), *_rechecks(user), *_windows(user, plans), *_tasks(user)]


def _composing(user: User, plans: list[Plan]) -> Iterator[Todo]:
    """Tell what the other side agreed to and no version has taken up (art. 5, 8)."""
    if not user.has_role(Role.REGULATIONS_OFFICER):
        return
    text = "已会同的{}编成新版，报领导批准公布。"
    if waiting := len(ITEM_RECORDS.consulted(user.organ)):
        url = reverse("planning:list-compose")
        yield Todo(f"{waiting} 个事项待编入清单", text.format("事项"), "待编入", "soon", "去编制", url)
    for plan in plans:
        if waiting := len(PLAN_RECORDS.consulted(plan)):
            url, title = reverse("plans:compose", args=[plan.code]), f"{plan.year} 年度计划有 {waiting} 个条目待编入"
            yield Todo(title, text.format("条目"), "待编入", "soon", "去编制", url)


def _rechecks(user: User) -> Iterator[Todo]:
    """Tell whose bases are to be looked through again after a law has changed (A5.3)."""
    changed = listed_rechecks(user.organ, clock.today())
    if not user.has_role(Role.REGULATIONS_OFFICER):
        changed = {row: news for row, news in changed.items() if row.division_id == user.division_id}
    if changed:
        text = next(iter(changed.values()))[0]
        address = f"{reverse('planning:items')}?basis=recheck"
        yield Todo(f"{len(changed)} 个事项的依据有变化", text, "待核对", "soon", "去核对", address)


def _windows(user: User, plans: list[Plan]) -> Iterator[Todo]:
    """Tell whose time has come, and whose has gone without a draw."""
    for plan in plans:
        for time in progress_of(plan):
            mine = time.revision.division_id == user.division_id or user.has_role(Role.REGULATIONS_OFFICER)
            if not mine or time.state not in {PlanState.DUE, PlanState.MISSED}:
                continue
            url = reverse("plans:entry", args=[time.revision.entry.code, time.revision.number])
            missed = time.state == PlanState.MISSED
            yield Todo(
                f"{'逾期未抽取' if missed else '开立抽查任务'}：{time.revision.title}",
                f"检查时间至{day(time.until)}",
                "已过期" if missed else "待开立",
                "overdue" if missed else "soon",
                "去办理",
                url,
                clock.end_of(time.until),
            )


def _tasks(user: User) -> Iterator[Todo]:
    rows = tasks_visible_to(user).filter(organ=user.organ, state=TaskState.OPEN, drafts__isnull=True)
    if not user.has_role(Role.REGULATIONS_OFFICER):
        rows = rows.filter(division=user.division)
    for task in rows[:10]:
        detail = next(iter(task_problems(task)), task.number)
        url = reverse("plans:task", args=[task.code])
        yield Todo(f"准备抽取：{task.title}", detail, "待抽取", "soon", "去办理", url, clock.end_of(task.until))
