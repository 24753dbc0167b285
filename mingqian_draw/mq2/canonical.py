"""Canonical JSON (RFC 8785) as MQ2 uses it: texts, integers, lists, objects, true, false and null, nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from mingqian_draw.mq2.refusal import RefusedError, check

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


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


def _pairs(items: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(items)
    if len(value) != len(items):
        raise ValueError("a key twice")
    return value


def _integer(text: str) -> int:
    if len(text) > 20:
        raise ValueError(text)
    return int(text)


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_fraction, parse_constant=_fraction, object_pairs_hook=_pairs
)


def loads(data: bytes, name: str) -> object:
    """The value of a JSON file, refused where its bytes are not the canonical form of what they say."""
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
