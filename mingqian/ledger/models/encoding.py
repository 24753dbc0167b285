"""Canonical JSON (RFC 8785) of the values that the ledger holds: objects, lists, texts, integers, booleans and null."""

import json


def canonical(value: object) -> bytes:
    """Return the one way to write `value`; raise TypeError for floats and other types.

    Keys of the ledger are ASCII, so that sorting by code point is RFC 8785's order.

    >>> canonical({"b": 1, "a": "签"}).decode()
    '{"a":"签","b":1}'
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _refuse_floats(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text: {key!r}")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"the ledger holds no {type(value).__name__}: {value!r}")
