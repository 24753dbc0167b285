"""Canonical JSON (RFC 8785) as MQ1 uses it: texts, integers, lists, objects, true/false/null, nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import NoReturn

from mingqian_draw.errors import DrawError
from mingqian_draw.grammar import LARGEST


def _integer(text: str) -> int:
    if len(text) > 11 or abs(int(text)) > LARGEST:
        raise DrawError("json-integer", value=text)
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise DrawError("json-number", value=text)


def _pairs(items: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(items)
    if len(value) != len(items):
        raise DrawError("json-key-twice", key=Counter(key for key, _ in items).most_common(1)[0][0])
    return value


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_pairs)


def dumps(value: object) -> bytes:
    """The canonical bytes of ``value``.

    Keys are sorted by code point, which is RFC 8785's order for the ASCII keys that MQ1 and its ledger name.

    >>> dumps({"b": [1, None], "a": "签"}).decode()
    '{"a":"签","b":[1,null]}'
    """
    return _ENCODER.encode(value).encode()


def loads(data: bytes, file: str) -> tuple[object, bool]:
    """The value of a JSON text, and whether the text is its canonical form.

    Raises :class:`DrawError` for what has no place in any file of a bundle: broken UTF-8 or JSON, a key twice,
    fractions, exponents, NaN, integers beyond the protocol's, lone surrogates, nesting without end.
    """
    try:
        value: object = _DECODER.decode(data.decode())
        return value, dumps(value) == data
    except DrawError as error:
        raise DrawError(error.code, file, "", **error.params) from error
    except UnicodeDecodeError as error:
        raise DrawError("not-utf8", file, offset=error.start) from error
    except UnicodeEncodeError as error:
        raise DrawError("json-surrogate", file) from error
    except RecursionError as error:
        raise DrawError("json-deep", file) from error
    except json.JSONDecodeError as error:
        raise DrawError("not-json", file, offset=error.pos) from error
