"""Checkpoints as C2SP signed notes (tlog-checkpoint, signed-note), signed with Ed25519."""

import base64
import binascii
import functools
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_ED25519, _COSIGNATURE = b"\x01", b"\x04"
_NAME = re.compile(r"[A-Za-z0-9._/-]{1,100}")


@dataclass(frozen=True)
class LogKey:
    """Name and public key of a log."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """Return the four bytes that name the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """Write the key as a C2SP verifier key: NAME+HASH+BASE64."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: the log's name, its number of entries, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the signed text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@functools.cache
def _read_key(text: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ImproperlyConfigured("MINGQIAN_LEDGER_KEY must be base64 of 32 bytes") from error


@functools.cache
def _key_of(name: str, text: str) -> LogKey:
    return LogKey(name, _read_key(text).public_key().public_bytes_raw())


def own_key() -> LogKey:
    """Return the key of this platform's log."""
    return _key_of(settings.MINGQIAN_LEDGER_NAME, settings.MINGQIAN_LEDGER_KEY)


def sign(size: int, root: bytes) -> str:
    """Return the signed note of a checkpoint of this platform's log."""
    return signed(Head(settings.MINGQIAN_LEDGER_NAME, size, root).text())


def signed(text: str) -> str:
    """Return `text` as a signed note of the log's key; raise ValueError where it is none: its lines all end, none is empty."""
    if not text.endswith("\n") or "\n\n" in text:
        raise ValueError("the text of a note ends with a line feed and has no empty line")
    key = own_key()
    signature = base64.b64encode(key.hash + _read_key(settings.MINGQIAN_LEDGER_KEY).sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def read(note: str, key: LogKey) -> Head:
    """Check the signature of `note` and return what it says; raise ValueError where it is not what `key` signed."""
    text, separator, signatures = note.partition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not separator or len(lines) != 4:
        raise ValueError("not a checkpoint")
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if mark == "—" and name == key.name and _signed(encoded, text, key):
            return Head(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    raise ValueError("the checkpoint does not bear the log's signature")


def _signed(encoded: str, text: str, key: LogKey) -> bool:
    try:
        raw = base64.b64decode(encoded, validate=True)
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return raw[:4] == key.hash


@dataclass(frozen=True)
class CosignerKey:
    """Name and public key of somebody who cosigns."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """Return the four bytes that name the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:4]


def read_cosigner_key(text: str) -> CosignerKey:
    """Read a C2SP verifier key of type 0x04; raise ValueError where it is none."""
    name, _, rest = text.strip().partition("+")
    told, _, body = rest.partition("+")
    data = base64.b64decode(body, validate=True)
    key = CosignerKey(name, data[1:])
    if not _NAME.fullmatch(name) or len(data) != 33 or data[:1] != _COSIGNATURE or key.hash.hex() != told:
        raise ValueError("not a cosigner's key")
    Ed25519PublicKey.from_public_bytes(key.public)
    return key


def cosigned_at(note: str, key: CosignerKey) -> tuple[int, str] | None:
    """Return when `key` cosigned the checkpoint `note` (Unix seconds), and the line; None where it did not; ValueError for a wrong line."""
    text, _, signatures = note.partition("\n\n")
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("— ").partition(" ")
        if name != key.name:
            continue
        raw = base64.b64decode(encoded, validate=True)
        if raw[:4] != key.hash:
            continue
        at = int.from_bytes(raw[4:12], "big")
        try:
            said = f"cosignature/v1\ntime {at}\n{text}\n".encode()
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[12:], said)
        except InvalidSignature as error:
            raise ValueError("a cosignature that the key did not make") from error
        if len(raw) != 76 or at >= 2**53:
            raise ValueError("a cosignature of another form")
        return at, f"— {name} {encoded}"
    return None
