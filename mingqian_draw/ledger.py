"""``ledger.json``: proofs that the steps of a draw were on the public log in time (docs/ledger-format.md)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mingqian_draw import ed25519
from mingqian_draw.canonical import dumps
from mingqian_draw.chain import LEDGER, Chain, Stage
from mingqian_draw.errors import Problems
from mingqian_draw.forms import Opening, Reader, read_object
from mingqian_draw.grammar import hash_ok, line_ok, time_ok, word_ok
from mingqian_draw.merkle import leaf_hash, verify_consistency, verify_inclusion
from mingqian_draw.steps import contributions_digest

FORMAT = "mingqian-ledger-1"
STEPS = ("seal", "close", "result", "void")
_ENTRY = "actor digest rows subject time verb"
_ANCHOR = "step number index entry checkpoint inclusion consistency"
_KEY = re.compile(r"([^+\s]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")
_NOTE = re.compile(
    r"((.{1,200})\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n)\n((?:— [^ \n]{1,200} [A-Za-z0-9+/=]{1,200}\n)+)"
)


@dataclass(frozen=True)
class LogKey:
    """A verifier key of C2SP: name, the four bytes of its hash, the Ed25519 public key."""

    name: str
    hash: bytes
    public: bytes


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of a log that its key has signed."""

    size: int
    root: bytes


@dataclass(frozen=True)
class LedgerStatus:
    """What ``ledger.json`` proves: up to which step, at which size of the log, and whether its key was given."""

    origin: str
    key: str
    key_given: bool
    size: int
    step: str
    number: int
    complete: bool


