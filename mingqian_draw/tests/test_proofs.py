"""Proofs of single rows, and explanations of single subjects."""

from __future__ import annotations

import dataclasses
import json

import pytest

import mingqian_draw as mq
from mingqian_draw.proofs import Key
from mingqian_draw.tests.support import DIGITS, GOOD, Files, load, opened, rules, sealed, secret


def _keys(files: Files, table: str) -> list[Key]:
    rows = [row.split("\t") for row in files[f"{table}.tsv"].decode().splitlines()]
    return [(row[0], row[1]) if table == "conflicts" else row[0] for row in rows]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("table", ["subjects", "inspectors", "conflicts"])
def test_every_row_is_proved_with_the_seal_and_its_table_alone(name: str, table: str) -> None:
    files = load(name)
    alone = {file: files[file] for file in ("seal.json", f"{table}.tsv")}
    for index, key in enumerate(_keys(files, table)[::3]):
        proof = mq.prove(alone, table, key)
        assert proof.index == 3 * index
        assert mq.Proof.from_json(proof.to_json()) == proof
        assert mq.check_proof(files["seal.json"], proof) == len(_keys(files, table))


def test_a_proof_holds_for_nothing_else() -> None:
    files = load("v2-strata")
    proof = mq.prove(files, "subjects", "913703001679269199")
    seal = files["seal.json"]
    for wrong in (
        dataclasses.replace(proof, row=proof.row.replace("\t2\t", "\t3\t")),
        dataclasses.replace(proof, index=proof.index + 1),
        dataclasses.replace(proof, index=-1),
        dataclasses.replace(proof, table="inspectors"),
        dataclasses.replace(proof, table="other"),
        dataclasses.replace(proof, path=proof.path[1:]),
        dataclasses.replace(proof, path=(*proof.path, "0" * 64)),
        dataclasses.replace(proof, path=("x", *proof.path[1:])),
        dataclasses.replace(proof, row="\ud800"),
        dataclasses.replace(proof, seal="0" * 64),
    ):
        with pytest.raises(mq.DrawError):
            mq.check_proof(seal, wrong)
    with pytest.raises(mq.DrawError) as caught:
        mq.check_proof(load("v1-simple")["seal.json"], proof)
    assert caught.value.code == "proof-seal"


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("subjects", "9"),
        ("subjects", "913703001679269199\tB"),
        ("subjects", ""),
        ("subjects", ("913703001679269199", "37031002")),
        ("conflicts", "913703001679269199"),
        ("conflicts", ("913703001679269199", "9")),
        ("other", "x"),
    ],
)
def test_there_is_no_proof_for_what_is_not_there(table: str, key: Key) -> None:
    with pytest.raises(mq.DrawError) as caught:
        mq.prove(load("v2-strata"), table, key)
    assert caught.value.code in {"no-row", "no-table"}


def test_there_is_no_proof_from_a_table_that_is_not_the_sealed_one() -> None:
    files = load("v1-simple")
    key = _keys(files, "subjects")[0]
    for data in (files["subjects.tsv"][:-1], files["subjects.tsv"].replace(b"\t1\t", b"\t2\t"), b"", b"\xff\t\n"):
        with pytest.raises(mq.DrawError):
            mq.prove({**files, "subjects.tsv": data}, "subjects", key)
    for name in ("seal.json", "subjects.tsv"):
        with pytest.raises(mq.DrawError):
            mq.prove({other: data for other, data in files.items() if other != name}, "subjects", key)


@pytest.mark.parametrize("change", ["protocol", "seal", "table", "index", "row", "path", "x"])
def test_a_proof_file_is_checked_before_it_is_believed(change: str) -> None:
    files = load("v1-simple")
    value = json.loads(mq.prove(files, "subjects", "913703001601504615").to_json())
    value[change] = {"path": [1], "index": True}.get(change)
    for data in (json.dumps(value).encode(), b"{}", b"", b"[]", b"\xff"):
        with pytest.raises(mq.DrawError):
            mq.Proof.from_json(data)


