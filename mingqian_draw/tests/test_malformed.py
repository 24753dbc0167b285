"""Whatever lies in a bundle, the answer is lines that say what is wrong, never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import mingqian_draw as mq
from mingqian_draw.tests.support import DIGITS, Files, codes, edited, load, opened, sealed, secret, supplement_sealed

JSON_ZOO = {
    b"\xff\xfe": "not-utf8",
    b"": "not-json",
    b"{": "not-json",
    b"\xef\xbb\xbf{}": "not-json",
    b"[]": "not-object",
    b"null": "not-object",
    b'"x"': "not-object",
    b"[" * 100_000: "json-deep",
    b'{"a":' * 100_000: "json-deep",
    b"1" * 10_000: "json-integer",
    b"12345678901": "json-integer",
    b"1e3": "json-number",
    b"1.0": "json-number",
    b"NaN": "json-number",
    b"-Infinity": "json-number",
    b'{"a":1,"a":1}': "json-key-twice",
    b'"\\ud800"': "json-surrogate",
    b"{} {}": "not-json",
}


@pytest.mark.parametrize("data", JSON_ZOO, ids=lambda data: repr(data[:12]))
@pytest.mark.parametrize("name", ["seal.json", "reveal.json", "result.json", "ledger.json", "supplement-1/seal.json"])
def test_what_is_no_json_of_a_bundle_is_named(data: bytes, name: str) -> None:
    files = {**load("v4-supplements"), name: data}
    report = mq.verify(files)
    assert report.verdict == "refused"
    assert JSON_ZOO[data] in [error.code for error in report.problems if error.file == name]


@pytest.mark.parametrize("change", [b" ", b"\n", b"\t"])
def test_white_space_is_not_canonical(change: bytes) -> None:
    files = load("v1-simple")
    for name in ("seal.json", "reveal.json", "result.json"):
        assert "not-canonical" in codes({**files, name: files[name] + change})
        assert "not-canonical" in codes({**files, name: change + files[name]})


def test_escapes_that_need_not_be_are_not_canonical() -> None:
    files = load("v1-simple")
    seal = files["seal.json"].replace("单".encode(), b"\\u5355")
    assert json.loads(seal) == json.loads(files["seal.json"])
    assert "not-canonical" in codes({**files, "seal.json": seal})


def test_minus_zero_is_not_canonical() -> None:
    files = load("v5-subjects-only")
    seal = files["seal.json"].replace(b'"team_size":0', b'"team_size":-0')
    assert "not-canonical" in codes({**files, "seal.json": seal})


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    """A change that sets the value at a path."""

    def change(value: Any) -> None:
        *way, last, new = path
        for step in way:
            value = value[step]
        value[last] = new

    return change


SEAL_CHANGES = [
    (_set("protocol", "MQ2"), "seal-head"),
    (_set("draw_id", "a b"), "seal-head"),
    (_set("draw_id", "x" * 65), "seal-head"),
    (_set("draw_id", 7), "seal-head"),
    (_set("title", ""), "seal-head"),
    (_set("title", "x" * 201), "seal-head"),
    (_set("title", " x"), "seal-head"),
    (_set("organ", "x "), "seal-head"),
    (_set("organ", None), "seal-head"),
    (_set("scope", "a\u2029b"), "seal-head"),
    (_set("scope", "a\x85b"), "seal-head"),
    (_set("scope", "a\u2066b"), "seal-head"),
    (_set("sealed_at", "2026-02-30T01:00:00Z"), "seal-times"),
    (_set("sealed_at", "0000-01-01T00:00:00Z"), "seal-times"),
    (_set("sealed_at", "2026-03-01T24:00:00Z"), "seal-times"),
    (_set("sealed_at", "2026-03-01T23:59:60Z"), "seal-times"),
    (_set("sealed_at", "2026-03-01T01:00:00+00:00"), "seal-times"),
    (_set("sealed_at", "２０２６-03-01T01:00:00Z"), "seal-times"),
    (_set("sealed_at", "2026-03-01T01:00:00Z\n"), "seal-times"),
    (_set("sealed_at", 20260301), "seal-times"),
    (_set("open_by", "2026-03-02T01:00:00Z"), "seal-times"),
    (_set("rules", "quotas", []), "quotas"),
    (_set("rules", "quotas", {}), "quotas"),
    (_set("rules", "quotas", 0, "count", 0), "quotas"),
    (_set("rules", "quotas", 0, "count", True), "quotas"),
    (_set("rules", "quotas", 0, "count", "3"), "quotas"),
    (_set("rules", "quotas", 0, "stratum", ""), "quotas"),
    (_set("rules", "quotas", 0, None), "not-object"),
    (_set("rules", "quotas", [{"stratum": "-", "count": 1}] * 2), "quotas-order"),
    (_set("rules", "quotas", [{"stratum": "-", "count": 1, "x": 1}]), "keys"),
    (_set("rules", "team_size", 0), "team-size"),
    (_set("rules", "team_size", True), "team-size"),
    (_set("rules", "team_size", -1), "team-size"),
    (_set("rules", "assignment", "Teams"), "assignment"),
    (_set("rules", "assignment", ["teams"]), "assignment"),
    (_set("rules", "assignment", "none"), "team-size"),
    (_set("rules", "assignment", "teams"), "teams"),
    (_set("rules", "teams", 1), "teams"),
    (_set("rules", "batches", 0), "batches"),
    (_set("rules", "x", 0), "keys"),
    (_set("rules", []), "not-object"),
    (_set("subjects", "root", "A" * 64), "table-ref"),
    (_set("subjects", "root", "0" * 63), "table-ref"),
    (_set("subjects", "count", 19), "root"),
    (_set("subjects", "count", True), "table-ref"),
    (_set("conflicts", "root", "0" * 64), "root"),
    (_set("inspectors", None), "not-object"),
    (_set("witnesses", []), "witnesses"),
    (_set("witnesses", "甲"), "witnesses"),
    (_set("witnesses", ["甲 "]), "witnesses"),
    (_set("witnesses", [1]), "witnesses"),
    (_set("commitment", "0" * 64), "commitment"),
    (_set("commitment", 0), "commitment-form"),
    (_set("beacon", False), "not-object"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 0, "due": "2026-03-02T02:00:00Z"}), "beacon"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 101, "due": "2026-03-02T02:00:00Z"}), "beacon"),
    (_set("beacon", {"source": "a", "round": 1, "digits": 1, "due": "2026-03-02T02:00:00Z"}), "beacon"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 1, "due": "soon"}), "beacon"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 1, "due": "2026-03-03T02:00:00Z"}), "beacon-due"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 1, "due": "2026-03-02T00:59:59Z"}), "beacon-past"),
    (_set("beacon", {"source": "a", "round": "1", "digits": 1}), "keys"),
]


@pytest.mark.parametrize(("change", "code"), SEAL_CHANGES)
def test_a_seal_that_breaks_a_rule_is_refused_for_it(change: Callable[[dict[str, Any]], None], code: str) -> None:
    assert code in codes(edited(load("v1-simple"), "seal.json", change))


@pytest.mark.parametrize("key", json.loads(sealed()["seal.json"]))
def test_a_seal_without_a_key_is_refused(key: str) -> None:
    assert "keys" in codes(edited(load("v1-simple"), "seal.json", lambda seal: seal.pop(key)))


REVEAL_CHANGES = [
    (_set("secret", "0" * 63), "secret-form"),
    (_set("secret", None), "secret-form"),
    (_set("contributions", []), "contributions-count"),
    (_set("contributions", [DIGITS, DIGITS]), "contributions-count"),
    (_set("contributions", DIGITS), "contributions"),
    (_set("contributions", [int(DIGITS) % 10**9]), "contributions"),
    (_set("contributions", ["1234" * 26]), "contributions"),
    (_set("contributions", ["123412341\u0664"]), "contributions"),
    (_set("contributions", ["12341234123 "]), "contributions"),
    (_set("contributions", ["1234123412\n"]), "contributions"),
    (_set("beacon", "1234"), "beacon-not-named"),
    (_set("beacon", False), "beacon-not-named"),
    (_set("closed_at", "2026-03-02T00:59:59Z"), "times"),
    (_set("opened_at", "2026-03-02T01:24:59Z"), "times"),
    (_set("opened_at", "later"), "times"),
    (_set("x", 1), "keys"),
]


@pytest.mark.parametrize(("change", "code"), REVEAL_CHANGES)
def test_a_reveal_that_breaks_a_rule_is_refused_for_it(change: Callable[[dict[str, Any]], None], code: str) -> None:
    assert code in codes(edited(load("v1-simple"), "reveal.json", change))


def test_a_beacon_that_was_named_must_be_given_in_time_and_length() -> None:
    files = load("v2-strata")
    assert "beacon-value" in codes(edited(files, "reveal.json", _set("beacon", None)))
    assert "beacon-value" in codes(edited(files, "reveal.json", _set("beacon", "１" * 14)))
    assert "beacon-time" in codes(edited(files, "reveal.json", _set("opened_at", "2026-03-02T13:14:59Z")))


VOID_CHANGES = [
    (_set("protocol", "mq1"), "void-head"),
    (_set("draw_id", "V7"), "void-head"),
    (_set("number", 1), "void-head"),
    (_set("number", False), "void-head"),
    (_set("reason", ""), "void-reason"),
    (_set("approver", "\u202d"), "void-reason"),
    (_set("voided_at", "2026-03-02T00:00:00Z"), "times"),
    (_set("contributions", [DIGITS, DIGITS]), "contributions-count"),
    (_set("contributions", ["1"]), "contributions"),
    (_set("beacon", "1"), "beacon-not-named"),
    (_set("secret", "F" * 64), "void-secret"),
]


@pytest.mark.parametrize(("change", "code"), VOID_CHANGES)
def test_a_void_that_breaks_a_rule_is_refused_for_it(change: Callable[[dict[str, Any]], None], code: str) -> None:
    assert code in codes(edited(load("v6-void"), "void.json", change))


SUPPLEMENT_CHANGES = [
    (_set("protocol", "MQ0"), "supplement-head"),
    (_set("draw_id", "V5"), "supplement-head"),
    (_set("number", 2), "supplement-head"),
    (_set("number", True), "supplement-head"),
    (_set("kind", "team"), "supplement-kind"),
    (_set("kind", None), "supplement-kind"),
    (_set("kind", "subject"), "supplement-inspector"),
    (_set("inspector", ""), "supplement-inspector"),
    (_set("inspector", "370301"), "not-in-team"),
    (_set("subject", "91370300199595000G"), "not-selected"),
    (_set("subject", 3), "supplement-subject"),
    (_set("reason", "two words"), "supplement-reason"),
    (_set("conflicts", [["91370300199769218G", "370301"], ["91370300199642514G", "370301"]]), "supplement-conflicts"),
    (_set("conflicts", [["91370300199769218G", "370301"]] * 2), "supplement-conflicts"),
    (_set("conflicts", [["91370300199769218G"]]), "supplement-conflicts"),
    (_set("conflicts", [["91370300199769218G", 1]]), "supplement-conflicts"),
    (_set("conflicts", {}), "supplement-conflicts"),
    (_set("conflicts", [["9", "370301"]]), "supplement-id"),
    (_set("conflicts", [["91370300199769218G", "9"]]), "supplement-id"),
    (_set("unavailable", ["370302", "370301"]), "supplement-unavailable"),
    (_set("unavailable", ["370301", "370301"]), "supplement-unavailable"),
    (_set("unavailable", "370301"), "supplement-unavailable"),
    (_set("unavailable", ["9"]), "supplement-id"),
    (_set("witnesses", []), "witnesses"),
    (_set("sealed_at", "2026-03-02T01:29:59Z"), "supplement-time"),
    (_set("open_by", "2026-03-03T01:00:00Z"), "seal-times"),
    (_set("previous", "x"), "supplement-follows"),
    (_set("commitment", "0" * 64), "commitment"),
    (_set("title", "x"), "keys"),
]


@pytest.mark.parametrize(("change", "code"), SUPPLEMENT_CHANGES)
def test_a_supplement_that_breaks_a_rule_is_refused_for_it(change: Callable[[dict[str, Any]], None], code: str) -> None:
    assert code in codes(edited(load("v4-supplements"), "supplement-1/seal.json", change))


TABLE_CHANGES = [
    (b"A\t-\t1\tin", "row-end"),
    (b"\n", "row"),
    (b"A\t-\t1\tin\r\n", "row"),
    (b"\xef\xbb\xbfA\t-\t1\tin\n", "row"),
    (b"A\t-\t01\tin\n", "row"),
    (b"A\t-\t0\tin\n", "row"),
    (b"A\t-\t\tin\n", "row"),
    (b"A\t-\t\xef\xbc\x91\tin\n", "row"),
    (b"A\t-\t1\tin\t\n", "row"),
    (b"A\t-\t1\n", "row"),
    (b"A\t-\t1\texempt:\n", "row"),
    (b"A\t-\t1\texempt\n", "row"),
    (b"A\t-\t1\tout:a:b\n", "row"),
    (b"A\t-\t1\tIN\n", "row"),
    (b"A\t\t1\tin\n", "row"),
    (b"A\xc2\xa0\t-\t1\tin\n", "row"),
    (b"A\xe2\x80\x8b\t-\t1\tin\n", "row"),
    (b"A" * 65 + b"\t-\t1\tin\n", "row"),
    (b"\xed\xa0\x80\t-\t1\tin\n", "row"),
    (b"A\xff\t-\t1\tin\n", "row"),
    (b"A\0\t-\t1\tin\n", "row"),
    (b"A\t-\t1\tin\nA\t-\t2\tin\n", "rows-twice"),
    (b"B\t-\t1\tin\nA\t-\t2\tin\n", "rows-order"),
    (b"", "stratum-quota"),
]


@pytest.mark.parametrize(("data", "code"), TABLE_CHANGES)
def test_a_table_that_breaks_the_grammar_is_refused_for_it(data: bytes, code: str) -> None:
    found = codes({**load("v1-simple"), "subjects.tsv": data})
    assert found[0] == "root"
    assert code in found


def test_every_bad_row_is_named_with_its_number() -> None:
    files = load("v1-simple")
    rows = files["subjects.tsv"].split(b"\n")
    rows[2] += b" "
    rows[7] = rows[7].replace(b"\t1\t", b"\t0\t")
    report = mq.verify({**files, "subjects.tsv": b"\n".join(rows)})
    assert [error.row for error in report.problems if error.code == "row"] == ["3", "8"]


def test_a_thousand_bad_rows_are_listed_up_to_a_limit_and_counted() -> None:
    data = b"x\n" * 1000
    problems = mq.verify({**load("v1-simple"), "subjects.tsv": data}).problems
    assert sum(error.code == "row" for error in problems) == 200
    (more,) = [error for error in problems if error.code == "more"]
    assert more.params["count"] == 800


NAMES = [
    "notes.txt",
    "supplement-0/seal.json",
    "supplement-01/seal.json",
    "supplement-1/seal.json/x",
    "supplement-1/ledger.json",
    "supplement-1/notes",
    "supplement-x/seal.json",
    "Supplement-1/seal.json",
    "supplement-１/seal.json",
    "supplement--1/seal.json",
    "../seal.json",
    "/seal.json",
    "SEAL.JSON",
    "seal.json ",
    "",
    "supplement-1",
    "\ud800",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_has_no_place_is_refused(name: str) -> None:
    report = mq.verify({**load("v1-simple"), name: b"{}"})
    assert [error.code for error in report.problems] == ["files-extra"]
    assert report.problems[0].file == name
    report.problems[0].text("zh").encode()


def test_files_beside_a_void_are_refused() -> None:
    files, other = load("v6-void"), load("v1-simple")
    assert "files-of-a-void" in codes({**files, "reveal.json": other["reveal.json"]})
    assert "files-of-a-void" in codes({**files, "result.json": other["result.json"]})
    later = load("v4-supplements")
    beside = {"supplement-5/reveal.json": later["supplement-4/reveal.json"]}
    assert "files-of-a-void" in codes({**later, **beside})


def test_a_result_without_a_reveal_is_refused() -> None:
    files = load("v1-simple")
    del files["reveal.json"]
    assert codes(files) == ["files-missing"]


def test_a_supplement_in_the_middle_must_be_ended() -> None:
    files = load("v4-supplements")
    del files["supplement-3/result.json"]
    assert "supplement-early" in codes(files)
    draw = load("v4-supplements")
    del draw["result.json"]
    assert "supplement-early" in codes(draw)


def test_a_pending_supplement_is_reported_as_that_and_all_else_still_checked() -> None:
    files = load("v4-supplements")
    del files["supplement-9/void.json"]
    report = mq.verify(files)
    assert report.verdict == "pending"
    assert [(error.code, error.file) for error in report.problems] == [("pending", "supplement-9/seal.json")]
    assert mq.verify({**files, "subjects.tsv": files["subjects.tsv"][:-1]}).verdict == "refused"


def test_the_same_secret_in_a_void_and_a_reveal_is_refused() -> None:
    files = opened(sealed())
    target = json.loads(files["result.json"])["assignments"][0]
    files = supplement_sealed(files, 1, subject=target["subject"], inspector=target["leader"])
    with pytest.raises(mq.DrawError) as caught:
        mq.void_supplement(
            files, secret=secret(1), reason="原因", approver="某", voided_at="2026-03-03T02:00:00Z", contributions=[]
        )
    assert "secret-twice" in [caught.value.code, *(error.code for error in caught.value.others)]


def test_nothing_at_all_is_refused() -> None:
    assert set(codes({})) == {"files-missing"}


@settings(max_examples=60)
@given(st.data())
def test_random_damage_never_raises(data: st.DataObject) -> None:
    files: Files = load(data.draw(st.sampled_from(["v2-strata", "v3-teams", "v4-supplements", "v6-void"])))
    for name in data.draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=4)):
        whole = files[name]
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, min(len(whole), start + 40)))
        files[name] = whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:]
    report = mq.verify(files)
    for error in report.problems:
        for lang in ("zh", "en"):
            assert error.text(lang).replace("\u3000", "").isprintable()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.data())
def test_any_value_in_any_place_never_raises(data: st.DataObject) -> None:
    files = load("v4-supplements" if data.draw(st.booleans()) else "v6-void")
    name = data.draw(st.sampled_from(sorted(name for name in files if name.endswith(".json"))))

    def change(value: Any) -> None:
        while True:
            keys = sorted(value) if isinstance(value, dict) else range(len(value))
            if not keys:
                return
            key = data.draw(st.sampled_from(keys))
            if not isinstance(value[key], dict | list) or not value[key] or data.draw(st.booleans()):
                value[key] = data.draw(JSON_VALUES)
                return
            value = value[key]

    for error in mq.verify(edited(files, name, change)).problems:
        for lang in ("zh", "en"):
            assert error.text(lang).replace("\u3000", "").isprintable()
