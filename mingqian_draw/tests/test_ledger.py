"""``ledger.json``: what a log that signs can and cannot say about a bundle."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import mingqian_draw as mq
from mingqian_draw.canonical import dumps
from mingqian_draw.tests.support import (
    Files,
    SigningLog,
    ledger_for,
    load,
    naive_consistency,
    naive_path,
    opened,
    sealed,
    with_ledger,
)


def _codes(files: Files, **options: str) -> list[str]:
    return [error.code for error in mq.verify(files, **options).problems]


@pytest.mark.parametrize("name", ["v1-simple", "v2-strata", "v4-supplements", "v6-void", "v8-long"])
def test_a_bundle_that_was_on_the_log_in_time_is_verified(name: str) -> None:
    log = SigningLog()
    report = mq.verify(with_ledger(load(name), log), log_key=log.key + "\n")
    assert report.ok, [str(error) for error in report.problems]
    status = report.ledger
    assert status is not None
    assert status.complete
    assert status.key_given
    assert status.origin == log.origin
    assert status.size == len(log.entries)


def test_without_a_key_from_elsewhere_that_is_said() -> None:
    report = mq.verify(with_ledger(load("v1-simple")))
    assert report.ok
    assert report.ledger is not None
    assert not report.ledger.key_given


def test_a_prefix_of_the_steps_is_said_to_be_one() -> None:
    for upto, step, number in ((1, "seal", 0), (3, "result", 0), (4, "seal", 1), (6, "result", 1), (0, "", 0)):
        report = mq.verify(with_ledger(load("v4-supplements"), upto=upto))
        assert report.ok
        assert report.ledger is not None
        assert (report.ledger.step, report.ledger.number, report.ledger.complete) == (step, number, False)


def test_a_pending_bundle_may_have_its_seal_proved() -> None:
    report = mq.verify(with_ledger(sealed()))
    assert report.verdict == "pending"
    assert report.ledger is not None
    assert (report.ledger.step, report.ledger.complete) == ("seal", True)


def test_a_given_key_demands_proofs() -> None:
    assert _codes(load("v1-simple"), log_key=SigningLog().key) == ["ledger-missing"]


def test_another_key_than_the_one_given_is_refused() -> None:
    other = SigningLog(private=b"\x08" * 32).key
    assert _codes(with_ledger(load("v1-simple")), log_key=other) == ["ledger-key"]
    assert "ledger-form" in _codes(with_ledger(load("v1-simple")), log_key="nonsense")


def test_an_anchor_for_a_step_that_the_bundle_does_not_hold_is_refused() -> None:
    files = with_ledger(opened(sealed()))
    for name in ("reveal.json", "result.json"):
        del files[name]
    assert "ledger-step-extra" in _codes(files)
    later = with_ledger(load("v4-supplements"))
    assert "ledger-step-extra" in _codes({name: data for name, data in later.items() if "supplement-9" not in name})


def _change(name: str, change: Callable[[dict[str, Any]], object]) -> list[str]:
    files = load(name)
    value = ledger_for(files, SigningLog())
    change(value)
    return _codes({**files, "ledger.json": dumps(value)})


def _anchor(at: int, key: str, new: Any) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["anchors"][at].__setitem__(key, new)


def _swap(one: int, other: int) -> Callable[[dict[str, Any]], object]:
    def change(value: dict[str, Any]) -> None:
        anchors = value["anchors"]
        anchors[one], anchors[other] = anchors[other], anchors[one]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda value: value.pop("format"), "keys"),
        (lambda value: value.update(extra=1), "keys"),
        (lambda value: value.update(format="mingqian-ledger-2"), "ledger-form"),
        (lambda value: value.update(key="x"), "ledger-form"),
        (lambda value: value.update(key=SigningLog("other").key), "ledger-form"),
        (lambda value: value.update(key=SigningLog(private=b"\1" * 32).key), "ledger-signature"),
        (lambda value: value.update(anchors={}), "ledger-form"),
        (lambda value: value.update(checkpoint=value["checkpoint"].rstrip("\n")), "ledger-form"),
        (lambda value: value.update(checkpoint=value["checkpoint"] + "more\n"), "ledger-form"),
        (lambda value: value.update(checkpoint=value["checkpoint"].replace("\n\n", "\nextension\n\n")), "ledger-form"),
        (lambda value: value.update(checkpoint=value["anchors"][0]["checkpoint"]), "ledger-consistency"),
        (lambda value: value["anchors"].pop(0), "ledger-step"),
        (lambda value: value["anchors"].pop(1), "ledger-step"),
        (lambda value: value["anchors"].append(value["anchors"][-1]), "ledger-step-extra"),
        (_swap(0, 1), "ledger-step"),
        (_swap(1, 2), "ledger-order"),
        (_anchor(0, "index", 0), "ledger-inclusion"),
        (_anchor(0, "index", True), "ledger-form"),
        (_anchor(0, "index", 5), "ledger-order"),
        (_anchor(0, "number", 1), "ledger-step-extra"),
        (_anchor(0, "number", False), "ledger-step-extra"),
        (_anchor(0, "step", "open"), "ledger-step-extra"),
        (_anchor(0, "step", None), "ledger-step-extra"),
        (_anchor(1, "inclusion", []), "ledger-inclusion"),
        (_anchor(1, "inclusion", ["x"]), "ledger-form"),
        (_anchor(1, "inclusion", None), "ledger-form"),
        (_anchor(0, "consistency", []), "ledger-consistency"),
        (_anchor(0, "checkpoint", None), "ledger-form"),
        (_anchor(0, "entry", None), "not-object"),
        (_anchor(0, "entry", {}), "keys"),
    ],
)
def test_a_proof_that_does_not_hold_is_refused(change: Callable[[dict[str, Any]], object], code: str) -> None:
    assert code in _change("v1-simple", change)


def _steps(**changed: Callable[[dict[str, Any]], object]) -> list[str]:
    """Entries changed before they went on the log, so that every proof of it holds."""
    files, log = load("v1-simple"), SigningLog()
    append = log.append

    def altered(verb: str, subject: str, digest: str, time: str, actor: str = "user/a") -> int:
        entry = {"verb": verb, "subject": subject, "digest": digest, "time": time, "actor": actor}
        if verb.startswith("draw."):
            for change in filter(None, [changed.get(verb.removeprefix("draw."))]):
                change(entry)
        index = append(**entry)
        log.entries[index].update({key: value for key, value in entry.items() if key in log.entries[index]})
        return index

    log.append = altered  # type: ignore[method-assign]  # the log of a dishonest platform
    return _codes(with_ledger(files, log))


def test_a_log_that_kept_to_the_rules_is_accepted() -> None:
    assert _steps() == []


@pytest.mark.parametrize(
    ("step", "key", "new"),
    [
        ("seal", "digest", "0" * 64),
        ("seal", "subject", "draw/x"),
        ("seal", "subject", "draw/抽查〔2026〕1号/1"),
        ("seal", "verb", "draw.seals"),
        ("seal", "time", "2026-03-02T00:59:59Z"),
        ("seal", "time", "2026-03-02T01:25:01Z"),
        ("close", "digest", "0" * 64),
        ("close", "time", "2026-03-02T01:24:59Z"),
        ("close", "time", "2026-03-02T01:30:01Z"),
        ("result", "digest", "0" * 64),
        ("result", "time", "2026-03-02T01:29:59Z"),
    ],
)
def test_an_entry_that_says_something_else_or_came_too_late_is_refused(step: str, key: str, new: str) -> None:
    assert _steps(**{step: lambda entry: entry.update({key: new})}) == ["ledger-entry"]


@pytest.mark.parametrize(("key", "new"), [("actor", "a\n"), ("time", "2026-03-02T1:00:00Z"), ("verb", "draw seal")])
def test_an_entry_that_is_badly_formed_is_refused(key: str, new: str) -> None:
    assert "ledger-form" in _steps(seal=lambda entry: entry.update({key: new}))


def test_a_void_after_closing_may_leave_the_closing_out_or_not() -> None:
    files = load("v6-void")
    value = ledger_for(files, SigningLog())
    assert [anchor["step"] for anchor in value["anchors"]] == ["seal", "close", "void"]
    assert _codes({**files, "ledger.json": dumps(value)}) == []
    del value["anchors"][1]
    assert _codes({**files, "ledger.json": dumps(value)}) == []
    del value["anchors"][0]
    assert "ledger-step" in _codes({**files, "ledger.json": dumps(value)})


def test_a_step_must_be_under_a_checkpoint_before_the_next_is_taken() -> None:
    """All three acts under one checkpoint: nothing shows that the seal was there before the result."""
    files, log = load("v1-simple"), SigningLog()
    value = ledger_for(files, log)
    last = value["anchors"][-1]
    size = int(last["checkpoint"].split("\n")[1])
    for anchor in value["anchors"]:
        anchor["checkpoint"] = last["checkpoint"]
        anchor["inclusion"] = [node.hex() for node in naive_path(log.leaves(size), anchor["index"])]
        anchor["consistency"] = [node.hex() for node in naive_consistency(log.leaves(), size)]
    assert _codes({**files, "ledger.json": dumps(value)}) == ["ledger-order", "ledger-order"]


def test_two_histories_do_not_share_a_last_checkpoint() -> None:
    files, log, other = load("v1-simple"), SigningLog(), SigningLog()
    value = ledger_for(files, log)
    for number in range(9):
        other.append("x", "y", hashlib.sha256(b"%d" % number).hexdigest(), "2026-01-01T00:00:00Z")
    value["checkpoint"] = other.checkpoint()
    assert set(_codes({**files, "ledger.json": dumps(value)})) == {"ledger-consistency"}


def test_a_signature_by_a_stranger_beside_the_logs_own_is_refused() -> None:
    files, log = load("v1-simple"), SigningLog()
    value = ledger_for(files, log)
    stranger = base64.b64encode(b"\1" * 68).decode()
    value["checkpoint"] += f"— stranger {stranger}\n"
    assert _codes({**files, "ledger.json": dumps(value)}) == ["ledger-signature"]


def test_only_one_writing_of_a_base64_is_taken() -> None:
    files = with_ledger(load("v1-simple"))
    value = json.loads(files["ledger.json"])
    root = value["checkpoint"].split("\n")[2]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = root[:-2] + alphabet[alphabet.index(root[-2]) ^ 1] + "="
    assert base64.b64decode(spare) == base64.b64decode(root)
    value["checkpoint"] = value["checkpoint"].replace(root, spare)
    assert "ledger-form" in _codes({**files, "ledger.json": dumps(value)})
