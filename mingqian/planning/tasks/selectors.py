"""Reading tasks, and what follows from them for plan and entry; what hinders a task from being opened or drawn."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.burden.selectors import times_drawn
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision, Plan
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.plans.selectors import basis_problems
from mingqian.planning.plans.states import PlanState
from mingqian.planning.pool.selectors import (
    Meeting,
    Partaker,
    Stratum,
    meetings_of,
    numbers_in,
    partakers,
    quota_rule,
    scope_of,
)
from mingqian.planning.pool.states import ExclusionState, PoolCode
from mingqian.planning.selectors import PLAN_RECORDS, items_of, windows_of
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Subject
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.subjects.selectors import flags_on
from mingqian.rules.sets.selectors import rule_set_for

_WITH = (
    "organ",
    "division",
    "entry",
    "revision",
    "revision__division",
    "revision__entry__plan__organ",
    "opened_by",
)


def tasks_visible_to(user: User) -> QuerySet[Task]:
    """Return the tasks of the user's organ and of those below it, newest first."""
    if not user.has_role(*READER_ROLES):
        return Task.objects.none()
    return Task.objects.filter(organ__in=organs_below(user.organ)).select_related(*_WITH).order_by("-opened_at", "-pk")


def task_for(user: User, code: str) -> Task:
    """Return the task, or raise Http404 where it is not for `user` to know."""
    found = tasks_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这个抽查任务，或它不在您可以查看的范围内。")
    return found


def tasks_of(plan: Plan) -> QuerySet[Task]:
    """Return the tasks that a plan's entries opened, by entry and time."""
    rows = Task.objects.filter(entry__plan=plan).select_related(*_WITH)
    return rows.order_by("entry__serial", "round", "pk")


def may_open(revision: EntryRevision, number: int) -> str:
    """Return why the task of a window cannot be opened today, "" where it can (A2.1, A2.2)."""
    windows = windows_of(revision)
    if not 1 <= number <= len(windows):
        return "这个条目没有这一次检查时间，请刷新页面查看。"
    held = Task.objects.filter(entry=revision.entry, round=number).exclude(state=TaskState.CANCELLED).first()
    if held is not None:
        return f"这一次已经开立任务 {held.number}，请在那个任务上继续。"
    return _not_planned(revision) or _not_now(*windows[number - 1])


def _not_planned(revision: EntryRevision) -> str:
    if not PLAN_RECORDS.holds(revision):
        return "这个条目不在现行的年度计划上。未列入年度计划的，不得检查（第二条）。请先调整计划并经批准公布。"
    if problems := basis_problems(revision, items_of(revision)):
        return f"{problems[0]}没有有效依据的，不得检查（第二条）。"
    return ""


def _not_now(since: date, until: date) -> str:
    today = clock.today()
    if today < since:
        return f"检查时间自{day(since)}起，届时可以开立任务。"
    if today > until:
        return f"检查时间已于{day(until)}结束。仍需检查的，请调整计划（第二条）。"
    return ""


def _off_plan(task: Task) -> list[str]:
    version = PLAN_RECORDS.current(task.revision.entry.plan)
    if version is not None and version.lines.filter(revision__entry=task.entry_id).exists():
        return []
    return ["这个条目已从年度计划取消，不得检查（第二条）。请取消任务，或先调整计划。"]


def meetings_for(task: Task, on: date | None = None) -> list[Meeting]:
    """Return the tasks of other divisions that drew subjects of this one's scope in its window, as on a day (today)."""
    return meetings_of(task, items_of(task.revision), on or clock.today())


def meets(task: Task, other: Task) -> bool:
    """Say whether the other task, of another division, drew subjects of this one's scope in the same window (A12.2)."""
    return any(meeting.task.pk == other.pk for meeting in meetings_for(task))


def _undrawn(task: Task, items: Sequence[ItemRevision]) -> list[str]:
    """Return the draws that are sealed and not open, whose outcome decides who takes part in this one (A12.1, A12.2).

    Were both sealed at once, neither would know what the other drew: the cap could be passed, and a subject met twice in one window.
    """
    found = []
    sealed = Task.objects.filter(organ=task.organ, state=TaskState.SEALED).exclude(pk=task.pk)
    others = list(sealed.select_related(*_WITH).order_by("year", "number"))
    for other in others:
        both = task_scope(task).filter(pk__in=task_scope(other).order_by().values("pk"))
        same_window = other.since <= task.until and other.until >= task.since
        if other.division_id != task.division_id and same_window and both.exists():
            why = "同一时段的对象范围与本任务相交，抽到谁还不知道（第十二条第二款）"
        elif any(_near_cap(task, item, both, others) for item in items if item.item.code in other.revision.items):
            why = "与本任务有相同事项，抽查次数还不能计清（第十二条第一款）"
        else:
            continue
        found.append(f"{other.division.name}的任务 {other.number} 已封存、尚未开签，{why}。请待其开签或作废后再封存。")
    return found


