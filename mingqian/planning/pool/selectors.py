"""Who takes part in a task's draw, with how many lots, in which stratum, and why; and how many of each stratum are drawn."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from mingqian.common import clock
from mingqian.planning import conditions
from mingqian.planning.burden.selectors import batched, times_drawn
from mingqian.planning.burden.states import BurdenSource
from mingqian.planning.items.states import Exemption
from mingqian.planning.models.burden import Encounter
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.plans.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.pool.states import ExclusionState, PoolCode
from mingqian.planning.selectors import items_of
from mingqian.planning.tasks.states import JointState
from mingqian.registry.models import Subject
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.subjects.selectors import exemptions_on, flags_on, why_out
from mingqian.registry.subjects.states import SubjectKind
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules

#: The protocol's name for "no strata".
WHOLE = "-"
#: Stratum of the subjects that are inspected more (art. 12).
FLAGGED = "重点监管对象"
_NOT_WORD = re.compile("[^A-Za-z0-9\\-_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")


def as_word(text: str) -> str:
    """Return `text` as a word of the draw protocol, signs replaced or dropped.

    >>> as_word('有限责任公司(自然人独资)')
    '有限责任公司（自然人独资）'
    """
    word = _NOT_WORD.sub("", text.replace("(", "（").replace(")", "）"))[:64]
    return word or "未登记"


@dataclass(frozen=True)
class Stratum:
    """A stratum with its numbers of rows and the quota with how it came about."""

    name: str
    taking_part: int
    out: int
    quota: int
    how: str
    #: Of those that take part, how many would be passed over (exempt); the rest can be selected.
    exempt: int = 0

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == WHOLE else self.name

    @property
    def selectable(self) -> int:
        """Return how many can be selected."""
        return self.taking_part - self.exempt

    @property
    def too_many(self) -> bool:
        """Say whether the quota is more than the pool holds."""
        return self.quota > self.selectable


@dataclass(frozen=True)
class QuotaRule:
    """How quotas are set: by ratio in basis points or by number, for every stratum alike but those named in `own`."""

    mode: str
    value: int
    own: Mapping[str, int]
    stratify: str = Stratify.DISTRICT
    flag_mode: str = FlagMode.NONE
    flag_value: int = 0

    def quota(self, stratum: str, count: int, exempt: int = 0) -> tuple[int, str]:
        """Return the quota of a stratum in which `count` take part, `exempt` of them only to be passed over, and how it came about."""
        own = self.own.get(stratum)
        if own is not None:
            number = int(own)
            return number, f"单独设定 {number:,}" if number else "单独设定：不抽取"
        if stratum == FLAGGED and self.flag_mode == FlagMode.STRATUM:
            return _within(ratio_quota(self.flag_value, count), count, exempt)
        if self.mode == QuotaMode.RATIO:
            return _within(ratio_quota(self.value, count), count, exempt)
        return self.value, f"每层 {self.value:,}" if self.stratify != Stratify.NONE else f"共 {self.value:,}"

    def strata(self, rows: Iterable[tuple[str, str]]) -> list[Stratum]:
        """Count rows of (stratum, status) and set the quotas, by name of the stratum.

        A ratio is taken of those who take part, exempt ones included: their places are drawn again (art. 9).
        """
        counts: dict[str, list[int]] = {}
        for stratum, status in rows:
            held = counts.setdefault(stratum, [0, 0, 0])
            if status.startswith("out:"):
                held[1] += 1
            else:
                held[0] += 1
                held[2] += status.startswith("exempt:")
        found = []
        for name in sorted(counts):
            inside, outside, exempt = counts[name]
            quota, how = self.quota(name, inside, exempt)
            found.append(Stratum(name, inside, outside, quota, how, exempt))
        return found


def _within(made: tuple[int, str], count: int, exempt: int) -> tuple[int, str]:
    """Return what a ratio made, or as many as there are to select: nobody is to change the plan because some are exempt."""
    quota, how = made
    left = count - exempt
    return made if quota <= left else (left, f"{how}；免检 {exempt:,}，可抽 {left:,}")


def ratio_quota(basis_points: int, count: int) -> tuple[int, str]:
    """Return the number that a ratio makes of `count`, rounded up, at least 1 of a pool that is not empty, and how.

    >>> ratio_quota(500, 412)
    (21, '5 % × 412 → 21（进一）')
    """
    if count == 0:
        return 0, "没有可抽对象"
    quota = max(1, -(-basis_points * count // 10000)) if basis_points else 0
    percent = f"{basis_points / 100:g}"
    rounded = "（进一）" if basis_points * count % 10000 else ""
    return quota, f"{percent} % × {count:,} → {quota:,}{rounded}" if basis_points else "不抽取"


#: How many numbers a query names.
_AT_ONCE = 500


@dataclass(frozen=True)
class Partaker:
    """A subject in scope: what the draw makes of it and why, in words."""

    number: str
    name: str
    kind: str
    district: str
    stratum: str
    lots: int
    #: `in`, `exempt:CODE` or `out:CODE`, as the draw protocol writes them.
    status: str
    reasons: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def takes_part(self) -> bool:
        """Say whether it holds lots."""
        return not self.status.startswith("out:")

    @property
    def code(self) -> str:
        """Return the code of its status, "" for `in`."""
        return self.status.partition(":")[2]


@dataclass(frozen=True)
class Meeting:
    """Another division's task in the same window that drew subjects of this scope, and what was agreed about it."""

    task: Task
    numbers: frozenset[str]
    proposal: JointProposal | None

    @property
    def state(self) -> str:
        """Return what was agreed, "" where nobody has proposed anything yet."""
        return self.proposal.state if self.proposal else ""

    @property
    def settled(self) -> bool:
        """Say whether the draw may be sealed as far as this goes."""
        return self.state in {JointState.AGREED, JointState.DECLINED}


