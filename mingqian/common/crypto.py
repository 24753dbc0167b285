"""Encryption of data at rest: AES-256-GCM, with what the data belongs to as associated data, and a keyed digest for look-ups."""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VERSION = b"\x01"
_NONCE = 12


def _key() -> bytes:
    try:
        key = base64.b64decode(settings.MINGQIAN_DATA_KEY, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("MINGQIAN_DATA_KEY is not base64") from error
    if len(key) != 32:
        raise ImproperlyConfigured("MINGQIAN_DATA_KEY must hold 32 bytes")
    return key


def encrypt_bytes(plain: bytes, context: str) -> bytes:
    """Encrypt `plain`; only the same `context` gives it back (a row cannot be passed off as another)."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(_key()).encrypt(nonce, plain, context.encode())


def encrypt(plain: str, context: str) -> bytes:
    """Encrypt a text, as `encrypt_bytes` does."""
    return encrypt_bytes(plain.encode(), context)


def decrypt(box: bytes, context: str) -> str:
    """Undo `encrypt`; raise ValueError where the box, the key or the context is another."""
    return decrypt_bytes(box, context).decode()


def decrypt_bytes(box: bytes, context: str) -> bytes:
    """Undo `encrypt_bytes`; raise ValueError where the box, the key or the context is another."""
    box = bytes(box)
    if box[:1] != _VERSION:
        raise ValueError("unknown version of encrypted data")
    try:
        return AESGCM(_key()).decrypt(box[1 : 1 + _NONCE], box[1 + _NONCE :], context.encode())
    except InvalidTag as error:
        raise ValueError("encrypted data does not open with this key and context") from error


def keyed_digest(value: str, context: str) -> str:
    """Return 64 hex characters by which an encrypted value is found again; without the key it tells nothing."""
    subkey = hmac.digest(_key(), b"mingqian/index/" + context.encode(), "sha256")
    return hmac.new(subkey, value.encode(), hashlib.sha256).hexdigest()
