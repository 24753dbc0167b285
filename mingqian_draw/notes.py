"""Signed notes and checkpoints as C2SP writes them: keys, signatures of the log, cosignatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from mingqian_draw import ed25519
from mingqian_draw.refusal import RefusedError, check

LOG, COSIGNER = 1, 4
MOST_SIZE = 2**53 - 1
_ORIGIN = "[A-Za-z0-9._/-]{1,100}"
_KEY = re.compile(rf"({_ORIGIN})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]{{44}})")
_SIGNATURE = re.compile(r"— ([^ +\n]+) ([A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f]")


def from_base64(text: str) -> bytes:
    """The bytes of standard, padded, canonical base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("base64") from error
    check(base64.b64encode(data).decode() == text, "base64")
    return data


@dataclass(frozen=True)
class Key:
    """A public key of a log or a cosigner: NAME+ID+BASE64."""

    text: str
    name: str
    id: bytes
    public: bytes


def read_key(text: object, kind: int) -> Key:
    """A key of the wanted type; refused where it is none."""
    match = _KEY.fullmatch(text) if isinstance(text, str) else None
    if match is None or not isinstance(text, str):
        raise RefusedError("key")
    name, told, body = match.groups()
    try:
        data = from_base64(body)
    except RefusedError as error:
        raise RefusedError("key") from error
    known = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    check(len(data) == 33 and data[0] == kind and known.hex() == told, "key")
    return Key(text, name, known, data[1:])


@dataclass(frozen=True)
class Note:
    """A signed note: its text with the last line feed, and the signatures by (name, key id)."""

    body: str
    signatures: dict[tuple[str, bytes], bytes]


def read_note(text: object) -> Note:
    """A signed note; its signatures are not checked yet."""
    if not isinstance(text, str) or len(text) > 100_000 or _CONTROLS.search(text) or not text.endswith("\n"):
        raise RefusedError("note")
    body, gap, tail = text.rpartition("\n\n")
    check(bool(gap), "note")
    lines = tail.split("\n")[:-1]
    check(1 <= len(lines) <= 16, "note: signatures")
    found: dict[tuple[str, bytes], bytes] = {}
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise RefusedError("note: signature line")
        data = from_base64(match.group(2))
        check(len(data) > 4, "note: signature line")
        key = (match.group(1), data[:4])
        check(key not in found, "note: two signatures of one key")
        found[key] = data[4:]
    return Note(body + "\n", found)


def check_signed(note: Note, key: Key) -> None:
    """Refuse a note that the log did not sign."""
    signature = note.signatures.get((key.name, key.id))
    if signature is None:
        raise RefusedError("note: not signed by the log")
    check(ed25519.verify(key.public, note.body.encode(), signature), "note: the log's signature")


def cosigned_at(note: Note, key: Key) -> int | None:
    """The timestamp of a cosigner on a checkpoint, None where it did not sign; a wrong signature refuses."""
    signature = note.signatures.get((key.name, key.id))
    if signature is None:
        return None
    at = int.from_bytes(signature[:8], "big")
    fits = len(signature) == 72 and at < 2**63
    said = f"cosignature/v1\ntime {at}\n{note.body}".encode()
    check(fits and ed25519.verify(key.public, said, signature[8:]), "note: cosignature")
    return at


@dataclass(frozen=True)
class Checkpoint:
    """What the log states at one size."""

    note: Note
    size: int
    root: bytes


def read_checkpoint(text: object, key: Key) -> Checkpoint:
    """A checkpoint of the log of `key`, signed by it: exactly three lines."""
    note = read_note(text)
    lines = note.body.split("\n")
    fits = len(lines) == 4 and lines[0] == key.name and _SIZE.fullmatch(lines[1]) is not None
    check(fits and int(lines[1]) <= MOST_SIZE, "checkpoint")
    root = from_base64(lines[2])
    check(len(root) == 32, "checkpoint")
    check_signed(note, key)
    return Checkpoint(note, int(lines[1]), root)
