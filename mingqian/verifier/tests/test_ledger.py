"""ledger.json as the verifier in JavaScript reads it, against a log made and signed here."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingqian.verifier.tests.harness import (
    canonical,
    codes,
    consistency_path,
    files_of,
    inclusion_path,
    run_jobs,
    sha256_hex,
    tree_hash,
    verify_job,
)

NAME = "mq.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _key(private: Ed25519PrivateKey = PRIVATE, name: str = NAME) -> str:
    raw = b"\x01" + private.public_key().public_bytes_raw()
    mark = sha256_hex(f"{name}\n".encode() + raw)[:8]
    return f"{name}+{mark}+{base64.b64encode(raw).decode()}"


def _note(size: int, root: bytes, private: Ed25519PrivateKey = PRIVATE, *, more: str = "") -> str:
    text = f"{NAME}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = bytes.fromhex(_key(private).split("+")[1]) + private.sign(text.encode())
    return f"{text}\n— {NAME} {base64.b64encode(signature).decode()}\n{more}"


def _add(steps: list[dict[str, Any]], number: int, step: str, digest: str, time: str) -> None:
    steps.append({"step": step, "number": number, "digest": digest, "time": time})


def _steps(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The steps of a complete bundle: step, number, digest, and a time that fits."""
    steps: list[dict[str, Any]] = []
    count = 1 + len({name.split("/")[0] for name in files if "/" in name})
    for number in range(count):
        prefix = f"supplement-{number}/" if number else ""
        void = json.loads(files.get(f"{prefix}void.json", b"{}"))
        reveal = json.loads(files.get(f"{prefix}reveal.json", b"{}"))
        seal = json.loads(files[f"{prefix}seal.json"])
        _add(steps, number, "seal", sha256_hex(files[f"{prefix}seal.json"]), seal["sealed_at"])
        if seal.get("kind") == "appointment":
            _add(steps, number, "result", sha256_hex(files[f"{prefix}result.json"]), seal["sealed_at"])
            continue
        said = (reveal or void)["contributions"]
        if len(said) == len(seal["witnesses"]):
            _add(steps, number, "close", sha256_hex("\n".join(said)), reveal.get("closed_at", void.get("voided_at")))
        if void:
            _add(steps, number, "void", sha256_hex(files[f"{prefix}void.json"]), void["voided_at"])
        else:
            _add(steps, number, "result", sha256_hex(files[f"{prefix}result.json"]), reveal["opened_at"])
    return steps


def _ledger(vector: str, *, edit: Callable[[list[dict[str, Any]]], None] | None = None, gap: int = 2) -> dict[str, Any]:
    """A ledger for a vector; before each of its entries the log holds `gap` others. `edit` changes the steps first."""
    files = files_of(vector)
    draw_id = json.loads(files["seal.json"])["draw_id"]
    steps = _steps(files)
    if edit:
        edit(steps)
    leaves: list[bytes] = []
    places = []
    for step in steps:
        leaves += [f"other {len(leaves)} {index}".encode() for index in range(gap)]
        subject = step.get("subject", f"draw/{draw_id}" + (f"/{step['number']}" if step["number"] else ""))
        entry = {
            "actor": "user/wang",
            "digest": step["digest"],
            "rows": sha256_hex(b""),
            "subject": subject,
            "time": step["time"],
            "verb": step.get("verb", f"draw.{step['step']}"),
        }
        leaves.append(canonical(entry))
        places.append((len(leaves) - 1, len(leaves), entry))
    leaves.append(b"the last one")
    anchors = []
    for step, (index, size, entry) in zip(steps, places, strict=True):
        tree = leaves[:size]
        anchors.append(
            {
                "step": step["step"],
                "number": step["number"],
                "index": index,
                "entry": entry,
                "checkpoint": _note(size, tree_hash(tree)),
                "inclusion": [item.hex() for item in inclusion_path(index, tree)],
                "consistency": [item.hex() for item in consistency_path(size, leaves)],
            }
        )
    return {
        "format": "mingqian-ledger-1",
        "key": _key(),
        "checkpoint": _note(len(leaves), tree_hash(leaves)),
        "anchors": anchors,
    }


