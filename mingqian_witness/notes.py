"""Keys, signed notes and checkpoints as C2SP writes them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from mingqian_witness import ed25519
from mingqian_witness.refusal import RefusedError

LOG, COSIGNER = b"\x01", b"\x04"
_NAME = re.compile(r"[A-Za-z0-9._/-]{1,100}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_LINE = re.compile(r"— ([^ +\n]+) ([A-Za-z0-9+/]+=*)")
_MOST = 100_000


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    """Return the four bytes by which signature lines name a key."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def write_key(name: str, kind: bytes, public: bytes) -> str:
    """Return a verifier key: NAME+ID+BASE64."""
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(kind + public).decode()}"


def is_name(name: str) -> bool:
    """Say whether a key may be called so."""
    return _NAME.fullmatch(name) is not None


def read_key(text: str, kind: bytes) -> tuple[str, bytes]:
    """Return name and public key of a verifier key of this kind; raise ValueError where it is none."""
    name, _, rest = text.strip().partition("+")
    told, _, body = rest.partition("+")
    try:
        data = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("这不是公钥") from error
    if not is_name(name) or len(data) != 33 or data[:1] != kind or key_id(name, kind, data[1:]).hex() != told:
        raise ValueError("这不是公钥，或者不是这种用途的公钥")
    return name, data[1:]


@dataclass(frozen=True)
class Checkpoint:
    """What a log says at one size: the signed text (three lines), the whole note, size, root (32 bytes)."""

    origin: str
    size: int
    root: bytes
    text: str
    note: str


def read_checkpoint(note: str) -> tuple[Checkpoint, list[tuple[str, bytes]]]:
    """Return a checkpoint with its signatures (name, key id and signature), not yet checked; RefusedError 400 where it is none."""
    text, gap, tail = note.rpartition("\n\n")
    lines, found = text.split("\n"), [_LINE.fullmatch(line) for line in tail.split("\n")[:-1]]
    wrong = RefusedError(400, "这不是检查点。")
    if not gap or len(note) > _MOST or not note.endswith("\n") or len(lines) != 3 or not 1 <= len(found) <= 16:
        raise wrong
    if not is_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise wrong
    try:
        root = base64.b64decode(lines[2], validate=True)
        signatures = [(line[1], base64.b64decode(line[2], validate=True)) for line in found if line is not None]
    except binascii.Error as error:
        raise wrong from error
    if len(root) != 32 or len(signatures) != len(found):
        raise wrong
    return Checkpoint(lines[0], int(lines[1]), root, f"{text}\n", note), signatures


def checked(note: str, name: str, public: bytes) -> Checkpoint:
    """Return a checkpoint that the log signed; RefusedError 404 where it is another log's, 403 where the log did not sign it."""
    checkpoint, signatures = read_checkpoint(note)
    if checkpoint.origin != name:
        raise RefusedError(404, f"这是另一个日志（{checkpoint.origin}）的检查点，本见证方只看 {name}。")
    wanted = key_id(name, LOG, public)
    for who, raw in signatures:
        if who == name and raw[:4] == wanted and ed25519.verify(public, checkpoint.text.encode(), raw[4:]):
            return checkpoint
    raise RefusedError(403, "检查点没有日志的签名，或者签名不对。")


def cosignature(name: str, seed: bytes, text: str, at: int) -> str:
    """Return the signature line (cosignature/v1) over a checkpoint's text at `at`, Unix seconds."""
    public = ed25519.public_key(seed)
    signature = ed25519.sign(seed, f"cosignature/v1\ntime {at}\n{text}".encode())
    raw = key_id(name, COSIGNER, public) + at.to_bytes(8, "big") + signature
    return f"— {name} {base64.b64encode(raw).decode()}\n"
