"""The working-day calendar of the State Council as a value, and the years of it that were published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from chinese_calendar import constants as library  # type: ignore[import-untyped]  # it has no types
from django.db.models import QuerySet

from mingqian.rules.models import CalendarYear

#: The library's names of the days off, in the words of the State Council's notices.
_NAMES = {
    library.Holiday.new_years_day.value: "元旦",
    library.Holiday.spring_festival.value: "春节",
    library.Holiday.tomb_sweeping_day.value: "清明节",
    library.Holiday.labour_day.value: "劳动节",
    library.Holiday.dragon_boat_festival.value: "端午节",
    library.Holiday.mid_autumn_festival.value: "中秋节",
    library.Holiday.national_day.value: "国庆节",
    library.Holiday.anti_fascist_70th_day.value: "抗战胜利纪念日",
}
WEEKEND = "周末"
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Year:
    """What a notice says about a year: days off and working weekend days, each with the holiday that it belongs to.

    The notice for a year may name days of the December before it; they are days of this notice.
    """

    year: int
    off: Mapping[date, str]
    work: Mapping[date, str]
    source: str


@dataclass(frozen=True)
class Calendar:
    """Which days are working days. A year that is not published yet has its weekends off and is provisional."""

    years: Mapping[int, Year] = field(default_factory=dict)

    def is_published(self, year: int) -> bool:
        """Say whether a notice for the year is known."""
        return year in self.years

    def _notices(self, day: date) -> Iterable[Year]:
        """Yield the notices that may speak of `day`, the stronger first: next year's takes back what this year's said of December."""
        for year in (day.year + 1, day.year) if day.month == 12 else (day.year,):
            if year in self.years:
                yield self.years[year]

    def is_working_day(self, day: date) -> bool:
        """Say whether public offices work on `day`."""
        for notice in self._notices(day):
            if day in notice.work:
                return True
            if day in notice.off:
                return False
        return day.weekday() < 5

    def why(self, day: date) -> str:
        """Return why `day` is as it is: the holiday, 周末, 调休上班 with the holiday, or "" for a plain working day."""
        for notice in self._notices(day):
            if day in notice.work:
                return f"{notice.work[day]}调休上班"
            if day in notice.off:
                return notice.off[day]
        return "" if day.weekday() < 5 else WEEKEND

    def with_years(self, years: Iterable[Year]) -> "Calendar":
        """Return a calendar in which `years` take the place of what was known about them."""
        return Calendar({**self.years, **{year.year: year for year in years}})


@cache
def library_calendar() -> Calendar:
    """Return the years that the library knows."""
    known = range(min(library.holidays).year, max(library.holidays).year + 1)
    return Calendar(
        {
            year: Year(
                year,
                {day: _NAMES[str(name)] for day, name in library.holidays.items() if day.year == year},
                {day: _NAMES[str(name)] for day, name in library.workdays.items() if day.year == year},
                "系统自带的国务院放假安排",
            )
            for year in known
        }
    )


@dataclass(frozen=True)
class Run:
    """Days in a row, both counted, with what they have in common."""

    first: date
    last: date
    why: str

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.last - self.first).days + 1


def runs(days: Mapping[date, str]) -> list[Run]:
    """Join days that follow each other and have the same reason."""
    found: list[Run] = []
    for day, why in sorted(days.items()):
        if found and found[-1].why == why and (day - found[-1].last).days == 1:
            found[-1] = Run(found[-1].first, day, why)
        else:
            found.append(Run(day, day, why))
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
