"""Finding what is to be warned of, when a draw or a change is opened and as a hint before a seal (A12.1); reading warnings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.rows import row_or_404
from mingqian.drawing.joint.states import JOINT_LIVE, PART_LIVE
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.joint import JointPart
from mingqian.drawing.models.warnings import EarlyWarning
from mingqian.drawing.warnings.states import WarningKind, WarningState
from mingqian.planning.burden.selectors import crowdings_at
from mingqian.planning.burden.states import BurdenSource
from mingqian.planning.models import Encounter, SpecialInspection, Task
from mingqian.registry.models import split
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules

_AT_ONCE = 500
_YEAR = timedelta(days=365)
_COLUMNS = (
    "reference", "title", "source", "team", "since", "until", "on", "survivor", "named", "task__division",
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A sentence, and the number of the draw or of the special inspection that it speaks of ("" for none in particular)."""

    text: str
    reference: str = ""


@dataclass(frozen=True)
class Found:
    """Something to be warned of: about which subject, and which inspector where one is meant."""

    number: str
    subject: int
    kind: WarningKind
    inspector: str
    facts: tuple[Fact, ...]


@dataclass
class Call:
    """One door-opening: a visit, or the draws of a joint one together."""

    reference: str
    label: str
    title: str
    first: date
    last: date
    day: date
    done: bool
    drawn: bool
    division: int | None
    team: set[str] = field(default_factory=set)

    @property
    def when(self) -> str:
        """Return when it was, or is to be."""
        if self.done:
            return f"{_day(self.day)}已检查"
        return f"检查时间{_day(self.first)}" + (f"至{_day(self.last)}" if self.last != self.first else "")

    def gap(self, other: "Call") -> int:
        """Return how many days at least may lie between both; 0 where they may fall on one day."""
        return max(0, (self.first - other.last).days, (other.first - self.last).days)

    def join(self, other: "Call") -> None:
        """Take in another draw of the same joint visit: it takes place where both can."""
        self.first, self.last = max(self.first, other.first), max(self.first, min(self.last, other.last))
        self.day, self.done = (other.day, True) if other.done else (self.day, self.done)
        self.team |= other.team


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _labels(organ: Organ) -> dict[str, str]:
    """Return the number by which people know each draw and special inspection, by its code."""
    draws = Draw.objects.filter(organ=organ, opened_at__isnull=False).values_list("code", "draw_id")
    return {**dict(draws), **dict(SpecialInspection.objects.filter(organ=organ).values_list("code", "number"))}


def _call(row: Mapping[str, object], labels: Mapping[str, str]) -> Call:
    on, since, until = row["on"], row["since"], row["until"]
    first, last = (on, on) if on else (since, until)
    if not (isinstance(first, date) and isinstance(last, date)):
        raise TypeError("an encounter has its days")
    division = row["task__division"]
    return Call(
        str(row["reference"]),
        labels.get(str(row["reference"]), str(row["reference"])),
        str(row["title"]),
        first,
        last,
        first,
        done=on is not None,
        drawn=row["source"] == BurdenSource.DRAW,
        division=division if isinstance(division, int) else None,
        team=set(split(str(row["team"]))),
    )


