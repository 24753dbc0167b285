"""Finding subjects by fragments of names, codes, addresses, persons and pinyin initials, and by any combination of filters, at once.

The index is derived: writers call `index`, readers ask `find`. Where it is out of step with the registry, `find` asks the registry itself,
which takes longer and finds the same by name, code, address and person.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from mingqian.accounts.models import Organ
from mingqian.common import clock
from mingqian.registry.criteria import SubjectCriteria, matching, plain
from mingqian.registry.districts import ELSEWHERE, UNKNOWN
from mingqian.registry.models import Permit, Register, SearchState, Subject, SubjectIndex
from mingqian.registry.pinyin import initials_of
from mingqian.registry.search_writing import GRAMS, fold, gram_number, grams_of, index
from mingqian.registry.states import RegisterKind, SubjectStatus
from mingqian.registry.subject_models import BAR

__all__ = ["Choices", "Hits", "Summary", "choices", "find", "in_step", "index", "initials_of", "permit_names"]

#: A gram that so many of a sample's subjects have is no help: reading every text is faster than looking up half of them.
_COMMON = 0.1
_SAMPLE = 1000
_KEPT = 24 * 3600
#: So many hits of a text are fetched at once and counted and sorted here: one reading instead of two.
_FEW = 5000
_NOWHERE = (UNKNOWN, ELSEWHERE)


@dataclass(frozen=True)
class Summary:
    """What stands above a list: subjects, districts of the organ's own among them, and how many take part in no draw."""

    total: int
    districts: int
    out: int


@dataclass(frozen=True)
class Choices:
    """What the registry holds, for the choices of filters: each value with its number of subjects, the most frequent first."""

    districts: dict[str, int]
    company_types: dict[str, int]
    tags: dict[str, int]


def _token(organ: Organ) -> str:
    return SearchState.objects.filter(organ=organ).values_list("token", flat=True).first() or ""


def _version(organ: Organ) -> int | None:
    """Return the version of the registry, which every write to it and to what stands beside it raises; None before the first."""
    return Register.objects.filter(organ=organ, kind=RegisterKind.SUBJECTS).values_list("version", flat=True).first()


def permit_names(organ: Organ) -> list[str]:
    """Return the names of permits on record, at most 200, asked once for each version of the registry."""
    version = _version(organ)
    key = f"search/permits/{organ.pk}/{version}/{_token(organ)}"
    found: list[str] | None = cache.get(key) if version else None
    if found is None:
        rows = Permit.objects.filter(subject__organ=organ, withdrawn_why="").order_by()
        found = sorted(rows.values_list("name", flat=True).distinct()[:200])
        cache.set(key, found, _KEPT)
    return found


def in_step(organ: Organ) -> bool:
    """Say whether the index has a line for every subject; counted once for each state of registry and index."""
    version = _version(organ)
    token = _token(organ)
    key = f"search/step/{organ.pk}/{version}/{token}"
    known: bool | None = cache.get(key) if token and version else None
    if known is None:
        known = (
            Subject.objects.filter(organ=organ).order_by().count() == SubjectIndex.objects.filter(organ=organ).count()
        )
        cache.set(key, known, _KEPT)
    return known


def choices(organ: Organ) -> Choices:
    """Return what an organ's registry holds, counted once for each state of the index; of company types and tags at most 200."""
    token = _token(organ)
    key = f"search/choices/{organ.pk}/{token}"
    found: Choices | None = cache.get(key) if token else None
    if found is None:
        rows = SubjectIndex.objects.filter(organ=organ, merged=0).order_by()
        counted = [dict(_counted(rows, column)) for column in ("district", "company_type")]
        tags: Counter[str] = Counter()
        for text, count in _counted(rows, "tags"):
            tags.update(dict.fromkeys(filter(None, text.split(BAR)), count))
        counted[1].pop("", None)
        found = Choices(counted[0], dict(list(counted[1].items())[:200]), dict(tags.most_common(200)))
        cache.set(key, found, _KEPT)
    return found


