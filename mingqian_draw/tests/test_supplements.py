"""Supplements of all kinds, made step by step; candidates counted by hand."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.support import (
    DIGITS,
    Files,
    edited,
    load,
    opened,
    rules,
    sealed,
    secret,
    supplement_opened,
    supplement_sealed,
)


def _result(files: Files, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files[f"supplement-{number}/result.json"])
    return found


def _drawn(**changes: Any) -> tuple[Files, dict[str, list[str]]]:
    files = opened(sealed(**changes))
    return files, mq.assignments_now(files)


def _refused(files: Files, number: int, **changes: Any) -> mq.DrawError:
    with pytest.raises(mq.DrawError) as caught:
        supplement_sealed(files, number, **changes)
    return caught.value


def _replace(files: Files, number: int, **changes: Any) -> Files:
    files = supplement_opened(supplement_sealed(files, number, **changes), number)
    assert mq.verify(files).ok
    return files


def test_an_inspector_is_replaced_by_lot_in_his_place() -> None:
    files, teams = _drawn()
    subject = next(iter(teams))
    first, second = teams[subject]
    files = _replace(files, 1, subject=subject, inspector=first)
    result = _result(files, 1)
    # Six inspectors, two of them in the team.
    others = {f"P{number}" for number in range(6)} - {first, second}
    tickets = {hashlib.sha256(f"{result['seed']}/inspector/1/{name}".encode()).hexdigest(): name for name in others}
    assert result["candidates"] == 4
    assert (result["ticket"], result["inspector"]) == min(tickets.items())
    assert mq.assignments_now(files)[subject] == [result["inspector"], second]


def test_whom_a_supplement_replaced_does_not_come_back_there() -> None:
    files, teams = _drawn()
    subject = next(iter(teams))
    for number, expected in ((1, 4), (2, 3), (3, 2)):
        files = _replace(files, number, subject=subject, inspector=mq.assignments_now(files)[subject][0])
        assert _result(files, number)["candidates"] == expected
    error = _refused(files, 4, subject=subject, inspector=mq.assignments_now(files)[subject][0])
    assert (error.code, error.params["found"]) == ("candidates", 1)


def test_unavailable_inspectors_and_conflicts_hold_from_then_on_also_after_a_void() -> None:
    files, teams = _drawn()
    subject, team = next(iter(teams.items()))
    others = sorted({f"P{number}" for number in range(6)} - set(team))
    told: dict[str, Any] = {"unavailable": others[:1], "conflicts": [(subject, others[1])]}
    files = supplement_sealed(files, 1, subject=subject, inspector=team[0], **told)
    files |= mq.void_supplement(
        files,
        secret=secret(101),
        reason="监督人离场",
        approver="主要领导",
        voided_at="2026-03-03T02:00:00Z",
        contributions=[],
    )
    assert mq.verify(files).ok
    assert mq.assignments_now(files) == teams
    files = _replace(files, 2, subject=subject, inspector=team[0])
    assert _result(files, 2)["candidates"] == 2
    assert _result(files, 2)["inspector"] in others[2:]


def test_an_exchange_needs_a_conflict_and_changes_two_places() -> None:
    files, teams = _drawn()
    subject, team = next(iter(teams.items()))
    assert _refused(files, 1, kind="exchange", subject=subject, inspector=team[1]).code == "no-conflict"
    files = _replace(files, 1, kind="exchange", subject=subject, inspector=team[1], conflicts=[(subject, team[1])])
    result, after = _result(files, 1), mq.assignments_now(files)
    possible = [
        (other, member)
        for other, members in teams.items()
        for member in members
        if other != subject and team[1] not in members and member not in team
    ]
    tickets = {
        hashlib.sha256(f"{result['seed']}/exchange/{other}/{member}".encode()).hexdigest(): (other, member)
        for other, member in possible
    }
    assert result["candidates"] == len(possible)
    assert (result["ticket"], (result["subject"], result["inspector"])) == min(tickets.items())
    assert after[subject] == [team[0], result["inspector"]]
    place = teams[result["subject"]].index(result["inspector"])
    assert after[result["subject"]][place] == team[1]


def test_a_subject_is_replaced_within_its_stratum_and_passes_on_its_team() -> None:
    rows = [(f"S{number:02d}", "AB"[number % 2], 2, "in" if number < 10 else "exempt:x") for number in range(12)]
    files, teams = _drawn(subjects=rows, rules=rules({"A": 2, "B": 2}))
    strata = {row[0]: row[1] for row in rows}
    subject = next(name for name in teams if strata[name] == "B")
    files = _replace(files, 1, kind="subject", subject=subject, reason="exempt")
    result = _result(files, 1)
    able = [row[0] for row in rows if row[1] == "B" and row[3] == "in" and row[0] not in teams]
    tickets = {
        min(hashlib.sha256(f"{result['seed']}/subject/{name}/{lot}".encode()).hexdigest() for lot in (1, 2)): name
        for name in able
    }
    assert result["candidates"] == len(able) == 3
    assert (result["ticket"], result["subject"], result["inspector"]) == (*min(tickets.items()), "")
    after = mq.assignments_now(files)
    assert after[result["subject"]] == teams[subject]
    assert subject not in after
    # Neither the one that went nor the one that came is a candidate again.
    files = _replace(files, 2, kind="subject", subject=result["subject"], reason="joint")
    assert _result(files, 2)["candidates"] == 2
    assert _result(files, 2)["subject"] not in {subject, result["subject"]}
    assert _refused(files, 3, kind="subject", subject=_result(files, 2)["subject"]).code == "candidates"


def test_a_conflict_that_a_new_subject_makes_shows_in_the_census_until_it_is_settled() -> None:
    conflicts = [(f"S{number:02d}", f"P{other}") for number in range(12) for other in range(3) if number % 3 == other]
    files, teams = _drawn(conflicts=conflicts)
    meeting: list[tuple[str, str]] = []
    for number, subject in enumerate(list(teams)[:4], 1):
        files = _replace(files, number, kind="subject", subject=subject)
        report = mq.verify(files)
        assert report.census is not None
        meeting = [
            (name, member) for name, team in report.teams.items() for member in team if (name, member) in conflicts
        ]
        assert report.census.meeting_conflicts == meeting
    assert meeting


def test_subjects_alone_can_be_replaced_too() -> None:
    alone = rules({"-": 4}, assignment="none", team_size=0)
    files, teams = _drawn(rules=alone, inspectors=[])
    assert set(map(tuple, teams.values())) == {()}
    subject = next(iter(teams))
    assert _refused(files, 1, subject=subject, inspector="P1").code == "not-in-team"
    files = _replace(files, 1, kind="subject", subject=subject)
    assert len(mq.assignments_now(files)) == 4


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "S99"}, "not-selected"),
        ({"inspector": "P99"}, "not-in-team"),
        ({"kind": "other"}, "supplement-kind"),
        ({"kind": "subject"}, "supplement-inspector"),
        ({"reason": "two words"}, "supplement-reason"),
        ({"conflicts": [("S01", "P99")]}, "supplement-id"),
        ({"conflicts": [("S01",)]}, "supplement-conflicts"),
        ({"unavailable": ["P99"]}, "supplement-id"),
        ({"witnesses": []}, "witnesses"),
        ({"sealed_at": "2026-03-02T01:29:59Z"}, "supplement-time"),
        ({"secret": secret(1)}, "secret-twice"),
        ({"secret": "?"}, "secret-form"),
        (
            {"beacon": {"source": "x", "round": "1", "digits": 1, "due": "2026-03-03T00:59:59Z"}},
            "beacon-past",
        ),
    ],
)
def test_what_may_not_be_sealed_is_refused(changes: dict[str, Any], code: str) -> None:
    files, teams = _drawn()
    subject, team = next(iter(teams.items()))
    assert _refused(files, 1, **{"subject": subject, "inspector": team[0], **changes}).code == code


def test_a_supplement_has_at_least_as_many_witnesses_as_the_draw() -> None:
    files, teams = _drawn(witnesses=["甲", "乙"])
    subject, team = next(iter(teams.items()))
    assert _refused(files, 1, subject=subject, inspector=team[0]).code == "supplement-witnesses"


def test_one_supplement_at_a_time_and_none_of_a_voided_or_pending_draw() -> None:
    files, teams = _drawn()
    subject, team = next(iter(teams.items()))
    waiting = supplement_sealed(files, 1, subject=subject, inspector=team[0])
    assert _refused(waiting, 2, subject=subject, inspector=team[0]).code == "pending"
    assert _refused(sealed(), 1, subject=subject, inspector=team[0]).code == "pending"
    assert _refused(load("v6-void"), 1, subject=subject, inspector=team[0]).code == "files-of-a-void"


def test_draw_and_supplement_are_not_mixed_up() -> None:
    files = sealed()
    opening: dict[str, Any] = {
        "secret": secret(1),
        "contributions": [DIGITS],
        "beacon": None,
        "closed_at": "2026-03-02T02:00:00Z",
        "opened_at": "2026-03-02T02:00:00Z",
    }
    with pytest.raises(mq.DrawError) as caught:
        mq.open_supplement(files, **opening)
    assert caught.value.code == "draw-is-pending"
    files, teams = _drawn()
    subject, team = next(iter(teams.items()))
    waiting = supplement_sealed(files, 1, subject=subject, inspector=team[0])
    with pytest.raises(mq.DrawError) as caught:
        mq.open_draw(waiting, **opening)
    assert caught.value.code == "already-ended"
    with pytest.raises(mq.DrawError) as caught:
        mq.void_supplement(
            files, secret=secret(9), reason="x", approver="x", voided_at="2026-03-04T01:00:00Z", contributions=[]
        )
    assert caught.value.code == "already-ended"


def test_assignments_of_a_draw_that_has_none_are_an_error() -> None:
    for files in (sealed(), load("v6-void"), {}):
        with pytest.raises(mq.DrawError):
            mq.assignments_now(files)


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"strata":1,"assignments":[]}', b'{"subject":1,"inspector":""}'])
def test_assignments_out_of_broken_results_are_an_error(data: bytes) -> None:
    files = load("v4-supplements")
    for name in ("result.json", "supplement-2/result.json"):
        with pytest.raises(mq.DrawError):
            mq.assignments_now({**files, name: data})


def test_a_result_that_does_not_fit_its_supplement_is_an_error() -> None:
    files = load("v4-supplements")
    for name in ("supplement-1/seal.json", "supplement-4/seal.json"):
        with pytest.raises(mq.DrawError) as caught:
            mq.assignments_now(edited(files, name, lambda value: value.update(subject="X")))
        assert caught.value.code == "supplement-target"
    twice = edited(files, "result.json", lambda value: value["assignments"].pop())
    with pytest.raises(mq.DrawError) as caught:
        mq.assignments_now(twice)
    assert caught.value.code == "result-form"
