"""What a rehearsal of a year is asked and what it answers; the room above, which may draw, provides it when the project starts.

Left to it is what cannot be reckoned exactly: strata in which some hold more lots than others, the yearly cap, which keeps subjects out of
later rounds because of earlier ones, and the dealing of inspectors with recusals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mingqian.common.errors import DomainError
from mingqian.planning.year import Chances, Faces, Round
from mingqian.planning.year_staff import Person


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