def _counted(rows: QuerySet[SubjectIndex], column: str) -> QuerySet[SubjectIndex, tuple[Any, ...]]:
    return rows.values_list(column).annotate(count=Count("*")).order_by("-count", column)


def _common_grams() -> frozenset[str]:
    """Return the grams that very many subjects have, by an evenly spread sample, once a day. A wrong guess costs time, never a hit."""
    found: frozenset[str] | None = cache.get("search/common")
    if found is None:
        ends = [
            SubjectIndex.objects.order_by(order).values_list("pk", flat=True).first() or 0 for order in ("pk", "-pk")
        ]
        step = max(1, (ends[1] - ends[0]) // _SAMPLE)
        texts = SubjectIndex.objects.filter(pk__in=range(ends[0], ends[1] + 1, step)[: _SAMPLE + 1])
        counts: Counter[str] = Counter()
        sampled = 0
        for text in texts.values_list("text", flat=True):
            counts.update(grams_of(text))
            sampled += 1
        found = frozenset(gram for gram, count in counts.items() if count > max(5, sampled * _COMMON))
        if sampled >= _SAMPLE // 2:
            cache.set("search/common", found, _KEPT)
    return found


def _with_text(rows: QuerySet[SubjectIndex], text: str) -> QuerySet[SubjectIndex]:
    """Return the rows whose text has every word of `text`: candidates by their rarer grams, then the text itself decides."""
    grams: set[str] = set()
    for position, word in enumerate(filter(None, map(fold, text.split()))):
        grams |= grams_of(word)
        if connection.vendor == "postgresql":
            rows = rows.filter(text__contains=word)
        else:  # far faster than LIKE, which folds case once more
            rows = rows.alias(**{f"at{position}": StrIndex("text", Value(word))}).filter(**{f"at{position}__gt": 0})
    rare = sorted(grams - _common_grams())
    if not rare:
        return rows
    if connection.vendor == "postgresql":
        sql = f"SELECT id FROM {GRAMS} WHERE grams @> %s::int[]"  # noqa: S608  own name
        return rows.filter(pk__in=RawSQL(sql, [sorted({gram_number(gram) for gram in rare})]))  # noqa: S611  a parameter
    sql = f"SELECT rowid FROM {GRAMS} WHERE {GRAMS} MATCH %s"  # noqa: S608  own name
    return rows.filter(pk__in=RawSQL(sql, [" AND ".join(f'"{gram}"' for gram in rare)]))  # noqa: S611  a parameter


class Hits(Sequence[Subject]):
    """The subjects that meet criteria, by number: counted, cut into pages, or gone through."""

    def __init__(self, organ: Organ, criteria: SubjectCriteria, on: date, *, indexed: bool) -> None:
        self._organ, self._criteria, self._on, self.indexed = organ, criteria, on, indexed
        self._summary: Summary | None = None
        self._rows: QuerySet[Any] = self._from_index() if indexed else self._from_registry()
        self._few: list[tuple[str, int, str, str]] | None = None
        self._asked_few = False

    def _from_registry(self) -> QuerySet[Subject]:
        return matching(Subject.objects.filter(organ=self._organ), self._criteria, self._on)

    def _from_index(self, *, through: bool = False) -> QuerySet[SubjectIndex]:
        """Return the rows; `through` keeps SQLite from going along an index, where the text must be looked at anyway."""
        criteria = self._criteria
        rows = SubjectIndex.objects.filter(plain(criteria, self._on))
        if through:
            rows = rows.alias(place=F("organ") * 1, gone=F("merged") * 1)
            rows = rows.filter(place=self._organ.pk, gone=int(criteria.merged))
        else:
            rows = rows.filter(organ=self._organ, merged=int(criteria.merged))
        for name in criteria.missing:
            rows = rows.filter(missing__contains=f"{BAR}{name}{BAR}")
        if criteria.scope:
            held = Subject.objects.filter(organ=self._organ, business_scope__contains=criteria.scope)
            rows = rows.filter(pk__in=held.order_by().values("pk"))
        return _with_text(rows, criteria.text)

    def _unordered(self) -> QuerySet[Any]:
        """Return the rows for reading through all of them."""
        if connection.vendor == "sqlite" and self.indexed and self._criteria.text:
            return self._from_index(through=True)
        return self._rows.order_by()

    def _hits(self) -> list[tuple[str, int, str, str]] | None:
        """Return (number, key, district, status) of all hits of a text, by number; None where they are too many to fetch at once."""
        if not self._asked_few and self._criteria.text and self.indexed:
            self._asked_few = True
            rows = list(self._unordered().values_list("number", "pk", "district", "status")[: _FEW + 1])
            self._few = sorted(rows) if len(rows) <= _FEW else None
        return self._few

    @property
    def summary(self) -> Summary:
        """Return the counts; those that hang on nothing but the index are kept as long as it stays."""
        if self._summary is None:
            token = _token(self._organ) if self.indexed and not self._criteria.speaks_of_a_day else ""
            asked = hashlib.sha256(repr(self._criteria).encode()).hexdigest()
            key = f"search/count/{self._organ.pk}/{token}/{asked}"
            self._summary = cache.get(key) if token else None
            if self._summary is None:
                self._summary = self._count()
                if token:
                    cache.set(key, self._summary, _KEPT)
        return self._summary

    def _count(self) -> Summary:
        few = self._hits()
        if few is not None:
            return _summed((district, status, 1) for _number, _key, district, status in few)
        rows = self._unordered()
        if connection.vendor == "sqlite" and self._criteria.text:
            # Nothing to group along: an own counter for each beats sorting all.
            out = Count("pk", filter=~Q(status=SubjectStatus.ACTIVE))
            districts = Count("district", distinct=True, filter=~Q(district__in=_NOWHERE))
            return Summary(**rows.aggregate(total=Count("*"), districts=districts, out=out))
        return _summed(rows.values_list("district", "status").annotate(count=Count("*")).order_by())

    def count(self, value: object = None) -> int:
        """Return the number of hits (the one that a paginator asks for)."""
        return self.summary.total

    def __len__(self) -> int:
        """Return the number of hits."""
        return self.summary.total

    def __getitem__(self, wanted: Any) -> Any:
        """Return the hits of a slice, read from the nearer end."""
        if not isinstance(wanted, slice):
            return self[wanted : wanted + 1][0]
        total = self.summary.total
        start, stop, _step = wanted.indices(total)
        if start >= stop:
            return []
        few = self._hits() if total <= _FEW else None
        if few is not None:
            keys = [key for _number, key, _district, _status in few[start:stop]]
        elif start > total // 2:
            keys = list(self._keys("-number")[total - stop : total - start])[::-1]
        else:
            keys = list(self._keys("number")[start:stop])
        return self._subjects(keys)

    def _keys(self, order: str) -> QuerySet[Any, int]:
        return self._rows.order_by(order).values_list("pk", flat=True)

    def _subjects(self, keys: Sequence[int]) -> list[Subject]:
        found = Subject.objects.filter(organ=self._organ).in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def __iter__(self) -> Iterator[Subject]:
        """Go through all hits, a few hundred at a time."""
        keys = list(self._keys("number"))
        for start in range(0, len(keys), 500):
            yield from self._subjects(keys[start : start + 500])


def _summed(groups: Iterable[tuple[str, str, int]]) -> Summary:
    rows = list(groups)
    return Summary(
        total=sum(count for _district, _status, count in rows),
        districts=len({district for district, _status, _count in rows if district not in _NOWHERE}),
        out=sum(count for _district, status, count in rows if status != SubjectStatus.ACTIVE),
    )


def find(organ: Organ, criteria: SubjectCriteria, on: date | None = None) -> Hits:
    """Return the subjects of an organ that meet `criteria` on a day (today), from the index where it is in step."""
    return Hits(organ, criteria, on or clock.today(), indexed=in_step(organ))
