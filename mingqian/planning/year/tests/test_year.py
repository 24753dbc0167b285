"""The year of a plan before it is approved: exact figures against every possible outcome, windows, load, shortage (art. 8, 10, 12)."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, product

import pytest

from mingqian.planning.rehearsal.services import MOST, Faces, Members, Person, Round, Stratum
from mingqian.planning.year.pairs import meeting
from mingqian.planning.year.reckoning import burden, capped_items, chances, visits
from mingqian.planning.year.staffing import days_between, staffing, window_of
from mingqian.rules.calendar.selectors import Calendar, library_calendar

MARCH = (date(2026, 3, 2), date(2026, 3, 31))


def stratum(quota: int, *positions: int, name: str = "A", exempt: tuple[int, ...] = ()) -> Stratum:
    """A stratum whose rows hold one lot each."""
    return Stratum(name, quota, ((1, Members(positions)),), Members(exempt) if exempt else None)


def one_round(
    *strata: Stratum, entry: str = "e1", window: tuple[date, date] = MARCH, items: tuple[str, ...] = ("i1",)
) -> Round:
    """A round of the division jieneng."""
    return Round(entry, 1, f"抽查 {entry}", ("jieneng",), items, *window, 2, strata)


def outcomes(stratum: Stratum) -> list[frozenset[int]]:
    """Every set that a draw of a stratum can give; all are equally likely."""
    return [frozenset(chosen) for chosen in combinations(stratum.by_lots[0][1].positions, stratum.drawn)]


def brute(total: int, rounds: list[Round]) -> tuple[list[Fraction], dict[tuple[int, int], Fraction]]:
    """Go through every outcome of all rounds: subjects by visits, and for each pair of rounds how many both draw, on average."""
    strata = [(r, s) for r, one in enumerate(rounds) for s in one.strata]
    every = list(product(*(outcomes(s) for _r, s in strata)))
    spread = [Fraction(0)] * (len(rounds) + 1)
    both: dict[tuple[int, int], Fraction] = {}
    for outcome in every:
        drawn: list[set[int]] = [set() for _ in rounds]
        for (r, _s), chosen in zip(strata, outcome, strict=True):
            drawn[r] |= chosen
        for position in range(total):
            spread[sum(position in chosen for chosen in drawn)] += Fraction(1, len(every))
        for a, b in combinations(range(len(rounds)), 2):
            both[a, b] = both.get((a, b), Fraction(0)) + Fraction(len(drawn[a] & drawn[b]), len(every))
    return spread, both


ROUNDS = [
    one_round(stratum(1, 0, 1, 2), stratum(2, 3, 4, 5, name="B")),
    one_round(stratum(2, 0, 1, 3, 4), entry="e2"),
    one_round(stratum(1, 0, 4), entry="e3"),
]
FACES = Faces(["s0", "s1", "s2", "s3", "s4", "s5", "s6"], ["甲区"] * 4 + ["乙区"] * 3)


def test_art08_the_distribution_of_visits_is_that_of_every_possible_outcome() -> None:
    """A8.2: exact, against counting through all outcomes of three rounds."""
    spread, _both = brute(7, ROUNDS)
    found = burden(FACES, ROUNDS)
    assert found.spread[:4] == pytest.approx([float(x) for x in spread])
    assert found.spread[4:] == [0.0] * (MOST - 3)
    assert sum(found.spread) == pytest.approx(7)
    assert found.expected == pytest.approx(1 + 2 + 2 + 1)
    assert found.twice == pytest.approx(float(sum(spread[2:])))


def test_art08_the_most_burdened_come_first_with_their_chances() -> None:
    """A8.2: who expects how many visits; of the first, 1/3 + 2/4 + 1/2, against all outcomes."""
    first, second = burden(FACES, ROUNDS).most[:2]
    assert (first.position, first.rounds) == (4, 3)
    assert first.expected == pytest.approx(2 / 3 + 1 / 2 + 1 / 2)
    assert second.position == 0
    assert second.expected == pytest.approx(1 / 3 + 1 / 2 + 1 / 2)
    assert first.thrice == pytest.approx(2 / 3 * 1 / 2 * 1 / 2)
    assert first.twice == pytest.approx(visits([2 / 3, 1 / 2, 1 / 2])[2] + first.thrice)


def test_art08_visits_on_record_count_and_nobody_is_covered_by_no_round() -> None:
    """A8.2: what was inspected already this year stands in the distribution; subjects that no round can draw are told by district."""
    faces = Faces(FACES.numbers, FACES.districts, {0: 2})
    found = burden(faces, ROUNDS)
    assert found.most[0].position == 0
    assert found.most[0].expected == pytest.approx(2 + 4 / 3)
    assert found.expected == pytest.approx(6 + 2)
    coverage = {one.district: one for one in found.coverage}
    assert (coverage["甲区"].subjects, coverage["甲区"].reachable) == (4, 4)
    assert (coverage["乙区"].subjects, coverage["乙区"].reachable) == (3, 2)
    assert sum(one.visited for one in found.coverage) == pytest.approx(7 - found.spread[0])


def test_art09_who_is_exempt_makes_way_and_changes_no_chance_beyond_the_rows_that_are_in() -> None:
    """A9.2, A8.2: two of three rows that are in are drawn, whatever stands exempt beside them."""
    with_exempt = one_round(stratum(2, 0, 1, 2, exempt=(3, 4, 5)))
    assert chances([with_exempt]) == {(0, 0, 1): pytest.approx(2 / 3)}
    assert burden(FACES, [with_exempt]).spread[:2] == pytest.approx([5, 2])


def test_art08_more_visits_than_shown_are_counted_together() -> None:
    """A8.2: ten rounds that draw everybody; a quota above the pool draws the pool."""
    rounds = [one_round(stratum(9, 0), entry=f"e{i}") for i in range(10)]
    found = burden(Faces(["s0", "s1"], ["甲区"] * 2), rounds)
    assert found.spread == pytest.approx([1, 0, 0, 0, 0, 0, 1])
    assert found.most[0].expected == pytest.approx(10)


def test_art12_rounds_that_meet_the_same_subjects_are_proposed_to_be_joined() -> None:
    """A12.1–A12.2, A8.2: shared subjects and how many both draw, against all outcomes; those that meet most often first."""
    _spread, both = brute(7, ROUNDS)
    found = meeting(ROUNDS, chances(ROUNDS))
    assert {(pair.first, pair.second): pair.shared for pair in found.pairs} == {(0, 1): 4, (0, 2): 2, (1, 2): 2}
    for pair in found.pairs:
        assert pair.both == pytest.approx(float(both[pair.first, pair.second]))
    assert [pair.both for pair in found.pairs] == sorted((pair.both for pair in found.pairs), reverse=True)
    assert found.subjects == 4
    assert found.both == pytest.approx(float(sum(both.values())))


def test_art12_rounds_at_other_times_and_of_one_entry_do_not_meet() -> None:
    """A12.2: the same window is a day in common; an entry is not joined with itself."""
    april = (date(2026, 4, 1), date(2026, 4, 30))
    rounds = [
        one_round(stratum(1, 0, 1)),
        one_round(stratum(1, 0, 1), entry="e2", window=april),
        one_round(stratum(1, 0, 1)),
    ]
    assert meeting(rounds, chances(rounds)).pairs == []
    touching = [rounds[0], one_round(stratum(1, 0, 1), entry="e2", window=(MARCH[1], MARCH[1]))]
    assert len(meeting(touching, chances(touching)).pairs) == 1


def test_art12_the_cap_may_bind_where_an_item_comes_up_more_often() -> None:
    """A12.1: three rounds of an item, or two and one on record; two rounds never."""
    two = [one_round(items=("i1", "i2")), one_round(items=("i1",))]
    assert capped_items(two, 2, {}) == set()
    assert capped_items(two, 2, {"i1": 1}) == {"i1"}
    assert capped_items([*two, one_round()], 2, {"i2": 1}) == {"i1"}


def test_art08_the_holidays_in_a_window_are_told_with_the_days_that_are_worked_instead() -> None:
    """A8.2: the notice of the State Council for 2026; weekends are no holidays."""
    window = window_of(date(2026, 4, 25), date(2026, 5, 10), library_calendar())
    assert window.holidays == (("劳动节", 5),)
    assert window.made_up == (date(2026, 5, 9),)
    assert len(window.working) == 8
    assert date(2026, 5, 4) not in window.working
    assert not window.provisional
    assert window_of(date(2026, 5, 1), date(2026, 5, 5), library_calendar()).working == ()


def test_art08_a_year_without_a_notice_is_provisional() -> None:
    """A8.2: its weekends are off, and the page says that this is all that is known."""
    window = window_of(date(2031, 10, 1), date(2031, 10, 7), Calendar({}))
    assert (window.provisional, window.holidays, len(window.working)) == (True, (), 5)


def staff(division: str, count: int, days: frozenset[date]) -> list[Person]:
    """Inspectors of a division that are free on `days`."""
    return [Person(f"{division}-{i}", division, days) for i in range(count)]


ALL_DAYS = frozenset(days_between(date(2026, 1, 1), date(2026, 12, 31)))


def test_art08_load_by_division_and_month() -> None:
    """A8.2: visits times team size, spread over working days, shared with the partners by the days that their people can give."""
    window = (date(2026, 3, 16), date(2026, 4, 14))
    members = Members(range(100))
    shared = Round("e1", 1, "甲", ("jieneng", "anquan"), ("i1",), *window, 2, (Stratum("A", 30, ((1, members),)),))
    people = staff("jieneng", 2, ALL_DAYS) + staff("anquan", 4, ALL_DAYS)
    found = staffing([shared], people, library_calendar(), 2026)
    working = found.windows[0].working
    in_march = sum(day.month == 3 for day in working)
    load = {(one.division, one.month): one for one in found.loads}
    assert sum(one.visits for one in found.loads) == pytest.approx(60)
    assert load["jieneng", 3].visits == pytest.approx(60 / 3 * in_march / len(working))
    assert load["anquan", 3].visits == pytest.approx(2 * load["jieneng", 3].visits)
    assert load["anquan", 3].each == pytest.approx(load["jieneng", 3].each)
    assert (load["anquan", 5].visits, load["anquan", 5].people) == (0, 4)
    assert found.shortages == []


def test_art10_the_division_that_leads_every_team_carries_one_of_each() -> None:
    """A10.2, A8.2: one of six people of the two divisions leads all thirty teams of two; the partners share the other places."""
    members = Members(range(100))
    led = Round(
        "e1", 1, "甲", ("jieneng", "anquan"), ("i1",), *MARCH, 2, (Stratum("A", 30, ((1, members),)),), home=True
    )
    people = staff("jieneng", 1, ALL_DAYS) + staff("anquan", 5, ALL_DAYS)
    load = {(one.division, one.month): one.visits for one in staffing([led], people, library_calendar(), 2026).loads}
    assert load["jieneng", 3] == pytest.approx(30)
    assert load["anquan", 3] == pytest.approx(30)
    nobody = staffing([led], staff("anquan", 5, ALL_DAYS), library_calendar(), 2026)
    assert [(one.why, one.people) for one in nobody.shortages] == [("lead", 0.0)]


def test_art10_rounds_without_enough_inspectors_are_told() -> None:
    """A10.1, A8.2: nobody free, fewer than a team on average, or more visits than days."""
    rounds = [
        one_round(stratum(1, 0, 1)),
        Round("e2", 1, "乙", ("anquan",), ("i1",), *MARCH, 2, (Stratum("A", 40, ((1, Members(range(99))),)),)),
        Round("e3", 1, "丙", ("none",), ("i1",), *MARCH, 2, (stratum(1, 0, 1),)),
        one_round(stratum(1, 0, 1), entry="e4", window=(date(2026, 5, 1), date(2026, 5, 3))),
    ]
    busy = staff("jieneng", 2, frozenset(day for day in ALL_DAYS if day != date(2026, 3, 2)))
    people = [*busy, *staff("anquan", 2, ALL_DAYS)]
    found = staffing(rounds, people, library_calendar(), 2026)
    assert [(one.round, one.why) for one in found.shortages] == [(0, "team"), (1, "busy"), (2, "team"), (3, "days")]
    working = len(found.windows[1].working)
    assert found.shortages[1].a_day == pytest.approx(80 / (2 * working))
    enough = staffing([rounds[0]], staff("jieneng", 2, ALL_DAYS), library_calendar(), 2026)
    assert enough.shortages == []
    assert (rounds[0].since - timedelta(days=1)) not in enough.windows[0].working