def _job(vector: str, ledger: dict[str, Any], log_key: str = "") -> dict[str, Any]:
    return verify_job(files_of(vector) | {"ledger.json": canonical(ledger)}, logKey=log_key)


@pytest.mark.parametrize(
    "vector", ["v1-simple", "v2-strata", "v4-supplements", "v6-void", "v7-teams-supplement", "v8-long", "v14-mixed"]
)
def test_a_bundle_with_its_whole_ledger_is_verified(vector: str) -> None:
    ledger = _ledger(vector)
    with_key, without = run_jobs([_job(vector, ledger, _key()), _job(vector, ledger)])
    for result, given in ((with_key, True), (without, False)):
        assert (result["verdict"], result["problems"]) == ("verified", [])
        found = result["summary"]["ledger"]
        assert (found["complete"], found["signed"], found["keyGiven"]) == (True, True, given)
        assert found["size"] == 3 * len(ledger["anchors"]) + 1


def test_a_prefix_says_how_far_the_bundle_is_on_the_log() -> None:
    ledger = _ledger("v4-supplements")
    jobs = []
    for count in (0, 1, 2, 3, 6):
        cut = copy.deepcopy(ledger)
        cut["anchors"] = cut["anchors"][:count]
        jobs.append(_job("v4-supplements", cut))
    results = run_jobs(jobs)
    assert [result["problems"] for result in results] == [[]] * 5
    assert [result["summary"]["ledger"]["upTo"] for result in results] == [
        "",
        "封存",
        "截止献数",
        "开签",
        "补充抽取 1 开签",
    ]
    assert not any(result["summary"]["ledger"]["complete"] for result in results)


def test_only_the_closing_of_a_void_may_be_left_out() -> None:
    def without_close(steps: list[dict[str, Any]]) -> None:
        steps[:] = [step for step in steps if step["step"] != "close"]

    void, opened = run_jobs(
        [
            _job("v6-void", _ledger("v6-void", edit=without_close)),
            _job("v1-simple", _ledger("v1-simple", edit=without_close)),
        ]
    )
    assert (void["verdict"], void["summary"]["ledger"]["complete"]) == ("verified", True)
    assert codes(opened) == ["ledger-steps"]


@pytest.mark.parametrize("step", ["seal", "result"])
def test_no_step_of_an_appointment_is_before_its_sealing(step: str) -> None:
    def early(steps: list[dict[str, Any]]) -> None:
        for item in steps:
            if (item["number"], item["step"]) == (1, step):
                item["time"] = "2026-03-03T00:59:59Z"

    right, wrong = (_ledger("v12-appointment", edit=edit) for edit in (None, early))
    results = run_jobs([_job("v12-appointment", ledger) for ledger in (right, wrong)])
    assert [codes(result) for result in results] == [[], ["ledger-time"]]


def test_an_anchor_for_a_step_that_the_bundle_does_not_hold_means_that_it_is_incomplete() -> None:
    ledger = canonical(_ledger("v4-supplements"))
    files = {
        name: content for name, content in files_of("v4-supplements").items() if not name.startswith("supplement-9/")
    }
    sealed = {
        name: content for name, content in files_of("v1-simple").items() if name not in {"reveal.json", "result.json"}
    }
    cut, pending, early = run_jobs(
        [
            verify_job(files | {"ledger.json": ledger}),
            verify_job(sealed | {"ledger.json": canonical(_ledger("v1-simple"))}),
            verify_job(
                sealed
                | {"ledger.json": canonical(_ledger("v1-simple") | {"anchors": _ledger("v1-simple")["anchors"][:1]})}
            ),
        ]
    )
    assert (cut["verdict"], codes(cut)) == ("refused", ["ledger-steps"])
    assert (pending["verdict"], codes(pending)) == ("refused", ["ledger-steps"])
    assert (early["verdict"], codes(early), early["summary"]["ledger"]["complete"]) == ("pending", [], True)