def _near_cap(task: Task, item: ItemRevision, both: QuerySet[Subject], sealed: Sequence[Task]) -> bool:
    """Say whether a subject could be drawn more often than the cap allows if all that is sealed drew it."""
    code = item.item.code
    rules = rule_set_for(task.organ, clock.today(), task.division)
    room = rules.value("yearly_cap") - sum(
        code in other.revision.items and other.since.year == task.since.year for other in sealed
    )
    if room <= 0:
        return both.exists()
    marked = flags_on(task.organ, clock.today())
    drawn = times_drawn(task.organ, code, task.since.year)
    return bool(numbers_in(both, [number for number, times in drawn.items() if times >= room and number not in marked]))


def task_problems(task: Task) -> list[str]:
    """Return what hinders the task from being sealed today: basis, plan, window, wishes that nobody decided (A2.1, A2.2, A12.2)."""
    found = []
    items = items_of(task.revision)
    found += [f"{problem}没有有效依据的，不得抽取（第二条）。" for problem in basis_problems(task.revision, items)]
    found += _off_plan(task)
    if not found and not PLAN_RECORDS.holds(task.revision):
        found.append(
            "计划条目在任务开立之后已经调整，不得按调整前的内容抽取（第八条）。请取消任务，按现行计划重新开立。"
        )
    if clock.today() > task.until:
        found.append(f"检查时间已于{day(task.until)}结束。仍需检查的，请调整计划（第二条）。")
    waiting = task.exclusions.filter(state=ExclusionState.PENDING).count()
    if waiting:
        found.append(f"还有 {waiting} 项人工排除等待领导审批，请先办结。")
    found += _undrawn(task, items)
    for meeting in meetings_for(task):
        if not meeting.settled:
            what = "对方尚未答复" if meeting.state else "请提议联合检查，或写明原因予以避开"
            found.append(
                f"{meeting.task.division.name}的任务 {meeting.task.number} 在同一时段抽取了相同对象，{what}（第十二条）。"
            )
    return found


def task_scope(task: Task) -> QuerySet[Subject]:
    """Return the subjects in the scope of a task today, whether they may be drawn or not."""
    return scope_of(task.revision)


def subject_in(task: Task, number: str) -> Subject:
    """Return the subject of the task's scope with this number; raise DomainError where there is none."""
    found = task_scope(task).filter(number=number).first()
    if found is None:
        raise DomainError(f"任务的对象范围内没有登记号为“{number}”的抽查对象，请核对。")
    return found


@dataclass(frozen=True)
class TaskPool:
    """Who would take part in the draw of a task on a day, and what it comes to."""

    on: date
    rows: Sequence[Partaker]
    strata: Sequence[Stratum]
    meetings: Sequence[Meeting]

    @property
    def to_draw(self) -> int:
        """Return how many the draw selects."""
        return sum(stratum.quota for stratum in self.strata)

    @property
    def by_status(self) -> dict[str, int]:
        """Return how many rows bear each status."""
        return dict(sorted(Counter(row.status for row in self.rows).items()))

    @property
    def more_lots(self) -> int:
        """Return how many hold more than one lot."""
        return sum(row.lots > 1 for row in self.rows)


def pool_of(task: Task, on: date | None = None) -> TaskPool:
    """Return the pool of a task on a day (today): what its draw seals (A9.2, A12.1–A12.3)."""
    on = on or clock.today()
    rows = partakers(task.revision, items_of(task.revision), on, task)
    strata = quota_rule(task.revision).strata((row.stratum, row.status) for row in rows)
    return TaskPool(on, rows, strata, meetings_for(task, on))


def status_label(status: str) -> str:
    """Return a status of the pool as users know it."""
    kind, _colon, code = status.partition(":")
    if kind == "in":
        return "参加抽取"
    if kind == "exempt":
        return f"免检免扰（{code}）"
    words = {str(value): str(label) for value, label in PoolCode.choices} | OUT_WORDS
    return f"不参加：{words.get(code, code)}"


