"""Both languages say the same things, and nothing out of a file reaches a terminal as it is."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import mingqian_draw as mq
from mingqian_draw import messages_en, messages_zh, wording_en, wording_zh
from mingqian_draw.catalogue import clean, render
from mingqian_draw.tests.support import load, with_ledger

PACKAGE = Path(mq.__file__).parent
SOURCES = [path for path in PACKAGE.glob("*.py") if not path.name.startswith(("messages_", "wording_"))]
CATALOGUES = [
    (messages_en.MESSAGES, messages_zh.MESSAGES),
    (messages_en.EXPECTED, messages_zh.EXPECTED),
    (wording_en.WORDING, wording_zh.WORDING),
]


def _fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _strings() -> set[str]:
    return {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("number", range(len(CATALOGUES)))
def test_every_sentence_is_there_in_both_languages_with_the_same_places(number: int) -> None:
    english, chinese = CATALOGUES[number]
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert _fields(text) == _fields(chinese[key]), key
        assert text.isascii() or re.sub("[–≤≥—…]", "", text).isascii(), key


def test_every_chinese_sentence_is_chinese() -> None:
    plain = {"word-only": ""}
    for _, chinese in CATALOGUES:
        for key, text in chinese.items():
            words = re.sub(r"\{\w+\}", "", text)
            assert (
                key in plain
                or not re.search("[a-zA-Z]", words)
                or re.search("[\u4e00-\u9fff]", words)
                or "inspectors" in words
            ), key


def test_every_code_that_is_used_has_a_message_and_every_message_is_used() -> None:
    used = _strings()
    # Codes that are handed on as the code of a form's check, or raised by name, are all plain strings in the sources.
    assert set(messages_en.MESSAGES) <= used
    raised = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and ast.unparse(node.func).rpartition(".")[2] in {"DrawError", "add", "fail"}
        and isinstance(node.args[0].value, str)
        and not ast.unparse(node.func).startswith(("chain.secrets", "numbers", "self.gone"))
    }
    options = {
        name
        for name in raised
        if name.startswith("-") or name in {"bundle", "subject", "table", "key", "seal", "proof"}
    }
    assert raised - options <= set(messages_en.MESSAGES)


def test_a_place_is_a_row_of_a_table_or_a_path_in_a_file() -> None:
    assert render("row-end", "subjects.tsv", "12", {}, "en") == (
        "subjects.tsv, row 12: the last row does not end with a line feed"
    )
    assert render("row-end", "subjects.tsv", "12", {}, "zh") == "subjects.tsv 第12行：最后一行没有换行符"
    assert render("not-object", "seal.json", "rules", {}, "en") == "seal.json, rules: expected an object"
    assert render("pending", "", "", {}, "en") == "pending: neither result nor void"
    assert render("pending", "", "", {}, "fr") == render("pending", "", "", {}, "zh")


def test_str_of_an_error_is_english() -> None:
    error = mq.DrawError("pending", "seal.json")
    assert str(error) == error.text("en") == "seal.json: pending: neither result nor void"
    assert error.text() == error.text("zh") == "seal.json：尚未开签：既没有结果，也没有作废"


HIDDEN = "\n\x1b\x9b\u00a0\u0378\u200b\u202e\u2066\u3164\ud800\ufe0f\ufeff\U000e0041"


@pytest.mark.parametrize("character", HIDDEN)
def test_hidden_characters_are_shown_as_escapes(character: str) -> None:
    for text in (clean(f"a{character}b"), render("no-row", character, character, {"key": character}, "zh")):
        assert character not in text
        assert f"\\u{{{ord(character):x}}}" in text


def test_what_is_quoted_is_cut() -> None:
    assert len(clean("x" * 10_000)) < 200
    assert len(clean(["x" * 1000] * 1000)) < 400
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert len(clean(deep)) < 100


@pytest.mark.parametrize(
    ("upto", "said"),
    [
        (0, "没有证明任何一步"),
        (1, "只证明到抽取的封存"),
        (4, "只证明到第 1 次补充抽取的封存"),
        (None, "第 9 次补充抽取的作废"),
    ],
)
def test_a_report_says_how_far_the_log_reaches(upto: int | None, said: str) -> None:
    report = mq.verify(with_ledger(load("v4-supplements"), upto=upto))
    (line,) = [line for line in mq.report_lines(report, "zh") if line.startswith("公开日志")]
    assert said in line
    assert "未经核对" in line


@pytest.mark.parametrize(
    ("vector", "subject", "said"),
    [
        ("v4-supplements", "91370300199769218G", "现状：抽中；检查组：370306、370305；组长 370306"),
        ("v4-supplements", "913703001997771373", "现状：已由 91370300199697947E 替换"),
        ("v5-subjects-only", "91370300183757000X", "现状：抽中"),
        ("v5-subjects-only", "91370300183915380Y", "现状：不在抽中之列"),
    ],
)
def test_an_explanation_says_how_a_subject_stands_now(vector: str, subject: str, said: str) -> None:
    assert said in list(mq.explanation_lines(mq.explain(load(vector), subject), "zh"))
