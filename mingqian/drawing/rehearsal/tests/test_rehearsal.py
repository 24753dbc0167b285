"""Rehearsing a plan's year with real draws (art. 8, 9, 11, 12): against the exact figures, with fixed seeds and wide bounds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import count

import pytest

from mingqian.drawing.rehearsal.services import MOST_YEARS, TICKETS, rehearse, years_for
from mingqian.planning.rehearsal.services import Faces, Members, Person, Rehearsal, Round, Script, Stratum
from mingqian.planning.year.reckoning import burden
from mingqian_draw.outcome import select
from mingqian_draw.seal import Rules
from mingqian_draw.tables import Tables

DAY = date(2026, 3, 2)
MARCH = (DAY, date(2026, 3, 31))
#: Every subject that ends on 0 to 2 stands in district 甲.
FACES = Faces([f"S{i:03d}" for i in range(60)], ["甲区" if i % 10 < 3 else "乙区" for i in range(60)])


def seeds() -> Callable[[], str]:
    """Seeds that are the same in every run of the test."""
    numbers = count()
    return lambda: sha256(f"rehearsal {next(numbers)}".encode()).hexdigest()


def one_round(*strata: Stratum, entry: str = "e1", month: int = 3, items: tuple[str, ...] = ("i1",)) -> Round:
    """A round in a month."""
    return Round(entry, 1, entry, ("jieneng",), items, date(2026, month, 2), date(2026, month, 20), 2, strata)


def whole(quota: int, **more: Members) -> Stratum:
    """A stratum of all subjects, one lot each."""
    return Stratum("A", quota, ((1, Members(range(60))),), **more)


def run(script: Script, years: int) -> Rehearsal:
    """Rehearse with fixed seeds."""
    return rehearse(script, lambda _done, _total: None, years=years, seed=seeds())


ROUNDS = [
    one_round(whole(12)),
    one_round(Stratum("A", 20, ((1, Members(range(0, 60, 2))),)), entry="e2", month=4),
    one_round(
        Stratum("A", 5, ((1, Members(range(30))),)), Stratum("B", 15, ((1, Members(range(30, 60))),)), entry="e3"
    ),
]


def test_art08_the_rehearsal_agrees_with_the_exact_figures() -> None:
    """A8.2: over 400 years the mean number of subjects by visits lies near the exact one."""
    exact = burden(FACES, ROUNDS)
    found = run(Script(FACES, ROUNDS, cap=2), 400)
    assert found.spread == pytest.approx(exact.spread, abs=0.8)
    assert all(low <= mean <= high for low, mean, high in zip(found.least, found.spread, found.most, strict=True))
    assert sum(found.spread) == pytest.approx(60)
    assert found.found[0, 0, 1] == pytest.approx(12 / 60)
    assert found.found[2, 1, 1] == pytest.approx(15 / 30)
    assert (found.kept_out, found.passed) == (0, 0)


def test_art08_strata_drawn_one_at_a_time_give_what_the_whole_table_gives() -> None:
    """A8.2: real draws: the same seed selects the same subjects as the draw of the round would."""
    rows = {n: ("A" if i < 30 else "B", 1, "in") for i, n in enumerate(FACES.numbers)}
    tables = Tables(subjects=rows, kinds=Counter(rows.values()))
    wanted = select(seeds()(), Rules({"A": 5, "B": 15}, 0, "none", 0, 1, None), tables)
    names = {ticket["subject"] for result in wanted for ticket in result["selected"]}
    found = run(Script(FACES, ROUNDS[2:], cap=2), 1)
    assert found.spread[1] == len(names) == 20
    kept = {i for i, number in enumerate(FACES.numbers) if number in names}
    only = [one_round(Stratum("A", len(kept), ((1, Members(kept)),)), entry="e9", month=5)]
    both = run(Script(FACES, [*ROUNDS[2:], *only], cap=2), 1)
    assert both.spread[2] == 20, "whoever was drawn by the table is drawn by the rehearsal"


def test_art12_more_lots_give_a_higher_chance() -> None:
    """A12.3, A8.2: a subject with three lots of few is drawn nearly three times as often; the chances are the rehearsal's."""
    few, many = Members(range(10)), Members(range(10, 60))
    one = one_round(Stratum("A", 6, ((3, few), (1, many))))
    found = run(Script(FACES, [one], cap=2), 500)
    assert not one.strata[0].even
    assert 10 * found.found[0, 0, 3] + 50 * found.found[0, 0, 1] == pytest.approx(6)
    assert 2.2 < found.found[0, 0, 3] / found.found[0, 0, 1] < 3.3
    exact = burden(FACES, [one], found.found)
    assert exact.expected == pytest.approx(6)
    assert exact.most[0].position < 10