def exclusions_of(task: Task) -> QuerySet[Exclusion]:
    """Return the wishes to keep subjects out, newest first."""
    return task.exclusions.select_related("subject", "asked_by", "decided_by").order_by("-asked_at", "-pk")


def exclusion_for(user: User, code: str, pk: int) -> Exclusion:
    """Return the wish, or raise Http404."""
    found = exclusions_of(task_for(user, code)).filter(pk=pk).first()
    if found is None:
        raise Http404("没有找到这项排除申请。")
    return found


def proposal_for(user: User, code: str, pk: int) -> JointProposal:
    """Return a proposal that speaks of a task, or raise Http404."""
    task = task_for(user, code)
    rows = JointProposal.objects.select_related("task__division", "other__division", "asked_by")
    found = rows.filter(pk=pk).first()
    if found is None or task.pk not in {found.task_id, found.other_id}:
        raise Http404("没有找到这项联合检查提议。")
    return found


@dataclass(frozen=True)
class Progress:
    """One time of an entry: its window, the task that it opened if any, and how far it has come."""

    revision: EntryRevision
    number: int
    since: date
    until: date
    task: Task | None
    state: PlanState


def _state_of(task: Task | None, since: date, until: date, today: date) -> PlanState:
    if task is not None and task.state == TaskState.DONE:
        return PlanState.DONE
    if task is not None and task.state == TaskState.DRAWN:
        return PlanState.RUNNING
    if today > until:
        return PlanState.MISSED
    if task is not None:
        return PlanState.RUNNING
    return PlanState.WAITING if today < since else PlanState.DUE


def progress_of(plan: Plan, revisions: Iterable[EntryRevision] | None = None) -> list[Progress]:
    """Return every time of every entry on the plan that counts, with how far it has come (A8.1)."""
    rows = list(revisions) if revisions is not None else PLAN_RECORDS.standing(plan)
    today = clock.today()
    held = {(task.entry_id, task.round): task for task in tasks_of(plan).exclude(state=TaskState.CANCELLED)}
    found = []
    for revision in rows:
        for number, (since, until) in enumerate(windows_of(revision), 1):
            task = held.get((revision.entry_id, number))
            found.append(Progress(revision, number, since, until, task, _state_of(task, since, until, today)))
    return found


#: From what hurts most to what is over.
_ORDER = (PlanState.MISSED, PlanState.RUNNING, PlanState.DUE, PlanState.WAITING)


def plan_state(plan: Plan) -> PlanState:
    """Return how far a plan has come: what hurts most of its entries, done where all are; being drafted before the first version."""
    if PLAN_RECORDS.current(plan) is None:
        return PlanState.DRAFTING
    states = {row.state for row in progress_of(plan)}
    return next((state for state in _ORDER if state in states), PlanState.DONE)


@dataclass(frozen=True)
class Standing:
    """What of plans stands on a law: entries on the plans that count, and the tasks that were opened from them and are not over."""

    entries: list[EntryRevision]
    tasks: list[Task]


def planned_on(items: Iterable[str], organs: Iterable[int]) -> Standing:
    """Return the entries and live tasks whose items are among these codes, in these organs."""
    codes = set(items)
    entries = []
    for plan in Plan.objects.filter(organ__in=organs).select_related("organ").order_by("-year"):
        entries += [row for row in PLAN_RECORDS.standing(plan) if codes & set(row.items)]
    live = Task.objects.filter(organ__in=organs).exclude(state__in=(TaskState.DONE, TaskState.CANCELLED))
    tasks = [task for task in live.select_related(*_WITH).order_by("-opened_at") if codes & set(task.revision.items)]
    return Standing(entries, tasks)


def basis_of(task: Task) -> list[str]:
    """Return why the task stands on nothing today: items off the list, bases that fail (A2.1); nothing where it stands."""
    return basis_problems(task.revision, items_of(task.revision))


def opening_problems(task: Task) -> list[str]:
    """Return why a sealed draw of the task may not be opened today: basis, plan, window (A2.1, A2.2); nothing where it may."""
    found = [f"{problem}没有有效依据的，不得检查（第二条）。" for problem in basis_of(task)] + _off_plan(task)
    if clock.today() > task.until:
        found.append(f"检查时间已于{day(task.until)}结束，不得在计划的时间以外检查（第二条）。")
    return found