@dataclass
class Known:
    """What stands beside the subjects on a day: read once, whatever their number."""

    rules: Rules
    #: code of the list by number; empty where the items know no exemption or the rules do not exempt.
    exempt: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: item code -> number -> times drawn this year.
    drawn: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    meetings: Sequence[Meeting] = ()


def _flags(revision: EntryRevision, on: date) -> dict[str, tuple[str, ...]]:
    labels = {str(value): str(label) for value, label in FlagKind.choices}
    return {number: tuple(labels[kind] for kind in kinds) for number, kinds in flags_on(revision.organ, on).items()}


def not_exempting(items: Iterable[ItemRevision]) -> list[ItemRevision]:
    """Return the items for which listed companies are not exempt: environment, safety, complaints, orders from above, law (art. 9)."""
    return [item for item in items if item.exemption != Exemption.APPLIES]


def _exempt(
    revision: EntryRevision, items: Sequence[ItemRevision], rules: Rules, on: date
) -> dict[str, tuple[str, str]]:
    if not rules.value("exempt_listed") or not_exempting(items):
        return {}
    return {number: (row.code, row.source) for number, row in exemptions_on(revision.organ, on).items()}


def numbers_in(scope: QuerySet[Subject], numbers: Iterable[str]) -> set[str]:
    """Return those of `numbers` that are in a scope."""
    found: set[str] = set()
    for some in batched(sorted(numbers), _AT_ONCE):
        found.update(scope.filter(number__in=some).values_list("number", flat=True))
    return found