@pytest.mark.parametrize("name", ["v1-simple", "v2-strata", "v4-supplements", "v5-subjects-only", "v8-long"])
def test_explanations_agree_with_the_result(name: str) -> None:
    files = load(name)
    strata = {stratum["stratum"]: stratum for stratum in json.loads(files["result.json"])["strata"]}
    now = mq.assignments_now(files)
    ranks: dict[str, list[tuple[int, str]]] = {}
    for row in files["subjects.tsv"].decode().splitlines():
        subject, stratum, lots, status = row.split("\t")
        found = mq.explain(files, subject)
        result = strata.get(stratum, {"selected": [], "passed": [], "cutoff": ""})
        entry = next((entry for entry in result["selected"] if entry["subject"] == subject), None)
        passed = any(entry["subject"] == subject for entry in result["passed"])
        assert found.verdict == "verified"
        assert (found.stratum, found.lots, found.status, found.draw) == (stratum, int(lots), status, "opened")
        assert found.selected == (entry is not None)
        assert (found.reason == "passed") == passed
        assert found.cutoff == result["cutoff"]
        assert list(found.team) == now.get(subject, [])
        assert found.selected_now == (subject in now)
        if entry is not None:
            assert (found.ticket, found.lot, found.reason) == (entry["ticket"], entry["lot"], "selected")
            assert found.batch >= 1
        if status.startswith("out"):
            assert (found.reason, found.tickets, found.rank) == ("out", (), 0)
        else:
            assert found.ticket == min(found.tickets)
            assert len(found.tickets) == found.lots
            ranks.setdefault(stratum, []).append((found.rank, found.ticket))
    for places in ranks.values():
        assert sorted(places) == list(enumerate(sorted(ticket for _, ticket in places), 1))


def test_reasons_for_not_being_drawn() -> None:
    rows = [(f"S{number:02d}", "A", 1, ("in", "exempt:x")[number % 2]) for number in range(20)]
    rows += [("T1", "B", 1, "in"), ("T2", "A", 1, "out:x")]
    files = opened(sealed(subjects=rows, rules=rules({"A": 5})))
    reasons = {row[0]: mq.explain(files, row[0]).reason for row in rows}
    assert set(reasons.values()) == {"selected", "beyond-cutoff", "passed", "exempt-beyond-cutoff", "out", "no-quota"}
    assert (reasons["T1"], reasons["T2"]) == ("no-quota", "out")


def test_a_sealed_draw_has_no_tickets_yet() -> None:
    found = mq.explain(sealed(), "S01")
    assert (found.draw, found.reason, found.tickets, found.verdict) == ("pending", "no-seed", (), "pending")


def test_a_voided_draw_shows_what_would_have_come() -> None:
    files = sealed()
    voiding = {"secret": secret(1), "reason": "x", "approver": "x", "voided_at": "2026-03-02T02:00:00Z"}
    voided = files | mq.void_draw(files, **voiding, contributions=[DIGITS])
    would, is_now = mq.explain(voided, "S01"), mq.explain(opened(files), "S01")
    assert would.draw == "voided"
    assert (would.ticket, would.rank, would.reason) == (is_now.ticket, is_now.rank, is_now.reason)
    assert would.team == ()
    unspoken = files | mq.void_draw(files, **voiding, contributions=[])
    assert mq.explain(unspoken, "S01").reason == "no-seed"


def test_a_replaced_subject_is_told_by_whom() -> None:
    files = load("v4-supplements")
    found = mq.explain(files, "913703001997771373")
    assert found.selected
    assert not found.selected_now
    assert found.replaced_by == "91370300199697947E"
    assert mq.explain(files, found.replaced_by).batch == found.batch == 1


@pytest.mark.parametrize("subject", ["9", "", "a b", "913703001601504615\t-"])
def test_an_unknown_subject_cannot_be_explained(subject: str) -> None:
    with pytest.raises(mq.DrawError) as caught:
        mq.explain(load("v1-simple"), subject)
    assert caught.value.code == "no-row"


def test_a_changed_bundle_is_explained_with_its_verdict_or_not_at_all() -> None:
    files = load("v1-simple")
    assert mq.explain({**files, "result.json": b"{}"}, "913703001601504615").verdict == "refused"
    for name in ("seal.json", "subjects.tsv"):
        with pytest.raises(mq.DrawError):
            mq.explain({**files, name: b"x"}, "913703001601504615")
    with pytest.raises(mq.DrawError):
        mq.explain({}, "913703001601504615")
