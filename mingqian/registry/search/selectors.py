"""Finding subjects by fragments of names, codes, addresses, persons and pinyin initials, and by any combination of filters, at once.

The index is derived: writers call `index`, readers ask `find`. Where it is out of step with the registry, `find` asks the registry itself,
which takes longer and finds the same by name, code, address and person.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from mingqian.accounts.models import Organ
from mingqian.common import clock
from mingqian.registry import industries
from mingqian.registry.districts import ELSEWHERE, UNKNOWN
from mingqian.registry.models.parts import Permit
from mingqian.registry.models.registers import Register
from mingqian.registry.models.search import SearchState, SubjectIndex
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search.services import GRAMS, fold, gram_number, grams_of
from mingqian.registry.several import BAR
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.selectors import SubjectCriteria, matching, plain
from mingqian.registry.subjects.states import SubjectStatus

#: A gram that so many of a sample's subjects have is no help: reading every text is faster than looking up half of them.
_COMMON = 0.1
_SAMPLE = 1000
_KEPT = 24 * 3600
#: From so many subjects on, what filters offer is counted once in so many seconds, and not after each write.
_LARGE, _A_WHILE = 20_000, 60
#: So many hits of a text are fetched at once and counted and sorted here: one reading instead of two or three.
_FEW = 5000
#: The same on PostgreSQL, where grams were looked up: by then it knows them all.
_FEW_LOOKED_UP = 20_000
_NOWHERE = (UNKNOWN, ELSEWHERE)
Offer = TypeVar("Offer")


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


@dataclass(frozen=True)
class ConditionChoices:
    """What conditions on the registry may choose from: districts and tags, permits by name, sections of GB/T 4754 as (letter, words)."""

    districts: list[str]
    tags: list[str]
    permits: list[str]
    sections: list[tuple[str, str]]


def condition_choices(organ: Organ) -> ConditionChoices:
    """Return what conditions on an organ's registry may choose from, districts that are none at the end."""
    held = choices(organ)
    places = sorted(held.districts, key=lambda name: name in {UNKNOWN, ELSEWHERE})
    sections = [(letter, f"{letter} {name}") for letter, name in industries.sections().items()]
    return ConditionChoices(places, list(held.tags), permit_names(organ), sections)


def _token(organ: Organ) -> str:
    return SearchState.objects.filter(organ=organ).values_list("token", flat=True).first() or ""


def _version(organ: Organ) -> int | None:
    """Return the version of the registry, which every write to it and to what stands beside it raises; None before the first."""
    return Register.objects.filter(organ=organ, kind=RegisterKind.SUBJECTS).values_list("version", flat=True).first()


def permit_names(organ: Organ) -> list[str]:
    """Return the names of permits on record, at most 200."""

    def ask() -> list[str]:
        rows = Permit.objects.filter(subject__organ=organ, withdrawn_why="").order_by()
        return sorted(rows.values_list("name", flat=True).distinct()[:200])

    version = _version(organ)
    return _offered(organ, "permits", f"{version}/{_token(organ)}" if version else "", ask)


def in_step(organ: Organ) -> bool:
    """Say whether the index has a line for every subject; counted once for each state of registry and index."""
    version = _version(organ)
    token = _token(organ)
    key = f"search/step/{organ.pk}/{version}/{token}"
    known: bool | None = cache.get(key) if token and version else None
    if known is None:
        lines = sum(place.subjects for place in _places(organ))
        known = Subject.objects.filter(organ=organ).order_by().count() == lines
        cache.set(key, known, _KEPT)
    return known


def choices(organ: Organ) -> Choices:
    """Return what an organ's registry holds; of company types and tags at most 200."""
    places: Counter[str] = Counter()
    for place in _places(organ):
        if not place.merged:
            places[place.district] += place.subjects
    rows = SubjectIndex.objects.filter(organ=organ, merged=0).order_by()

    def ask() -> tuple[dict[str, int], dict[str, int]]:
        types = dict(_counted(rows.exclude(company_type=""), "company_type")[:200])
        tags: Counter[str] = Counter()
        for text, count in _counted(rows.exclude(tags=""), "tags"):
            tags.update(dict.fromkeys(filter(None, text.split(BAR)), count))
        return types, dict(tags.most_common(200))

    types, tags = _offered(organ, "choices", _token(organ), ask)
    return Choices(dict(sorted(places.items(), key=lambda row: (-row[1], row[0]))), types, tags)


