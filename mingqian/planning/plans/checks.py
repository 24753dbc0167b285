"""What must be put right before an entry of a plan goes on: basis, ratio, frequency, windows, scope (art. 2, 5, 8)."""

from datetime import date

from mingqian.casework.register.states import ChangeKind
from mingqian.common import clock
from mingqian.planning.cells import percent
from mingqian.planning.items.states import ItemKind
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision
from mingqian.planning.models.tasks import Task
from mingqian.planning.plans.selectors import basis_problems, kind_of
from mingqian.planning.plans.states import FlagMode, QuotaMode
from mingqian.planning.pool.selectors import FLAGGED, Estimate, estimate, ratio_quota
from mingqian.planning.selectors import PLAN_RECORDS, items_of, windows_of
from mingqian.planning.tasks.states import TaskState
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules


def _window_problems(revision: EntryRevision) -> list[str]:
    windows, year = windows_of(revision), revision.entry.plan.year
    if not windows:
        return ["还没有填写检查时间（第八条）。"]
    found = []
    before = PLAN_RECORDS.before(revision)
    stood = windows_of(before) if before else []
    ends = [date.min, *(until for _since, until in windows)]
    for number, (window, last) in enumerate(zip(windows, ends, strict=False), 1):
        which = f"第 {number} 次检查时间" if len(windows) > 1 else "检查时间"
        # What was published with an earlier version may have begun meanwhile.
        if problem := _window_problem(*window, year, clock.today() if window not in stood else date.min):
            found.append(f"{which}{problem}")
        if window[0] <= last:
            found.append(f"{which}与前一次重叠，请错开。")
    return found


def _window_problem(since: date, until: date, year: int, earliest: date) -> str:
    """Say what is wrong with a window by itself, "" nothing."""
    if until < since:
        return "的止日早于起日，请改正。"
    if {since.year, until.year} != {year}:
        return f"应在 {year} 年内，请改正。"
    return "的起日已经过去，请改为今天以后的日期。" if since < earliest else ""


def _ratio_problems(revision: EntryRevision, items: list[ItemRevision], rules: Rules, found: Estimate) -> list[str]:
    """Return where the ratio is above the ceiling without reason, or above what the list allows (A5.2)."""
    problems = []
    ceiling = rules.value("general_ratio")
    # By the list that counts today: an item may have changed its kind since the entry was drafted.
    general = kind_of(items) == ItemKind.GENERAL
    if general and over(revision, ceiling, found) and not revision.ratio_why:
        problems.append(
            f"一般检查事项的抽查比例上限是 {percent(ceiling)}（{rules.article('general_ratio')}），现为 {ratio_words(revision, found)}："
            "请降低，或写明超过上限的理由，供批准人审查。"
        )
    alone = found.taking_part - found.exempt == 1
    if (alone or (general and 0 < found.taking_part <= found.to_draw)) and not revision.ratio_why:
        problems.append(
            f"对象范围内能抽的只有 {found.taking_part - found.exempt:,} 家，全部抽中，不成其为随机抽查：请放宽条件，"
            "或在“超过上限的理由”中写明理由，供批准人审查（第五条）。"
        )
    return problems + _list_problems(revision, items, rules, found)


def _list_problems(revision: EntryRevision, items: list[ItemRevision], rules: Rules, found: Estimate) -> list[str]:
    """Return where the entry goes beyond what the list allows of its items, or the rules a year (A5.2, A12.1)."""
    problems = []
    for item in items:
        if item.ratio and over(revision, item.ratio, found):
            problems.append(
                f"事项“{item}”在清单上的抽查比例不超过 {percent(item.ratio)}，现为 {ratio_words(revision, found)}，请降低或先调整清单。"
            )
        if item.frequency and revision.frequency > item.frequency:
            problems.append(
                f"事项“{item}”在清单上每年 {item.frequency} 次，现安排 {revision.frequency} 次，请减少或先调整清单。"
            )
    cap = rules.value("yearly_cap")
    if revision.frequency > cap:
        problems.append(
            f"对同一对象同一事项的检查每年不超过 {cap} 次（第十二条），现安排 {revision.frequency} 次，请减少。"
        )
    return problems


