"""Extension E1: the lead division in every team, dealt, sealed and kept by supplements."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

import mingqian_draw as mq
from mingqian_draw.dealing import HomeDeck, assign, standing_teams
from mingqian_draw.forms import Quota, Rules
from mingqian_draw.selection import Ticket
from mingqian_draw.tests.support import (
    DEFAULTS,
    Files,
    edited,
    load,
    opened,
    rules,
    sealed,
    supplement_opened,
    supplement_sealed,
)

PEOPLE = [(f"P{number}", "甲科" if number < 3 else "乙科", "in") for number in range(8)]
HOME = {"P0", "P1", "P2"}


def _round(seed: str, turn: int, holders: list[str]) -> list[str]:
    return sorted(holders, key=lambda name: hashlib.sha256(f"{seed}/inspector/{turn}/{name}".encode()).hexdigest())


def _literal(seed: str, holders: list[str], home: set[str], size: int, barred: list[set[str]]) -> list[list[str]]:
    """E1 over step 8 word by word: one list of cards, scanned from the front, whole rounds appended when none fits."""
    deck: list[str] = []
    turn, teams = 0, []
    for names in barred:
        team: list[str] = []
        while len(team) < size:
            able = [name for name in holders if name not in names and name not in team and (team or name in home)]
            at = next((at for at, name in enumerate(deck) if name in able), None)
            if at is None:
                turn += 1
                deck += _round(seed, turn, holders)
            else:
                team.append(deck.pop(at))
        teams.append(team)
    return teams


@st.composite
def deals(draw: st.DrawFn) -> tuple[str, list[str], set[str], int, list[set[str]]]:
    """Seed, holders, the lead division, team size, and who is barred from each team so that each can be dealt."""
    holders = [f"P{number}" for number in range(draw(st.integers(1, 9)))]
    home = draw(st.sets(st.sampled_from(holders), min_size=1))
    size = draw(st.integers(1, len(holders)))
    few = st.sets(st.sampled_from(holders), max_size=len(holders) - size).filter(lambda names: not home <= names)
    return draw(st.sampled_from("abcdef")) * 64, holders, home, size, draw(st.lists(few, max_size=25))


def _rules(size: int, assignment: str = "per-subject", teams: int = 0) -> Rules:
    return Rules((Quota("-", 1),), size, assignment, teams, 1, "甲科")


@given(deals())
def test_teams_are_dealt_as_from_the_literal_deck(deal: tuple[str, list[str], set[str], int, list[set[str]]]) -> None:
    seed, holders, home, size, barred = deal
    pairs = {f"S{number}": names for number, names in enumerate(barred)}
    tickets = [Ticket("", subject, 1, "in") for subject in pairs]
    expected = _literal(seed, holders, home, size, barred)
    assert assign(seed, _rules(size), holders, pairs, tickets, sorted(home)) == expected
    assert all(team[0] in home for team in expected)


@given(st.integers(1, 4), st.integers(1, 3), st.data())
def test_standing_teams_take_their_leaders_first(count: int, size: int, data: st.DataObject) -> None:
    people = [f"P{number}" for number in range(count * size + data.draw(st.integers(0, 3)))]
    home = data.draw(st.sets(st.sampled_from(people), min_size=count))
    seed = data.draw(st.sampled_from("0123456789")) * 64
    cards = _round(seed, 1, people)
    teams: list[list[str]] = [[] for _ in range(count)]
    for team in teams:
        card = next(card for card in cards if card in home)
        cards.remove(card)
        team.append(card)
    for team in teams:
        for _ in range(size - 1):
            team.append(cards.pop(0))
    assert standing_teams(seed, _rules(size, "teams", count), people, home) == teams


def test_one_inspector_who_leads_everywhere_is_dealt_without_a_long_deck() -> None:
    """The literal deck would hold 20,000 × 2,000 cards at the end."""
    holders = [f"P{number}" for number in range(2000)]
    deck = HomeDeck("a" * 64, holders, ["P7"])
    teams = [deck.deal(2, ()) for _ in range(20_000)]
    assert {team[0] for team in teams} == {"P7"}
    loads = [sum(team[1] == name for team in teams) for name in holders[:50] if name != "P7"]
    assert max(loads) - min(loads) <= 1


def _refusal(**changes: Any) -> mq.DrawError:
    with pytest.raises(mq.DrawError) as caught:
        sealed(**{"inspectors": PEOPLE, **changes})
    return caught.value


def test_without_the_key_nothing_is_different() -> None:
    files = sealed(inspectors=PEOPLE)
    assert "home" not in json.loads(files["seal.json"])["rules"]
    assert mq.verify(files).verdict == "pending"


@pytest.mark.parametrize("home", [None, "", "a b", 1, ["甲科"]])
def test_the_lead_division_is_a_word(home: object) -> None:
    assert _refusal(rules=rules({"-": 4}, home=home)).code == "home"


def test_where_no_inspectors_are_drawn_there_is_no_lead_division() -> None:
    error = _refusal(rules=rules({"-": 4}, assignment="none", team_size=0, home="甲科"))
    assert error.code == "home"


def test_every_subject_needs_somebody_of_the_lead_division_whom_it_may_meet() -> None:
    mine = rules({"-": 4}, home="甲科")
    assert _refusal(rules=rules({"-": 4}, home="丙科")).code == "subject-home"
    barred = [("S03", name) for name in sorted(HOME)]
    error = _refusal(rules=mine, conflicts=barred)
    assert (error.code, error.params["subject"]) == ("subject-home", "S03")
    # One is enough, one who is out is none, and a subject that takes no part needs nobody.
    assert sealed(inspectors=PEOPLE, rules=mine, conflicts=barred[:2])
    out = [(name, unit, "out:休假" if name == "P2" else status) for name, unit, status in PEOPLE]
    assert _refusal(rules=mine, conflicts=barred[:2], inspectors=out).code == "subject-home"
    apart = [(name, *rest[:2], "out:注销" if name == "S03" else "in") for name, *rest in DEFAULTS["subjects"]]
    assert sealed(inspectors=PEOPLE, rules=mine, conflicts=barred, subjects=apart)


def test_standing_teams_need_one_of_the_lead_division_each() -> None:
    mine: dict[str, Any] = {"assignment": "teams", "home": "甲科"}
    error = _refusal(rules=rules({"-": 4}, **mine, teams=4))
    assert (error.code, error.params["expected"], error.params["found"]) == ("home-inspectors", 4, 3)
    files = opened(sealed(inspectors=PEOPLE, rules=rules({"-": 4}, **mine, teams=3)))
    assert mq.verify(files).ok
    assert {team[0] for team in mq.assignments_now(files).values()} <= HOME


def _drawn(size: int = 2, people: list[tuple[str, str, str]] = PEOPLE) -> tuple[Files, dict[str, list[str]]]:
    files = opened(sealed(inspectors=people, rules=rules({"-": 4}, team_size=size, home="甲科")))
    return files, mq.assignments_now(files)


def test_the_census_says_how_much_choice_there_was_for_the_lead() -> None:
    files = sealed(inspectors=PEOPLE, rules=rules({"-": 4}, home="甲科"), conflicts=[("S05", "P0"), ("S05", "P5")])
    report = mq.verify(files)
    assert report.census is not None
    assert (report.census.home, report.census.home_inspectors) == ("甲科", 3)
    assert (report.census.least_home_subject, report.census.least_home_inspectors) == ("S05", 2)
    assert "牵头科室：甲科，可派 3 人；可派人员最少的检查对象 S05：2 人" in "\n".join(mq.report_lines(report, "zh"))


def test_the_only_member_of_the_lead_division_is_replaced_by_another_of_it() -> None:
    files, teams = _drawn()
    subject = next(name for name, team in teams.items() if len(HOME & set(team)) == 1)
    files = supplement_opened(supplement_sealed(files, 1, subject=subject, inspector=teams[subject][0]), 1)
    result = json.loads(files["supplement-1/result.json"])
    assert (result["candidates"], result["inspector"] in HOME) == (2, True)
    # The other member may be anybody: six are neither in the team nor replaced there.
    member = teams[subject][1]
    files = supplement_opened(supplement_sealed(files, 2, subject=subject, inspector=member), 2)
    assert json.loads(files["supplement-2/result.json"])["candidates"] == 5
    assert mq.verify(files).ok


def test_where_two_are_of_the_lead_division_either_may_be_replaced_by_anybody() -> None:
    people = [(name, "甲科" if name < "P7" else "乙科", "in") for name, _, _ in PEOPLE]
    files, teams = _drawn(people=people)
    subject = next(name for name, team in teams.items() if "P7" not in team)
    files = supplement_sealed(files, 1, subject=subject, inspector=teams[subject][0])
    census = mq.verify(files).census
    assert census is not None
    assert census.sittings[1].candidates == 6


def test_an_exchange_leaves_every_team_its_last_member_of_the_lead_division() -> None:
    files, teams = _drawn()
    subject = next(name for name, team in teams.items() if len(HOME & set(team)) == 1)
    leader, member = teams[subject]
    for gone, known in ((leader, [(subject, leader)]), (member, [(subject, member)])):
        waiting = supplement_sealed(files, 1, kind="exchange", subject=subject, inspector=gone, conflicts=known)
        pairs = []
        for other, team in teams.items():
            for name in team:
                if other == subject or gone in team or name in teams[subject]:
                    continue
                here = [name if person == gone else person for person in teams[subject]]
                there = [gone if person == name else person for person in team]
                if HOME & set(here) and HOME & set(there):
                    pairs.append((other, name))
        census = mq.verify(waiting).census
        assert census is not None
        assert census.sittings[1].candidates == len(pairs)


def test_a_leader_of_another_division_is_refused() -> None:
    files = edited(load("v9-home"), "result.json", lambda value: value["assignments"][0]["team"].reverse())
    assert mq.verify(files).problems[0].code == "result-differs"
