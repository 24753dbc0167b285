"""Every refusal has its sentence; a report reads the same in both languages, and nothing from a file can forge a line of it."""

import ast
import json
import re
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.test_vectors import BUNDLES, NOTES, VECTORS, options_of
from mingqian_draw.words import in_words, report_en, report_zh, zh
from mingqian_draw.words.report import lines

SOURCES = sorted([*Path(mq.__file__).parent.glob("*.py"), *Path(mq.__file__).parent.glob("command/*.py")])
#: Hints, which are no refusals by themselves.
HINTS = {"seal.json: BOM", "seal.json: CRLF", "x: system: y", "no bundle"}
#: What stands in a reason for what is put into it.
SAMPLES = {
    "name": "supplement-2/seal.json",
    "file": "reveal",
    "proof.table": "subjects.tsv",
    "step.step": "close",
    "step.number": "2",
    "lot.state": "void",
    "position": "2",
    "number": "2",
    "kept.size": "7",
}


def _texts(node: ast.AST | None) -> list[str]:
    """Return the texts that an expression may be, samples put in."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.Constant) else SAMPLES.get(ast.unparse(part.value), "S01")
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        text = "".join(map(str, parts))
        return [
            re.sub(r"(no file of a bundle: )(.*)", r"\1'\2'", text)
            .replace("/seal.json: head", ": head")
            .replace("/seal.json: sealed", ": sealed")
            .replace("supplement-2/seal.json: S01", "subjects.tsv: S01")
        ]
    return []


def reasons() -> set[str]:
    """Return every reason that the source can give."""
    found: set[str] = set()
    places = {"check": 1, "within": 2, "RefusedError": 0, "keyed": 2, "_take_secret": 2, "_beacon": 2}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
                given = node.args[places[node.func.id] :][:1]
                found.update(text for one in given for text in _texts(one))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"reason", "words", "_LATE"}:
                found.update(_texts(node.value))
    # Of these words some are halves of a reason, which others have whole.
    return found - {"reveal", ": width"}


def test_every_reason_in_the_source_and_in_the_vectors_has_a_chinese_sentence() -> None:
    """A refusal says what is wrong, and what to do, in the glossary's words."""
    every = reasons() | {note["reference"] for note in NOTES.values()} - {""} | HINTS
    assert len(every) >= 190
    unknown = zh.UNKNOWN.partition("{")[0]
    without = sorted(reason for reason in every if in_words(reason).startswith(unknown))
    assert without == []
    assert all(re.search("[\u4e00-\u9fff]", in_words(reason)) for reason in every)


def test_no_sentence_is_for_a_reason_that_nobody_gives() -> None:
    """The table is not longer than the code."""
    every = reasons() | {note["reference"] for note in NOTES.values()} | HINTS
    unused = [
        pattern
        for pattern in zh.REASONS
        if pattern not in every and not ("(?" in pattern and any(re.fullmatch(pattern, one) for one in every))
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("supplement-3/close.json is not canonical", "第 3 次变更的献数截止文件不是规定的写法"),
        ("ledger: close 0 was not on the log in time", "抽取的献数截止没有在规定的 60 秒内留痕"),
        ("joining: keys", "跨科室加入要写明"),
        ("no file of a bundle: 'x\u202ey'", "“x\\u{202e}y”不是抽取文件里的文件"),
        ("what nobody says", "没有通过核验：what nobody says"),
    ],
)
def test_a_sentence_names_what_the_reason_names(reason: str, words: str) -> None:
    """Files by their Chinese names; what is not seen is shown."""
    assert in_words(reason).startswith(words)
    assert in_words(reason, "en")


def test_both_languages_say_the_same_things() -> None:
    """The same keys, with the same things put in."""
    fields = [
        {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in words.WORDS.items()}
        for words in (report_zh, report_en)
    ]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("place", BUNDLES, ids=lambda place: place.stem)
def test_a_report_can_be_read(place: Path) -> None:
    """Every vector, in both languages: the headline first, then what is unguarded."""
    wanted = json.loads((VECTORS / "expect" / f"{place.stem}.json").read_text())
    report = mq.verify(mq.read(place), options_of(wanted["options"]))
    for language in ("zh", "en"):
        found = list(lines(report, language, "2026-12-01T00:00:00Z"))
        assert "{" not in "".join(found)
        assert len(found) >= 8
        said = sum(line.startswith(("请注意", "beware")) for line in found[1:])
        assert said == len(report.warnings) + bool(report.appointed)


def headline(name: str, **given: object) -> str:
    """Return the first line on a vector, with what it says that is given or something else."""
    options = json.loads((VECTORS / "expect" / f"{name}.json").read_text())["options"] | given
    return next(lines(mq.verify(mq.read(VECTORS / "bundles" / f"{name}.zip"), options_of(options))))


def test_the_headline_says_what_is_known() -> None:
    """Without a key: authenticity is unknown; with too few cosigners: whether anything is missing."""
    assert "平台单方声明" in headline("v24-ledger-appointments")
    assert "真伪未知" in headline("v24-ledger-appointments", log_key=None)
    assert headline("v36-beacon-cosigned").startswith("核验通过：截至 ")
    assert "见证方的签名不够" in headline("v26-too-few-cosigners")
    assert "没有留痕证明" in headline("v51-absent")
    assert headline("v81-revealed-change").startswith("还没有结束：第 3 次变更")


def test_what_is_overdue_is_said() -> None:
    """A seal neither opened nor voided by `open_by` is shown as overdue."""
    report = mq.verify(mq.read(VECTORS / "bundles" / "v53-name-2f7ff.zip"))
    assert any("已逾期" in line for line in lines(report, "zh", "2026-12-01T00:00:00Z"))
    assert not any("已逾期" in line for line in lines(report, "zh", "2026-03-02T00:00:00Z"))
