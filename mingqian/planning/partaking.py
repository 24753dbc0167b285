"""Who takes part in a task's draw, with how many lots, in which stratum, and why: the one function for cap, exemption, joint inspection
and flags (art. 9, 12). What it says is sealed; nobody edits it by hand.

Codes of `out:CODE` are those of the registry (`OUT_WORDS`) and of `PoolCode`; the code of `exempt:CODE` is that of the exemption list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from mingqian.planning import conditions
from mingqian.planning.burden_selectors import times_drawn
from mingqian.planning.models import Encounter, EntryRevision, Exclusion, ItemRevision, JointProposal, Task
from mingqian.planning.quotas import FLAGGED, WHOLE, as_word
from mingqian.planning.special import batched
from mingqian.planning.states import (
    BurdenSource,
    ExclusionState,
    Exemption,
    FlagMode,
    JointState,
    PoolCode,
    Stratify,
)
from mingqian.registry.models import Subject
from mingqian.registry.selectors import OUT_WORDS, exemptions_on, flags_on, why_out
from mingqian.registry.states import FlagKind, SubjectKind
from mingqian.rules.selectors import Rules, rule_set_for

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
        row.other_id: row for row in JointProposal.objects.filter(task=task).select_related("proposed_by", "decided_by")
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
