"""The whole registry: as it stood at the end of a day, with every later change taken back, and how complete it is (A6.3)."""

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from mingqian.accounts.models import Organ
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search.services import MISSABLE
from mingqian.registry.subjects.log import SECRET, TITLES
from mingqian.registry.subjects.selectors import stands_empty, subjects_of
from mingqian.registry.subjects.states import SubjectKind, SubjectStatus

_DATES = frozenset({"established_on", "status_since"})
_NULLS = frozenset({"credit_code"})


def end_of(day: date) -> datetime:
    """Return the first moment after a day of law."""
    return datetime.combine(day + timedelta(days=1), time(), clock.LAW_ZONE)


def read_day(text: str) -> date | None:
    """Return the day that a page asks for, None for none; raise DomainError where it is no day or has not come."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise DomainError("日期无法识别，请写成 2026-03-01 的样子。") from error
    if day > clock.today():
        raise DomainError("截至日期在今天以后，名录库还没有那一天的内容。请改填今天或以前的日期。")
    return day


def _value(name: str, text: str) -> object:
    if name in _DATES:
        return date.fromisoformat(text) if text else None
    if name == "merged_into_id":
        return int(text) if text else None
    return None if name in _NULLS and not text else text


@dataclass
class Then:
    """A subject at the end of a day. `hidden`: titles of encrypted fields that changed later; their value of that day is not told."""

    subject: Subject
    existed: bool = True
    hidden: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def subject_on(subject: Subject, day: date) -> Then:
    """Return a copy of `subject` as it stood at the end of `day`; it is not for saving."""
    existed = subject.registered_at is None or subject.registered_at < end_of(day)
    then = Then(copy.copy(subject), existed)
    then.subject._state = copy.copy(subject._state)
    then.subject._state.fields_cache = dict(subject._state.fields_cache)
    later = SubjectChange.objects.filter(subject=subject, at__gte=end_of(day)).order_by("-at", "-pk")
    _take_back(then, [(row.field, row.old) for row in later])
    return then


def _take_back(then: Then, later: list[tuple[str, str]]) -> None:
    """Undo `later` (field and old value, newest first)."""
    for name, old in later:
        title = TITLES.get(name)
        if title is None:
            continue
        if title not in then.changed:
            then.changed.append(title)
        if name in SECRET:
            if title not in then.hidden:
                then.hidden.append(title)
            setattr(then.subject, name, None)
        else:
            setattr(then.subject, name, _value(name, old))


def _later(organ: Organ, day: date) -> dict[int, list[tuple[str, str]]]:
    """Return what changed after `day`: field and old value by subject, newest first."""
    later: dict[int, list[tuple[str, str]]] = {}
    rows = SubjectChange.objects.filter(subject__organ=organ, at__gte=end_of(day)).order_by("-at", "-pk")
    for key, name, old in rows.values_list("subject_id", "field", "old").iterator(5000):
        later.setdefault(key, []).append((name, old))
    return later


def _there(organ: Organ, day: date) -> QuerySet[Subject]:
    """Return the subjects that were registered by then; of those without a time, always."""
    there = Q(registered_at__isnull=True) | Q(registered_at__lt=end_of(day))
    return Subject.objects.filter(there, organ=organ).order_by("number")


def registry_on(organ: Organ, day: date) -> Iterator[Subject]:
    """Yield the subjects of the registry as they stood at the end of `day`, by number, without duplicates merged by then."""
    later = _later(organ, day)
    for subject in _there(organ, day).iterator(2000):
        if subject.pk in later:
            _take_back(Then(subject), later[subject.pk])
        if subject.merged_into_id is None:
            yield subject


@dataclass(frozen=True)
class Counts:
    """How many subjects there were, and of which kind, district and status: (label, count), most first."""

    total: int
    kinds: list[tuple[str, int]]
    districts: list[tuple[str, int]]
    statuses: list[tuple[str, int]]


def counts_on(organ: Organ, day: date) -> Counts:
    """Count the registry as it stood at the end of `day`."""
    later = _later(organ, day)
    columns = ("kind", "district", "status", "merged_into_id")
    kinds: Counter[str] = Counter()
    districts: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for key, *values in _there(organ, day).values_list("pk", *columns).iterator(5000):
        held = dict(zip(columns, values, strict=True))
        held |= {name: _value(name, old) for name, old in later.get(key, ()) if name in held}
        if held["merged_into_id"] is None:
            kinds[str(SubjectKind(held["kind"]).label)] += 1
            districts[held["district"]] += 1
            statuses[str(SubjectStatus(held["status"]).label)] += 1
    return Counts(kinds.total(), kinds.most_common(), districts.most_common(), statuses.most_common())


@dataclass(frozen=True)
class Figure:
    """One field: `asked` subjects should have it (a code no natural person, an ID number only they), `missing` do not."""

    key: str
    title: str
    asked: int
    missing: int

    @property
    def filled(self) -> int:
        """Return how many have it."""
        return self.asked - self.missing

    @property
    def basis_points(self) -> int | None:
        """Return the ratio, rounded down, so that 100 % is said only of all; None where nobody should have it."""
        return self.filled * 10_000 // self.asked if self.asked else None

    @property
    def percent(self) -> str:
        """Return the ratio as pages show it.

        >>> Figure("phone", "联系方式", 3, 1).percent, Figure("id_number", "身份证号码", 0, 0).percent
        ('66.6%', '—')
        """
        ratio = self.basis_points
        return "—" if ratio is None else f"{ratio // 100}.{ratio % 100 // 10}%"


@dataclass(frozen=True)
class Completeness:
    """The figures of the whole registry, and of each district."""

    total: int
    whole: list[Figure]
    districts: list[tuple[str, int, list[Figure]]]


def _asked(key: str) -> Q:
    person = Q(kind=SubjectKind.PERSON)
    if key == "credit_code":
        return ~person
    return person if key == "id_number" else Q()


def completeness(organ: Organ) -> Completeness:
    """Count the registry once, by district."""
    counts = {f"missing_{key}": Count("pk", filter=stands_empty(key)) for key, _title in MISSABLE}
    counts |= {
        f"asked_{key}": Count("pk", filter=_asked(key)) if _asked(key) else Count("pk") for key, _title in MISSABLE
    }
    rows: list[Any] = list(
        subjects_of(organ).order_by("district").values("district").annotate(total=Count("pk"), **counts)
    )

    def figures(rows_of: list[Any]) -> list[Figure]:
        return [
            Figure(
                key,
                title,
                sum(row[f"asked_{key}"] for row in rows_of),
                sum(row[f"missing_{key}"] for row in rows_of),
            )
            for key, title in MISSABLE
        ]

    by_district = sorted(rows, key=lambda row: (-row["total"], row["district"]))
    return Completeness(
        sum(row["total"] for row in rows),
        figures(rows),
        [(row["district"], row["total"], figures([row])) for row in by_district],
    )
