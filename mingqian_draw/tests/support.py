"""What several tests need: the vectors, small draws, bundles built step by step, a log that signs."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import mingqian_draw as mq
from mingqian_draw.canonical import dumps

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
GOOD = (
    "v1-simple",
    "v2-strata",
    "v3-teams",
    "v4-supplements",
    "v5-subjects-only",
    "v6-void",
    "v7-teams-supplement",
    "v8-long",
    "v9-home",
    "v10-home-teams",
    "v11-joining",
    "v12-appointment",
    "v13-appointment-none",
    "v14-mixed",
    "v15-back",
    "v16-home-back",
)
Files = dict[str, bytes]


def load(name: str) -> Files:
    """The files of a vector, skipping where the vectors are not there."""
    folder = VECTORS / name
    if not folder.is_dir():
        pytest.skip(f"no vectors at {VECTORS}")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """Lay files out as a bundle."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def edited(files: Mapping[str, bytes], name: str, change: Callable[[dict[str, Any]], object]) -> Files:
    """The files with one JSON file changed, canonical again."""
    value = json.loads(files[name])
    change(value)
    return {**files, name: dumps(value)}


def codes(files: Mapping[str, bytes]) -> list[str]:
    """The codes of what a verifier finds."""
    return [error.code for error in mq.verify(files).problems]


def secret(number: int) -> str:
    """A secret for tests."""
    return f"{number:064x}"


def rules(counts: Mapping[str, int], **other: object) -> dict[str, object]:
    """Rules by quota; two to a team unless said otherwise."""
    quotas = [{"stratum": name, "count": count} for name, count in sorted(counts.items())]
    return {"quotas": quotas, "team_size": 2, "assignment": "per-subject", "teams": 0, "batches": 1, **other}


DEFAULTS: dict[str, Any] = {
    "draw_id": "D-1",
    "title": "试抽",
    "organ": "某局",
    "scope": "2026-试-01",
    "subjects": [(f"S{number:02d}", "-", 1, "in") for number in range(12)],
    "inspectors": [(f"P{number}", "科", "in") for number in range(6)],
    "conflicts": [],
    "rules": rules({"-": 4}),
    "witnesses": ["甲"],
    "sealed_at": "2026-03-02T01:00:00Z",
    "open_by": "2026-03-02T10:00:00Z",
    "beacon": None,
    "secret": secret(1),
}
DIGITS = "123412341234"


def sealed(**changes: Any) -> Files:
    """A small sealed draw."""
    return mq.seal_draw(**{**DEFAULTS, **changes})


def opened(files: Files, **changes: Any) -> Files:
    """The draw opened half an hour later; every witness gives the same digits."""
    witnesses = json.loads(files["seal.json"])["witnesses"]
    given: dict[str, Any] = {
        "secret": secret(1),
        "contributions": [DIGITS] * len(witnesses),
        "beacon": None,
        "closed_at": "2026-03-02T01:20:00Z",
        "opened_at": "2026-03-02T01:30:00Z",
        **changes,
    }
    return files | mq.open_draw(files, **given)


def supplement_sealed(files: Files, number: int, **changes: Any) -> Files:
    """The next supplement sealed, on the day after the one before."""
    given: dict[str, Any] = {
        "kind": "inspector",
        "inspector": "",
        "reason": "health",
        "conflicts": [],
        "unavailable": [],
        "witnesses": ["甲"],
        "sealed_at": f"2026-03-{number + 2:02d}T01:00:00Z",
        "open_by": f"2026-03-{number + 2:02d}T09:00:00Z",
        "beacon": None,
        "secret": secret(100 + number),
        **changes,
    }
    return files | mq.seal_supplement(files, **given)


