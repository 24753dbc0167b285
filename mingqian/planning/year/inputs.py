"""A plan's year put together from what is on record: registry, calendar, rules, visits, and the entries as they would stand (A8.2).

The registry is read once, the scope of an entry by the very query that its draw will ask; entries with the same scope share it.
"""

import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from mingqian.accounts.models import Organ
from mingqian.casework.register.states import VersionState
from mingqian.common import clock
from mingqian.planning import conditions
from mingqian.planning.burden.selectors import days_by_subject, times_drawn
from mingqian.planning.models.burden import Encounter
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision, Plan, PlanVersion
from mingqian.planning.models.tasks import Task
from mingqian.planning.plans.states import FlagMode, Stratify
from mingqian.planning.pool.selectors import FLAGGED, WHOLE, as_word, not_exempting, quota_rule
from mingqian.planning.rehearsal.services import Faces, Members, Person, Round, Script, Stratum
from mingqian.planning.selectors import ITEM_RECORDS, PLAN_RECORDS, items_of, listed_items, windows_of
from mingqian.planning.tasks.states import TaskState
from mingqian.planning.year.reckoning import Gathered, capped_items
from mingqian.planning.year.staffing import days_between, window_of
from mingqian.registry.models import Register, Subject
from mingqian.registry.people.selectors import inspectors_of, interests_on, why_not_drawable
from mingqian.registry.subjects.selectors import exemptions_on, flags_on, subjects_of
from mingqian.registry.subjects.states import SubjectKind, SubjectStatus
from mingqian.rules.calendar.selectors import Calendar, calendar_for
from mingqian.rules.models import CalendarYear
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules

#: Rows that are taken from the database at a time.
_CHUNK = 20000


def entries_for(plan: Plan, version: PlanVersion | None = None) -> list[EntryRevision]:
    """Return the entries as `version` would leave them; without one, as everything under way would."""
    if version is not None and version.state == VersionState.PUBLISHED:
        return PLAN_RECORDS.standing(plan)
    return PLAN_RECORDS.resulting(
        plan, PLAN_RECORDS.changes(version) if version is not None else PLAN_RECORDS.under_way(plan)
    )


_SAID = (
    "items", "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value", "windows", "partners",
    "team_size", "lead_present",
)  # fmt: skip


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def plan_digest(plan: Plan, entries: Iterable[EntryRevision]) -> str:
    """Return by what one recognises that entries still say what they said."""
    version = ITEM_RECORDS.current(plan.organ)
    rows = [[row.entry.code, row.number, row.division.code, [getattr(row, name) for name in _SAID]] for row in entries]
    return _digest([version.code if version else "", rows])


def books_digest(plan: Plan) -> str:
    """Return by what one recognises that registries, visits, calendar and rules are as they were."""
    books = Register.objects.filter(organ=plan.organ).order_by("kind").values_list("kind", "version")
    met = Encounter.objects.filter(organ=plan.organ, since__year=plan.year, dropped_why="").count()
    notices = CalendarYear.objects.filter(year__in=(plan.year, plan.year + 1)).count()
    rules = rule_set_for(plan.organ, clock.today())
    return _digest([list(books), met, notices, rules.value("yearly_cap"), rules.value("exempt_listed")])


