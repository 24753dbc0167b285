"""`ledger.json`: that the steps of a bundle were on the public log in time, that there are no others, and who else saw it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mingqian_draw import merkle
from mingqian_draw.canonical import dumps, keyed, loads
from mingqian_draw.census import Proved
from mingqian_draw.chain import Bundle, LogStep
from mingqian_draw.grammar import is_hash, is_integer, is_line, is_time, seconds_between
from mingqian_draw.notes import (
    COSIGNER,
    LOG,
    MOST_SIZE,
    Checkpoint,
    Key,
    check_signed,
    cosigned_at,
    read_checkpoint,
    read_key,
    read_note,
)
from mingqian_draw.refusal import RefusedError, check

FORMAT = "mingqian-ledger-3"
_KEYS = ("format", "key", "checkpoint", "tip", "anchors")
_ANCHOR = ("step", "number", "index", "entry", "checkpoint", "inclusion", "consistency")
_ENTRY = ("actor", "digest", "rows", "subject", "time", "verb")
_STEPS = ("seal", "close", "result", "void")
#: Seconds after its stated time until when a step is on the log; seconds around an entry in which a cosigner's time lies.
IN_TIME, BEFORE, AFTER = 60, 300, 3600
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_EPOCH = "1970-01-01T00:00:00Z"


@dataclass
class Given:
    """What a verifier is given beside the bundle: the log's key, cosigners and how many are wanted, kept checkpoints."""

    log_key: str | None = None
    witnesses: Sequence[str] = ()
    need: int | None = None
    kept: Sequence[tuple[object, object]] = ()


@dataclass
class Log:
    """What `ledger.json` comes to."""

    told: dict[str, Any]
    complete: bool
    proved: Proved = field(default_factory=Proved)


@dataclass
class _Cosigners:
    """The cosigners by public key, each under all its names; `need` of them are wanted."""

    keys: dict[bytes, list[Key]]
    need: int

    def times(self, checkpoint: Checkpoint) -> dict[bytes, list[int]]:
        """When each of them signed a checkpoint, by public key."""
        found: dict[bytes, list[int]] = {}
        for public, names in self.keys.items():
            for key in names:
                if (at := cosigned_at(checkpoint.note, key)) is not None:
                    found.setdefault(public, []).append(at)
        return found


def _hashes(value: object) -> list[bytes]:
    fits = isinstance(value, list) and len(value) <= 128 and all(map(is_hash, value))
    check(fits, "proof")
    return [bytes.fromhex(one) for one in value] if isinstance(value, list) else []