def _back(day: date, months: int) -> date:
    """Return the day `months` calendar months before.

    >>> _back(date(2026, 3, 31), 1), _back(date(2026, 1, 15), 24)
    (datetime.date(2026, 2, 28), datetime.date(2024, 1, 15))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def _rows(organ: Organ, subjects: Sequence[int], since: date) -> Iterable[Mapping[str, object]]:
    """Yield what the subjects bore or bear from a day on, what was merged into them too; two queries for a thousand."""
    for begin in range(0, len(subjects), _AT_ONCE):
        some = subjects[begin : begin + _AT_ONCE]
        rows = Encounter.objects.filter(
            Q(subject__in=some) | Q(subject__merged_into__in=some), organ=organ, dropped_why="", until__gte=since
        )
        rows = rows.annotate(
            survivor=Coalesce("subject__merged_into_id", "subject_id"), named=F("subject__number")
        ).order_by("since", "pk")
        yield from rows.values(*_COLUMNS)


def _doors(organ: Organ, subjects: Sequence[int]) -> dict[tuple[str, int], int]:
    """Return (draw, subject) → joint visit, for draws that open one door together or may yet."""
    found: dict[tuple[str, int], int] = {}
    for begin in range(0, len(subjects), _AT_ONCE):
        some = subjects[begin : begin + _AT_ONCE]
        rows = JointPart.objects.filter(
            Q(visit__subject__in=some) | Q(visit__subject__merged_into__in=some),
            visit__organ=organ,
            visit__state__in=JOINT_LIVE,
            state__in=PART_LIVE,
        ).annotate(survivor=Coalesce("visit__subject__merged_into_id", "visit__subject_id"))
        found |= {(code, who): visit for code, who, visit in rows.values_list("draw__code", "survivor", "visit")}
    return found


def find(draw: Draw, numbers: Iterable[str] | None = None) -> list[Found]:
    """Return what is to be warned of about the subjects that a draw selected (only `numbers`), by number."""
    own = Encounter.objects.filter(organ=draw.organ, reference=draw.code, dropped_why="")
    survivors = own.annotate(survivor=Coalesce("subject__merged_into_id", "subject_id"))
    names = {survivor: number for number, survivor in survivors.values_list("subject__number", "survivor")}
    if numbers is not None:
        wanted = set(numbers)
        names = {survivor: number for survivor, number in names.items() if number in wanted}
    begin = own.order_by("since").values_list("since", flat=True).first()
    if not names or begin is None:
        return []
    rules = rule_set_for(draw.organ, begin, draw.division)
    mine, calls = _calls(draw, sorted(names), min(begin - _YEAR, _back(begin, rules.value("same_inspector_months"))))
    found: list[Found] = []
    for subject, number in sorted(names.items(), key=lambda pair: pair[1]):
        if subject in mine:
            here, door = mine[subject]
            visit = calls[subject].pop(door)
            found += _judged(number, subject, here, visit, list(calls[subject].values()), rules)
    return found


_Calls = dict[int, dict[object, Call]]


def _calls(draw: Draw, subjects: list[int], since: date) -> tuple[dict[int, tuple[Call, object]], _Calls]:
    """Return by subject the draw's own call with its door, and all calls by their doors, with the draws that open one together."""
    doors, labels = _doors(draw.organ, subjects), _labels(draw.organ)
    mine: dict[int, tuple[Call, object]] = {}
    calls: _Calls = {}
    for row in _rows(draw.organ, subjects, since):
        subject = int(str(row["survivor"]))
        door = doors.get((str(row["reference"]), subject), row["reference"])
        call, held = _call(row, labels), calls.setdefault(subject, {})
        if row["reference"] == draw.code:
            mine[subject] = replace(call), door
        if door in held:
            held[door].join(call)
        else:
            held[door] = call
    return mine, calls


def _judged(number: str, subject: int, own: Call, visit: Call, others: list[Call], rules: Rules) -> list[Found]:
    """Say what is to be warned of about one subject: `own` as the draw has it, `visit` with the draws that are joined to it."""
    apart = [call for call in others if _unjoined(own, call)]
    facts = [
        Fact(f"{call.title}（{call.label}）在同一时段也抽到这个对象，没有联合检查：{call.when}", call.reference)
        for call in apart
    ]
    close = [*_near(visit, [call for call in others if call not in apart], rules), *_crowded(visit, others, rules)]
    found = []
    if facts:
        # One question about one thing: what is also too close is told with it.
        found.append(Found(number, subject, WarningKind.APART, "", (*facts, *close)))
    elif close:
        found.append(Found(number, subject, WarningKind.CLOSE, "", tuple(close)))
    told = ((inspector, _again(inspector, visit, others, rules)) for inspector in sorted(own.team))
    found += [Found(number, subject, WarningKind.AGAIN, inspector, tuple(again)) for inspector, again in told if again]
    return found


def _unjoined(own: Call, call: Call) -> bool:
    """Say whether another division's draw, not yet carried out, meets the subject in the same window (A12.2)."""
    other = call.drawn and not call.done and call.division is not None and call.division != own.division
    return other and not own.done and own.gap(call) == 0


