"""What the pages tell about one subject, and that the commands give what they say when run by hand."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mingqian.verifier.tests.harness import VECTORS, files_of, run_jobs


def rows_of(vector: str) -> list[list[str]]:
    return [line.split("\t") for line in files_of(vector)["subjects.tsv"].decode().splitlines()]


def explain(vector: str, *ids: str) -> list[dict[str, Any]]:
    [found] = run_jobs([{"place": str(VECTORS / "bundles" / f"{vector}.zip"), "explain": list(ids)}])
    explained: list[dict[str, Any]] = found
    return explained


def test_every_row_of_a_stratum_is_told_its_rank_and_fate() -> None:
    rows = rows_of("v02-strata")
    explained = explain("v02-strata", *[row[0] for row in rows])
    result = json.loads(files_of("v02-strata")["result.json"])
    selected = {one["subject"] for stratum in result["strata"] for one in stratum["selected"]}
    for row, found in zip(rows, explained, strict=True):
        spot = found["spot"]
        assert (found["text"], found["now"]) == ("\t".join(row), row[0] in selected)
        if spot is None:
            continue
        made = [hashlib.sha256(f"{result['seed']}/subject/{row[0]}/{n + 1}".encode()) for n in range(int(row[2]))]
        assert spot["tickets"] == [one.hexdigest() for one in made]
        assert (spot["ticket"], spot["selected"]) == (min(spot["tickets"]), row[0] in selected)
        assert spot["passed"] == (row[3] != "in" and spot["ticket"] <= spot["cutoff"])
    for stratum in result["strata"]:
        ranks = sorted(
            found["spot"]["rank"] for found in explained if found["spot"] and found["stratum"] == stratum["stratum"]
        )
        assert ranks == list(range(1, stratum["participants"] + 1))


def test_batches_and_lower_case_codes_are_understood() -> None:
    result = json.loads(files_of("v02-strata")["result.json"])
    first = result["assignments"][0]
    [found, unknown] = explain("v02-strata", f" {first['subject'].lower()} ", "nobody")
    assert (found["id"], found["batch"], [one["id"] for one in found["team"]]) == (first["subject"], 1, first["team"])
    assert unknown == {"found": False, "id": "nobody"}


def test_what_came_later_is_told_step_by_step() -> None:
    """Facts, appointments, lots, a subject that goes and one that comes; who joined and who was appointed is marked."""
    gone, come = explain("v11-joining", "S05", "S02")
    assert [one["what"] for one in gone["history"]] == [
        *["conflict", "appointment", "conflict", "appointment", "conflict", "changed", "excused", "changed"]
    ]
    assert (gone["spot"]["selected"], gone["now"], gone["team"]) == (True, False, [])
    assert [(one["what"], one["kind"]) for one in come["history"]] == [("changed", "subject")]
    assert [(one["id"], one["appointed"], one["joined"]) for one in come["team"]] == [
        ("I22", True, 0),
        ("I21", False, 6),
    ]


def test_a_draw_that_is_not_opened_or_void_has_no_tickets() -> None:
    for vector, state in (("v14-pending-draw", "sealed"), ("v08-void-withheld", "void")):
        [found] = explain(vector, rows_of(vector)[0][0])
        assert (found["spot"], found["state"], found["now"]) == (None, state, False)
        assert found["path"]


@pytest.mark.parametrize(("vector", "at"), [("v02-strata", 0), ("v16-edges", 1), ("v18-long", 3)])
def test_the_commands_give_by_hand_what_the_page_says(vector: str, at: int, tmp_path: Path) -> None:
    missing = [tool for tool in ("bash", "xxd", "sha256sum") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    rows = [row for row in rows_of(vector) if not row[3].startswith("out:")]
    [found] = explain(vector, rows[at][0])
    (tmp_path / "seal.json").write_bytes(files_of(vector)["seal.json"])
    for one in found["commands"]:
        done = subprocess.run(["bash", "-c", one["command"]], cwd=tmp_path, capture_output=True, check=True)
        assert done.stdout.decode()[:64] == one["gives"], one
    assert found["commands"][-1]["gives"] == found["root"]
    assert {one["what"] for one in found["commands"]} >= {"seal", "seed", "ticket", "leaf", "root"}
