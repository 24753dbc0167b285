"""Any single byte changed in any file of a bundle makes verification fail."""

from __future__ import annotations

import json

import pytest

import mingqian_draw as mq
from mingqian_draw.tests.support import Files, load, with_ledger

# Every byte of the small bundles, every so many of the others.
STRIDES = {
    "v1-simple": 1,
    "v2-strata": 61,
    "v3-teams": 29,
    "v4-supplements": 23,
    "v5-subjects-only": 1,
    "v7-teams-supplement": 29,
    "v8-long": 191,
}
# Nothing inside a bundle vouches for what its last void says in words; that is what the log is for.
WORDS_OF_A_VOID = {"reason", "approver", "voided_at", "contributions"}


def _changed(files: Files, stride: int, *, names: set[str] | None = None) -> list[tuple[str, int, Files]]:
    """The bundle with one byte changed, for places ``stride`` apart; each file starts at another offset."""
    return [
        (name, at, {**files, name: data[:at] + bytes([data[at] ^ (1 + at % 3)]) + data[at + 1 :]})
        for number, (name, data) in enumerate(sorted(files.items()))
        if names is None or name in names
        for at in range(number % stride, len(data), stride)
    ]


@pytest.mark.parametrize("name", STRIDES)
def test_a_changed_byte_is_noticed(name: str) -> None:
    files = load(name)
    open_words = {"supplement-9/void.json"} if name == "v4-supplements" else set()
    for file, at, changed in _changed(files, STRIDES[name], names=files.keys() - open_words):
        assert not mq.verify(changed).ok, (file, at)


@pytest.mark.parametrize(("name", "void"), [("v6-void", "void.json"), ("v4-supplements", "supplement-9/void.json")])
def test_without_a_log_only_the_words_of_the_last_void_can_be_changed(name: str, void: str) -> None:
    files = load(name)
    before = json.loads(files[void])
    names = None if name == "v6-void" else {void}
    unnoticed = 0
    for file, at, changed in _changed(files, 1, names=names):
        if mq.verify(changed).ok:
            after = json.loads(changed[void])
            assert file == void, (file, at)
            assert {key for key in before if before[key] != after[key]} <= WORDS_OF_A_VOID, at
            unnoticed += 1
    assert unnoticed


@pytest.mark.parametrize(("name", "stride"), [("v6-void", 7), ("v4-supplements", 151)])
def test_with_a_log_every_byte_is_guarded(name: str, stride: int) -> None:
    files = with_ledger(load(name))
    assert mq.verify(files).ok
    for file, at, changed in _changed(files, stride):
        assert not mq.verify(changed).ok, (file, at)


def test_every_byte_of_the_proofs_of_the_log_counts() -> None:
    files = with_ledger(load("v1-simple"))
    assert mq.verify(files).ok
    for file, at, changed in _changed(files, 7, names={"ledger.json"}):
        assert not mq.verify(changed).ok, (file, at)


@pytest.mark.parametrize("name", ["v1-simple", "v4-supplements", "v6-void"])
def test_a_missing_file_is_noticed(name: str) -> None:
    files = load(name)
    for gone in files:
        assert not mq.verify({name: data for name, data in files.items() if name != gone}).ok, gone


def test_a_byte_added_or_cut_off_is_noticed() -> None:
    files = load("v4-supplements")
    for name, data in files.items():
        assert not mq.verify({**files, name: data + b"\n"}).ok, name
        assert not mq.verify({**files, name: data + b" "}).ok, name
        assert not data or not mq.verify({**files, name: data[:-1]}).ok, name
