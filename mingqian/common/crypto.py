"""Encryption of data at rest: AES-256-GCM, with what the data belongs to as associated data, and a keyed digest for look-ups.

A *box* is `02 ‖ id of the key (4 bytes) ‖ nonce (12 bytes) ‖ ciphertext`, so that boxes of an earlier key open while a rotation is under
way; boxes of the first format, `01 ‖ nonce ‖ ciphertext`, name no key and are tried with each.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_FIRST, _VERSION = b"\x01", b"\x02"
_NONCE = 12
_ID = 4


@functools.cache
def _read(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("MINGQIAN_DATA_KEY is not base64") from error
    if len(key) != 32:
        raise ImproperlyConfigured("MINGQIAN_DATA_KEY must hold 32 bytes")
    return key


def _key() -> bytes:
    return _read(settings.MINGQIAN_DATA_KEY)


def _keys() -> list[bytes]:
    """Return the key in use and those before it, which only open."""
    return [_key(), *map(_read, settings.MINGQIAN_DATA_KEY_OLD)]


@functools.cache
def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"mingqian/key-id" + key).digest()[:_ID]


def key_id() -> str:
    """Return the id of the key in use: 8 hex characters that tell nothing of it."""
    return _id_of(_key()).hex()


def is_current(box: bytes) -> bool:
    """Say whether a box was made with the key in use, in today's format."""
    return bytes(box[: 1 + _ID]) == _VERSION + _id_of(_key())


def encrypt_bytes(plain: bytes, context: str) -> bytes:
    """Encrypt `plain`; only the same `context` gives it back (a row cannot be passed off as another)."""
    nonce = os.urandom(_NONCE)
    return _VERSION + _id_of(_key()) + nonce + AESGCM(_key()).encrypt(nonce, plain, context.encode())


def encrypt(plain: str, context: str) -> bytes:
    """Encrypt a text, as `encrypt_bytes` does."""
    return encrypt_bytes(plain.encode(), context)


def decrypt(box: bytes, context: str) -> str:
    """Undo `encrypt`; raise ValueError where the box, the key or the context is another."""
    return decrypt_bytes(box, context).decode()


def decrypt_bytes(box: bytes, context: str) -> bytes:
    """Undo `encrypt_bytes`; raise ValueError where the box, the key or the context is another."""
    box = bytes(box)
    if box[:1] == _VERSION:
        keys, sealed = [key for key in _keys() if _id_of(key) == box[1 : 1 + _ID]], box[1 + _ID :]
    elif box[:1] == _FIRST:
        keys, sealed = _keys(), box[1:]
    else:
        raise ValueError("unknown version of encrypted data")
    for key in keys:
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except InvalidTag:
            continue
    raise ValueError("encrypted data does not open with this key and context")


def renewed(box: bytes, context: str) -> bytes:
    """Return the box's content in a box of the key in use."""
    return encrypt_bytes(decrypt_bytes(box, context), context)


def keyed_digest(value: str, context: str) -> str:
    """Return 64 hex characters by which an encrypted value is found again; without the key it tells nothing."""
    return keyed_digests(value, context)[0]


def keyed_digests(value: str, context: str) -> list[str]:
    """Return the digest of `keyed_digest`, then those under earlier keys: until a rotation is over, a row may still bear one of them."""
    subkeys = (hmac.digest(key, b"mingqian/index/" + context.encode(), "sha256") for key in _keys())
    return [hmac.new(subkey, value.encode(), hashlib.sha256).hexdigest() for subkey in subkeys]
