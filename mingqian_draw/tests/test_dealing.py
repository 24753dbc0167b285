"""The heap deals what the protocol's deck with its skipped cards deals."""

from __future__ import annotations

import hashlib

from hypothesis import assume, given, strategies as st

from mingqian_draw.dealing import Deck, assign, standing_teams
from mingqian_draw.forms import Quota, Rules
from mingqian_draw.selection import Ticket


def _round(seed: str, kind: str, turn: int, holders: list[str]) -> list[str]:
    return sorted(holders, key=lambda name: hashlib.sha256(f"{seed}/{kind}/{turn}/{name}".encode()).hexdigest())


def _literal(seed: str, kind: str, holders: list[str], size: int, barred: list[set[str]]) -> list[list[str]]:
    """Steps 8 and 9 word by word: a list of cards, scanned from the front, rounds appended when none fits."""
    deck: list[str] = []
    turn, teams = 0, []
    for names in barred:
        team: list[str] = []
        while len(team) < size:
            at = next((at for at, name in enumerate(deck) if name not in team and name not in names), None)
            if at is None:
                turn += 1
                deck += _round(seed, kind, turn, holders)
            else:
                team.append(deck.pop(at))
        teams.append(team)
    return teams


def _rules(size: int, assignment: str = "per-subject", teams: int = 0) -> Rules:
    return Rules((Quota("-", 1),), size, assignment, teams, 1)


def _tickets(count: int) -> list[Ticket]:
    return [Ticket("", f"S{number}", 1, "in") for number in range(count)]


@st.composite
def deals(draw: st.DrawFn) -> tuple[str, list[str], int, list[set[str]]]:
    """Seed, holders, team size and who is barred from each team, such that each team can be filled."""
    holders = [f"P{number}" for number in range(draw(st.integers(1, 9)))]
    size = draw(st.integers(1, len(holders)))
    few = st.sets(st.sampled_from(holders), max_size=len(holders) - size)
    return draw(st.sampled_from("abcdef")) * 64, holders, size, draw(st.lists(few, max_size=25))


@given(deals())
def test_teams_are_dealt_as_from_the_literal_deck(deal: tuple[str, list[str], int, list[set[str]]]) -> None:
    seed, holders, size, barred = deal
    deck = Deck(seed, "inspector", holders)
    assert [deck.deal(size, names) for names in barred] == _literal(seed, "inspector", holders, size, barred)


@given(deals())
def test_no_conflict_is_dealt_and_nobody_is_twice_in_a_team(
    deal: tuple[str, list[str], int, list[set[str]]],
) -> None:
    seed, holders, size, barred = deal
    pairs = {f"S{number}": names for number, names in enumerate(barred)}
    for ticket, team in zip(
        _tickets(len(barred)), assign(seed, _rules(size), holders, pairs, _tickets(len(barred))), strict=True
    ):
        assert len(set(team)) == size
        assert not pairs[ticket.subject].intersection(team)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 60), st.sampled_from("0123456789"))
def test_without_conflicts_loads_differ_by_at_most_one(people: int, size: int, subjects: int, mark: str) -> None:
    assume(size <= people)
    holders = [f"P{number}" for number in range(people)]
    teams = assign(mark * 64, _rules(size), holders, {}, _tickets(subjects))
    loads = [sum(name in team for team in teams) for name in holders]
    assert max(loads) - min(loads) <= 1
    assert sum(loads) == subjects * size


@given(st.integers(1, 4), st.integers(1, 3), st.data())
def test_standing_teams_are_dealt_as_from_the_literal_deck(count: int, size: int, data: st.DataObject) -> None:
    people = [f"P{number}" for number in range(count * size + data.draw(st.integers(0, 3)))]
    few = st.sets(st.sampled_from(people), max_size=count - 1)
    barred = data.draw(st.lists(few, max_size=15))
    seed = data.draw(st.sampled_from("0123456789")) * 64
    rules = _rules(size, "teams", count)
    order = _round(seed, "inspector", 1, people)
    teams = [order[at * size : (at + 1) * size] for at in range(count)]
    assert standing_teams(seed, rules, people) == teams
    pairs = {f"S{number}": names for number, names in enumerate(barred)}
    shut = [{str(at) for at, team in enumerate(teams, 1) if names.intersection(team)} for names in barred]
    numbers = _literal(seed, "team", [str(at) for at in range(1, count + 1)], 1, shut)
    expected = [teams[int(number[0]) - 1] for number in numbers]
    assert assign(seed, rules, people, pairs, _tickets(len(barred))) == expected


def test_subjects_only_have_empty_teams() -> None:
    assert assign("0" * 64, _rules(0, "none"), ["P1"], {}, _tickets(3)) == [[], [], []]


def test_a_deck_that_would_grow_by_a_round_for_every_subject_is_dealt_at_once() -> None:
    """All but two of 1,500 inspectors are barred everywhere: the literal deck would hold 7,500,000 cards at the end."""
    holders = [f"P{number}" for number in range(1500)]
    barred = set(holders[2:])
    tickets = _tickets(5000)
    free = [name for name in holders if name not in barred]
    deck = Deck("a" * 64, "inspector", free)
    expected = [deck.deal(2, ()) for _ in tickets]
    pairs = {ticket.subject: barred for ticket in tickets[:40]}
    dealt = assign("a" * 64, _rules(2), holders, pairs, tickets[:40])
    assert [set(team) for team in dealt] == [set(team) for team in expected[:40]]
    assert len(assign("a" * 64, _rules(2), free, {}, tickets)) == 5000