def _step(index: int, **changes: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda steps: steps[index].update(changes)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_step(0, time="2026-03-02T00:59:59Z"), "ledger-time"),
        (_step(0, time="2026-03-02T01:25:01Z"), "ledger-time"),
        (_step(1, time="2026-03-02T01:24:59Z"), "ledger-time"),
        (_step(1, time="2026-03-02T01:30:01Z"), "ledger-time"),
        (_step(2, time="2026-03-02T01:29:59Z"), "ledger-time"),
        (_step(2, time="2026-02-30T01:29:59Z"), "ledger-form"),
        (_step(0, digest="0" * 64), "ledger-entry"),
        (_step(1, digest=sha256_hex(b"")), "ledger-entry"),
        (_step(2, subject="draw/another"), "ledger-entry"),
        (_step(0, verb="draw.close"), "ledger-entry"),
        (_step(0, number=1), "ledger-steps"),
        (lambda steps: steps.reverse(), "ledger-steps"),
        (lambda steps: steps.append(dict(steps[0])), "ledger-steps"),
    ],
)
def test_entries_must_be_the_steps_of_this_bundle(edit: Callable[[list[dict[str, Any]]], None], code: str) -> None:
    [result] = run_jobs([_job("v1-simple", _ledger("v1-simple", edit=edit))])
    assert result["verdict"] == "refused"
    assert code in codes(result), result["problems"]


OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Puts the last of `path` where the others lead."""

    def change(ledger: dict[str, Any]) -> None:
        target: Any = ledger
        for key in path[:-2]:
            target = target[key]
        target[path[-2]] = path[-1]

    return change


def _swap_signature(ledger: dict[str, Any]) -> None:
    first, last = ledger["anchors"][0]["checkpoint"], ledger["checkpoint"]
    ledger["anchors"][0]["checkpoint"] = first.split("\n\n")[0] + "\n\n" + last.split("\n\n")[1]


def _other_fork(ledger: dict[str, Any]) -> None:
    ledger["checkpoint"] = _note(10, tree_hash([f"fork {index}".encode() for index in range(10)]))


def _stale_checkpoint(ledger: dict[str, Any]) -> None:
    """The first step is signed for only together with the second."""
    leaf = {key: ledger["anchors"][1][key] for key in ("checkpoint", "consistency")}
    ledger["anchors"][0].update(leaf)


FORGERIES: list[tuple[str, Callable[[dict[str, Any]], None], set[str]]] = [
    ("another format", _set("format", "mingqian-ledger-2"), {"ledger-form"}),
    ("a key of another log", _set("key", _key(OTHER)), {"ledger-checkpoint"}),
    ("a key with a wrong hash", _set("key", NAME + "+00000000+" + _key().split("+", 2)[2]), {"ledger-key"}),
    ("a key without a name", _set("key", "+" + _key().split("+", 1)[1]), {"ledger-key"}),
    ("a key as number", _set("key", 1), {"ledger-key"}),
    ("signatures swapped", _swap_signature, {"ledger-signature"}),
    ("a fork of the log", _other_fork, {"ledger-consistency"}),
    ("a step signed only with the next", _stale_checkpoint, {"ledger-order", "ledger-inclusion"}),
    ("an audit path cut", _set("anchors", 1, "inclusion", []), {"ledger-inclusion"}),
    ("a wrong index", _set("anchors", 0, "index", 1), {"ledger-inclusion"}),
    ("a consistency proof cut", _set("anchors", 0, "consistency", []), {"ledger-consistency"}),
    ("true as index", _set("anchors", 0, "index", True), {"ledger-form"}),
    ("an extra key in an entry", _set("anchors", 0, "entry", "note", "x"), {"ledger-form"}),
    ("an extra key in an anchor", _set("anchors", 0, "note", "x"), {"ledger-form"}),
    ("an actor with a hidden character", _set("anchors", 0, "entry", "actor", "user/\u202e"), {"ledger-form"}),
    ("another actor than logged", _set("anchors", 0, "entry", "actor", "user/li"), {"ledger-inclusion"}),
    ("an unknown step", _set("anchors", 0, "step", "toString"), {"ledger-form"}),
    ("anchors as an object", _set("anchors", {}), {"ledger-form"}),
    ("no checkpoint", _set("checkpoint", ""), {"ledger-checkpoint"}),
    ("a checkpoint as number", _set("anchors", 0, "checkpoint", 5), {"ledger-checkpoint"}),
]


def test_forged_ledgers_are_refused() -> None:
    jobs = []
    for _, forge, _ in FORGERIES:
        ledger = _ledger("v1-simple")
        forge(ledger)
        jobs.append(_job("v1-simple", ledger))
    for (what, _, want), result in zip(FORGERIES, run_jobs(jobs), strict=True):
        assert result["verdict"] == "refused", what
        assert set(codes(result)) == want, (what, result["problems"])


def test_notes_are_held_to_their_form() -> None:
    good = _note(10, tree_hash([b""] * 10))
    head, tail = good.split("\n\n")
    notes = [
        good.replace("— ", "- "),
        good.replace("\n\n", "\n"),
        good[:-1],
        good + "\n",
        head + "\n\n",
        good.replace("\n10\n", "\n010\n"),
        good.replace("\n10\n", "\n-1\n"),
        good.replace(NAME, "other/log", 1),
        head + "\nextension\n\n" + tail,
        "\n" + good,
        good.replace("=\n\n", "\n\n"),
        good.replace(tail, tail.replace(" ", "  ")),
        good.replace("\n", "\r\n"),
    ]
    ledger = _ledger("v1-simple")
    for note, result in zip(
        notes, run_jobs([_job("v1-simple", ledger | {"checkpoint": note}) for note in notes]), strict=True
    ):
        assert codes(result) == ["ledger-checkpoint"], (note, result["problems"])


def test_every_signature_must_be_by_the_key() -> None:
    lines = [
        "— witness.example/w " + base64.b64encode(bytes(76)).decode() + "\n",
        "— witness.example/w " + base64.b64encode(bytes(68)).decode() + "\n",
        _note(1, bytes(32), OTHER).split("\n\n")[1],
    ]
    ledgers = []
    for line in lines:
        ledger = _ledger("v1-simple")
        ledgers.append(ledger | {"checkpoint": ledger["checkpoint"] + line})
    twice = _ledger("v1-simple")
    twice["checkpoint"] += twice["checkpoint"].split("\n\n")[1]
    wrong = _ledger("v1-simple")
    wrong["checkpoint"] += wrong["anchors"][0]["checkpoint"].split("\n\n")[1]
    *unknown, same, other = run_jobs([_job("v1-simple", ledger) for ledger in [*ledgers, twice, wrong]])
    assert [codes(result) for result in unknown] == [["ledger-checkpoint"]] * 3
    assert same["verdict"] == "verified"
    assert codes(other) == ["ledger-signature"]


def test_who_names_the_key_wants_the_proof() -> None:
    [result] = run_jobs([verify_job(files_of("v1-simple"), logKey=_key())])
    assert (result["verdict"], codes(result)) == ("refused", ["ledger-missing"])


def test_the_key_must_be_the_one_got_on_another_way() -> None:
    right, wrong, spaced = run_jobs(
        [_job("v1-simple", _ledger("v1-simple"), key) for key in (_key(), _key(OTHER), f" {_key()}\n")]
    )
    assert (right["verdict"], spaced["verdict"]) == ("verified", "verified")
    assert codes(wrong) == ["ledger-key"]


def test_any_byte_of_the_ledger_counts() -> None:
    files = files_of("v1-simple")
    content = canonical(_ledger("v1-simple"))
    jobs = []
    for at in range(0, len(content), 13):
        changed = bytearray(content)
        changed[at] ^= 1
        jobs.append(verify_job(files | {"ledger.json": bytes(changed)}))
    assert [index for index, result in enumerate(run_jobs(jobs)) if result["verdict"] != "refused"] == []