def over(revision: EntryRevision, limit: int, found: Estimate) -> bool:
    """Say whether the entry draws more than `limit` basis points of a stratum; the marked subjects' own stratum apart (A12.3)."""
    if revision.quota_mode == QuotaMode.RATIO and not revision.quotas:
        return revision.quota_value > limit
    for stratum in found.strata:
        if stratum.name == FLAGGED and revision.flag_mode == FlagMode.STRATUM:
            continue
        if stratum.quota > ratio_quota(limit, stratum.taking_part)[0]:
            return True
    return False


def ratio_words(revision: EntryRevision, found: Estimate) -> str:
    """Write the ratio that the entry comes to: 5%, or with numbers 12 / 200 家（6%）."""
    if revision.quota_mode == QuotaMode.RATIO and not revision.quotas:
        return percent(revision.quota_value)
    whole = sum(stratum.taking_part for stratum in found.strata)
    share = f"（约 {found.to_draw * 100 / whole:.1f}%）" if whole else ""
    return f"{found.to_draw:,} / {whole:,} 家{share}"


def pool_problems(found: Estimate) -> list[str]:
    """Return where the scope holds nobody, or quotas ask for more than there are."""
    if not found.in_scope:
        return ["对象范围内没有任何抽查对象，请放宽条件，或先完善名录库。"]
    if not found.taking_part:
        return [f"对象范围内的 {found.in_scope:,} 家都不能参加抽取（注销、吊销、停业等），请放宽条件。"]
    problems = [
        f"“{stratum.label}”可抽 {stratum.selectable:,} 家，名额 {stratum.quota:,}，多于可抽的家数，请减少。"
        for stratum in found.strata
        if stratum.too_many
    ]
    if not found.to_draw:
        problems.append("没有任何一层设了名额，请至少给一层设定 1 个名额。")
    return problems


def task_hindrances(revision: EntryRevision) -> list[str]:
    """Return where a change or withdrawal does not go with what the entry's tasks have done already (A2.2, A8.1).

    What is sealed or drawn keeps its time in the plan, in its place: by that place a task is known as the one of its window.
    """
    tasks = Task.objects.filter(entry=revision.entry_id).order_by("round")
    if revision.change == ChangeKind.WITHDRAW:
        going = tasks.filter(state__in=(TaskState.SEALED, TaskState.DRAWN))
        return [
            f"任务 {task.number} {task.get_state_display()}，尚未办结，不能取消这个条目。请先办结，或作废抽取。"
            for task in going
        ]
    windows = windows_of(revision)
    return [
        f"第 {task.round} 次检查时间已有任务 {task.number}（{task.get_state_display()}），该次已经抽取或封存，起日和次序不能改动。"
        for task in tasks.exclude(state__in=(TaskState.OPEN, TaskState.CANCELLED))
        if task.round > len(windows) or windows[task.round - 1][0] != task.since
    ]


def hindrances(revision: EntryRevision) -> list[str]:
    """Return what must be put right before the entry can go on."""
    if revision.change == ChangeKind.WITHDRAW:
        return ([] if revision.why else ["取消计划条目须写明理由。"]) + task_hindrances(revision)
    items = items_of(revision)
    found = basis_problems(revision, items) + _window_problems(revision) + task_hindrances(revision)
    if revision.change == ChangeKind.CHANGE and not revision.why:
        found.append("调整计划条目须写明理由（第八条）。")
    rules = rule_set_for(revision.organ, clock.today(), revision.division)
    if revision.team_size < rules.value("team_size"):
        found.append(f"每组不少于 {rules.value('team_size')} 人（{rules.article('team_size')}），请改正。")
    if not items:
        return found
    counted = estimate(revision, items)
    strangers = set(revision.quotas) - {stratum.name for stratum in counted.strata}
    if strangers:
        found.append(f"单独设定名额的“{min(strangers)}”不在对象范围内，请删去或放宽条件。")
    return found + pool_problems(counted) + _ratio_problems(revision, items, rules, counted)