def test_art12_the_cap_keeps_out_of_the_third_round() -> None:
    """A12.1, A8.2: nobody is drawn a third time for the item, whoever is drawn for another item may; marked subjects stay in (A12.3)."""
    rounds = [one_round(whole(30), entry=f"e{month}", month=month) for month in (3, 4, 5)]
    script = Script(FACES, rounds, cap=2, capped=frozenset({"i1"}))
    found = run(script, 100)
    assert (found.spread[3], found.kept_out > 10) == (0, True)
    assert sum(n * mean for n, mean in enumerate(found.spread)) == pytest.approx(90)
    assert run(replace(script, capped=frozenset()), 100).spread[3] > 3
    assert run(replace(script, uncapped=frozenset(range(60))), 100).spread[3] > 3
    on_record = run(replace(script, times={"i1": dict.fromkeys(range(60), 2)}), 3)
    assert (on_record.spread[0], on_record.kept_out) == (60, 180)


def test_art09_the_exempt_make_way() -> None:
    """A9.2, A8.2: with 20 exempt among 60, one is passed over for every two that are selected, about; the quota is reached."""
    stratum = Stratum("A", 20, ((1, Members(range(40))),), Members(range(40, 60)))
    found = run(Script(FACES, [one_round(stratum)], cap=2), 200)
    assert 8 < found.passed < 12
    assert found.spread[1] == 20


def test_art11_inspectors_are_dealt_evenly_and_never_to_whom_they_must_not_meet() -> None:
    """A9.1, A11.2, A8.2: loads sum up to visits times two; whoever may meet nobody gets nothing; too few free means no team."""
    people = [Person(f"P{i}", "jieneng", frozenset({DAY})) for i in range(4)]
    script = Script(FACES, [one_round(whole(20))], cap=2, people=people, days=[DAY])
    found = run(script, 50)
    assert found.dealt_years == 50
    assert {one.number: (one.mean, one.least, one.most) for one in found.dealt} == {
        f"P{i}": (10, 10, 10) for i in range(4)
    }
    apart = run(replace(script, conflicts={number: {"P0"} for number in FACES.numbers}), 5)
    assert [one.mean for one in apart.dealt] == pytest.approx([0, 40 / 3, 40 / 3, 40 / 3], abs=0.7)
    nobody = run(replace(script, people=people[:1]), 5)
    assert nobody.stuck == {0: 1.0}


def test_art10_the_division_that_leads_has_somebody_in_every_team() -> None:
    """A10.2, A8.2: the dealing of the protocol with its lead division, as the exact load has it."""
    people = [Person(f"P{i}", "jieneng" if i == 0 else "anquan", frozenset({DAY})) for i in range(5)]
    one = replace(one_round(whole(20)), divisions=("jieneng", "anquan"), home=True)
    found = run(Script(FACES, [one], cap=2, people=people, days=[DAY]), 20)
    assert [row.mean for row in found.dealt] == pytest.approx([20, 5, 5, 5, 5])
    free = run(Script(FACES, [replace(one, home=False)], cap=2, people=people, days=[DAY]), 20)
    assert [row.mean for row in free.dealt] == pytest.approx([8] * 5)


def test_years_follow_from_the_size() -> None:
    """A8.2: a budget of tickets; one year at least, two hundred at most."""
    assert years_for([one_round(whole(1))]) == MOST_YEARS
    heavy = one_round(Stratum("A", 1, ((1, Members(range(TICKETS // 40))),)))
    assert years_for([heavy] * 4) == 10
    assert years_for([heavy] * 100) == 1


def test_art08_a_sample_stands_for_all_where_a_year_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A8.2: half of the subjects, quotas in proportion; on average the exact figures, over 400 samples."""
    monkeypatch.setattr("mingqian.drawing.rehearsal.services.MOST_TICKETS", 100)
    monkeypatch.setattr("mingqian.drawing.rehearsal.services.TICKETS", 75)
    exact, fixed = burden(FACES, ROUNDS), seeds()
    assert sum(one.tickets for one in ROUNDS) == 150
    runs = [rehearse(Script(FACES, ROUNDS, cap=2), lambda _done, _total: None, years=1, seed=fixed) for _ in range(400)]
    means = [sum(run.spread[k] for run in runs) / len(runs) for k in range(4)]
    assert means == pytest.approx(exact.spread[:4], abs=1.2)
    assert 0.4 < sum(run.share for run in runs) / len(runs) < 0.6
    assert all(sum(run.spread) == pytest.approx(60) for run in runs)


def test_chance_gives_the_seeds_where_none_are_given() -> None:
    """A8.2: two rehearsals differ, and no seed of a rehearsal is kept."""
    script = Script(FACES, [one_round(whole(12), entry=f"e{i}") for i in range(5)], cap=2)
    results = [rehearse(script, lambda _done, _total: None, years=3).spread for _ in range(4)]
    assert any(result != results[0] for result in results)