class _Registry:
    """The subjects that may be drawn, by position, and what a scope takes of them."""

    def __init__(self, organ: Organ, on: date) -> None:
        rows = subjects_of(organ).filter(status=SubjectStatus.ACTIVE).values_list("pk", "number", "kind", "district")
        self.place: dict[int, int] = {}
        self.numbers: list[str] = []
        self.labels: dict[str, list[str]] = {Stratify.DISTRICT: [], Stratify.KIND: []}
        self.districts: list[str] = []
        words = {str(kind): as_word(str(label)) for kind, label in SubjectKind.choices}
        seen: dict[str, str] = {}
        for pk, number, kind, district in raw_rows(rows):
            self.place[pk] = len(self.numbers)
            self.numbers.append(number)
            self.districts.append(district or "未登记")
            self.labels[Stratify.DISTRICT].append(seen.setdefault(district, as_word(district)))
            self.labels[Stratify.KIND].append(words.get(kind, "未登记"))
        by_number = {number: position for position, number in enumerate(self.numbers)}
        self.by_number = by_number
        self.flagged = frozenset(by_number[number] for number in flags_on(organ, on) if number in by_number)
        self.exempt = frozenset(by_number[number] for number in exemptions_on(organ, on) if number in by_number)
        self._scopes: dict[tuple[str, tuple[object, ...]], Members] = {}
        self._strata: dict[tuple[object, ...], dict[str, dict[int, Members]]] = {}

    def scope(self, subjects: QuerySet[Subject]) -> Members:
        """Return the positions of those in a scope that may be drawn; one query for entries that ask the same."""
        wanted = subjects.order_by().values_list("pk")
        sql, parameters = wanted.query.sql_with_params()
        key = (sql, tuple(map(str, parameters)))
        if key not in self._scopes:
            place = self.place
            found = array("I", (place[pk] for (pk,) in raw_rows(wanted) if pk in place))
            self._scopes[key] = Members(sorted(found))
        return self._scopes[key]

    def strata(self, revision: EntryRevision, members: Members, *, exempting: bool) -> dict[str, dict[int, Members]]:
        """Return who stands in which stratum with how many lots, 0 for the exempt; shared by entries that cut a scope alike."""
        lots = revision.flag_value if revision.flag_mode == FlagMode.LOTS else 1
        apart = revision.flag_mode == FlagMode.STRATUM
        key = (id(members), revision.stratify, lots, apart, exempting)
        if key not in self._strata:
            flagged = self.flagged if lots > 1 or apart else frozenset()
            special = dict.fromkeys(flagged, lots)
            if exempting:
                special |= dict.fromkeys(self.exempt, 0)
            own = flagged if apart else frozenset()
            self._strata[key] = self._sorted(members, self.labels.get(revision.stratify), special, own)
        return self._strata[key]

    @staticmethod
    def _sorted(
        members: Members, labels: Sequence[str] | None, special: Mapping[int, int], own: Container[int]
    ) -> dict[str, dict[int, Members]]:
        """Return the positions by stratum and lots: one each, but for the `special`; those in `own` stand in the stratum of the marked."""
        cut: dict[str, dict[int, list[int]]] = {}
        plain: defaultdict[str, list[int]] = defaultdict(list)
        for position in members.positions:
            name = labels[position] if labels else WHOLE
            if position in special:
                name = FLAGGED if position in own else name
                cut.setdefault(name, {}).setdefault(special[position], []).append(position)
            else:
                plain[name].append(position)
        for name, positions in plain.items():
            cut.setdefault(name, {}).setdefault(1, []).extend(positions)
        return {
            name: {held: Members(positions) for held, positions in by_lots.items()} for name, by_lots in cut.items()
        }


