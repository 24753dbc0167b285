"""The census counts what the protocol names."""

from __future__ import annotations

import json
from typing import Any

import mingqian_draw as mq
from mingqian_draw.printing import report_lines
from mingqian_draw.tests.support import Files, load, opened, rules, sealed, secret, supplement_opened, supplement_sealed


def _census(files: Files) -> mq.Census:
    census = mq.verify(files).census
    assert census is not None
    return census


def test_rows_are_counted_by_status_lots_and_stratum() -> None:
    rows = [
        ("a", "A", 1, "in"),
        ("b", "A", 3, "in"),
        ("c", "A", 1, "exempt:免检"),
        ("d", "A", 1, "out:频次"),
        ("e", "B", 9, "in"),
        ("f", "B", 1, "out:注销"),
        ("g", "C", 1, "in"),
    ]
    people = [("P1", "科", "in"), ("P2", "科", "in"), ("P3", "科", "in"), ("P4", "科", "out:休假")]
    conflicts = [("a", "P1"), ("b", "P1"), ("d", "P1"), ("d", "P2"), ("g", "P2"), ("g", "P3"), ("b", "P4")]
    census = _census(sealed(subjects=rows, inspectors=people, conflicts=conflicts, rules=rules({"A": 2, "B": 1})))
    assert census.subjects_by_status == {"exempt:免检": 1, "in": 4, "out:注销": 1, "out:频次": 1}
    assert census.subjects_by_lots == {1: 5, 3: 1, 9: 1}
    assert census.subjects_by_stratum == {"A": 4, "B": 2, "C": 1}
    assert census.participants_by_stratum == {"A": 3, "B": 1, "C": 1}
    assert census.strata_with_one_row == ["C"]
    assert census.strata_with_one_participant == ["B", "C"]
    assert census.inspectors_by_status == {"in": 3, "out:休假": 1}
    # g has fewer, but no quota; d is out; P4 is out.
    assert (census.least_free_subject, census.least_free_inspectors) == ("a", 2)
    assert census.conflicts_per_inspector == {"P1": 3, "P2": 2, "P3": 1, "P4": 1}


def test_without_conflicts_everybody_is_free_for_everybody() -> None:
    census = _census(sealed())
    assert (census.least_free_subject, census.least_free_inspectors) == ("S00", 6)
    alone = _census(sealed(inspectors=[], rules=rules({"-": 1}, assignment="none", team_size=0)))
    assert alone.least_free_inspectors is None


def test_conflicts_with_inspectors_who_are_out_bar_nobody() -> None:
    people = [("P1", "科", "in"), ("P2", "科", "in"), ("P3", "科", "out:休假")]
    census = _census(sealed(inspectors=people, conflicts=[("S05", "P3")]))
    assert census.least_free_inspectors == 2


def test_seals_voids_and_supplements_are_listed_with_their_times_and_witnesses() -> None:
    census = _census(load("v4-supplements"))
    assert [sitting.ending for sitting in census.sittings] == ["opened"] * 5 + ["voided"] + ["opened"] * 3 + ["voided"]
    assert census.sittings[0].seconds_open == 1800
    assert census.sittings[5].spoke == ("综合法规科",)
    assert census.sittings[5].void_reason == "监督人离场"
    assert census.sittings[9].spoke == ()
    assert census.supplements["inspector/health"] == 1
    assert census.supplements["exchange/interest"] == 1
    assert census.voids == {"inspector/health": 2}
    assert _census(load("v6-void")).voids == {"draw/消防疏散，未能开签": 1}


def test_unavailable_inspectors_in_teams_and_conflicts_met_are_named_until_settled() -> None:
    files = opened(sealed())
    assignments = json.loads(files["result.json"])["assignments"]
    subject, team = assignments[0]["subject"], assignments[0]["team"]
    told: dict[str, Any] = {"unavailable": [team[1]], "conflicts": [(subject, team[0])]}
    files = supplement_sealed(files, 1, subject=subject, inspector=team[0], **told)
    pending = _census(files)
    elsewhere = [(entry["subject"], team[1]) for entry in assignments if team[1] in entry["team"]]
    assert pending.unavailable_in_teams == elsewhere
    assert pending.meeting_conflicts == [(subject, team[0])]
    assert pending.sittings[1].ending == "pending"
    assert pending.sittings[1].seconds_open is None
    assert pending.conflicts_found_later == 1
    after = _census(supplement_opened(files, 1))
    assert after.meeting_conflicts == []
    assert set(after.unavailable_in_teams) == set(elsewhere)


def test_there_is_no_census_without_tables() -> None:
    files = load("v1-simple")
    assert mq.verify({**files, "inspectors.tsv": b"x"}).census is None
    assert mq.verify({**files, "seal.json": b"x"}).census is None


def test_a_long_list_is_cut_and_said_to_be_longer() -> None:
    people = [(f"P{number:03d}", "科", "in") for number in range(150)]
    files = sealed(inspectors=people, conflicts=[("S01", f"P{number:03d}") for number in range(140)])
    line = next(line for line in report_lines(mq.verify(files), "en") if "Conflicts per inspector" in line)
    assert line.endswith("and 40 more")


def test_a_void_with_all_contributions_says_who_spoke() -> None:
    files = sealed(witnesses=["甲", "乙"])
    voided = files | mq.void_draw(
        files,
        secret=secret(1),
        reason="x",
        approver="y",
        voided_at="2026-03-02T02:00:00Z",
        contributions=["1234567890"],
    )
    (sitting,) = _census(voided).sittings
    assert (sitting.witnesses, sitting.spoke) == (("甲", "乙"), ("甲",))