def meetings_of(task: Task, items: Sequence[ItemRevision], on: date) -> list[Meeting]:
    """Return the tasks of other divisions that drew subjects of this scope in a window that overlaps this one (A12.2), by number."""
    rows = Encounter.objects.filter(
        organ=task.organ,
        source=BurdenSource.DRAW,
        dropped_why="",
        task__isnull=False,
        since__lte=task.until,
        until__gte=task.since,
    ).exclude(task__division=task.division)
    found: dict[int, set[str]] = {}
    for pk, own, survivor in rows.values_list("task", "subject__number", "subject__merged_into__number").iterator(2000):
        found.setdefault(pk, set()).add(survivor or own)
    scope = conditions.subjects_in(task.organ, task.revision.criteria, items, on)
    here = numbers_in(scope, set().union(*found.values()))
    found = {pk: numbers & here for pk, numbers in found.items() if numbers & here}
    proposals = {
        row.other_id: row for row in JointProposal.objects.filter(task=task).select_related("asked_by", "decided_by")
    }
    others = Task.objects.filter(pk__in=found).select_related("division", "revision").order_by("year", "number")
    return [Meeting(other, frozenset(found[other.pk]), proposals.get(other.pk)) for other in others]


def known_for(revision: EntryRevision, items: Sequence[ItemRevision], on: date, task: Task | None = None) -> Known:
    """Read what stands beside the subjects; without a task nothing that other tasks did is taken off."""
    rules = rule_set_for(revision.organ, on, revision.division)
    known = Known(rules, _exempt(revision, items, rules, on), _flags(revision, on))
    if task is not None:
        known.drawn = {code: times_drawn(task.organ, code, task.since.year) for code in revision.items}
        approved = Exclusion.objects.filter(task=task, state=ExclusionState.APPROVED)
        known.excluded = dict(approved.values_list("subject__number", "reason"))
        known.meetings = meetings_of(task, items, on)
    return known


def _stratum(revision: EntryRevision, subject: Subject, flagged: bool) -> str:
    if flagged and revision.flag_mode == FlagMode.STRATUM:
        return FLAGGED
    if revision.stratify == Stratify.DISTRICT:
        return as_word(subject.district)
    if revision.stratify == Stratify.KIND:
        return as_word(str(SubjectKind(subject.kind).label))
    return WHOLE


def _at_cap(number: str, known: Known, names: Mapping[str, str]) -> str:
    """Say which item the subject was drawn for as often as the cap allows, "" for none (A12.1)."""
    cap = known.rules.value("yearly_cap")
    for code, times in known.drawn.items():
        if times.get(number, 0) >= cap:
            return f"本年度因“{names.get(code, code)}”已被抽查 {times[number]} 次，上限 {cap} 次（第十二条第一款）"
    return ""


#: What becomes of a subject that another division drew and that takes part all the same; declined is left for marked ones alone.
_JOINT_WORDS = {
    str(JointState.AGREED): "抽中后联合检查，进一次门",
    str(JointState.DECLINED): "双方未联合；属重点监管对象，照常参加抽取",
}