def raw_rows(query: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a `values_list` as the database gives them: Django's own way takes several times as long for millions."""
    sql, parameters = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


def _cut(
    revision: EntryRevision, registry: _Registry, items: Sequence[ItemRevision], rules: Rules, on: date
) -> tuple[Stratum, ...]:
    """Return the strata of an entry with their quotas, as its draw would have them."""
    members = registry.scope(conditions.subjects_in(revision.organ, revision.criteria, items, on))
    exempting = bool(rules.value("exempt_listed")) and not not_exempting(items)
    rule = quota_rule(revision)
    found = []
    for name, held in sorted(registry.strata(revision, members, exempting=exempting).items()):
        quota, _how = rule.quota(name, sum(len(one) for one in held.values()), len(held.get(0, ())))
        by_lots = tuple((lots, held[lots]) for lots in sorted(held) if lots)
        found.append(Stratum(name, quota, by_lots, held.get(0)))
    return tuple(found)


def _rounds(
    plan: Plan, entries: Sequence[EntryRevision], registry: _Registry, on: date, step: Callable[[int], None]
) -> tuple[list[Round], int, int]:
    """Return the rounds still to be drawn, how many are drawn or over (their visits are on record), entries that say too little."""
    listed = listed_items(plan.organ)
    past = Task.objects.filter(entry__plan=plan, state__in=(TaskState.DRAWN, TaskState.DONE))
    drawn = set(past.values_list("entry", "round"))
    rules: dict[int, Rules] = {}
    rounds, over, unready = [], 0, 0
    for count, revision in enumerate(entries, 1):
        items = items_of(revision, listed)
        if not items or not revision.windows:
            unready += 1
            continue
        if revision.division_id not in rules:
            rules[revision.division_id] = rule_set_for(plan.organ, on, revision.division)
        strata = _cut(revision, registry, items, rules[revision.division_id], on)
        for time, (since, until) in enumerate(windows_of(revision), 1):
            if until < on or (revision.entry_id, time) in drawn:
                over += 1
                continue
            codes = (revision.division.code, *revision.partners)
            rounds.append(
                Round(revision.entry.code, time, revision.title, codes, tuple(revision.items), max(since, on), until,
                      revision.team_size, strata, revision.lead_present)
            )  # fmt: skip
        step(count)
    return rounds, over, unready


def _people(organ: Organ, year: int, calendar: Calendar) -> list[Person]:
    days = [day for day in days_between(date(year, 1, 1), date(year, 12, 31)) if calendar.is_working_day(day)]
    return [
        Person(
            inspector.certificate_number,
            inspector.division.code,
            frozenset(day for day in days if not why_not_drawable(inspector, day)),
        )
        for inspector in inspectors_of(organ)
    ]


def _times(organ: Organ, rounds: Iterable[Round], year: int, place: Mapping[str, int]) -> dict[str, dict[int, int]]:
    """Return how often subjects were drawn already this year for the items of the rounds, by item and position."""
    found = {}
    for item in sorted({item for one in rounds for item in one.items}):
        times = times_drawn(organ, item, year)
        found[item] = {place[number]: count for number, count in times.items() if number in place}
    return {item: times for item, times in found.items() if times}


def gather(plan: Plan, entries: Sequence[EntryRevision], step: Callable[[int], None]) -> Gathered:
    """Put a year together as of today; `step` is told how many entries have been read."""
    organ, year, on = plan.organ, plan.year, clock.today()
    calendar, rules = calendar_for([year]), rule_set_for(plan.organ, on)
    registry = _Registry(organ, on)
    rounds, over, unready = _rounds(plan, entries, registry, on, step)
    place = registry.by_number
    days = days_by_subject(organ, date(year, 1, 1), date(year, 12, 31))
    already = {place[number]: len(on_record) for number, on_record in days.items() if number in place}
    times = _times(organ, rounds, year, place) if days else {}
    cap = rules.value("yearly_cap")
    capped = capped_items(rounds, cap, {item: max(counts.values()) for item, counts in times.items()})
    conflicts: dict[str, set[str]] = {}
    for interest in interests_on(organ, max(on, date(year, 1, 1))):
        conflicts.setdefault(interest.subject.number, set()).add(interest.inspector.certificate_number)
    working = (window_of(one.since, one.until, calendar).working for one in rounds)
    script = Script(
        faces=Faces(registry.numbers, registry.districts, already),
        rounds=rounds,
        cap=cap,
        capped=frozenset(capped),
        times=times,
        uncapped=registry.flagged,
        people=_people(organ, year, calendar),
        days=[found[0] if found else None for found in working],
        conflicts=conflicts,
    )
    return Gathered(script, calendar, over, unready)
