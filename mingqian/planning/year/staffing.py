"""What a year asks of the inspectors: working days of windows, load by division and month, rounds without enough people (art. 9, 10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mingqian.planning.rehearsal.services import Person, Round
from mingqian.rules.calendar.selectors import Calendar

#: Visits that an inspector can make on a working day: above it a window is marked. A rule of thumb, none of the regulation.
VISITS_A_DAY = 1.0


@dataclass(frozen=True)
class Window:
    """The days of a window: working days, holidays by name with how many days off they take, weekend days that are worked."""

    working: tuple[date, ...]
    holidays: tuple[tuple[str, int], ...]
    made_up: tuple[date, ...]
    provisional: bool


def days_between(since: date, until: date) -> Iterable[date]:
    """Yield every day from `since` to `until`, both counted."""
    for count in range((until - since).days + 1):
        yield since + timedelta(days=count)


def window_of(since: date, until: date, calendar: Calendar) -> Window:
    """Return what the calendar says of a window; weekends that belong to no holiday are not told."""
    working, made_up = [], []
    holidays: dict[str, int] = {}
    for day in days_between(since, until):
        why = calendar.why(day)
        if calendar.is_working_day(day):
            working.append(day)
            if why:
                made_up.append(day)
        elif why and why != "周末":
            holidays[why] = holidays.get(why, 0) + 1
    provisional = any(not calendar.is_published(year) for year in range(since.year, until.year + 1))
    return Window(tuple(working), tuple(holidays.items()), tuple(made_up), provisional)


@dataclass(frozen=True)
class Load:
    """What a division carries in a month: visits of its people (a team of two makes two), its people, and the days that they can give."""

    division: str
    month: int
    visits: float
    people: int
    days: int

    @property
    def each(self) -> float | None:
        """Return the visits of one inspector, None where there is none."""
        return self.visits / self.people if self.people else None

    @property
    def a_day(self) -> float | None:
        """Return the visits of one inspector on a day that they can give, None where there is none."""
        return self.visits / self.days if self.days else None


@dataclass(frozen=True)
class Shortage:
    """A round without enough people: `days` (no working day), `lead` (nobody to lead), `team` (not one team), `busy` (too many visits).

    `people` is the mean number of inspectors that may be drawn (of its own division with `lead`), `a_day` the visits of one on a working
    day, with all other rounds of the time.
    """

    round: int
    why: str
    people: float
    a_day: float | None


@dataclass(frozen=True)
class Staffing:
    """Windows by round, loads by division and month, and what is short."""

    windows: list[Window]
    loads: list[Load]
    shortages: list[Shortage]


@dataclass
class _Book:
    """Demand and supply by division and day."""

    free: dict[tuple[str, date], int]
    asked: dict[tuple[str, date], float]

    def given(self, codes: Iterable[str], days: Sequence[date]) -> int:
        """Return the days that the people of some divisions can give within `days`."""
        return sum(self.free.get((code, day), 0) for code in codes for day in days)

    def wanted(self, codes: Iterable[str], days: Sequence[date]) -> float:
        """Return the visits that are asked of some divisions within `days`."""
        return sum(self.asked.get((code, day), 0.0) for code in codes for day in days)


def _shares(one: Round, window: Window, book: _Book) -> dict[str, float]:
    """Return how a round's visits fall to its divisions: by the days that their people can give; all to its own where none can.

    Where its own leads every team, that is one of each at least: the deck takes the others from those who had fewer cards.
    """
    given = {code: book.given([code], window.working) for code in one.divisions}
    total = sum(given.values())
    if not total:
        return {one.divisions[0]: 1.0}
    shares = {code: days / total for code, days in given.items()}
    own, lead = shares[one.divisions[0]], 1 / one.team_size
    if one.home and own < lead:
        shares = {code: share * (1 - lead) / (1 - own) for code, share in shares.items()}
        shares[one.divisions[0]] = lead
    return shares


def staffing(rounds: Sequence[Round], people: Sequence[Person], calendar: Calendar, year: int) -> Staffing:
    """Return what the rounds ask of `people` in `year`. Exact: how many subjects a round visits is certain, and the dealing is even.

    Visits are spread evenly over the working days of their window.
    """
    windows = [window_of(one.since, one.until, calendar) for one in rounds]
    book = _Book({}, {})
    for person in people:
        for day in person.free:
            book.free[person.division, day] = book.free.get((person.division, day), 0) + 1
    for one, window in zip(rounds, windows, strict=True):
        for code, share in _shares(one, window, book).items():
            for day in window.working:
                more = one.visits * one.team_size * share / len(window.working)
                book.asked[code, day] = book.asked.get((code, day), 0.0) + more
    shortages = [
        shortage
        for r, (one, window) in enumerate(zip(rounds, windows, strict=True))
        if (shortage := _shortage(r, one, window, book))
    ]
    return Staffing(windows, _loads(rounds, people, book, calendar, year), shortages)


def _shortage(r: int, one: Round, window: Window, book: _Book) -> Shortage | None:
    if not one.visits:
        return None
    if not window.working:
        return Shortage(r, "days", 0.0, None)
    codes = tuple(dict.fromkeys(one.divisions))
    given = book.given(codes, window.working)
    mean, a_day = given / len(window.working), book.wanted(codes, window.working) / given if given else None
    own = book.given(codes[:1], window.working) / len(window.working)
    if one.home and own < 1:
        return Shortage(r, "lead", own, a_day)
    if mean < one.team_size:
        return Shortage(r, "team", mean, a_day)
    return Shortage(r, "busy", mean, a_day) if a_day is not None and a_day > VISITS_A_DAY else None


def _loads(rounds: Sequence[Round], people: Sequence[Person], book: _Book, calendar: Calendar, year: int) -> list[Load]:
    codes = sorted({person.division for person in people} | {code for one in rounds for code in one.divisions})
    days: dict[int, list[date]] = {}
    for day in days_between(date(year, 1, 1), date(year, 12, 31)):
        if calendar.is_working_day(day):
            days.setdefault(day.month, []).append(day)
    heads = _heads(people, days)
    return [
        Load(
            code,
            month,
            book.wanted([code], days.get(month, [])),
            heads.get((code, month), 0),
            book.given([code], days.get(month, [])),
        )
        for code in codes
        for month in range(1, 13)
    ]


def _heads(people: Sequence[Person], days: Mapping[int, Sequence[date]]) -> dict[tuple[str, int], int]:
    """Return how many inspectors a division has on some working day of a month."""
    found: dict[tuple[str, int], int] = {}
    for person in people:
        for month, working in days.items():
            if not person.free.isdisjoint(working):
                found[person.division, month] = found.get((person.division, month), 0) + 1
    return found