def _offered(organ: Organ, what: str, state: str, ask: Callable[[], Offer]) -> Offer:
    """Return what `ask` finds, asked once for each state.

    In a large registry it is asked once a minute at most: what filters offer may be a minute old; counting it takes as long as ten pages.
    """
    large = sum(place.subjects for place in _places(organ)) > _LARGE
    key = f"search/{what}/{organ.pk}/{'' if large else state}"
    found: Offer | None = cache.get(key) if state else None
    if found is None:
        found = ask()
        cache.set(key, found, _A_WHILE if large else _KEPT)
    return found


class _Place(NamedTuple):
    """So many lines of the index are alike in these."""

    merged: int
    district: str
    status: str
    subjects: int


def _places(organ: Organ) -> list[_Place]:
    """Return an organ's subjects by district and status, counted once for each state of the index."""
    token = _token(organ)
    key = f"search/places/{organ.pk}/{token}"
    found: list[_Place] | None = cache.get(key) if token else None
    if found is None:
        rows = SubjectIndex.objects.filter(organ=organ).order_by()
        found = [_Place(*row) for row in _counted_by(rows, "merged", "district", "status")]
        cache.set(key, found, _KEPT)
    return found


def _counted_by(rows: QuerySet[SubjectIndex], *columns: str) -> QuerySet[SubjectIndex, tuple[Any, ...]]:
    return rows.values_list(*columns).annotate(count=Count("*"))


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


def _rare_grams(text: str) -> list[str]:
    """Return the grams of a text that are worth looking up."""
    grams = {gram for word in text.split() for gram in grams_of(fold(word))}
    return sorted(grams - _common_grams())


def _with_text(rows: QuerySet[SubjectIndex], text: str) -> QuerySet[SubjectIndex]:
    """Return the rows whose text has every word of `text`: candidates by their rarer grams, then the text itself decides."""
    words = [word for word in map(fold, text.split()) if word]
    if text and not words:
        return rows.none()  # nothing but signs stands in no text, as it stands in no folded one
    for position, word in enumerate(words):
        if connection.vendor == "postgresql":
            rows = rows.filter(text__contains=word)
        else:  # far faster than LIKE, which folds case once more
            rows = rows.alias(**{f"at{position}": StrIndex("text", Value(word))}).filter(**{f"at{position}__gt": 0})
    rare = _rare_grams(text)
    if not rare:
        return rows
    if connection.vendor == "postgresql":
        # Through an array, so that the planner goes from the few to their texts; from a join it would read every text.
        sql = f"SELECT unnest(ARRAY(SELECT id FROM {GRAMS} WHERE grams @> %s::int[]))"  # noqa: S608  own name
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
            # Frequent grams lead to more than that, as a rule: the database counts those faster than it hands them out.
            most = _FEW_LOOKED_UP if connection.vendor == "postgresql" and _rare_grams(self._criteria.text) else _FEW
            rows = list(self._unordered().values_list("number", "pk", "district", "status")[: most + 1])
            self._few = sorted(rows) if len(rows) <= most else None
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
        asked = self._criteria
        if self.indexed and asked == SubjectCriteria(districts=asked.districts, statuses=asked.statuses):
            return self._counted_places()
        few = self._hits()
        if few is not None:
            return _summed((district, status, 1) for _number, _key, district, status in few)
        rows = self._unordered()
        if connection.vendor == "sqlite" and self._criteria.text:
            # Nothing to group along: an own counter for each beats sorting all.
            out = Count("pk", filter=~Q(status=SubjectStatus.ACTIVE))
            districts = Count("district", distinct=True, filter=~Q(district__in=_NOWHERE))
            return Summary(**rows.aggregate(total=Count("*"), districts=districts, out=out))
        return _summed(_counted_by(rows, "district", "status"))

    def _counted_places(self) -> Summary:
        """Return the counts of places and statuses alone, from those that are kept."""
        districts, statuses = self._criteria.districts, self._criteria.statuses
        return _summed(
            (place.district, place.status, place.subjects)
            for place in _places(self._organ)
            if not place.merged
            and (not districts or place.district in districts)
            and (not statuses or place.status in statuses)
        )

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
        few = self._hits() if total <= _FEW_LOOKED_UP else None
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