def _near(visit: Call, others: Iterable[Call], rules: Rules) -> list[Fact]:
    limit = rules.number("visits_apart_days")
    found = []
    for call in others:
        gap = visit.gap(call)
        if gap < limit.value:
            apart = f"相隔可能只有 {gap} 天，不足 {limit.words}" if gap else "检查时间重叠"
            found.append(Fact(f"与{call.title}（{call.label}，{call.when}）{apart}", call.reference))
    return found


def _crowded(visit: Call, others: Iterable[Call], rules: Rules) -> list[Fact]:
    days = [visit.day, *(call.day for call in others)]
    return [
        Fact(f"按检查日期（未检查的按检查时间第一天）计算，{crowding}")
        for crowding in crowdings_at(days, visit.day, rules)
    ]


def _again(inspector: str, visit: Call, others: Iterable[Call], rules: Rules) -> list[Fact]:
    """Say where the same inspector comes to the subject again and again. What was found there is not asked: it is a reason, not a fact."""
    past = sorted((call for call in others if call.day <= visit.day and call.team), key=lambda call: call.day)
    year = [call for call in past if call.day > visit.day - _YEAR and inspector in call.team]
    limit, found = rules.number("same_inspector_a_year"), []
    if len(year) + 1 >= limit.value:
        days = "、".join(_day(call.day) for call in year)
        found.append(Fact(f"一年内第 {len(year) + 1} 次检查这个对象，预警线 {limit.words}；此前：{days}"))
    months, row = rules.number("same_inspector_months"), rules.number("same_inspector_row")
    since = _back(visit.day, months.value)
    streak = 1 + sum(1 for _call in takewhile(lambda one: inspector in one.team and one.day >= since, reversed(past)))
    if streak >= row.value:
        found.append(Fact(f"连续 {streak} 次检查这个对象，预警线连续 {row.words}（回看 {months.words}）"))
    return found


def lately_visited(task: Task, numbers: Iterable[str]) -> tuple[int, str]:
    """Return how many of `numbers` would be warned of as too close if the task drew them, and the limit in words: a hint for the seal."""
    limit = rule_set_for(task.organ, task.since, task.division).number("visits_apart_days")
    apart = timedelta(days=limit.value)
    rows = Encounter.objects.filter(organ=task.organ, dropped_why="")
    known = Q(on__gt=task.since - apart, on__lt=task.until + apart)
    unknown = Q(on__isnull=True, until__gt=task.since - apart, since__lt=task.until + apart)
    rows = rows.filter(known | unknown).exclude(task=task)
    survivors = rows.annotate(number=Coalesce("subject__merged_into__number", "subject__number"))
    return len(set(numbers) & set(survivors.values_list("number", flat=True).iterator(2000))), limit.words


def warnings_visible_to(user: User) -> QuerySet[EarlyWarning]:
    """Return the warnings of the user's organ and of those below it, newest first (art. 4)."""
    if not user.has_role(*READER_ROLES):
        return EarlyWarning.objects.none()
    rows = EarlyWarning.objects.filter(organ__in=organs_below(user.organ))
    return rows.select_related("organ", "division", "draw__task", "subject", "answered_by", "decided_by")


def warning_for(user: User, pk: int) -> EarlyWarning:
    """Return the warning, or raise Http404 where it is not for `user` to know."""
    return row_or_404(warnings_visible_to(user).filter(pk=pk), "没有找到这条预警，或它不属于您的机关。")


def warnings_of(draw: Draw) -> QuerySet[EarlyWarning]:
    """Return the warnings about a draw, by subject."""
    return draw.early_warnings.select_related("subject", "division", "answered_by", "decided_by").order_by(
        "subject__number", "kind", "inspector"
    )


def warning_counts(organs: Iterable[Organ], since: date, until: date) -> dict[str, dict[str, int]]:
    """Return kind → state → how many warnings were found between two days, both counted, zeros too; for statistics."""
    begin = datetime.combine(since, time(), clock.LAW_ZONE)
    end = datetime.combine(until + timedelta(days=1), time(), clock.LAW_ZONE)
    rows = EarlyWarning.objects.filter(organ__in=list(organs), found_at__gte=begin, found_at__lt=end).order_by()
    found = {str(kind): dict.fromkeys(map(str, WarningState.values), 0) for kind in WarningKind.values}
    for kind, state, count in rows.values_list("kind", "state").annotate(count=Count("pk")):
        found[kind][state] = count
    return found
