"""Canonical JSON (RFC 8785) as MQ2 uses it: texts, integers, lists, objects, true, false and null, nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from mingqian_draw.refusal import RefusedError, check

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_LARGE = 1 << 20
_NO_MARKS = bytes(set(range(256)) - set(b'"[{'))


def dumps(value: object) -> bytes:
    """The canonical bytes of `value`. Keys are sorted by code point: RFC 8785's order for the ASCII keys that MQ2 names.

    >>> dumps({"b": [1, None], "a": "签"}).decode()
    '{"a":"签","b":[1,null]}'
    """
    return _ENCODER.encode(value).encode()


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _fraction(text: str) -> object:
    raise ValueError(text)


# A key twice, or a number written otherwise, does not come out again as it stood.
_DECODER = json.JSONDecoder(parse_float=_fraction, parse_constant=_fraction)


def _is_bomb(data: bytes, name: str) -> bool:
    """Whether a large file holds more lists, objects or texts than a sound one can: it is not worth the memory to be read.

    A list or an object takes nine bytes at least, with two texts in it; in the ledger a text takes twenty on average, notes and hashes.
    """
    if len(data) <= _LARGE:
        return False
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') * (10 if name == "ledger.json" else 2) > len(data):
        return True
    # What is left are brackets, and the quotes around those that stand in texts: two quotes side by side enclose none.
    marks = plain.translate(None, _NO_MARKS).replace(b'""', b"")
    return sum(part.count(b"[") + part.count(b"{") for part in marks.split(b'"')[::2]) * 9 > len(data)


def loads(data: bytes, name: str) -> object:
    """The value of a JSON file, refused where its bytes are not the canonical form of what they say."""
    check(not _is_bomb(data, name), f"{name} is not canonical")
    try:
        value: object = _DECODER.decode(data.decode())
        same = dumps(value) == data
    except UnicodeEncodeError as error:
        raise RefusedError(f"{name}: UnicodeEncodeError") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{name} is not canonical") from error
    check(same, f"{name} is not canonical")
    return value


def keyed(value: object, keys: Iterable[str], reason: str) -> dict[str, object]:
    """`value` as an object with exactly these keys; else refused with `reason`."""
    if not isinstance(value, dict) or set(value) != set(keys):
        raise RefusedError(reason)
    return value