def _out(subject: Subject, flags: tuple[str, ...], known: Known, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return (CODE, reasons) of a subject that takes no part; ("", what is to be said) of one that does."""
    if code := why_out(subject):
        return code, [OUT_WORDS.get(code, code)]
    number = subject.number
    if reason := known.excluded.get(number):
        return PoolCode.EXCLUDED, [f"经批准排除：{reason}"]
    said = []
    if at_cap := _at_cap(number, known, names):
        if not flags:
            return PoolCode.CAP, [at_cap]
        said.append(f"{at_cap}；属重点监管对象，不受次数上限限制（第十二条第三款）")
    for meeting in known.meetings:
        if number not in meeting.numbers:
            continue
        where = f"{meeting.task.division.name}的任务 {meeting.task.number} 在同一时段已抽取"
        if meeting.state == JointState.DECLINED and not flags:
            return PoolCode.ELSEWHERE, [f"{where}，双方未联合，予以避开（第十二条第二款）"]
        said.append(f"{where}，{_JOINT_WORDS.get(meeting.state, '联合检查待商定')}（第十二条第二款）")
    return "", said


def _lots(revision: EntryRevision, flags: tuple[str, ...]) -> tuple[int, list[str]]:
    if not flags:
        return 1, []
    marks = "、".join(flags)
    if revision.flag_mode == FlagMode.LOTS:
        return revision.flag_value, [f"{marks}，持 {revision.flag_value} 签（第十二条第三款）"]
    if revision.flag_mode == FlagMode.STRATUM:
        return 1, [f"{marks}，列入“{FLAGGED}”层（第十二条第三款）"]
    return 1, [marks]


def judge(revision: EntryRevision, subject: Subject, known: Known, names: Mapping[str, str]) -> Partaker:
    """Say what the draw makes of one subject."""
    flags = known.flags.get(subject.number, ())
    code, reasons = _out(subject, flags, known, names)
    lots, more = _lots(revision, flags)
    status = f"out:{code}" if code else "in"
    if not code and (listed := known.exempt.get(subject.number)):
        status = f"exempt:{as_word(listed[0])}"
        reasons.append(f"在免检免扰名单内（{listed[1]}），抽中后免检并另行抽取（第九条）")
    return Partaker(
        subject.number,
        subject.name,
        subject.kind,
        subject.district,
        _stratum(revision, subject, bool(flags)),
        1 if code else lots,
        status,
        tuple(reasons + ([] if code else more)),
        flags,
    )


_COLUMNS = ("number", "name", "kind", "district", "status", "merged_into")


def walk(
    revision: EntryRevision, items: Sequence[ItemRevision], on: date, task: Task | None = None
) -> Iterator[Partaker]:
    """Yield every subject in scope on a day, by number."""
    known = known_for(revision, items, on, task)
    names = {item.item.code: str(item) for item in items}
    scope = conditions.subjects_in(revision.organ, revision.criteria, items, on)
    for subject in scope.only(*_COLUMNS).iterator(5000):
        yield judge(revision, subject, known, names)


def partakers(
    revision: EntryRevision, items: Sequence[ItemRevision], on: date, task: Task | None = None
) -> list[Partaker]:
    """Return every subject in scope on a day, by number, as `task` would draw them."""
    return list(walk(revision, items, on, task))


def scope_of(
    revision: EntryRevision, on: date | None = None, listed: dict[str, ItemRevision] | None = None
) -> QuerySet[Subject]:
    """Return the subjects in the scope of an entry on a day (today), by number, whether they may be drawn or not."""
    return conditions.subjects_in(revision.organ, revision.criteria, items_of(revision, listed), on)


def quota_rule(revision: EntryRevision) -> QuotaRule:
    """Return how the entry's quotas are set."""
    return QuotaRule(
        revision.quota_mode,
        revision.quota_value,
        revision.quotas,
        revision.stratify,
        revision.flag_mode,
        revision.flag_value,
    )


@dataclass(frozen=True)
class Estimate:
    """What an entry would meet on a day: subjects in scope, those that may be drawn, how many each time, stratum by stratum."""

    on: date
    in_scope: int
    taking_part: int
    exempt: int
    flagged: int
    strata: list[Stratum] = field(default_factory=list)

    @property
    def to_draw(self) -> int:
        """Return how many one draw selects."""
        return sum(stratum.quota for stratum in self.strata)


def estimate(revision: EntryRevision, items: Iterable[ItemRevision] | None = None, on: date | None = None) -> Estimate:
    """Count what the entry would meet if it were drawn on a day (today); nothing that other tasks drew is taken off yet."""
    on = on or clock.today()
    known = list(items) if items is not None else items_of(revision)
    rows: list[Partaker] = partakers(revision, known, on)
    strata = quota_rule(revision).strata((row.stratum, row.status) for row in rows)
    return Estimate(
        on,
        len(rows),
        sum(row.takes_part for row in rows),
        sum(row.status.startswith("exempt:") for row in rows),
        sum(bool(row.flags) for row in rows),
        strata,
    )
