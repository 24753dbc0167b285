"""The command line: inspectors who join for a lot, and appointments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw.cli import main
from mingqian_draw.tests.support import DIGITS, opened, sealed, write

Run = Callable[..., tuple[int, str, str]]
DECIDED = ("--reason", "shortage", "--ground", "本科室人手不足", "--approver", "局长 甲")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in Chinese; exit code, output, errors."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([*map(str, arguments), "--lang", "zh"])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def _listing(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_an_appointment_and_a_lot_with_others_who_join(run: Run, tmp_path: Path) -> None:
    files = opened(sealed())
    bundle = write(files, tmp_path / "bundle")
    subject, team = next(iter(mq.assignments_now(files).items()))
    others = sorted({f"P{number}" for number in range(6)} - set(team))
    appoint = ["supplement", "appoint", bundle, "--subject", subject, "--inspector", team[0], *DECIDED]
    appoint += ["--at", "2026-03-03T01:00:00Z"]
    code, out, err = run(*appoint, "--appointed", others[0])
    assert (code, out, "应先抽签" in err, _listing(bundle)) == (1, "", True, set(files))
    code, out, err = run(*appoint, "--appointed", "Q1", "--unavailable", *others)
    assert (code, "也没有加入" in err, _listing(bundle)) == (1, True, set(files))
    joins = ["--join", "乙科", "--join-ground", "跨科室支援", "--join-approver", "局长 甲"]
    code, out, err = run(*appoint, "--appointed", "Q1", "--unavailable", *others, *joins)
    assert (code, err, out.startswith("已委派")) == (0, "", True)
    result = bundle / "supplement-1" / "result.json"
    assert mq.digest(result.read_bytes()) in out
    assert _listing(bundle) - set(files) == {"supplement-1/result.json", "supplement-1/seal.json"}
    assert json.loads(result.read_bytes())["inspector"] == "Q1"
    joins = ["--join", "Q3", "丙科", "--join", "Q2", "丙科", "--join-ground", "再缺人", "--join-approver", "局长 甲"]
    key, lot = tmp_path / "secret-2", ["supplement", "seal", bundle, "--kind", "inspector", "--subject", subject]
    lot += ["--inspector", team[1], "--reason", "health", "--witness", "甲", "--secret-file", key]
    times = ["--at", "2026-03-04T01:00:00Z", "--open-by", "2026-03-04T09:00:00Z"]
    assert run(*lot, *joins, *times)[0] == 0
    opening = ["supplement", "open", bundle, "--secret-file", key, "--contribution", DIGITS]
    assert run(*opening, "--at", "2026-03-04T02:00:00Z")[0] == 0
    code, out, err = run("verify", bundle)
    assert (code, err, "非抽签产生（直接委派）" in out, "Q2，单位 丙科" in out) == (0, "", True, True)
    code, out, _ = run("ticket", bundle, subject)
    assert (code, "Q1（非抽签产生）" in out) == (0, True)
