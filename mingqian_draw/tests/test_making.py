"""Sealing, opening and voiding by the Python interface; what may not be sealed is named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import mingqian_draw as mq
from mingqian_draw.canonical import dumps
from mingqian_draw.tests.support import DEFAULTS, DIGITS, Files, load, opened, rules, sealed, secret


def _refused(**changes: Any) -> mq.DrawError:
    with pytest.raises(mq.DrawError) as caught:
        sealed(**changes)
    return caught.value


def test_a_draw_from_seal_to_result_is_verified() -> None:
    files = opened(sealed())
    assert set(files) == {"subjects.tsv", "inspectors.tsv", "conflicts.tsv", "seal.json", "reveal.json", "result.json"}
    report = mq.verify(files)
    assert report.ok
    assert report.summary.state == "opened"
    assert report.summary.selected == len(report.teams) == 4


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_input_rows_changes_nothing(order: random.Random) -> None:
    subjects = [(f"对象{number}", "AB"[number % 2], 1 + number % 3, "in") for number in range(14)]
    inspectors = [(f"P{number}", "科", "in") for number in range(7)]
    conflicts = [(f"对象{number}", f"P{number % 7}") for number in range(10)]
    changes: dict[str, Any] = {"rules": rules({"A": 3, "B": 2})}
    before = opened(sealed(subjects=subjects, inspectors=inspectors, conflicts=conflicts, **changes))
    for rows in (subjects, inspectors, conflicts):
        order.shuffle(rows)
    assert opened(sealed(subjects=subjects, inspectors=inspectors, conflicts=conflicts, **changes)) == before


@settings(max_examples=25)
@given(st.data())
def test_no_conflict_is_ever_dealt(data: st.DataObject) -> None:
    people, size = 6, data.draw(st.integers(1, 3))
    conflicts = [
        (f"S{number:02d}", f"P{other}")
        for number in range(12)
        for other in data.draw(st.sets(st.integers(0, people - 1), max_size=people - size))
    ]
    files = opened(sealed(conflicts=conflicts, rules=rules({"-": 5}, team_size=size)))
    report = mq.verify(files)
    assert report.ok
    assert report.census is not None
    assert report.census.meeting_conflicts == []
    assert all(len(set(team)) == size for team in report.teams.values())


def test_a_new_secret_is_32_bytes_in_hex_and_never_the_same() -> None:
    secrets = {mq.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(bytes.fromhex(text)) == 32 and text == text.lower() for text in secrets)


def test_a_receipt_is_that_of_the_protocol() -> None:
    seal = load("v1-simple")["seal.json"]
    expected = mq.digest(f"MQ1/receipt\n{mq.digest(seal)}\n1\n{DIGITS}".encode())
    assert mq.receipt(seal, 1, DIGITS) == expected
    for position, digits in ((0, DIGITS), (True, DIGITS), (1, "1"), (1, "1" * 12), (1, DIGITS + "\n")):
        with pytest.raises(mq.DrawError):
            mq.receipt(seal, position, digits)


def test_the_digest_of_contributions_is_that_of_the_protocol() -> None:
    assert mq.contributions_digest(["12", "34"]) == mq.digest(b"12\n34")
    assert mq.contributions_digest([]) == mq.digest(b"")


@pytest.mark.parametrize("digits", ["0123456789", "1234" * 25, "0000000123"])
def test_good_contributions_are_taken(digits: str) -> None:
    mq.check_contribution(digits)


@pytest.mark.parametrize(
    "digits", ["", "123456789", "1234" * 25 + "1", "1112221112", "123456789x", "１２３４５６７８９０"]
)
def test_bad_contributions_are_refused(digits: str) -> None:
    with pytest.raises(mq.DrawError) as caught:
        mq.check_contribution(digits)
    assert caught.value.code == "contribution"


def test_a_refused_seal_names_the_subject_without_enough_inspectors() -> None:
    conflicts = [("S03", f"P{number}") for number in range(5)]
    error = _refused(conflicts=conflicts)
    assert error.code == "subject-inspectors"
    assert error.params["subject"] == "S03"
    assert "S03" in error.text("zh")
    assert "S03" in str(error)
    # The same subject may be out, or of a stratum without quota.
    for row in (("S03", "-", 1, "out:x"), ("S03", "B", 1, "in")):
        rows = [row if old[0] == "S03" else old for old in DEFAULTS["subjects"]]
        assert sealed(conflicts=conflicts, subjects=rows)


def test_an_exempt_subject_needs_inspectors_too() -> None:
    rows = [("S03", "-", 1, "exempt:x") if old[0] == "S03" else old for old in DEFAULTS["subjects"]]
    assert _refused(conflicts=[("S03", f"P{n}") for n in range(5)], subjects=rows).code == "subject-inspectors"


def test_inspectors_who_are_out_do_not_count() -> None:
    people = [(f"P{number}", "科", "in" if number < 1 else "out:x") for number in range(6)]
    error = _refused(inspectors=people)
    assert error.code == "subject-inspectors"
    assert [error.params["subject"], *(other.params["subject"] for other in error.others)] == [
        f"S{number:02d}" for number in range(12)
    ]


def test_teams_need_enough_inspectors_and_a_team_that_each_subject_may_meet() -> None:
    teams = rules({"-": 4}, assignment="teams", teams=3)
    assert mq.verify(opened(sealed(rules=teams))).ok
    assert _refused(rules=rules({"-": 4}, assignment="teams", teams=4)).code == "too-few-inspectors"
    error = _refused(rules=teams, conflicts=[("S05", f"P{n}") for n in range(3)])
    assert (error.code, error.params["subject"]) == ("subject-conflicts", "S05")
    assert mq.verify(opened(sealed(rules=teams, conflicts=[("S05", f"P{n}") for n in range(2)]))).ok


def test_a_quota_must_be_filled_by_rows_that_are_in() -> None:
    error = _refused(rules=rules({"-": 13}))
    assert (error.code, error.params["expected"], error.params["found"]) == ("stratum-quota", 13, 12)
    assert _refused(rules=rules({"-": 1, "没有": 1})).params["stratum"] == "没有"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subjects": [("a\tb", "-", 1, "in")]}, "row-input"),
        ({"subjects": [("a\nb\t-\t1\tin", "-", 1, "in")]}, "row-input"),
        ({"subjects": [("a", "-", True, "in")]}, "row-input"),
        ({"subjects": [("a", "-", "1", "in")]}, "row-input"),
        ({"subjects": [("a", "-", 10, "in")]}, "row-input"),
        ({"subjects": [("\ud800", "-", 1, "in")]}, "row-input"),
        ({"subjects": [(7, "-", 1, "in")]}, "row-input"),
        ({"inspectors": [("a", "科")]}, "row-input"),
        ({"subjects": [("a", "-", 1)]}, "row-input"),
        ({"subjects": [("a", "-", 1, "in", "")]}, "row-input"),
        ({"subjects": [("a b", "-", 1, "in")]}, "row"),
        ({"subjects": [*DEFAULTS["subjects"], ("S01", "-", 2, "in")]}, "rows-twice"),
        ({"inspectors": [*DEFAULTS["inspectors"], ("P1", "二科", "in")]}, "rows-twice"),
        ({"conflicts": [("S01", "P1"), ("S01", "P1")]}, "rows-twice"),
        ({"conflicts": [("S01", "P9")]}, "conflict-id"),
        ({"conflicts": [("S99", "P1")]}, "conflict-id"),
        ({"draw_id": "a/b"}, "seal-head"),
        ({"draw_id": None}, "seal-head"),
        ({"title": "\ud800"}, "json-surrogate"),
        ({"title": b"x"}, "json-value"),
        ({"title": "x\n"}, "seal-head"),
        ({"rules": {}}, "keys"),
        ({"rules": rules({"-": 1}, batches=1.0)}, "json-number"),
        ({"rules": rules({"-": 1}, batches=float("nan"))}, "json-value"),
        ({"witnesses": []}, "witnesses"),
        ({"witnesses": ["甲", "甲"]}, "witnesses"),
        ({"sealed_at": "2026-03-02"}, "seal-times"),
        ({"secret": "0" * 63}, "secret-form"),
        ({"secret": "A" * 64}, "secret-form"),
        ({"beacon": {"source": "x"}}, "keys"),
    ],
)
def test_what_may_not_be_sealed_is_refused(changes: dict[str, Any], code: str) -> None:
    assert _refused(**changes).code == code


def test_one_text_is_not_taken_for_a_list_of_witnesses() -> None:
    with pytest.raises(TypeError):
        sealed(witnesses="甲乙")


BEACON = {"source": "双色球", "round": "2026001", "digits": 4, "due": "2026-03-02T01:25:00Z"}


def test_a_beacon_must_lie_ahead_when_it_is_named() -> None:
    assert _refused(beacon={**BEACON, "due": "2026-03-02T00:59:59Z"}).code == "beacon-past"
    files = sealed(beacon=BEACON)
    assert mq.verify(opened(files, beacon="0042")).ok
    with pytest.raises(mq.DrawError) as caught:
        opened(files)
    assert caught.value.code == "beacon-value"


def test_a_draw_is_opened_or_voided_once() -> None:
    files = sealed()
    voiding: dict[str, Any] = {
        "secret": secret(1),
        "reason": "消防疏散",
        "approver": "主要领导",
        "voided_at": "2026-03-02T02:00:00Z",
        "contributions": [],
    }
    for ended in (opened(files), files | mq.void_draw(files, **voiding)):
        assert mq.verify(ended).ok
        acts: tuple[Callable[[Files], Files], ...] = (opened, lambda files: mq.void_draw(files, **voiding))
        for again in acts:
            with pytest.raises(mq.DrawError) as caught:
                again(ended)
            assert caught.value.code == "already-ended"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": secret(2)}, "commitment"),
        ({"secret": "x"}, "secret-form"),
        ({"contributions": []}, "contributions-count"),
        ({"contributions": ["1234"]}, "contributions"),
        ({"beacon": "12"}, "beacon-not-named"),
        ({"closed_at": "2026-03-02T00:20:00Z"}, "times"),
        ({"opened_at": "2026-03-02T01:19:59Z"}, "times"),
    ],
)
def test_what_may_not_be_opened_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(mq.DrawError) as caught:
        opened(sealed(), **changes)
    assert caught.value.code == code
    assert secret(2) not in str(caught.value)


def test_a_draw_whose_tables_were_changed_is_not_opened() -> None:
    files = sealed()
    files["subjects.tsv"] = files["subjects.tsv"].replace(b"S01\t-\t1", b"S01\t-\t9")
    with pytest.raises(mq.DrawError) as caught:
        opened(files)
    assert caught.value.code == "root"


def test_an_opening_after_open_by_is_shown_as_late() -> None:
    report = mq.verify(opened(sealed(), opened_at="2026-03-02T10:00:01Z"))
    assert report.ok
    assert report.census is not None
    assert report.census.sittings[0].late
    assert report.census.sittings[0].seconds_open == 9 * 3600 + 1


def test_every_different_entry_of_a_result_is_named() -> None:
    files = load("v2-strata")
    result = json.loads(files["result.json"])
    drawn, other = result["strata"][1]["selected"][2], result["assignments"][5]
    drawn["subject"], before = "X", drawn["subject"]
    other["team"].reverse()
    result["strata"][0]["participants"] += 1
    problems = mq.verify({**files, "result.json": json.dumps(result, sort_keys=True).encode()}).problems
    assert problems[0].code == "result-differs"
    assert {(error.code, error.row) for error in problems[1:]} == {
        ("not-canonical", ""),
        ("entry-missing", f"strata[B].selected[{before}]"),
        ("entry-extra", "strata[B].selected[X]"),
        ("entry-differs", f"assignments[{other['subject']}].team"),
        ("entry-differs", "strata[A].participants"),
    }


def test_entries_in_another_order_are_noticed() -> None:
    files = load("v2-strata")
    result = json.loads(files["result.json"])
    result["assignments"][0], result["assignments"][1] = result["assignments"][1], result["assignments"][0]
    result["strata"][2]["passed"] *= 2
    found = {error.code for error in mq.verify({**files, "result.json": json.dumps(result).encode()}).problems}
    assert {"entry-order", "entry-count"} <= found


def test_keys_too_many_or_too_few_in_a_result_are_named() -> None:
    files = load("v1-simple")
    result = json.loads(files["result.json"])
    result["note"] = 1
    del result["seed"], result["strata"][0]["cutoff"], result["assignments"][0]["batch"]
    found = mq.verify({**files, "result.json": dumps(result)}).problems
    assert [(error.code, error.row.rpartition(".")[2]) for error in found] == [
        ("result-differs", ""),
        ("entry-extra", "note"),
        ("entry-missing", "seed"),
        ("entry-missing", "batch"),
        ("entry-missing", "cutoff"),
    ]


def test_where_every_subject_lacks_inspectors_some_are_named_and_the_rest_counted() -> None:
    rows = [(f"S{number:03d}", "AB"[number % 2], 1 + number % 2, "in") for number in range(300)]
    error = _refused(subjects=rows, inspectors=[("P1", "科", "in")], rules=rules({"A": 1, "B": 1}))
    problems = [error, *error.others]
    assert [found.code for found in problems] == ["subject-inspectors"] * 200 + ["more"]
    assert problems[-1].params["count"] == 100
