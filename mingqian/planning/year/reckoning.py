"""A year of inspections as a plan would have it, before anything is drawn (A8.2): pure, without models, clock and chance."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingqian.planning.rehearsal.services import MOST, Chances, Faces, Round, Script
from mingqian.rules.calendar.selectors import Calendar

#: Subjects that the list of the most burdened holds.
LISTED = 50


def chances(rounds: Sequence[Round], found: Chances | None = None) -> dict[tuple[int, int, int], float]:
    """Return the chance of every kind of row: exact where a stratum is even, else what the rehearsal `found`.

    Where nothing was found, all rows of the stratum are given their mean.
    """
    known = {}
    for r, one in enumerate(rounds):
        for s, stratum in enumerate(one.strata):
            mean = stratum.drawn / stratum.eligible if stratum.eligible else 0.0
            for lots, _members in stratum.by_lots:
                key = (r, s, lots)
                known[key] = mean if stratum.even or found is None else found.get(key, mean)
    return known


def visits(probabilities: Iterable[float], already: int = 0) -> list[float]:
    """Return the distribution of the number of visits, 0 to `MOST`, where the last stands for that many and more.

    >>> visits([0.5, 0.5])[:4]
    [0.25, 0.5, 0.25, 0.0]
    """
    spread = [0.0] * (MOST + 1)
    spread[min(already, MOST)] = 1.0
    for p in probabilities:
        spread[MOST] += spread[MOST - 1] * p
        for count in range(MOST - 1, 0, -1):
            spread[count] += (spread[count - 1] - spread[count]) * p
        spread[0] *= 1 - p
    return spread


@dataclass(frozen=True)
class Burdened:
    """What one subject has to expect."""

    position: int
    already: int
    rounds: int
    expected: float
    twice: float
    thrice: float


@dataclass(frozen=True)
class Covered:
    """A district: its subjects, those that some round can draw or that were visited already, and how many will be visited at least once."""

    district: str
    subjects: int
    reachable: int
    visited: float


@dataclass(frozen=True)
class Burden:
    """The visits of a year: how many subjects have how many, who has most, who is never reached."""

    subjects: int
    spread: list[float]
    expected: float
    most: list[Burdened]
    coverage: list[Covered]

    @property
    def twice(self) -> float:
        """Return how many subjects have two visits or more."""
        return sum(self.spread[2:])

    @property
    def thrice(self) -> float:
        """Return how many subjects have three visits or more."""
        return sum(self.spread[3:])

    @property
    def reachable(self) -> int:
        """Return how many subjects some round can draw."""
        return sum(one.reachable for one in self.coverage)


@dataclass(frozen=True)
class _Column:
    """Where each subject stands in rounds that hold the same strata: 0 nowhere, else the place of (stratum, lots) counted from 1."""

    cells: "array[int]"
    kinds: list[tuple[int, int]]
    rounds: list[int]


def _columns(rounds: Sequence[Round], total: int) -> list[_Column]:
    found: dict[tuple[tuple[int, int, int], ...], _Column] = {}
    for r, one in enumerate(rounds):
        rows = [(s, lots, members) for s, stratum in enumerate(one.strata) for lots, members in stratum.by_lots]
        key = tuple((s, lots, id(members)) for s, lots, members in rows)
        if key not in found:
            cells = array("H", bytes(2 * total))
            for place, (_s, _lots, members) in enumerate(rows, 1):
                for position in members.positions:
                    cells[position] = place
            found[key] = _Column(cells, [(s, lots) for s, lots, _members in rows], [])
        found[key].rounds.append(r)
    return list(found.values())


@dataclass(frozen=True)
class _Group:
    """Subjects that have the same to expect."""

    count: int
    district: int
    already: int
    rounds: int
    expected: float
    spread: list[float]


def _groups(
    signatures: Iterable[tuple[int, ...]], columns: Sequence[_Column], known: Chances
) -> dict[tuple[int, ...], _Group]:
    """Return what the subjects of each signature have to expect: their district, visits on record, and place in each column."""
    # What stands in one cell of one column, for all rounds that share it.
    parts = [
        [[], *([known[r, s, lots] for r in column.rounds] for s, lots in column.kinds)] for column in columns
    ]  # fmt: skip
    found = {}
    for signature, count in Counter(signatures).items():
        district, already, *cells = signature
        probabilities = [p for part, cell in zip(parts, cells, strict=True) if cell for p in part[cell] if p]
        spread = visits(probabilities, already)
        expected = already + sum(probabilities)
        found[signature] = _Group(count, district, already, len(probabilities), expected, spread)
    return found


def burden(faces: Faces, rounds: Sequence[Round], found: Chances | None = None) -> Burden:
    """Return what subjects have to expect of `rounds`, with what is on record already; `found` are chances from the rehearsal."""
    columns = _columns(rounds, len(faces))
    names = sorted(set(faces.districts))
    place = {name: i for i, name in enumerate(names)}
    districts = array("H", (place[name] for name in faces.districts))
    already = array("H", bytes(2 * len(faces)))
    for position, count in faces.already.items():
        already[position] = count
    rows = [districts, already, *(column.cells for column in columns)]
    groups = _groups(zip(*rows, strict=True), columns, chances(rounds, found))
    spread = [sum(group.count * group.spread[k] for group in groups.values()) for k in range(MOST + 1)]
    return Burden(
        len(faces),
        spread,
        sum(group.count * group.expected for group in groups.values()),
        _most(groups, zip(*rows, strict=True)),
        [_covered(name, [group for group in groups.values() if group.district == i]) for i, name in enumerate(names)],
    )


def _covered(name: str, own: Sequence[_Group]) -> Covered:
    reached = [group for group in own if group.rounds or group.already]
    met = sum(group.count * (1 - group.spread[0]) for group in own)
    return Covered(name, sum(group.count for group in own), sum(group.count for group in reached), met)


def _most(groups: Mapping[tuple[int, ...], _Group], signatures: Iterable[tuple[int, ...]]) -> list[Burdened]:
    """Return the most burdened subjects: by expected visits, then by the chance of three."""
    order = sorted(
        (signature for signature, group in groups.items() if group.expected),
        key=lambda signature: (-groups[signature].expected, -sum(groups[signature].spread[3:])),
    )
    wanted: dict[tuple[int, ...], list[int]] = {}
    room = LISTED
    for signature in order:
        if room <= 0:
            break
        wanted[signature] = []
        room -= groups[signature].count
    for position, signature in enumerate(signatures):
        if signature in wanted and len(wanted[signature]) < LISTED:
            wanted[signature].append(position)
    found = []
    for signature, positions in wanted.items():
        group = groups[signature]
        twice, thrice = sum(group.spread[2:]), sum(group.spread[3:])
        found += [Burdened(p, group.already, group.rounds, group.expected, twice, thrice) for p in positions]
    return found[:LISTED]


def capped_items(rounds: Sequence[Round], cap: int, times: Mapping[str, int]) -> set[str]:
    """Return the items that come up so often that the yearly cap may keep somebody out; `times`: most draws on record of one subject."""
    counts = Counter(item for one in rounds for item in set(one.items))
    return {item for item, count in counts.items() if count + times.get(item, 0) > cap}


@dataclass(frozen=True)
class Gathered:
    """A year as it would be reckoned, and what was left out: rounds that are drawn or over, entries without items or windows yet."""

    script: Script
    calendar: Calendar
    over: int
    unready: int