def supplement_opened(files: Files, number: int, **changes: Any) -> Files:
    """The pending supplement opened."""
    time = f"2026-03-{number + 2:02d}T02:00:00Z"
    given: dict[str, Any] = {"beacon": None, "closed_at": time, "opened_at": time, **changes}
    return files | mq.open_supplement(files, secret=secret(100 + number), contributions=[DIGITS], **given)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return hashlib.sha256(b"\1" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def naive_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 9162, 2.1.3.1, word by word."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*naive_path(leaves[:split], index), naive_root(leaves[split:])]
    return [*naive_path(leaves[split:], index - split), naive_root(leaves[:split])]


def naive_consistency(leaves: Sequence[bytes], first: int, *, whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1, word by word."""
    if first == len(leaves):
        return [] if whole else [naive_root(leaves)]
    split = _split(len(leaves))
    if first <= split:
        return [*naive_consistency(leaves[:split], first, whole=whole), naive_root(leaves[split:])]
    return [*naive_consistency(leaves[split:], first - split, whole=False), naive_root(leaves[:split])]


class SigningLog:
    """A log with a key of its own, as a platform keeps one."""

    def __init__(self, origin: str = "log.example.cn/抽查", private: bytes = b"\x07" * 32) -> None:
        self.origin = origin
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        public = b"\x01" + self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._tag = hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4]
        self.key = f"{origin}+{self._tag.hex()}+{base64.b64encode(public).decode()}"
        self.entries: list[dict[str, object]] = []

    def leaves(self, size: int | None = None) -> list[bytes]:
        """Leaf hashes."""
        return [hashlib.sha256(b"\0" + dumps(entry)).digest() for entry in self.entries[:size]]

    def append(self, verb: str, subject: str, digest: str, time: str, actor: str = "user/a") -> int:
        """Log an act; its index."""
        nothing = hashlib.sha256(b"").hexdigest()
        entry = {"actor": actor, "digest": digest, "rows": nothing, "subject": subject, "time": time, "verb": verb}
        self.entries.append(dict(entry))
        return len(self.entries) - 1

    def checkpoint(self, size: int | None = None) -> str:
        """The signed note over the first ``size`` entries."""
        leaves = self.leaves(size)
        root = base64.b64encode(naive_root(leaves)).decode()
        body = f"{self.origin}\n{len(leaves)}\n{root}\n"
        signature = base64.b64encode(self._tag + self._private.sign(body.encode())).decode()
        return f"{body}\n— {self.origin} {signature}\n"


def _steps(files: Mapping[str, bytes]) -> list[tuple[str, int, str, str]]:
    """Step, number, digest and time of everything in a bundle that goes on the log."""
    steps, number, prefix = [], 0, ""
    while f"{prefix}seal.json" in files:
        seal = json.loads(files[f"{prefix}seal.json"])
        steps.append(("seal", number, mq.digest(files[f"{prefix}seal.json"]), seal["sealed_at"]))
        if f"{prefix}void.json" in files:
            void = json.loads(files[f"{prefix}void.json"])
            if len(void["contributions"]) == len(seal["witnesses"]):
                steps.append(("close", number, mq.contributions_digest(void["contributions"]), void["voided_at"]))
            steps.append(("void", number, mq.digest(files[f"{prefix}void.json"]), void["voided_at"]))
        elif f"{prefix}reveal.json" in files:
            reveal = json.loads(files[f"{prefix}reveal.json"])
            steps.append(("close", number, mq.contributions_digest(reveal["contributions"]), reveal["closed_at"]))
            if f"{prefix}result.json" in files:
                steps.append(("result", number, mq.digest(files[f"{prefix}result.json"]), reveal["opened_at"]))
        elif f"{prefix}result.json" in files:
            # An appointment: nothing is opened.
            steps.append(("result", number, mq.digest(files[f"{prefix}result.json"]), seal["sealed_at"]))
        number += 1
        prefix = f"supplement-{number}/"
    return steps


def ledger_for(files: Mapping[str, bytes], log: SigningLog, upto: int | None = None) -> dict[str, Any]:
    """``ledger.json`` for a bundle as a value; the log also holds entries of others, before, between and after."""
    draw_id = json.loads(files["seal.json"])["draw_id"]
    noise = hashlib.sha256(b"noise").hexdigest()
    log.append("registry.import", "registry/1", noise, "2026-01-01T00:00:00Z")
    anchors: list[dict[str, Any]] = []
    for step, number, digest, time in _steps(files)[:upto]:
        subject = f"draw/{draw_id}" + (f"/{number}" if number else "")
        index = log.append(f"draw.{step}", subject, digest, time)
        if number % 2:
            log.append("registry.import", "registry/2", noise, time)
        anchors.append({"step": step, "number": number, "index": index, "size": len(log.entries)})
    log.append("registry.import", "registry/3", noise, "2026-12-01T00:00:00Z")
    for anchor in anchors:
        size, index = anchor.pop("size"), anchor["index"]
        anchor["entry"] = log.entries[index]
        anchor["checkpoint"] = log.checkpoint(size)
        anchor["inclusion"] = [node.hex() for node in naive_path(log.leaves(size), index)]
        anchor["consistency"] = [node.hex() for node in naive_consistency(log.leaves(), size)]
    return {"format": "mingqian-ledger-1", "key": log.key, "checkpoint": log.checkpoint(), "anchors": anchors}


def with_ledger(files: Mapping[str, bytes], log: SigningLog | None = None, upto: int | None = None) -> Files:
    """The bundle with its proofs of the log."""
    return {**files, "ledger.json": dumps(ledger_for(files, log or SigningLog(), upto))}
