"""The command line: round trips, languages, exit codes, nothing overwritten, nothing half written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw import making
from mingqian_draw.cli import main
from mingqian_draw.tests.support import DIGITS, SigningLog, load, rules, with_ledger, write

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]
AT = ("--at", "2026-03-02T01:00:00Z")
LATER = ("--at", "2026-03-02T01:30:00Z")
OPEN_BY = ("--open-by", "2026-03-02T10:00:00Z")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; exit code, output, errors."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Input files, rows in no order, no line feed at the end of one."""
    (tmp_path / "s.tsv").write_text("".join(f"S{number * 7 % 12:02d}\t-\t1\tin\n" for number in range(12)))
    (tmp_path / "i.tsv").write_text("\n".join(f"P{5 - number}\t科\tin" for number in range(6)))
    (tmp_path / "c.tsv").write_text("S03\tP1\nS01\tP2\nS01\tP1\n")
    (tmp_path / "rules.json").write_text(json.dumps(rules({"-": 6}), indent=2))
    return tmp_path


def _seal(inputs: Path, *more: object, **changes: object) -> list[object]:
    given: dict[str, object] = {
        "subjects": inputs / "s.tsv",
        "inspectors": inputs / "i.tsv",
        "conflicts": inputs / "c.tsv",
        "rules": inputs / "rules.json",
        "draw-id": "D-1",
        "title": "试抽",
        "organ": "某局",
        "scope": "2026-试-01",
        "witness": "甲",
        "out": inputs / "bundle",
        "secret-file": inputs / "secret",
        **changes,
    }
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    return ["seal", *options, *AT, *OPEN_BY, *more]


def _listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_seal_open_verify(run: Run, inputs: Path) -> None:
    code, out, _ = run(*_seal(inputs))
    bundle, secret = inputs / "bundle", inputs / "secret"
    assert code == 0
    assert mq.digest((bundle / "seal.json").read_bytes()) in out
    assert _listing(bundle) == ["conflicts.tsv", "inspectors.tsv", "seal.json", "subjects.tsv"]
    assert (bundle / "conflicts.tsv").read_text() == "S01\tP1\nS01\tP2\nS03\tP1\n"
    if os.name != "nt":
        assert secret.stat().st_mode & 0o777 == 0o600
    code, out, _ = run("verify", bundle)
    assert (code, "待开签" in out) == (1, True)
    assert run("open", bundle, "--secret-file", secret, "--contribution", DIGITS, *LATER)[0] == 0
    code, out, err = run("verify", bundle)
    assert (code, err) == (0, "")
    assert out.startswith("核对无误")
    assert "统计" in out
    assert [name for name in _listing(inputs) if name.startswith(".")] == []


def test_the_same_without_conflicts_and_with_a_beacon(run: Run, inputs: Path) -> None:
    beacon = ("--beacon", "双色球", "2026001", "4", "2026-03-02T01:20:00Z")
    assert run(*_seal(inputs, *beacon, conflicts=None), "--witness", "乙", "丙")[0] == 0
    bundle, secret = inputs / "bundle", inputs / "secret"
    assert json.loads((bundle / "seal.json").read_bytes())["witnesses"] == ["甲", "乙", "丙"]
    opening = ["open", bundle, "--secret-file", secret, "--contribution", DIGITS, DIGITS, DIGITS]
    code, _, err = run(*opening, *LATER, "--beacon", "0042")
    assert (code, "公共随机数" in err) == (1, True)
    assert run(*opening, *LATER, "--beacon", "0042", "--closed-at", "2026-03-02T01:15:00Z")[0] == 0
    assert run("verify", bundle)[0] == 0


def test_a_draw_is_voided(run: Run, inputs: Path) -> None:
    run(*_seal(inputs))
    voiding = ["void", inputs / "bundle", "--secret-file", inputs / "secret", "--reason", "疏散", "--approver", "局长"]
    assert run(*voiding, *LATER)[0] == 0
    assert run("verify", inputs / "bundle")[0] == 0
    code, _, err = run(*voiding, *LATER)
    assert (code, "已经开签或作废" in err) == (1, True)
    opening = ["open", inputs / "bundle", "--secret-file", inputs / "secret", "--contribution", DIGITS, *LATER]
    assert run(*opening)[0] == 1


