"""What tests need beside the package: a log that signs, cosigners, proofs written word by word from RFC 9162."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import mingqian_draw as mq
from mingqian_draw.grammar import seconds_between

Files = dict[str, bytes]
NOTHING = hashlib.sha256(b"").hexdigest()


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def naive_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 9162, 2.1.3.1, word by word."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*naive_path(leaves[:split], index), naive_root(leaves[split:])]
    return [*naive_path(leaves[split:], index - split), naive_root(leaves[:split])]


def naive_consistency(leaves: Sequence[bytes], first: int, *, whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1, word by word."""
    if first == len(leaves):
        return [] if whole else [naive_root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= split:
        return [*naive_consistency(leaves[:split], first, whole=whole), naive_root(leaves[split:])]
    return [*naive_consistency(leaves[split:], first - split, whole=False), naive_root(leaves[:split])]


class Signer:
    """A key with a name: a log's (type 1) or a cosigner's (type 4)."""

    def __init__(self, name: str, kind: int, private: bytes) -> None:
        self.name, self._private = name, Ed25519PrivateKey.from_private_bytes(private)
        public = bytes([kind]) + self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.key = f"{name}+{self.id.hex()}+{base64.b64encode(public).decode()}"

    def line(self, body: str, at: int | None = None) -> str:
        """The signature line under a note; a cosigner's with the time `at`, in Unix seconds."""
        stamp = b"" if at is None else at.to_bytes(8, "big")
        said = body if at is None else f"cosignature/v1\ntime {at}\n{body}"
        signed = base64.b64encode(self.id + stamp + self._private.sign(said.encode())).decode()
        return f"— {self.name} {signed}\n"


class SigningLog:
    """A log with a key of its own, as a platform keeps one; what stands in it is the holder's choice."""

    def __init__(self, cosigners: Sequence[Signer] = (), private: bytes = b"\x07" * 32) -> None:
        self.signer, self.cosigners = Signer("log.example.cn", 1, private), cosigners
        self.entries: list[dict[str, str]] = []
        self.key = self.signer.key

    def append(self, verb: str, subject: str, digest: str, time: str) -> int:
        """Log an act; its index."""
        entry = {"actor": "user/a", "digest": digest, "rows": NOTHING, "subject": subject, "time": time, "verb": verb}
        self.entries.append(entry)
        return len(self.entries) - 1

    def leaves(self, size: int | None = None) -> list[bytes]:
        """Leaf hashes."""
        return [hashlib.sha256(b"\0" + mq.dumps(entry)).digest() for entry in self.entries[:size]]

    def consistency(self, size: int) -> list[bytes]:
        """The proof from so many entries to all."""
        return naive_consistency(self.leaves(), size)

    def checkpoint(self, size: int | None = None) -> str:
        """The signed and cosigned note over the first `size` entries, cosigned ten seconds after the last of them."""
        leaves = self.leaves(size)
        body = f"{self.signer.name}\n{len(leaves)}\n{base64.b64encode(naive_root(leaves)).decode()}\n"
        at = seconds_between("1970-01-01T00:00:00Z", self.entries[len(leaves) - 1]["time"]) + 10
        return f"{body}\n{self.signer.line(body)}" + "".join(one.line(body, at) for one in self.cosigners)

    def log_steps(self, bundle: mq.Bundle) -> list[dict[str, Any]]:
        """Log every step of a bundle as an honest platform does; its anchors, still without proofs."""
        subject = f"draw/{bundle.seal.scope}/{bundle.seal.attempt}"
        anchors = []
        for step in bundle.steps:
            place = f"{subject}/{step.number}" if step.number else subject
            index = self.append(f"draw.{step.step}", place, step.digest, step.time)
            self.append("registry.import", "registry/1", NOTHING, step.time)
            anchors.append({"step": step.step, "number": step.number, "index": index, "checkpoint": index + 1})
        return anchors

    def tip(self, bundle: mq.Bundle, **told: object) -> str:
        """The signed tip, true by the entries of the log; `told` by number of the line is what the holder says instead."""
        scope = f"draw/{bundle.seal.scope}"
        own = [entry for entry in self.entries if entry["subject"].startswith(f"{scope}/")]
        parts = [entry["subject"].removeprefix(f"{scope}/").split("/") for entry in own]
        attempt = max(int(part[0]) for part in parts)
        number = parts[-1][1] if len(parts[-1]) > 1 else "0"
        last = own[-1]
        of_last = sum(int(part[0]) == attempt for part in parts)
        seals = sum(one["verb"] == "draw.seal" and len(part) == 1 for one, part in zip(own, parts, strict=True))
        lines: list[object] = ["mingqian.tip/v4", self.signer.name, scope, len(own), attempt, number]
        lines += [last["verb"].removeprefix("draw."), last["digest"], len(self.entries), of_last, seals]
        for place, value in told.items():
            lines[int(place.removeprefix("line"))] = value
        body = "".join(f"{line}\n" for line in lines)
        return f"{body}\n{self.signer.line(body)}"


def with_ledger(files: Mapping[str, bytes], log: SigningLog, **told: object) -> Files:
    """The bundle, its steps logged now, with their proofs; `told` as in `SigningLog.tip`."""
    return {**files, "ledger.json": ledger_of(files, log, log.log_steps(mq.read_chain(files)), **told)}


def ledger_of(files: Mapping[str, bytes], log: SigningLog, anchors: list[dict[str, Any]], **told: object) -> bytes:
    """`ledger.json` over the log as it stands, for anchors that `log_steps` gave."""
    made = []
    for anchor in anchors:
        index, size = anchor["index"], anchor["checkpoint"]
        proofs = {
            "entry": log.entries[index],
            "checkpoint": log.checkpoint(size),
            "inclusion": [node.hex() for node in naive_path(log.leaves(size), index)],
            "consistency": [node.hex() for node in log.consistency(size)],
        }
        made.append({**anchor, **proofs})
    tip = log.tip(mq.read_chain(files), **told)
    row = {"format": "mingqian-ledger-3", "key": log.key, "checkpoint": log.checkpoint(), "tip": tip, "anchors": made}
    return mq.dumps(row)
