"""The fast selection gives what sorting every ticket gives."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from mingqian_draw import selection, tables
from mingqian_draw.errors import Problems
from mingqian_draw.selection import Ticket, batch_of, draw_tickets, lot_tickets, lowest, select
from mingqian_draw.tables import SUBJECTS, Subjects, check

Row = tuple[str, str, int, str]
SEED = "5" * 64


def pool(rows: Iterable[Row]) -> Subjects:
    """A checked table over rows in any order."""
    data = "".join("\t".join(map(str, row)) + "\n" for row in sorted(rows)).encode()
    found, problems = Subjects(SUBJECTS, data), Problems()
    check(found, problems)
    assert not problems
    return found


def _tickets(seed: str, row: Row) -> list[tuple[str, int]]:
    return [
        (hashlib.sha256(f"{seed}/subject/{row[0]}/{lot}".encode()).hexdigest(), lot) for lot in range(1, row[2] + 1)
    ]


def _naive(seed: str, rows: list[Row], stratum: str, quota: int) -> tuple[list[Ticket], list[Ticket]]:
    """Steps 5 and 6 word by word."""
    order = sorted(
        (*min(_tickets(seed, row)), row) for row in rows if row[1] == stratum and not row[3].startswith("out")
    )
    selected: list[Ticket] = []
    passed: list[Ticket] = []
    for ticket, lot, row in order:
        if len(selected) == quota:
            break
        (selected if row[3] == "in" else passed).append(Ticket(ticket, row[0], lot, row[3]))
    return selected, passed


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Row], dict[str, int]]:
    """Rows in three strata, and quotas that they can fill."""
    ids = draw(st.lists(st.text("ab01甲乙·", min_size=1, max_size=4), min_size=1, max_size=40, unique=True))
    status = st.sampled_from(["in", "in", "in", "exempt:a", "out:b"])
    rows = [(name, draw(st.sampled_from("AB-")), draw(st.integers(1, 9)), draw(status)) for name in ids]
    eligible = Counter(row[1] for row in rows if row[3] == "in")
    return rows, {name: draw(st.integers(1, count)) for name, count in sorted(eligible.items())}


@given(pools(), st.sampled_from([1 << 20, 20]), st.booleans())
def test_selection_is_that_of_the_definition(
    given_pool: tuple[list[Row], dict[str, int]], chunk: int, low: bool
) -> None:
    rows, quotas = given_pool
    with pytest.MonkeyPatch.context() as patch:
        # Small chunks, and bounds so low that nothing is below them: the answer must not depend on either.
        patch.setattr(tables, "_CHUNK", chunk)
        if low:
            patch.setattr(selection, "_bound", lambda wanted, eligible: b"\0" * 32)
        results = select(pool(rows), SEED, quotas)
    for result in results:
        assert (result.selected, result.passed) == _naive(SEED, rows, result.stratum, result.quota)
        assert result.cutoff == result.selected[-1].ticket
        assert result.participants == sum(row[1] == result.stratum and row[3][:3] != "out" for row in rows)


def test_a_large_stratum_is_cut_by_the_bound_and_still_right() -> None:
    rows: list[Row] = [
        (f"S{number:05d}", "-", 1 + number % 2, "exempt:x" if number % 7 == 0 else "in") for number in range(6000)
    ]
    (result,) = select(pool(rows), SEED, {"-": 100})
    assert (result.selected, result.passed) == _naive(SEED, rows, "-", 100)


@given(pools(), st.data())
def test_removing_an_unselected_subject_changes_nobody_elses_ticket(
    given_pool: tuple[list[Row], dict[str, int]], data: st.DataObject
) -> None:
    rows, quotas = given_pool
    before = select(pool(rows), SEED, quotas)
    drawn = {ticket.subject for result in before for ticket in (*result.selected, *result.passed)}
    others = [row for row in rows if row[0] not in drawn]
    if not others:
        return
    gone = data.draw(st.sampled_from(others))
    after = select(pool(row for row in rows if row is not gone), SEED, quotas)
    assert [(result.selected, result.passed) for result in before] == [
        (result.selected, result.passed) for result in after
    ]


@given(pools(), st.integers(0, 40))
def test_the_smallest_of_the_parts_smallest_are_those_of_the_whole(
    given_pool: tuple[list[Row], dict[str, int]], cut: int
) -> None:
    rows, quotas = given_pool
    whole = lowest(pool(rows), SEED, quotas)
    for stratum, quota in quotas.items():
        merged = []
        for part in (rows[:cut], rows[cut:]):
            subjects = pool(part)
            wanted = min(quota, subjects.eligible(stratum))
            if wanted:
                merged += lowest(subjects, SEED, {stratum: wanted})[stratum]
            else:
                merged += [
                    (digest, key, lot, status)
                    for name, lots, status, ids in selection.groups(subjects, {stratum.encode()})
                    for (digest, lot), key in zip(draw_tickets(SEED, ids, lots), ids, strict=True)
                    if name == stratum.encode()
                ]
        eligible = [candidate for candidate in sorted(merged) if candidate[3] == b"in"][:quota]
        assert eligible == [candidate for candidate in whole[stratum] if candidate[3] == b"in"]


@given(st.text("abc", min_size=1, max_size=5), st.integers(1, 9))
def test_a_subjects_ticket_is_the_smallest_of_its_lots(name: str, lots: int) -> None:
    all_lots = lot_tickets(SEED, name, lots)
    ((digest, lot),) = draw_tickets(SEED, [name.encode()], lots)
    assert digest.hex() == min(all_lots) == all_lots[lot - 1]
    assert all_lots == [ticket for ticket, _ in _tickets(SEED, (name, "-", lots, "in"))]


@given(st.integers(1, 60), st.integers(1, 70))
def test_batches_are_runs_of_nearly_equal_length(total: int, batches: int) -> None:
    found = [batch_of(position, total, batches) for position in range(total)]
    sizes = [found.count(batch) for batch in range(1, batches + 1)]
    assert found == sorted(found)
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == total


def test_a_billion_batches_cost_nothing() -> None:
    assert [batch_of(position, 3, 1_000_000_000) for position in range(3)] == [1, 2, 3]
