"""The command line: a draw from seal to verification, languages, exit codes, nothing overwritten, nothing half written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw import build_pyz
from mingqian_draw.command.cli import main
from mingqian_draw.tests.test_making import COMMITTED, NONCE, RULES, SPOKEN
from mingqian_draw.tests.test_vectors import VECTORS

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]
BUNDLES = VECTORS / "bundles"


def at(minute: int, day: int = 2) -> list[str]:
    """Return the option for a time."""
    return ["--at", f"2026-03-{day:02d}T01:{minute:02d}:00Z"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; exit code, output, errors."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(str(exit_.code or 0))
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Input files, rows in no order, no line feed at the end of one."""
    (tmp_path / "s.tsv").write_text("".join(f"S{number * 7 % 12:02d}\t-\t1\tin\n" for number in range(12)))
    (tmp_path / "i.tsv").write_text("\n".join(f"I{5 - number}\t科\tin" for number in range(6)))
    (tmp_path / "c.tsv").write_text("S03\tI1\nS01\tI2\nS01\tI1\n")
    (tmp_path / "rules.json").write_text(json.dumps({**RULES, "home": "科"}, indent=2))
    return tmp_path


def sealing(inputs: Path, *more: object, **changes: object) -> list[object]:
    """Return the arguments of `seal`."""
    given: dict[str, object] = {
        "subjects": inputs / "s.tsv",
        "inspectors": inputs / "i.tsv",
        "conflicts": inputs / "c.tsv",
        "rules": inputs / "rules.json",
        "draw-id": "D-1",
        "title": "试抽",
        "organ": "某局",
        "scope": "2026-试-01",
        "out": inputs / "bundle",
        "secret-file": inputs / "secret",
        **changes,
    }
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    return ["seal", *options, "--witness", "甲", "乙", "--open-by", "2026-03-02T09:00:00Z", *at(0), *more]


def commit(seal: bytes) -> str:
    """Return what the second witness's machine hands over."""
    return mq.commit_of(mq.digest(seal), 2, COMMITTED, NONCE)


def closed(run: Run, inputs: Path, *prefix: str) -> Path:
    """Seal and close: the first speaks, the second commits."""
    bundle = inputs / "bundle"
    assert run(*sealing(inputs))[0] == 0
    handed = commit((bundle / "seal.json").read_bytes())
    assert run(*prefix, "close", bundle, "--spoken", f"1:{SPOKEN}", "--commit", f"2:{handed}", *at(10))[0] == 0
    return bundle


def opened(run: Run, inputs: Path) -> Path:
    """The same, opened."""
    bundle = closed(run, inputs)
    given = ["--secret-file", inputs / "secret", "--opening", f"2:{COMMITTED}:{NONCE}", *at(20)]
    assert run("open", bundle, *given)[0] == 0
    return bundle


