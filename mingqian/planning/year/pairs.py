"""Rounds that meet the same subjects in the same window, and how often that will happen: what could be one joint visit (art. 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from mingqian.planning.rehearsal.services import Chances, Members, Round

#: Pairs that the page lists.
LISTED = 100


@dataclass(frozen=True)
class Pair:
    """Two rounds whose windows overlap: subjects that both may draw, and how many both will draw on average."""

    first: int
    second: int
    shared: int
    both: float


@dataclass(frozen=True)
class Meeting:
    """All pairs, those that will meet most often first, and how many subjects several rounds may meet in the same window."""

    pairs: list[Pair]
    subjects: int
    both: float


def _union(one: Round, known: dict[tuple[int, ...], int]) -> int:
    key = tuple(id(members) for stratum in one.strata for _lots, members in stratum.by_lots)
    if key not in known:
        bits = 0
        for stratum in one.strata:
            for _lots, members in stratum.by_lots:
                bits |= members.bits
        known[key] = bits
    return known[key]


def _cut(one: Round) -> list[tuple[int, int, Members]]:
    """Return who stands in a round: number of the stratum, lots, members."""
    return [(s, lots, members) for s, stratum in enumerate(one.strata) for lots, members in stratum.by_lots]


def meeting(rounds: Sequence[Round], chances: Chances) -> Meeting:
    """Return which rounds of different entries meet. Draws are independent, so that both draw a subject with the product of the chances.

    `both` counts a subject once for each pair that draws it: so many visits could be saved at most.
    """
    unions: dict[tuple[int, ...], int] = {}
    common: dict[tuple[int, int], int] = {}
    several, pairs = 0, []
    for a, b in combinations(range(len(rounds)), 2):
        one, other = rounds[a], rounds[b]
        if one.entry == other.entry or not one.meets(other):
            continue
        shared = _union(one, unions) & _union(other, unions)
        if not shared:
            continue
        several |= shared
        both = 0.0
        for (s, lots, members), (t, more, others) in product(_cut(one), _cut(other)):
            key = (id(members), id(others))
            if key not in common:
                common[key] = (members.bits & others.bits).bit_count()
            both += common[key] * chances[a, s, lots] * chances[b, t, more]
        pairs.append(Pair(a, b, shared.bit_count(), both))
    pairs.sort(key=lambda pair: (-pair.both, -pair.shared, pair.first, pair.second))
    return Meeting(pairs[:LISTED], several.bit_count(), sum(pair.both for pair in pairs))
