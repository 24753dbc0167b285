"""Canonical JSON (RFC 8785) as MQ1 uses it: texts, integers, lists, objects, true/false/null, nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import NoReturn

from mingqian_draw.errors import DrawError
from mingqian_draw.grammar import LARGEST


def dumps(value: object) -> bytes:
    """The canonical bytes of ``value``.

    Keys are sorted by code point, which is RFC 8785's order for the ASCII keys that MQ1 and its ledger name.

    >>> dumps({"b": [1, None], "a": "签"}).decode()
    '{"a":"签","b":[1,null]}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def loads(data: bytes, file: str) -> tuple[object, bool]:
    """The value of a JSON text, and whether the text is its canonical form.

    Raises :class:`DrawError` for what has no place in any file of a bundle: broken UTF-8 or JSON, a key twice,
    fractions, exponents, NaN, integers beyond the protocol's, lone surrogates, nesting without end.
    """

    def integer(text: str) -> int:
        if len(text) > 11 or abs(int(text)) > LARGEST:
            raise DrawError("json-integer", file, value=text)
        return int(text)

    def refuse(text: str) -> NoReturn:
        raise DrawError("json-number", file, value=text)

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(items)
        if len(value) != len(items):
            raise DrawError("json-key-twice", file, key=Counter(key for key, _ in items).most_common(1)[0][0])
        return value

    try:
        value: object = json.loads(
            data.decode(), parse_int=integer, parse_float=refuse, parse_constant=refuse, object_pairs_hook=pairs
        )
        same = dumps(value) == data
    except UnicodeDecodeError as error:
        raise DrawError("not-utf8", file, offset=error.start) from error
    except UnicodeEncodeError as error:
        raise DrawError("json-surrogate", file) from error
    except RecursionError as error:
        raise DrawError("json-deep", file) from error
    except json.JSONDecodeError as error:
        raise DrawError("not-json", file, offset=error.pos) from error
    return value, same
