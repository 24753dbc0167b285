"""The hashes of the steps (sections "Steps" and "After the draw")."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from mingqian_draw.errors import DrawError
from mingqian_draw.grammar import contribution_ok, integer_ok

PROTOCOL = "MQ1"


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def new_secret() -> str:
    """Step 1: 32 bytes from the operating system's generator, in hex."""
    return secrets.token_hex(32)


def commitment(draw_id: str, secret: str, number: int = 0) -> str:
    """Step 1; ``number`` is that of a supplement, 0 for the draw.

    >>> commitment("抽查〔2026〕1号", f"{1:064x}")[:16], commitment("V4", f"{1000:064x}", 1)[:16]
    ('43a521291d8f7b32', 'de220a45b5ec2ada')
    """
    name = f"{draw_id}/{number}" if number else draw_id
    return digest(f"MQ1/commit\n{name}\n{secret}".encode())


def check_contribution(digits: str) -> None:
    """Raise :class:`DrawError` unless ``digits`` is 10 to 100 digits, at least four different ones."""
    if not contribution_ok(digits):
        raise DrawError("contribution", value=digits)


def receipt(seal_json: bytes, position: int, digits: str) -> str:
    """Step 3: the receipt of the witness at ``position`` (from 1), 64 hex; the first 16 are shown.

    Raises :class:`DrawError` for digits or a position that cannot be.
    """
    check_contribution(digits)
    if not integer_ok(position, 1):
        raise DrawError("position", value=position)
    return digest(f"MQ1/receipt\n{digest(seal_json)}\n{position}\n{digits}".encode())


def contributions_digest(contributions: Sequence[str]) -> str:
    """What goes on the log at closing: SHA-256 of the contributions joined by a line feed.

    >>> contributions_digest(["12", "34"]) == digest(b"12\\n34")
    True
    """
    return digest("\n".join(contributions).encode())


def seed_of(seal_digest: str, secret: str, contributions: Sequence[str], beacon: str | None) -> str:
    """Step 4: the seed, 64 hex.

    >>> sealed = "7406f565b650d7b74b06ec0eb81022e3b11ae8c0f1d2c6751baaecb5e9c612c7"
    >>> seed_of(sealed, f"{1:064x}", ["564225154462"], None)[:16]
    'a486cd4f05f1f69c'
    """
    parts = ["MQ1/seed", seal_digest, secret, *contributions]
    if beacon is not None:
        parts.append(beacon)
    return digest("\n".join(parts).encode())
