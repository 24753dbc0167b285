"""What the verifier tells about one subject, and that its commands give what it says when run by hand."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mingqian.verifier.tests.harness import VECTORS, files_of, folder_of, run_jobs, sha256_hex


def _explain(vector: str, *ids: str, **more: Any) -> list[dict[str, Any]]:
    [result] = run_jobs([{"do": "verify", "dir": folder_of(vector), "explain": list(ids), **more}])
    explained: list[dict[str, Any]] = result["explained"]
    return explained


def _rows(vector: str) -> list[list[str]]:
    return [line.split("\t") for line in files_of(vector)["subjects.tsv"].decode().splitlines()]


def test_every_row_of_a_stratum_is_told_its_rank_and_fate() -> None:
    rows = _rows("v2-strata")
    explained = _explain("v2-strata", *[row[0] for row in rows])
    result = json.loads(files_of("v2-strata")["result.json"])
    seed = result["seed"]
    selected = {item["subject"] for stratum in result["strata"] for item in stratum["selected"]}
    passed = {item["subject"] for stratum in result["strata"] for item in stratum["passed"]}
    for row, found in zip(rows, explained, strict=True):
        tickets = [sha256_hex(f"{seed}/subject/{row[0]}/{lot}") for lot in range(1, int(row[2]) + 1)]
        taking = not row[3].startswith("out:")
        assert [item["ticket"] for item in found["tickets"]] == (tickets if taking else [])
        assert found["selected"] == (row[0] in selected)
        assert found["row"] == "\t".join(row)
        if taking:
            assert (found["ticket"], found["ticket"] <= found["cutoff"]) == (min(tickets), row[0] in selected | passed)
    for stratum in result["strata"]:
        ranks = [found["rank"] for row, found in zip(rows, explained, strict=True) if row[1] == stratum["stratum"]]
        assert sorted(rank for rank in ranks if rank) == list(range(1, stratum["participants"] + 1))


def test_reasons_are_told_in_plain_words() -> None:
    rows = _rows("v2-strata")
    out = next(row[0] for row in rows if row[3].startswith("out:"))
    result = json.loads(files_of("v2-strata")["result.json"])
    first = result["assignments"][0]
    passed = result["strata"][0]["passed"][0]["subject"]
    drawn, typed, waved, left_out, unknown = _explain(
        "v2-strata", first["subject"], f" {first['subject'].lower()} ", passed, out, "nobody"
    )
    assert drawn["reason"].endswith("所以抽中。")
    assert (drawn["team"], drawn["batch"], drawn["now"]) == (first["team"], 1, True)
    assert typed["id"] == first["subject"]
    assert "依规顺延" in waved["reason"]
    assert "不参加抽取" in left_out["reason"]
    assert (unknown["found"], "没有这个编号" in unknown["reason"]) == (False, True)


def test_the_history_of_supplements_is_told() -> None:
    gone, come = _explain("v4-supplements", "91370300199745461Y", "91370300199618757D")
    assert (gone["selected"], gone["now"], gone["team"]) == (True, False, [])
    assert any("由 91370300199618757D 顶替" in line for line in gone["history"])
    assert (come["selected"], come["now"]) == (False, True)
    after = json.loads((VECTORS / "v4-teams-after.json").read_bytes())
    assert come["team"] == after["91370300199618757D"]


def test_an_appointment_is_told_as_not_by_lot() -> None:
    """A10.1: with ground and who decided, and where who came is from."""
    files = files_of("v12-appointment")
    seals = [json.loads(files[f"supplement-{number}/seal.json"]) for number in (1, 2)]
    new = json.loads(files["supplement-3/result.json"])["subject"]
    first, now = _explain("v12-appointment", seals[0]["subject"], new)
    for number, seal in enumerate(seals, 1):
        said = f"补充 {number}：检查人员 {seal['inspector']} 由 {seal['appointed']} 接替，非抽签产生（直接委派）；"
        assert f"{said}理由：{seal['ground']}；批准人：{seal['approver']}。" in first["history"]
    assert now["team"] == now["appointed"] == [seal["appointed"] for seal in seals]
    assert [line for line in now["history"] if "非抽签产生" in line] == [
        f"补充 {number}：检查人员 {seal['appointed']} 原是 {seal['subject']} 检查组的，非抽签产生（直接委派）；"
        f"理由：{seal['ground']}；批准人：{seal['approver']}。"
        for number, seal in enumerate(seals, 1)
    ]
    assert any("370950 是封存之后加入的，单位 安全科" in line for line in now["history"])


def test_sealed_voided_and_refused_bundles_are_told_apart() -> None:
    subject = _rows("v1-simple")[0][0]
    [sealed] = _explain("v1-simple", subject, replace={"reveal.json": None, "result.json": None})
    [voided] = _explain("v6-void", subject)
    [refused] = _explain("refuse/r23-swapped-subjects", subject)
    assert (sealed["tickets"], "尚未开签" in sealed["reason"]) == ([], True)
    assert len(sealed["merklePath"]) == 5
    assert (voided["selected"], "若不作废" in voided["reason"]) == (False, True)
    assert refused["warning"]


@pytest.mark.parametrize(
    ("vector", "subject"), [("v2-strata", "91370300169407772M"), ("v8-long", "㐀10"), ("v8-long", "企19")]
)
def test_the_commands_give_by_hand_what_the_verifier_says(vector: str, subject: str) -> None:
    missing = [tool for tool in ("bash", "xxd", "sha256sum") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    [found] = _explain(vector, subject)
    folder = Path(folder_of(vector))
    said = {
        "封存指纹": sha256_hex(files_of(vector)["seal.json"]),
        "总种子": json.loads(files_of(vector)["result.json"])["seed"],
        "本行的指纹": found["leaf"],
        **{f"第 {item['lot']} 支签的签号": item["ticket"] for item in found["tickets"]},
    }
    outputs = []
    for item in found["commands"]:
        done = subprocess.run(["bash", "-c", item["command"]], cwd=folder, capture_output=True, check=True)
        outputs.append(done.stdout.decode()[:64])
        if item["title"] in said:
            assert outputs[-1] == said.pop(item["title"]), item
    tables = json.loads(files_of(vector)["seal.json"])
    assert outputs[-1] == tables["subjects"]["root"] == found["root"]
    assert len(found["merklePath"]) == sum(
        item["title"].startswith("第") and "层" in item["title"] for item in found["commands"]
    )
    assert said == {} or found["tickets"] == []
