"""Equal lots have equal chances, more lots exactly the higher chance that the protocol gives. Fixed seeds."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction

from mingqian_draw.selection import select
from mingqian_draw.tests.test_selection import pool

DRAWS = 3000
# Quantiles 0.999 of chi-square by degrees of freedom (tables of Abramowitz and Stegun, 26.8).
CRITICAL = {4: 18.467, 5: 20.515, 6: 22.458, 19: 43.820}


def _seeds(name: str) -> list[str]:
    return [hashlib.sha256(f"{name} {number}".encode()).hexdigest() for number in range(DRAWS)]


def _taken(singles: int, doubles: int, quota: int) -> dict[int, Fraction]:
    """How likely it is that so many subjects with two lots are among the selected.

    The smallest of a subject's uniform tickets is below x with probability 1 - (1 - x)^lots, so subjects come up as in a
    race of exponential clocks with rates proportional to lots: each next one is drawn by lots out of those left.
    """
    chances = {0: Fraction(1)}
    for drawn in range(quota):
        after: dict[int, Fraction] = {}
        for count, chance in chances.items():
            left, double = singles - (drawn - count), 2 * (doubles - count)
            for more, share in ((1, double), (0, left)):
                if share:
                    after[count + more] = after.get(count + more, Fraction(0)) + chance * Fraction(share, left + double)
        chances = after
    return chances


def test_chances_of_lots_are_those_worked_out_by_hand() -> None:
    # One of two subjects, lots 1 and 2: the second comes up first with 2/3. Two of three, lots 1, 1, 2.
    assert _taken(1, 1, 1) == {0: Fraction(1, 3), 1: Fraction(2, 3)}
    assert _taken(2, 1, 2) == {0: Fraction(1, 2) * Fraction(1, 3), 1: Fraction(5, 6)}


def test_with_equal_lots_every_subject_has_the_same_chance() -> None:
    count, quota = 20, 6
    subjects = pool((f"S{number:02d}", "-", 1, "in") for number in range(count))
    hits: Counter[str] = Counter()
    for seed in _seeds("equal"):
        hits.update(ticket.subject for ticket in select(subjects, seed, {"-": quota})[0].selected)
    expected = DRAWS * quota / count
    # Each draw takes exactly six: the counts are negatively correlated, which this factor makes up for.
    variance = expected * (1 - quota / count) * count / (count - 1)
    assert len(hits) == count
    assert sum((hits[name] - expected) ** 2 for name in hits) / variance < CRITICAL[count - 1]


def test_two_lots_have_exactly_the_chance_that_the_protocol_implies() -> None:
    singles, doubles, quota = 9, 6, 5
    rows = [(f"S{number:02d}", "-", 2 if number < doubles else 1, "in") for number in range(singles + doubles)]
    subjects, taken = pool(rows), Counter[int]()
    for seed in _seeds("double"):
        selected = select(subjects, seed, {"-": quota})[0].selected
        taken[sum(int(ticket.subject[1:]) < doubles for ticket in selected)] += 1
    chances = _taken(singles, doubles, quota)
    assert sum(chances.values()) == 1
    assert set(taken) <= set(chances)
    statistic = sum(
        (taken[count] - DRAWS * float(chance)) ** 2 / (DRAWS * float(chance)) for count, chance in chances.items()
    )
    assert statistic < CRITICAL[len(chances) - 1]
    # A subject with two lots is drawn less than twice as often as one with one: tickets are drawn, not places.
    double = sum(count * chance for count, chance in chances.items()) / doubles
    single = sum((quota - count) * chance for count, chance in chances.items()) / singles
    assert 1 < double / single < 2


def test_an_exempt_subject_takes_nobodys_chance() -> None:
    rows = [(f"S{number:02d}", "-", 1, "exempt:x" if number < 4 else "in") for number in range(24)]
    subjects = pool(rows)
    hits: Counter[str] = Counter()
    for seed in _seeds("exempt"):
        hits.update(ticket.subject for ticket in select(subjects, seed, {"-": 6})[0].selected)
    expected = DRAWS * 6 / 20
    variance = expected * (1 - 6 / 20) * 20 / 19
    assert set(hits) == {f"S{number:02d}" for number in range(4, 24)}
    assert sum((count - expected) ** 2 for count in hits.values()) / variance < CRITICAL[19]