def listing(folder: Path) -> list[str]:
    """Return what lies below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_seal_commit_close_open_verify(run: Run, inputs: Path) -> None:
    """Issue 11, part 1: a draw on the command line alone, each step after the other; the status is the exit code."""
    bundle = inputs / "bundle"
    code, out, _ = run(*sealing(inputs))
    seal = mq.digest((bundle / "seal.json").read_bytes())
    assert (code, seal in out) == (0, True)
    assert (bundle / "conflicts.tsv").read_text() == "S01\tI1\nS01\tI2\nS03\tI1\n"
    if os.name != "nt":
        assert (inputs / "secret").stat().st_mode & 0o777 == 0o600
    own = ["--seal-digest", seal, "--position", 2, "--digits", COMMITTED]
    code, out, _ = run("commit", *own, "--nonce", NONCE)
    handed = commit((bundle / "seal.json").read_bytes())
    assert (code, handed in out, NONCE in out) == (0, True, True)
    assert run("commit", *own)[1] != out, "without a nonce it takes a new one"
    assert mq.receipt(seal, 1, SPOKEN) in run("receipt", "--seal-digest", seal, "--position", 1, "--digits", SPOKEN)[1]
    code, out, _ = run("verify", bundle)
    assert (code, out.startswith("还没有结束")) == (2, True)
    assert run("close", bundle, "--spoken", f"1:{SPOKEN}", "--commit", f"2:{handed}", *at(10))[0] == 0
    opening = ["open", bundle, "--secret-file", inputs / "secret", "--opening"]
    code, _, err = run(*opening, f"2:{SPOKEN}:{NONCE}", *at(20))
    assert (code, "第 2 位抽取监督人的献数与截止时不一致" in err) == (1, True)
    assert run(*opening, f"2:{COMMITTED}:{NONCE}", *at(20))[0] == 0
    code, out, err = run("verify", bundle)
    assert (code, err) == (3, "")
    assert "先承诺后公布" in out
    assert mq.digest((bundle / "result.json").read_bytes()) in out
    assert [name for name in listing(inputs) if name.startswith(".")] == []
    code, out, _ = run("verify", bundle, "--json")
    told = json.loads(out)
    assert set(told) == {"status", "reason", "warnings", "teams", "appointed", "census", "ledger", "would"}
    assert (code, told["status"], len(told["teams"])) == (3, "verified-unanchored", 9)


def test_a_void_and_the_next_attempt(run: Run, inputs: Path) -> None:
    """Void: with everything revealed it is refused; withheld, it stands, and the next attempt names it."""
    bundle = closed(run, inputs)
    voiding = [
        "void",
        bundle,
        "--secret-file",
        inputs / "secret",
        "--reason",
        "设备故障",
        "--approver",
        "局长",
        *at(30),
    ]
    code, _, err = run(*voiding, "--opening", f"2:{COMMITTED}:{NONCE}")
    assert (code, "不能作废" in err) == (1, True)
    assert run(*voiding)[0] == 0
    code, out, _ = run("verify", bundle)
    assert (code, "承诺后未公布" in out) == (3, True)
    late = inputs / "late.json"
    late.write_text(json.dumps({"0": {"openings": {"2": {"digits": COMMITTED, "nonce": NONCE}}}}))
    code, out, _ = run("verify", bundle, "--late", late)
    assert (code, "如不作废" in out, "抽中 S" in out) == (3, True, True)
    before = mq.digest((bundle / "void.json").read_bytes())
    again = sealing(inputs, "--attempt", 2, "--previous", before, out=inputs / "2", **{"secret-file": inputs / "key"})
    assert run(*again)[0] == 0
    assert json.loads((inputs / "2" / "seal.json").read_text())["attempt"] == 2


def test_a_void_before_the_close_says_who_had_given_what(run: Run, inputs: Path) -> None:
    """Void before closing: nothing given, a commit, spoken digits."""
    run(*sealing(inputs))
    bundle = inputs / "bundle"
    voiding = ["void", bundle, "--secret-file", inputs / "secret", "--reason", "疏散", "--approver", "局长", *at(30)]
    assert run(*voiding, "--spoken", f"1:{SPOKEN}")[0] == 0
    assert "甲（当众报数）、乙（未献数）" in run("verify", bundle)[1]


def test_facts_lots_and_an_appointment(run: Run, inputs: Path) -> None:
    """Issue 11, part 1: all places of one sick inspector in one ceremony; then a subject, then who may not meet."""
    bundle = opened(run, inputs)
    teams = mq.verify(mq.read(bundle)).teams
    sick = next(iter(teams.values()))[0]
    places = [(subject, sick) for subject, team in teams.items() if sick in team]
    answered = ["--ground", "病假条〔2026〕3号", "--approver", "李文博"]
    facts = ["supplement", "facts", bundle, "--unavailable", sick, "病假", *answered, *at(0, 3)]
    assert run(*facts)[0] == 0
    changes = [part for place in places for part in ("--change", *place)]
    sealing = ["--witness", "丙", "--open-by", "2026-03-09T09:00:00Z", "--secret-file", inputs / "secret-2", *at(10, 3)]
    assert run("supplement", "inspector", bundle, *changes, *sealing)[0] == 0
    assert run("supplement", "close", bundle, "--spoken", f"1:{SPOKEN}", *at(20, 3))[0] == 0
    assert run("supplement", "open", bundle, "--secret-file", inputs / "secret-2", *at(30, 3))[0] == 0
    code, out, _ = run("verify", bundle)
    assert (code, "请注意：第 2 次变更没有人先承诺后公布" in out) == (3, True)
    assert "请注意：第 2 次变更的抽取监督人没有一位是原抽取的" in out
    assert sick not in {one for team in mq.verify(mq.read(bundle)).teams.values() for one in team}
    code, out, _ = run("ticket", bundle, places[0][0])
    assert (code, "抽中" in out, "现在的检查组" in out) == (0, True, True)
    appointing = ["supplement", "appointment", bundle, "--subject", places[0][0], "--inspector", sick]
    code, _, err = run(*appointing, "--appointed", "I0", *answered, *at(40, 3))
    assert (code, "不在这一家的检查组里" in err) == (1, True)
    replaced = ["supplement", "facts", bundle, "--excused", places[0][0], "停产", *answered, *at(40, 3)]
    assert run(*replaced)[0] == 0
    lot = ["supplement", "subject", bundle, "--change", places[0][0], "--witness", "甲"]
    key = ["--secret-file", inputs / "secret-4"]
    assert run(*lot, "--open-by", "2026-03-09T09:00:00Z", *key, *at(50, 3))[0] == 0
    voiding = ["supplement", "void", bundle, *key, "--reason", "疏散", "--approver", "局长", *at(59, 3)]
    assert run(*voiding)[0] == 0
    assert run("verify", bundle)[0] == 3


def test_nothing_is_overwritten_and_nothing_stays_half_written(run: Run, inputs: Path) -> None:
    """Taken names are refused; the secret of a seal that failed is gone."""
    bundle = opened(run, inputs)
    before = {name: (bundle / name).read_bytes() for name in listing(bundle)}
    assert "已经存在" in run(*sealing(inputs, **{"secret-file": inputs / "other"}))[2]
    assert not (inputs / "other").exists()
    assert "已经存在" in run(*sealing(inputs, out=inputs / "new"))[2], "the secret's name is taken"
    assert not (inputs / "new").exists()
    assert run("open", bundle, "--secret-file", inputs / "secret", *at(30))[0] == 1
    assert "文件夹里" in run(*sealing(inputs, out=inputs / "new", **{"secret-file": inputs / "new" / "s"}))[2]
    assert {name: (bundle / name).read_bytes() for name in listing(bundle)} == before


def test_an_opening_that_was_interrupted_is_finished(run: Run, inputs: Path) -> None:
    """A power cut between two names leaves `reveal.json` alone: pending, until the same command is run again."""
    bundle = opened(run, inputs)
    result = (bundle / "result.json").read_bytes()
    (bundle / "result.json").unlink()
    assert run("verify", bundle)[0] == 2
    assert run("open", bundle, "--secret-file", inputs / "secret", *at(59))[0] == 0
    assert (bundle / "result.json").read_bytes() == result


def test_what_an_editor_changed_is_hinted_at(run: Run, inputs: Path) -> None:
    """Issue 11, part 1: a file with BOM or CRLF gets a hint, not a grammar error."""
    (inputs / "s.tsv").write_bytes(b"\xef\xbb\xbf" + (inputs / "s.tsv").read_bytes())
    code, _, err = run(*sealing(inputs))
    assert (code, "检查对象名单开头有 BOM 标记" in err) == (1, True)
    (inputs / "s.tsv").write_bytes((inputs / "s.tsv").read_bytes()[3:].replace(b"\n", b"\r\n"))
    assert "Windows 换行" in run(*sealing(inputs))[2]
    (inputs / "s.tsv").write_bytes((inputs / "s.tsv").read_bytes().replace(b"\r\n", b"\n"))
    bundle = opened(run, inputs)
    (bundle / "inspectors.tsv").write_bytes((bundle / "inspectors.tsv").read_bytes().replace(b"\n", b"\r\n"))
    code, out, _ = run("verify", bundle)
    assert (code, "Windows 换行" in out) == (1, True)
    (inputs / "x.docx").write_bytes(b"hello")
    code, out, _ = run("verify", inputs / "x.docx")
    assert (code, out) == (1, "这不是抽取文件。请选择下载的 ZIP 文件，或者解压后的整个文件夹\n")


def test_a_row_is_proved(run: Run, inputs: Path) -> None:
    """prove and check-proof, with the seal alone."""
    bundle = opened(run, inputs)
    assert run("prove", bundle, "conflicts", "S01", "I2", "--out", inputs / "proof.json")[0] == 0
    code, out, _ = run("check-proof", bundle / "seal.json", inputs / "proof.json")
    assert (code, "S01 I2" in out) == (0, True)
    assert run("prove", bundle, "subjects", "S99")[0] == 1
    assert run("zip", bundle, "--out", inputs / "bundle.zip")[0] == 0
    assert run("verify", inputs / "bundle.zip")[0] == 3


@pytest.mark.parametrize("name", ["v24-ledger-appointments", "v36-beacon-cosigned", "v83-kept-many", "v75-late-all"])
def test_verify_takes_what_a_verifier_is_given(run: Run, tmp_path: Path, name: str) -> None:
    """`--log-key`, `--witness-key`, `--k`, `--kept`, `--late`: files as in the vectors; keys as texts or in files."""
    wanted = json.loads((VECTORS / "expect" / f"{name}.json").read_text())
    options = wanted["options"]
    (tmp_path / "key").write_text(f"{options.get('log_key', '')}\n")
    given: list[object] = ["--log-key", tmp_path / "key"] if "log_key" in options else []
    given += ["--witness-key", *options["witnesses"]] if options.get("witnesses") else []
    given += ["--k", options["need"]] if options.get("need") is not None else []
    for key in ("kept", "late"):
        if key in options:
            (tmp_path / key).write_text(json.dumps(options[key]))
            given += [f"--{key}", tmp_path / key]
    code, out, _ = run("verify", BUNDLES / f"{name}.zip", "--json", *given)
    told = json.loads(out)
    assert (code, told["status"]) == (wanted["exit"], wanted["status"])
    assert {key: told[key] for key in told if key in wanted} == {key: wanted[key] for key in told if key in wanted}


def test_limits_are_lifted_where_the_reader_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--limit none`: engines check what is larger by the same rules."""
    monkeypatch.setattr("mingqian_draw.tables.MOST_ROWS", 3)
    bundle = BUNDLES / "v51-absent.zip"
    code, out, _ = run("verify", bundle)
    assert (code, "超过 1000000 行" in out) == (1, True)
    assert run("verify", bundle, "--limit", "none")[0] == 3


