"""What a rehearsal of a year is asked and what it answers; the room above, which may draw, provides it when the project starts.

Left to it is what cannot be reckoned exactly: strata in which some hold more lots than others, the yearly cap, which keeps subjects out of
later rounds because of earlier ones, and the dealing of inspectors with recusals.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mingqian.common.errors import DomainError


@dataclass(frozen=True)
class Faces:
    """The subjects that may be drawn, by position: number, district, and how often each is on record as inspected this year."""

    numbers: Sequence[str]
    districts: Sequence[str]
    already: Mapping[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.numbers)


@dataclass(frozen=True)
class Person:
    """An inspector: division (code) and the days on which they may be drawn."""

    number: str
    division: str
    free: frozenset[date]


class Members:
    """Some subjects by position, shared by all strata that hold the same."""

    def __init__(self, positions: Iterable[int]) -> None:
        self.positions = array("I", positions)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.positions)

    @cached_property
    def bits(self) -> int:
        """Return them as a number with a bit for each: what two have in common is counted in no time."""
        if not self.positions:
            return 0
        marks = bytearray(max(self.positions) // 8 + 1)
        for position in self.positions:
            marks[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(marks, "little")


@dataclass(frozen=True)
class Stratum:
    """A stratum of a round: its quota, those that are in by the lots that they hold, and the exempt, who only make way."""

    name: str
    quota: int
    by_lots: tuple[tuple[int, Members], ...]
    exempt: Members | None = None

    @property
    def eligible(self) -> int:
        """Return how many can be selected."""
        return sum(len(members) for _lots, members in self.by_lots)

    @property
    def drawn(self) -> int:
        """Return how many will be: the quota, as far as there are so many."""
        return min(self.quota, self.eligible)

    @property
    def even(self) -> bool:
        """Say whether every row has the same chance."""
        return len(self.by_lots) <= 1 or self.drawn in {0, self.eligible}

    @property
    def tickets(self) -> int:
        """Return how many tickets a draw of it costs."""
        return sum(lots * len(members) for lots, members in self.by_lots) + len(self.exempt or ())


@dataclass(frozen=True)
class Round:
    """One time of an entry: who inspects what in which window. `time` counts from 1; divisions are codes, the entry's own first."""

    entry: str
    time: int
    title: str
    divisions: tuple[str, ...]
    items: tuple[str, ...]
    since: date
    until: date
    team_size: int
    strata: tuple[Stratum, ...]
    #: Somebody of the entry's own division leads every team (draw protocol, E1).
    home: bool = False

    @property
    def visits(self) -> int:
        """Return how many subjects it visits: certain before the draw."""
        return sum(stratum.drawn for stratum in self.strata)

    @property
    def eligible(self) -> int:
        """Return how many subjects it may meet."""
        return sum(stratum.eligible for stratum in self.strata)

    @property
    def tickets(self) -> int:
        """Return how many tickets its draw costs."""
        return sum(stratum.tickets for stratum in self.strata)

    def meets(self, other: "Round") -> bool:
        """Say whether the windows have a day in common."""
        return self.since <= other.until and other.since <= self.until


@dataclass(frozen=True)
class Script:
    """A year to rehearse. `cap` binds in the items `capped` only; `times` are draws on record by item and position."""

    faces: Faces
    rounds: Sequence[Round]
    cap: int
    capped: frozenset[str] = frozenset()
    times: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    #: Positions that the cap does not bind (A12.3).
    uncapped: frozenset[int] = frozenset()
    people: Sequence[Person] = ()
    #: The day on which each round deals its inspectors, None where its window has no working day.
    days: Sequence[date | None] = ()
    #: Certificate numbers that must not meet a subject, by its number.
    conflicts: Mapping[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Dealt:
    """Visits of an inspector in a rehearsed year: on average, least, most."""

    number: str
    mean: float
    least: int
    most: int


#: Chance of a row by round, stratum and lots; where it is not to be had exactly, what the rehearsal found.
Chances = Mapping[tuple[int, int, int], float]


@dataclass(frozen=True)
class Rehearsal:
    """What `years` rehearsed years gave: subjects by number of visits (mean, least and most of a year), chances that were found,
    and in a year's mean how often the cap kept a subject out and an exempt one made way. Inspectors were dealt in `dealt_years`.
    """

    years: int
    spread: list[float]
    least: list[int]
    most: list[int]
    found: Chances
    kept_out: float
    passed: float
    #: Of the subjects, so many stood for all: 1.0 unless the year was too large.
    share: float = 1.0
    dealt_years: int = 0
    dealt: Sequence[Dealt] = ()
    #: Rounds (by place) in which no team could be found for somebody, with the share of years.
    stuck: Mapping[int, float] = field(default_factory=dict)


#: Called with the tickets drawn and those to draw.
Progress = Callable[[int, int], None]
Rehearse = Callable[[Script, Progress], Rehearsal]
_PROVIDED: list[Rehearse] = []


def rehearse_with(act: Rehearse) -> None:
    """Let `act` rehearse years."""
    _PROVIDED[:] = [act]


def rehearse(script: Script, progress: Progress) -> Rehearsal:
    """Rehearse a year; raise DomainError where nobody provides it."""
    if not _PROVIDED:
        raise DomainError("抽取模块没有启用，不能模拟。请联系系统管理员。")
    return _PROVIDED[0](script, progress)


#: From so many visits a year on, the distribution counts subjects together.
MOST = 6
