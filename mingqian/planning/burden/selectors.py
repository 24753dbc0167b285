"""What a subject bears: visits on record, how they crowd (pure functions of days, art. 8, 12), special inspections."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import READER_ROLES
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.burden.states import BurdenSource
from mingqian.planning.models.burden import Encounter, SpecialInspection
from mingqian.registry.models import BAR, Inspector, Subject, split
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules

#: Rule, length of the period in days, and what it is called.
PERIODS = (
    ("visits_a_day", 1, "一天"),
    ("visits_a_week", 7, "一周（连续 7 天）"),
    ("visits_a_month", 30, "一月（连续 30 天）"),
)


def batched(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield `values` in lists of `size`, the last one shorter."""
    remaining = iter(values)
    while part := list(islice(remaining, size)):
        yield part


@dataclass(frozen=True)
class Crowding:
    """Visits too close together: so many within a period from `first`, where the rules warn above `limit`."""

    words: str
    first: date
    count: int
    limit: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        first = day(self.first)
        return f"自{first}起{self.words}内受检 {self.count} 次，超过预警线 {self.limit} 次"


def most_within(days: Iterable[date], length: int) -> tuple[int, date | None]:
    """Return how many of `days` fall into the fullest run of `length` days, and the first day of the earliest such run.

    >>> most_within([date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 8)], 7)
    (2, datetime.date(2026, 3, 2))
    """
    ordered = sorted(days)
    best, first = 0, None
    begin = 0
    for end, last in enumerate(ordered):
        while last - ordered[begin] >= timedelta(days=length):
            begin += 1
        if end - begin + 1 > best:
            best, first = end - begin + 1, ordered[begin]
    return best, first


def warnings(days: Sequence[date], rules: Rules) -> list[Crowding]:
    """Return where `days` come closer together than the rules' early warning allows, the shortest period first."""
    found = []
    for key, length, words in PERIODS:
        count, first = most_within(days, length)
        if first is not None and count > rules.value(key):
            found.append(Crowding(words, first, count, rules.value(key)))
    return found


def crowdings_at(days: Sequence[date], day: date, rules: Rules) -> list[Crowding]:
    """Return where `days` come closer together than the early warning allows with `day` among them, the shortest period first."""
    found = []
    for key, length, words in PERIODS:
        near = timedelta(days=length)
        # A run that does not hold `day` itself can be moved until it does, without losing one of these.
        count, first = most_within([other for other in days if abs(other - day) < near], length)
        if first is not None and count > rules.value(key):
            found.append(Crowding(words, first, count, rules.value(key)))
    return found


def specials_visible_to(user: User) -> QuerySet[SpecialInspection]:
    """Return the special inspections of the user's organ and of those below it, newest first."""
    if not user.has_role(*READER_ROLES):
        return SpecialInspection.objects.none()
    found = SpecialInspection.objects.filter(organ__in=organs_below(user.organ))
    return found.select_related("organ", "division", "recorded_by").order_by("-since", "-pk")


def special_for(user: User, code: str) -> SpecialInspection:
    """Return the special inspection, or raise Http404 where it is not for `user` to know."""
    found = specials_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这次专项检查，或它不属于您的机关。")
    return found


def encounters_in(special: SpecialInspection) -> QuerySet[Encounter]:
    """Return the subjects of a special inspection, by number."""
    rows = Encounter.objects.filter(source=special.source, reference=special.code)
    return rows.select_related("subject").order_by("subject__number")


def team_of(organ: Organ, row: Encounter) -> list[Inspector]:
    """Return the inspectors that a row names, by certificate number."""
    people = Inspector.objects.filter(organ=organ, certificate_number__in=split(row.team))
    return list(people.select_related("division").order_by("certificate_number"))


@dataclass(frozen=True)
class YearOfVisits:
    """What one subject bore in a calendar year, the latest first; `counted` leaves out what was dropped."""

    year: int
    rows: tuple[Encounter, ...]
    drawn: int
    special: int
    #: Drawn by other authorities, with inspectors of this organ taking part.
    elsewhere: int
    crowded: tuple[Crowding, ...]

    @property
    def counted(self) -> int:
        """Return how many inspections count."""
        return self.drawn + self.special + self.elsewhere


def visits_of(user: User, subject: Subject) -> list[YearOfVisits]:
    """Return what a subject bore, by year, in the user's organ and those below it; what was merged into it counts too (A12.1)."""
    same = Q(subject__number=subject.number) | Q(subject__merged_into__number=subject.number)
    found = Encounter.objects.filter(same, organ__in=organs_below(user.organ)).select_related("organ")
    by_year: dict[int, list[Encounter]] = {}
    for row in found.order_by("-since", "-pk"):
        by_year.setdefault(row.day.year, []).append(row)
    years = []
    for year, rows in sorted(by_year.items(), reverse=True):
        counted = [row for row in rows if not row.dropped_why]
        by_source = Counter(row.source for row in counted)
        rules = rule_set_for(subject.organ, max(row.day for row in rows))
        years.append(
            YearOfVisits(
                year,
                tuple(rows),
                by_source[BurdenSource.DRAW],
                by_source[BurdenSource.SPECIAL],
                by_source[BurdenSource.OTHER],
                tuple(warnings([row.day for row in counted], rules)),
            )
        )
    return years


def days_by_subject(organ: Organ, since: date, until: date) -> dict[str, list[date]]:
    """Return the days on which each subject is inspected between two dates, both counted, by number; for planning (A8.2).

    What was merged into another counts as that one.
    """
    rows = Encounter.objects.filter(organ=organ, dropped_why="", since__lte=until, until__gte=since)
    rows = rows.annotate(number=Coalesce("subject__merged_into__number", "subject__number"))
    found: dict[str, list[date]] = {}
    for number, on, begins in rows.values_list("number", "on", "since").iterator(2000):
        found.setdefault(number, []).append(on or begins)
    return found


def times_drawn(organ: Organ, item: str, year: int, numbers: Iterable[str] | None = None) -> dict[str, int]:
    """Return how often each subject was drawn for an item in a calendar year, by number, across all divisions (A12.1).

    Special inspections do not count here: the cap is one of draws (art. 12), and they stand outside the rules (art. 21).
    """
    named = Q(items__contains=f"{BAR}{item}{BAR}") if item else Q(items="")
    rows = Encounter.objects.filter(named, organ=organ, source=BurdenSource.DRAW, dropped_why="", since__year=year)
    wanted = None if numbers is None else set(numbers)
    found: dict[str, int] = {}
    for own, survivor in rows.values_list("subject__number", "subject__merged_into__number").iterator(2000):
        # What was merged into another counts as that one.
        number = survivor or own
        if wanted is None or number in wanted:
            found[number] = found.get(number, 0) + 1
    return found


def subjects_of(specials: Iterable[SpecialInspection]) -> dict[str, int]:
    """Return how many subjects each of `specials` met, by its code."""
    codes = [special.code for special in specials]
    rows = Encounter.objects.exclude(source=BurdenSource.DRAW).filter(reference__in=codes).order_by()
    return dict(rows.values_list("reference").annotate(count=Count("pk")))


def teams_on_record(references: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return reference → subject number → certificate numbers, of the visits that count."""
    rows = Encounter.objects.filter(reference__in=list(references), dropped_why="")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for reference, subject, team in rows.values_list("reference", "subject__number", "team"):
        found.setdefault(reference, {})[subject] = split(team)
    return found