def cosigners_of(given: Given) -> _Cosigners:
    """The cosigners that a verifier was given, and how many it wants."""
    keys: dict[bytes, list[Key]] = {}
    for text in given.witnesses:
        key = read_key(text, COSIGNER)
        keys.setdefault(key.public, []).append(key)
    if given.need is not None:
        check(is_integer(given.need, 1, len(keys)) if keys else False, "k is not 1 to the number of cosigners")
        return _Cosigners(keys, given.need)
    return _Cosigners(keys, len(keys) // 2 + 1 if keys else 0)


def check_given(given: Given) -> _Cosigners:
    """Refuse keys that are none, and a `k` that is none; also where there is no ledger."""
    if given.log_key is not None:
        read_key(given.log_key, LOG)
    return cosigners_of(given)


def read(data: bytes, bundle: Bundle, given: Given) -> Log:
    """Hold `ledger.json` against the bundle; refused where it is not sound."""
    cosigners = check_given(given)
    row: dict[str, Any] = keyed(loads(data, "ledger.json"), _KEYS, "ledger.json: keys")
    check(row["format"] == FORMAT, "ledger: format")
    key = read_key(row["key"], LOG)
    if given.log_key is not None:
        check(given.log_key == row["key"], "ledger: another key")
    check(key.public not in cosigners.keys, "ledger: the log's own key is given as a cosigner's")
    last = read_checkpoint(row["checkpoint"], key)
    anchors = _anchors(row["anchors"], bundle)
    points = [read_checkpoint(anchor["checkpoint"], key) for anchor in anchors]
    _check_order(anchors, points, last)
    for anchor, point in zip(anchors, points, strict=False):
        _check_proofs(anchor, point, last)
    tip = _tip(row["tip"], key, bundle, last)
    check(tip.entries <= last.size, "ledger: the tip counts more entries than the log has")
    _check_tip(tip, bundle)
    times = cosigners.times(last)
    cosigned = len(times) >= cosigners.need
    on_points = [cosigners.times(point) for point in points]
    for anchor, on in zip(anchors, on_points, strict=True):
        at = seconds_between(_EPOCH, anchor["entry"]["time"])
        fit = sum(any(at - BEFORE <= one <= at + AFTER for one in stamps) for stamps in on.values())
        cosigned = cosigned and fit >= cosigners.need
    as_of = sorted((min(stamps) for stamps in times.values()), reverse=True)
    told = {
        "key": row["key"],
        "confirmed": given.log_key is not None,
        "size": last.size,
        "entries": tip.entries,
        "last": [tip.attempt, tip.number, tip.step],
        "cosigners": len(times),
        "cosigned": cosigned,
        "as_of": as_of[cosigners.need - 1] if 1 <= cosigners.need <= len(as_of) else None,
        "kept": [_kept(note, proof, key, last) for note, proof in given.kept],
    }
    proved = _proved(bundle, on_points, cosigners.need) if given.log_key is not None else Proved()
    return Log(told, given.log_key is not None and cosigned, proved)


def _anchors(value: object, bundle: Bundle) -> list[dict[str, Any]]:
    reason = "ledger: anchors are not the steps of the bundle"
    if not isinstance(value, list) or len(value) != len(bundle.steps):
        raise RefusedError(reason)
    anchors: list[dict[str, Any]] = [keyed(one, _ANCHOR, reason) for one in value]
    before = ""
    for anchor, step in zip(anchors, bundle.steps, strict=False):
        same = anchor["step"] == step.step and type(anchor["number"]) is int and anchor["number"] == step.number
        check(same and is_integer(anchor["index"], 0, MOST_SIZE), "ledger: step")
        _check_entry(anchor["entry"], step, bundle)
        time = anchor["entry"]["time"]
        late = seconds_between(step.time, time)
        check(0 <= late <= IN_TIME, f"ledger: {step.step} {step.number} was not on the log in time")
        check(before <= time, f"ledger: the entry of {step.step} {step.number} is older than the one before")
        before = time
    return anchors


def _check_entry(value: object, step: LogStep, bundle: Bundle) -> None:
    entry: dict[str, Any] = keyed(value, _ENTRY, "ledger: entry")
    lines = all(is_line(entry[name]) for name in ("actor", "subject")) and isinstance(entry["verb"], str)
    check(lines and is_hash(entry["digest"]) and is_hash(entry["rows"]) and is_time(entry["time"]), "ledger: entry")
    subject = f"draw/{bundle.seal.scope}/{bundle.seal.attempt}" + (f"/{step.number}" if step.number else "")
    same = entry["subject"] == subject and entry["verb"] == f"draw.{step.step}" and entry["digest"] == step.digest
    check(same, "ledger: entry of something else")


def _check_order(anchors: list[dict[str, Any]], points: list[Checkpoint], last: Checkpoint) -> None:
    sizes = [*(point.size for point in points), last.size]
    for place, anchor in enumerate(anchors):
        check(anchor["index"] < sizes[place], "ledger: order")
        bound = anchors[place + 1]["index"] if place + 1 < len(anchors) else last.size
        check(sizes[place] <= bound, "ledger: order")


def _check_proofs(anchor: Mapping[str, Any], point: Checkpoint, last: Checkpoint) -> None:
    inclusion, consistency = _hashes(anchor["inclusion"]), _hashes(anchor["consistency"])
    leaf = merkle.leaf_hash(dumps(anchor["entry"]))
    holds = merkle.verify_inclusion(leaf, anchor["index"], point.size, inclusion, point.root)
    check(holds, "ledger: inclusion")
    holds = merkle.verify_consistency(point.size, last.size, point.root, last.root, consistency)
    check(holds, "ledger: consistency")


@dataclass(frozen=True)
class _Tip:
    entries: int
    attempt: int
    number: int
    step: str
    digest: str
    of_last: int
    seals: int


def _tip(text: object, key: Key, bundle: Bundle, last: Checkpoint) -> _Tip:
    note = read_note(text)
    lines = note.body.split("\n")[:-1]
    check(len(lines) == 11, "ledger: tip")
    numbers = [lines[place] for place in (3, 4, 5, 8, 9, 10)]
    head = lines[:3] == ["mingqian.tip/v4", key.name, f"draw/{bundle.seal.scope}"]
    fits = head and all(_NUMBER.fullmatch(one) for one in numbers) and int(lines[8]) == last.size
    check(fits, "ledger: tip")
    check_signed(note, key)
    entries, attempt, number, _size, of_last, seals = map(int, numbers)
    return _Tip(entries, attempt, number, lines[6], lines[7], of_last, seals)


def _check_tip(tip: _Tip, bundle: Bundle) -> None:
    attempt, steps = bundle.seal.attempt, bundle.steps
    others = tip.entries - len(steps)
    if tip.attempt == attempt:
        end = steps[-1]
        same = (tip.number, tip.step, tip.digest) == (end.number, end.step, end.digest)
        check(same, "ledger: the tip names another last step")
        fits = 2 * (attempt - 1) <= others <= 3 * (attempt - 1)
        words = "ledger: the scope has other entries than those of this bundle and of the voided attempts before it"
        check(fits, words)
        check(tip.of_last == len(steps), "ledger: the attempt has other entries than those of this bundle")
    else:
        later = attempt < tip.attempt <= 1_000_000_000 and bundle.lot.state == "void"
        check(later, "ledger: a later attempt, though this one was not voided")
        fits = tip.number <= 999 and tip.step in _STEPS and is_hash(tip.digest)
        check(fits, "ledger: the tip's last step")
        between, rest = tip.attempt - 2, others - tip.of_last
        fits = tip.of_last >= 1 and 2 * between <= rest <= 3 * between
        check(fits, "ledger: the scope has other entries than its attempts need")
    check(tip.seals == tip.attempt, "ledger: the scope has other seals than attempts")


def _proved(bundle: Bundle, on_points: list[dict[bytes, list[int]]], need: int) -> Proved:
    proved = Proved()
    dues = {lot.seal.number: lot.seal.beacon.due for lot in bundle.lots if lot.seal.beacon is not None}
    for step, on in zip(bundle.steps, on_points, strict=False):
        if step.step not in ("close", "void") or step.number not in dues or need < 1:
            continue
        due = seconds_between(_EPOCH, dues[step.number])
        early = sum(min(stamps) < due for stamps in on.values()) >= need
        (proved.closed if step.step == "close" else proved.voided)[step.number] = early
    return proved


def _kept(text: object, proof: object, key: Key, last: Checkpoint) -> list[Any]:
    """Whether a checkpoint that somebody kept is of the same log: its size, and whether it could be compared."""
    kept = read_checkpoint(text, key)
    path = None if proof is None else _hashes(proof)
    words = f"ledger: the kept checkpoint of size {kept.size} is of another log"
    if kept.size == last.size:
        check(not path and kept.root == last.root, words)
        return [kept.size, True]
    if path is None:
        return [kept.size, False]
    one, other = sorted((kept, last), key=lambda point: point.size)
    if one.size == 0:
        check(not path and one.root == merkle.EMPTY, words)
    else:
        check(merkle.verify_consistency(one.size, other.size, one.root, other.root, path), words)
    return [kept.size, True]
