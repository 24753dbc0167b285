"""Reading rules, the calendar and time limits; what other rooms use.

`rule_set_for` gives the numbers in force, `current_calendar` the working days, `deadline` a limit with how it came about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.common.errors import DomainError
from mingqian.rules.calendars import Calendar, Run, Year, library_calendar, runs
from mingqian.rules.deadlines import (
    Deadline,
    add_working_days,
    days_left,
    law_date,
    light,
    standing,
    working_days_between,
)
from mingqian.rules.models import CalendarYear, RuleSet
from mingqian.rules.resolution import Change, Held, Level, Rules, Stated, Version, changes, newest, resolve
from mingqian.rules.schema import LIMITS, PARAMETERS, Parameter, parameter
from mingqian.rules.shipped import DEFAULT
from mingqian.rules.states import SetKind, SetState

__all__ = [
    "LIMITS",
    "PARAMETERS",
    "Calendar",
    "Change",
    "Deadline",
    "Held",
    "Parameter",
    "Rules",
    "Run",
    "Stated",
    "Version",
    "add_working_days",
    "calendar_for",
    "current_calendar",
    "days_left",
    "deadline",
    "history",
    "law_date",
    "light",
    "parameter",
    "reckon",
    "rule_set_for",
    "standing",
    "working_days_between",
]


def stated_of(row: RuleSet) -> dict[str, Stated]:
    """Return what a version states, in the order of the articles."""
    return {key: Stated(**row.stated[key]) for key in PARAMETERS if key in row.stated}


def version_of(row: RuleSet) -> Version:
    """Return a row as the value that `resolution` reckons with."""
    return Version(
        code=row.code,
        name=row.name,
        basis=row.basis,
        level=row.level_name,
        kind=SetKind(row.kind),
        effective_from=row.effective_from,
        valid_until=row.valid_until,
        serial=row.serial,
        stated=stated_of(row),
    )


def _line_of(organ: Organ) -> list[Organ]:
    """Return the organ and those above it, from the top down."""
    line = [organ]
    while (above := line[0].parent) is not None:
        line.insert(0, above)
    return line


def levels_of(organ: Organ, division: Division | None = None) -> list[Level]:
    """Return what is approved at each level that the organ, or its division, stands on; raise DomainError for a foreign division."""
    if division is not None and division.organ_id != organ.pk:
        raise DomainError("所选科室不属于该机关，请重新选择科室。")
    line = _line_of(organ)
    wanted = Q(organ__in=line, division=None)
    if division is not None:
        wanted |= Q(division=division)
    rows = RuleSet.objects.filter(wanted, state=SetState.APPROVED).select_related("organ", "division")
    approved = list(rows.order_by("effective_from", "serial"))
    levels: list[Level] = [[DEFAULT]]
    levels += [[version_of(r) for r in approved if r.organ_id == o.pk and r.division_id is None] for o in line]
    if division is not None:
        levels.append([version_of(r) for r in approved if r.division_id is not None])
    return levels


def rule_set_for(organ: Organ, on: date, division: Division | None = None) -> Rules:
    """Return the rules in force on `on` for the organ or its division (art. 21, 22): one query, and one for each organ above.

    Raise DomainError where none has begun by then.
    """
    return resolve(levels_of(organ, division), on)


def above_of(organ: Organ, division: Division | None, on: date) -> Rules:
    """Return the rules that a refinement at this level would stand on."""
    return resolve(levels_of(organ, division)[:-1], on)


def own_in_force(organ: Organ, division: Division | None, on: date) -> Version | None:
    """Return the approved version of this very level that counts on `on`, None where it has none."""
    return newest(levels_of(organ, division)[-1], on)


@dataclass(frozen=True)
class Step:
    """A day on which the rules changed: what took effect or ended, and which numbers became others."""

    day: date
    title: str
    level: str
    code: str
    ended: bool
    changes: tuple[Change, ...]


def history(organ: Organ, division: Division | None = None) -> list[Step]:
    """Return when which number changed for the organ or its division, the latest first; what is to come included."""
    levels = levels_of(organ, division)
    days: dict[date, list[tuple[Version, bool]]] = {}
    for version in (version for level in levels for version in level):
        days.setdefault(version.effective_from, []).append((version, False))
        if version.valid_until is not None:
            days.setdefault(version.valid_until + timedelta(days=1), []).append((version, True))
    before: dict[str, int] = {}
    steps: list[Step] = []
    for day in sorted(days):
        try:
            after = dict(resolve(levels, day))
        except DomainError:
            # An organ's refinement that begins before any regulation does says nothing yet.
            after = before
        found = tuple(changes(before, after))
        for version, ended in days[day]:
            steps.append(Step(day, version.title, version.level, version.code, ended, found))
        before = after
    return steps[::-1]


def sets_visible_to(user: User) -> QuerySet[RuleSet]:
    """Return the versions of the user's organ and of those below it; of the organs above what is approved, since it binds."""
    above = [organ.pk for organ in _line_of(user.organ)[:-1]]
    wanted = Q(organ__in=organs_below(user.organ)) | Q(organ__in=above, division=None, state=SetState.APPROVED)
    return RuleSet.objects.filter(wanted).select_related(
        "organ", "division", "drafted_by", "changed_by", "submitted_by", "decided_by"
    )