def _opened(run: Run, inputs: Path) -> Path:
    run(*_seal(inputs))
    run("open", inputs / "bundle", "--secret-file", inputs / "secret", "--contribution", DIGITS, *LATER)
    return inputs / "bundle"


def _supplement(run: Run, bundle: Path, number: int, *what: object) -> None:
    day = f"2026-03-{number + 2:02d}"
    key = bundle.parent / f"secret-{number}"
    sealing = ["supplement", "seal", bundle, *what, "--reason", "health", "--witness", "甲", "--secret-file", key]
    code, _, err = run(*sealing, "--at", f"{day}T01:00:00Z", "--open-by", f"{day}T09:00:00Z")
    assert (code, err) == (0, "")


def test_supplements_of_all_kinds_and_a_void(run: Run, inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = (f"{number:064x}" for number in range(1, 9))
    monkeypatch.setattr("mingqian_draw.cli.new_secret", lambda: next(secrets))
    bundle = _opened(run, inputs)
    teams = json.loads((bundle / "result.json").read_bytes())["assignments"]
    first, second = teams[0], teams[1]
    absent = next(name for name in ("P4", "P5") if name not in second["team"])
    kinds: list[list[object]] = [
        ["--kind", "inspector", "--subject", first["subject"], "--inspector", first["team"][0]],
        [
            *("--kind", "exchange", "--subject", second["subject"], "--inspector", second["team"][1]),
            *("--conflict", second["subject"], second["team"][1], "--conflict", "S09", "P0", "--unavailable", absent),
        ],
        ["--kind", "subject", "--subject", first["subject"]],
        ["--kind", "subject", "--subject", second["subject"]],
    ]
    for number, what in enumerate(kinds, 1):
        _supplement(run, bundle, number, *what)
        assert run("verify", bundle)[0] == 1
        time, key = f"2026-03-{number + 2:02d}T02:00:00Z", inputs / f"secret-{number}"
        ending = ["--contribution", DIGITS, "--secret-file", key, "--at", time]
        act = ["void", bundle, "--reason", "疏散", "--approver", "局长"] if number == 4 else ["open", bundle]
        assert run("supplement", *act, *ending)[0] == 0
        assert run("verify", bundle)[0] == 0
    assert "supplement-4/void.json" in _listing(bundle)
    code, out, _ = run("ticket", bundle, first["subject"], "--lang=en")
    assert (code, "replaced by" in out) == (0, True)
    code, _, err = run("supplement", "open", bundle, *ending)
    assert (code, "已经开签或作废" in err) == (1, True)


def test_nothing_is_overwritten(run: Run, inputs: Path) -> None:
    run(*_seal(inputs))
    bundle, secret = inputs / "bundle", inputs / "secret"
    before = (bundle / "seal.json").read_bytes(), secret.read_bytes()
    assert run(*_seal(inputs))[0] == 1
    assert run(*_seal(inputs, **{"secret-file": inputs / "other"}))[0] == 1
    assert run(*_seal(inputs, out=inputs / "other-bundle"))[0] == 1
    assert ((bundle / "seal.json").read_bytes(), secret.read_bytes()) == before
    assert not (inputs / "other").exists()
    assert not (inputs / "other-bundle").exists()
    opening = ["open", bundle, "--secret-file", secret, "--contribution", DIGITS, *LATER]
    assert run(*opening)[0] == 0
    opened = (bundle / "result.json").read_bytes()
    assert run(*opening)[0] == 1
    assert (bundle / "result.json").read_bytes() == opened
    (inputs / "full").mkdir()
    (inputs / "full/x").write_text("")
    code, _, err = run(*_seal(inputs, out=inputs / "full", **{"secret-file": inputs / "new"}))
    assert (code, "已经存在" in err, (inputs / "new").exists()) == (1, True, False)


def test_a_bundle_may_be_made_in_an_empty_folder_and_below_new_ones(run: Run, inputs: Path) -> None:
    (inputs / "empty").mkdir()
    assert run(*_seal(inputs, out=inputs / "empty"))[0] == 0
    assert run(*_seal(inputs, out=inputs / "a/b/c", **{"secret-file": inputs / "key"}))[0] == 0
    assert len(_listing(inputs / "a/b/c")) == 4


def test_the_secret_is_kept_out_of_the_bundle(run: Run, inputs: Path) -> None:
    for name in ("bundle/secret", "bundle/supplement-1/secret"):
        code, _, err = run(*_seal(inputs, **{"secret-file": inputs / name}))
        assert (code, "抽取包的文件夹" in err) == (1, True)
    assert not (inputs / "bundle").exists()


def test_a_refused_seal_leaves_nothing_and_names_the_row_of_the_input(run: Run, inputs: Path) -> None:
    rows = (inputs / "s.tsv").read_text()
    before = _listing(inputs)
    for text, found in (
        (rows + "S99\t-\t0\tin\n", "s.tsv 第13行"),
        (rows.replace("\n", "\r\n"), "s.tsv 第1行"),
        ("\ufeff" + rows, "s.tsv 第1行"),
        (rows + "S01\t-\t2\tin\n", "S01"),
        ("", "编号 S01 不在"),
        ("\0", "s.tsv 第1行"),
    ):
        (inputs / "s.tsv").write_bytes(text.encode())
        code, out, err = run(*_seal(inputs))
        assert (code, out, found in err) == (1, "", True), err
        assert _listing(inputs) == before
    (inputs / "s.tsv").write_text(rows)
    for rule in ("[]", "{", '{"a":1}', "", '{"batches":1e3}'):
        (inputs / "rules.json").write_text(rule)
        assert run(*_seal(inputs))[0] == 1
    assert run(*_seal(inputs, subjects=inputs / "nothing"))[0] == 1
    assert _listing(inputs) == before


def test_nothing_half_written_stays_when_the_disk_is_full(
    run: Run, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, before = os.fsync, _listing(inputs)
    count = [0]

    def failing(handle: int) -> None:
        count[0] -= 1
        if count[0] == 0:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    for step in range(1, 6):
        count[0] = step
        code, _, err = run(*_seal(inputs))
        assert (code, "无法写入" in err) == (1, True), step
        assert _listing(inputs) == before
    count[0] = -1
    assert run(*_seal(inputs))[0] == 0
    sealed = _listing(inputs)
    opening = ["open", inputs / "bundle", "--secret-file", inputs / "secret", "--contribution", DIGITS, *LATER]
    for step in (1, 2):
        count[0] = step
        assert run(*opening)[0] == 1
        assert _listing(inputs) == sealed
    count[0] = -1
    assert run(*opening)[0] == 0


def test_file_systems_without_hard_links_are_written_too(
    run: Run, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(source: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    assert run("verify", _opened(run, inputs))[0] == 0


def test_an_opening_that_was_cut_off_between_its_files_goes_on(run: Run, inputs: Path) -> None:
    bundle = _opened(run, inputs)
    result = (bundle / "result.json").read_bytes()
    (bundle / "result.json").unlink()
    opening = ["open", bundle, "--secret-file", inputs / "secret", "--contribution"]
    code, _, err = run(*opening, "4321432143214321", *LATER)
    assert (code, "已经存在" in err) == (1, True)
    assert run(*opening, DIGITS, *LATER)[0] == 0
    assert (bundle / "result.json").read_bytes() == result


def test_of_two_openings_at_once_one_succeeds(run: Run, inputs: Path) -> None:
    run(*_seal(inputs))
    bundle = inputs / "bundle"
    common = [sys.executable, "-m", "mingqian_draw"]
    opening = [*common, "open", str(bundle), "--secret-file", str(inputs / "secret"), "--contribution"]
    voiding = [*common, "void", str(bundle), "--secret-file", str(inputs / "secret"), "--reason=x", "--approver=y"]
    commands = [[*opening, "1234512345", *LATER], [*opening, "5432154321", *LATER], [*voiding, *LATER]]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=-3, stderr=-3) for command in commands]
    assert sorted(process.wait() for process in processes) == [0, 1, 1]
    assert run("verify", bundle)[0] == 0


@pytest.mark.parametrize("text", ["", "x", "0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n\n"])
def test_a_secret_file_holds_a_secret(run: Run, inputs: Path, text: str) -> None:
    run(*_seal(inputs))
    (inputs / "wrong").write_text(text)
    code, _, err = run("open", inputs / "bundle", "--secret-file", inputs / "wrong", "--contribution", DIGITS, *LATER)
    assert (code, "64 位" in err) == (1, True)
    assert _listing(inputs / "bundle") == ["conflicts.tsv", "inspectors.tsv", "seal.json", "subjects.tsv"]


def test_without_a_time_it_is_now(run: Run, inputs: Path) -> None:
    given = [value for value in _seal(inputs) if value not in (*AT, *OPEN_BY)]
    assert run(*given, "--open-by", "9999-01-01T00:00:00Z")[0] == 0
    assert run("open", inputs / "bundle", "--secret-file", inputs / "secret", "--contribution", DIGITS)[0] == 0
    assert run("verify", inputs / "bundle")[0] == 0


def test_verify_prints_a_line_for_each_problem(run: Run, tmp_path: Path) -> None:
    bundle = write(load("v1-simple"), tmp_path / "b")
    (bundle / "notes.txt").write_text("")
    (bundle / "ledger.json").mkdir()
    (bundle / "inspectors.tsv").write_text("x\n")
    code, out, err = run("verify", bundle, "--lang", "en")
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[0] == "REFUSED: 4 problems"
    assert lines[1].strip().startswith("ledger.json: files: neither a file")
    assert lines[2].strip().startswith("notes.txt: files")
    assert lines[3].strip().startswith("inspectors.tsv: root or count")
    assert lines[4].strip() == "inspectors.tsv, row 1: ['x']: expected 3 columns"


def test_verify_reads_archives_and_refuses_what_is_none(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, data in load("v4-supplements").items():
            archive.writestr(name, data)
    assert run("verify", tmp_path / "a.zip")[0] == 0
    for name in ("nothing", "secret"):
        (tmp_path / "secret").write_text("x")
        code, out, _ = run("verify", tmp_path / name)
        assert (code, "核对不通过：1 处问题" in out) == (1, True)


def test_verify_takes_the_key_of_the_log_or_a_file_with_it(run: Run, tmp_path: Path) -> None:
    log = SigningLog()
    bundle = write(with_ledger(load("v4-supplements"), log), tmp_path / "b")
    (tmp_path / "key").write_text(log.key + "\n")
    for key in (log.key, tmp_path / "key"):
        code, out, _ = run("verify", bundle, "--log-key", key)
        assert (code, "公钥与所给的一致" in out, "第 9 次补充抽取的作废" in out) == (0, True, True)
    code, out, _ = run("verify", bundle, "--log-key", SigningLog("other").key)
    assert (code, "公钥不是所给的" in out) == (1, True)
    assert run("verify", bundle)[0] == 0


def test_ticket_prove_and_check_proof(run: Run, inputs: Path) -> None:
    bundle = _opened(run, inputs)
    code, out, _ = run("ticket", bundle, "S01")
    assert (code, "截止签号" in out, "此行的证明" in out) == (0, True, True)
    assert run("ticket", bundle, "S99")[0] == 1
    for table, *key in (["subjects", "S01"], ["inspectors", "P3"], ["conflicts", "S01", "P2"]):
        path = inputs / f"{table}.proof"
        assert run("prove", bundle, table, *key, "--out", path)[0] == 0
        assert run("prove", bundle, table, *key, "--out", path)[0] == 1
        code, out, _ = run("prove", bundle, table, *key)
        assert out.encode() == path.read_bytes() + b"\n"
        code, out, _ = run("check-proof", bundle / "seal.json", path, "--lang=en")
        assert (code, "under the seal" in out) == (0, True)
        path.write_bytes(path.read_bytes().replace(b'"index":', b'"index":1'))
        assert run("check-proof", bundle / "seal.json", path)[0] == 1
    assert run("prove", bundle, "conflicts", "S01")[0] == 1


def test_receipt(run: Run, inputs: Path) -> None:
    run(*_seal(inputs))
    expected = mq.receipt((inputs / "bundle/seal.json").read_bytes(), 1, DIGITS)
    code, out, _ = run("receipt", inputs / "bundle/seal.json", "1", DIGITS)
    assert (code, out.splitlines()) == (0, [f"回执：{expected[:16]}", f"全文：{expected}"])
    assert run("receipt", inputs / "bundle/seal.json", "0", DIGITS)[0] == 1
    assert run("receipt", inputs / "bundle/seal.json", "1", "12")[0] == 1


@pytest.mark.parametrize(
    ("environment", "arguments", "english"),
    [
        ({}, [], False),
        ({"LANG": "en_US.UTF-8"}, [], True),
        ({"LANG": "zh_CN.UTF-8"}, [], False),
        ({"LANG": "C.UTF-8"}, [], False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, [], False),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, [], True),
        ({"LANG": "en_US.UTF-8"}, ["--lang", "zh"], False),
        ({}, ["--lang=en"], True),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_system(
    run: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], arguments: list[str], english: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, out, _ = run(*arguments, "--help")
    assert code == 0
    assert ("usage:" in out, "用法" in out) == (english, not english)
    code, _, err = run(*arguments, "verify")
    assert code == 2
    assert ("error:" in err, "错误" in err) == (english, not english)


HELP = ["seal", "open", "void", "verify", "ticket", "prove", "check-proof", "receipt", "supplement"]


@pytest.mark.parametrize("command", [[], *([name] for name in HELP), *(["supplement", name] for name in HELP[:3])])
def test_help_is_in_one_language(run: Run, command: list[str]) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert not {"usage", "options", "positional", "show this", "arguments"} & set(out.replace(":", " ").split())
    code, out, _ = run(*command, "--help", "--lang=en")
    assert code == 0
    assert out.isascii()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "缺少：COMMAND"),
        (["nothing"], "COMMAND：'nothing' 不在"),
        (["verify"], "缺少：DIR_OR_ZIP"),
        (["verify", "a", "b"], "不认识：b"),
        (["verify", "a", "--log-key"], "--log-key 需要一个值"),
        (["verify", "a", "--lang", "fr"], "--lang：'fr' 不在"),
        (["receipt", "a", "x", "1"], "POSITION：'x' 不是整数"),
        (["prove", "a", "x", "1"], "TABLE：'x' 不在"),
        (["prove", "a", "subjects"], "缺少：ID"),
        (["open", "a", "--secret-file", "x", "--contribution"], "--contribution 至少需要一个值"),
        (["seal", "--beacon", "a", "b"], "--beacon 需要 4 个值"),
        (["open", "a", "--at", "today"], "--at：today 不是时间"),
        (["supplement"], "缺少：seal|appoint|open|void"),
    ],
)
def test_wrong_usage_is_told_in_chinese(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "argument" not in err


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    bundle = write(load("v4-supplements"), tmp_path / "b")
    command = [sys.executable, "-m", "mingqian_draw", "verify", str(bundle)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert b"Traceback" not in err


def test_an_output_that_cannot_show_chinese_gets_escapes(tmp_path: Path) -> None:
    bundle = write(load("v1-simple"), tmp_path / "b")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "mingqian_draw", "verify", str(bundle)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u6838\\u5bf9" in done.stdout


def test_a_command_on_what_is_no_bundle_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0" * 64)
    opening = ["--secret-file", tmp_path / "key", "--contribution", DIGITS, *LATER]
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "key"):
        code, out, err = run("open", path, *opening)
        assert (code, out, "缺少此文件" in err) == (1, "", True)


def test_a_linked_table_of_a_bundle_is_not_opened(run: Run, inputs: Path) -> None:
    run(*_seal(inputs))
    table = inputs / "bundle/subjects.tsv"
    shutil.move(table, inputs / "moved")
    table.symlink_to(inputs / "moved")
    code, _, err = run("open", inputs / "bundle", "--secret-file", inputs / "secret", "--contribution", DIGITS, *LATER)
    assert (code, "符号链接" in err) == (1, True)


def test_sealing_by_command_and_by_interface_is_the_same(
    run: Run, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingqian_draw.cli.new_secret", lambda: "0" * 64)
    run(*_seal(inputs))
    files = making.seal_draw(
        draw_id="D-1",
        title="试抽",
        organ="某局",
        scope="2026-试-01",
        rules=rules({"-": 6}),
        subjects=[(f"S{number:02d}", "-", 1, "in") for number in range(12)],
        inspectors=[(f"P{number}", "科", "in") for number in range(6)],
        conflicts=[("S01", "P1"), ("S01", "P2"), ("S03", "P1")],
        witnesses=["甲"],
        sealed_at=AT[1],
        open_by=OPEN_BY[1],
        beacon=None,
        secret="0" * 64,
    )
    assert {name: (inputs / "bundle" / name).read_bytes() for name in files} == files