def _unbase64(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # Spare bits at the end could be anything; only one writing is allowed.
    return data if base64.b64encode(data).decode() == text else None


def parse_key(text: str) -> LogKey | None:
    """A verifier key ``NAME+HASH+BASE64``, ``None`` where the text is none."""
    match = _KEY.fullmatch(text)
    data = _unbase64(match[3]) if match else None
    if match is None or data is None or len(data) != 33 or data[0] != 1:
        return None
    tag = hashlib.sha256(match[1].encode() + b"\n" + data).digest()[:4]
    return LogKey(match[1], tag, data[1:]) if tag.hex() == match[2] else None


class Log:
    """Checks what is signed with one key; notes what is wrong."""

    def __init__(self, key: LogKey, reader: Reader) -> None:
        self._key = key
        self._reader = reader

    def checkpoint(self, value: object, row: str) -> Checkpoint | None:
        """A signed checkpoint of this log. Every signature must be this key's, and hold."""
        match = _NOTE.fullmatch(value) if isinstance(value, str) else None
        root = _unbase64(match[4]) if match else None
        if match is None or root is None or match[2] != self._key.name:
            self._reader.fail("ledger-form", row, expected="@checkpoint", found=value)
            return None
        for line in match[5].split("\n")[:-1]:
            _, name, text = line.split(" ")
            data = _unbase64(text)
            known = name == self._key.name and data is not None and len(data) == 68 and data[:4] == self._key.hash
            if not known or data is None or not ed25519.verify(self._key.public, match[1].encode(), data[4:]):
                self._reader.fail("ledger-signature", row)
                return None
        return Checkpoint(int(match[3]), root)


def _hashes(reader: Reader, value: object, row: str) -> list[bytes] | None:
    entries = reader.array(value, row, "ledger-form")
    if not isinstance(value, list):
        return None
    for at, entry in enumerate(entries):
        if not hash_ok(entry):
            reader.fail("ledger-form", f"{row}[{at}]", expected="@hash", found=entry)
            return None
    return [bytes.fromhex(str(entry)) for entry in entries]


@dataclass(frozen=True)
class Step:
    """A step that the bundle holds: what its entry on the log must say."""

    step: str
    number: int
    subject: str
    digest: str
    earliest: str
    latest: str
    optional: bool = False

    @property
    def name(self) -> str:
        """The step for people."""
        return f"{self.step} {self.number}"


def steps_of(chain: Chain) -> list[Step]:
    """The steps that a bundle holds, in order."""
    return [step for stage in chain.stages if stage.seal is not None for step in _stage_steps(stage, stage.seal)]


def _stage_steps(stage: Stage, seal: Opening) -> list[Step]:
    number, reveal, void = stage.number, stage.reveal, stage.void
    subject = f"draw/{seal.draw_id}" + (f"/{number}" if number else "")
    if stage.appointment is not None:
        done = Step("result", number, subject, stage.result_digest, seal.sealed_at, "")
        return [Step("seal", number, subject, seal.digest, seal.sealed_at, ""), *([] if stage.pending else [done])]
    latest = void.voided_at if void else reveal.closed_at if reveal else ""
    steps = [Step("seal", number, subject, seal.digest, seal.sealed_at, latest)]
    if void is not None:
        if len(void.contributions) == len(seal.witnesses):
            given = contributions_digest(void.contributions)
            steps.append(Step("close", number, subject, given, "", void.voided_at, optional=True))
        steps.append(Step("void", number, subject, void.digest, void.voided_at, ""))
    elif reveal is not None:
        given = contributions_digest(reveal.contributions)
        steps.append(Step("close", number, subject, given, reveal.closed_at, reveal.opened_at))
        if stage.result_digest:
            steps.append(Step("result", number, subject, stage.result_digest, reveal.opened_at, ""))
    return steps


def check_ledger(chain: Chain, log_key: str | None, problems: Problems) -> LedgerStatus | None:
    """Check ``ledger.json`` of a bundle that was read; ``None`` where it has none or nothing can be said.

    ``log_key`` is the log's verifier key, got on another way; with it a bundle must have the proofs.
    """
    data = chain.files.get(LEDGER)
    reader = Reader(LEDGER, problems)
    if log_key is not None:
        log_key = log_key.strip()
        if parse_key(log_key) is None:
            reader.fail("ledger-form", "--log-key", expected="@verifier-key", found=log_key)
    if data is None:
        if log_key is not None:
            problems.add("ledger-missing", LEDGER)
        return None
    top = read_object(data, reader, "format key checkpoint anchors", problems)
    if top is None:
        return None
    reader.same(top["format"], "format", "ledger-form", FORMAT)
    key = parse_key(top["key"]) if isinstance(top["key"], str) else None
    if log_key is not None and top["key"] != log_key:
        reader.fail("ledger-key", "key", expected=log_key, found=top["key"])
    if key is None:
        reader.fail("ledger-form", "key", expected="@verifier-key", found=top["key"])
        return None
    log = Log(key, reader)
    final = log.checkpoint(top["checkpoint"], "checkpoint")
    anchors = reader.array(top["anchors"], "anchors", "ledger-form")
    done = _check_anchors(reader, log, final, anchors, steps_of(chain))
    last = done[-1] if done else None
    return LedgerStatus(
        origin=key.name,
        key=str(top["key"]),
        key_given=log_key is not None,
        size=final.size if final else 0,
        step=last.step if last else "",
        number=last.number if last else 0,
        complete=bool(done) and done[-1:] == steps_of(chain)[-1:],
    )


def _check_anchors(
    reader: Reader, log: Log, final: Checkpoint | None, anchors: list[object], steps: list[Step]
) -> list[Step]:
    """Check the anchors against the steps of the bundle, one by one; those that agree in order."""
    waiting, size, in_step = list(steps), 0, True
    done: list[Step] = []
    for at, value in enumerate(anchors):
        row = f"anchors[{at}]"
        anchor = reader.mapping(value, row, _ANCHOR)
        if anchor is None:
            continue
        size = _check_proofs(reader, log, final, anchor, row, size)
        if not in_step:
            continue
        name = f"{anchor['step']} {anchor['number']}"
        if waiting and waiting[0].optional and name != waiting[0].name:
            waiting.pop(0)
        if not waiting:
            reader.fail("ledger-step-extra", row, found=name)
            continue
        step = waiting.pop(0)
        if name != step.name or type(anchor["number"]) is not int or not isinstance(anchor["step"], str):
            extra = all(name != other.name for other in waiting)
            code = "ledger-step-extra" if extra else "ledger-step"
            reader.fail(code, row, expected=step.name, found=name)
            in_step = False
            continue
        _check_entry(reader, anchor["entry"], row, step)
        done.append(step)
    return done


def _check_entry(reader: Reader, value: object, row: str, step: Step) -> None:
    """That an entry is well-formed and says what the step needs."""
    row = f"{row}.entry"
    entry = reader.mapping(value, row, _ENTRY)
    if entry is None:
        return
    for key, expected, ok in (
        ("actor", "line", line_ok),
        ("rows", "hash", hash_ok),
        ("time", "time", time_ok),
        ("verb", "word", word_ok),
    ):
        reader.text(entry[key], f"{row}.{key}", "ledger-form", expected, ok)
    reader.same(entry["verb"], f"{row}.verb", "ledger-entry", f"draw.{step.step}")
    reader.same(entry["subject"], f"{row}.subject", "ledger-entry", step.subject)
    reader.same(entry["digest"], f"{row}.digest", "ledger-entry", step.digest)
    time = entry["time"]
    if isinstance(time, str) and time < step.earliest:
        reader.fail("ledger-entry", f"{row}.time", expected=f"≥ {step.earliest}", found=time)
    if isinstance(time, str) and step.latest and time > step.latest:
        reader.fail("ledger-entry", f"{row}.time", expected=f"≤ {step.latest}", found=time)


def _check_proofs(
    reader: Reader, log: Log, final: Checkpoint | None, anchor: Mapping[str, object], row: str, before: int
) -> int:
    """Check that an entry is in the tree of its checkpoint, and that the last one continues it; the size reached."""
    index = reader.integer(anchor["index"], f"{row}.index", "ledger-form", 0)
    inclusion = _hashes(reader, anchor["inclusion"], f"{row}.inclusion")
    consistency = _hashes(reader, anchor["consistency"], f"{row}.consistency")
    checkpoint = log.checkpoint(anchor["checkpoint"], f"{row}.checkpoint")
    if checkpoint is None or inclusion is None or consistency is None:
        return before
    if not before <= index < checkpoint.size:
        reader.fail("ledger-order", row, index=index, size=checkpoint.size)
    leaf = leaf_hash(dumps(anchor["entry"]))
    if not verify_inclusion(leaf, index, checkpoint.size, inclusion, checkpoint.root):
        reader.fail("ledger-inclusion", f"{row}.inclusion")
    if final is not None and not verify_consistency(
        checkpoint.size, final.size, checkpoint.root, final.root, consistency
    ):
        reader.fail("ledger-consistency", f"{row}.consistency")
    return max(before, checkpoint.size)