def set_for(user: User, code: str) -> RuleSet:
    """Return the version, or raise Http404 where it is not for `user` to know."""
    found = sets_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这个规则集，或它不在您可以查看的范围内。")
    return found


def year_of(row: CalendarYear) -> Year:
    """Return a published year as the value that the calendar is made of."""

    def days(spans: Iterable[tuple[str, str, str]]) -> dict[date, str]:
        found: dict[date, str] = {}
        for first, last, name in spans:
            day, end = date.fromisoformat(first), date.fromisoformat(last)
            while day <= end:
                found[day] = name
                day += timedelta(days=1)
        return found

    return Year(row.year, days(row.off), days(row.work), f"{row.basis}（本系统第{row.version}版）")


def spans_of(days: dict[date, str]) -> list[list[str]]:
    """Undo `year_of` for one kind of day: [first, last, holiday] as ISO dates."""
    return [[run.first.isoformat(), run.last.isoformat(), run.why] for run in runs(days)]


def _with_published(rows: Iterable[CalendarYear]) -> Calendar:
    # In rising order of versions, so that the last one stays.
    return library_calendar().with_years(year_of(row) for row in rows)


def current_calendar() -> Calendar:
    """Return the calendar as it is known now: the library's years, and over them those published here. One query."""
    return _with_published(CalendarYear.objects.order_by("year", "version"))


def calendar_for(years: Iterable[int]) -> Calendar:
    """Return a calendar that is good for `years`: as `current_calendar`, reading only what these years need. One query."""
    wanted = {year + more for year in years for more in (0, 1)}
    return _with_published(CalendarYear.objects.filter(year__in=wanted).order_by("year", "version"))


def versions_of_year(year: int) -> QuerySet[CalendarYear]:
    """Return what was published for a year, the version that counts first."""
    return CalendarYear.objects.filter(year=year).select_related("published_by").order_by("-version")


def reckon(rules: Rules, key: str, start: date, calendar: Calendar) -> Deadline:
    """Return the limit `key` of `rules` from the event on `start`: pure, for lists that read rules and calendar once.

    Raise DomainError for a key that is no limit.
    """
    if key not in LIMITS:
        raise DomainError(f"“{parameter(key).title}”不是办理期限，不能计算到期日。")
    return add_working_days(start, rules.value(key), calendar)


def deadline(organ: Organ, key: str, start: date, *, division: Division | None = None) -> Deadline:
    """Return the limit `key` from the event on `start`, by the rules in force on that day and the calendar as it is known now.

    A change of the rules after the event does not move the limit; a calendar that is published does. Raise DomainError for a key that is
    no limit, and for a day before any rules.
    """
    return reckon(rule_set_for(organ, start, division), key, start, current_calendar())