def test_usage_is_told_in_the_readers_language(run: Run) -> None:
    """Wrong usage ends with 2, in Chinese or English."""
    code, _, err = run("verify")
    assert (code, "缺少：DIR_OR_ZIP" in err) == (2, True)
    assert "missing: DIR_OR_ZIP" in run("verify", "--lang", "en")[2]
    assert "不是要的写法" in run("close", "x", "--at", "today")[2]
    assert run("verify", "/no/such/place")[0] == 1
    for command in ("seal", "commit", "close", "open", "void", "verify", "ticket", "prove", "check-proof", "zip"):
        assert run(command, "--help")[0] == 0
    assert run("supplement", "facts", "--help")[0] == 0


@pytest.mark.parametrize("kind", ["module", "pyz"])
def test_the_same_as_a_module_and_as_one_file(kind: str, tmp_path: Path) -> None:
    """`python -m` and the `.pyz`, which is the same every time and needs nothing beside it."""
    command = [sys.executable, "-m", "mingqian_draw"]
    if kind == "pyz":
        assert build_pyz.main([str(tmp_path / "mq.pyz")]) == 0
        assert (tmp_path / "mq.pyz").read_bytes() == build_pyz.build()
        command = [sys.executable, "-I", str(tmp_path / "mq.pyz")]
    where = ROOT if kind == "module" else tmp_path
    given = [*command, "verify", str(BUNDLES / "v51-absent.zip"), "--lang=zh"]
    done = subprocess.run(given, capture_output=True, cwd=where, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
    assert done.stdout.decode().startswith("结果与文件一致")


def test_a_python_too_old_is_told_which_is_needed() -> None:
    """Issue 11, part 1: one line, no traceback."""
    old = "import sys, runpy; sys.version_info = (3, 10); runpy.run_module('mingqian_draw', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", old], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["需要 Python 3.11 或更高版本。Python 3.11 or later is needed."]
