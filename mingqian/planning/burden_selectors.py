"""Reading what subjects bear, and the special inspections."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import READER_ROLES
from mingqian.planning.burden import Crowding, warnings
from mingqian.planning.models import Encounter, SpecialInspection
from mingqian.planning.states import BurdenSource
from mingqian.registry.models import BAR, Inspector, Subject, split
from mingqian.rules.selectors import rule_set_for


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
