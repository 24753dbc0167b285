"""One digest for one database row, the same whether the values come from a form or from either database."""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

from mingqian.ledger.models.encoding import canonical


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


#: Values of these types are written as they are, where the field holds just that type: no need to ask the field.
_PLAIN: tuple[tuple[type[models.Field[Any, Any]], type], ...] = (
    (models.CharField, str),
    (models.TextField, str),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.ForeignKey, int),
)
_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


_NO_DEFAULT = object()


#: Writes a text as canonical JSON does.
_text = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class Column:
    """A column that counts."""

    name: str
    #: Values of this type are written as they are.
    kind: type | None
    default: Any
    field: Any
    #: The key in JSON, with its colon.
    key: str


@functools.cache
def columns_of(model: type[models.Model], ignored: frozenset[str]) -> tuple[Column, ...]:
    """Return each column that counts, sorted by name."""
    found = []
    for field in model._meta.concrete_fields:
        if field.attname in ignored:
            continue
        kind = next((kind for base, kind in _PLAIN if isinstance(field, base)), None)
        default = field.default if field.has_default() and not callable(field.default) else _NO_DEFAULT
        if default is _NO_DEFAULT and kind is str:
            default = ""
        found.append(Column(field.attname, kind, default, field, f"{_text(field.attname)}:"))
    return tuple(sorted(found, key=lambda column: column.name))


def digest_of(columns: Sequence[Column], row: Sequence[Any]) -> str:
    """Return the digest of `row_digest` from the values of a row, one a column."""
    parts = []
    for column, value in zip(columns, row, strict=True):
        if value is None or value == column.default:
            continue
        kind = type(value)
        if kind is not column.kind:
            parts.append(column.key + _write(_converted(column.field, value)))
        elif kind is str:
            parts.append(column.key + _text(value))
        elif kind is int:
            parts.append(f"{column.key}{value}")
        else:
            parts.append(column.key + ("true" if value else "false"))
    return hashlib.sha256(f"{{{','.join(parts)}}}".encode()).hexdigest()


def _converted(field: Any, value: Any) -> object:
    return _plain(value if isinstance(field, models.BinaryField) else field.to_python(value))


def row_digest(row: models.Model, ignored: frozenset[str]) -> str:
    """Return SHA-256 (hex) of the canonical JSON of the row's columns but `ignored`.

    A column that is null, or at its default, is left out: so rows that were recorded before a column was added keep their digest, and a
    change away from the default or back to it is found all the same.
    """
    columns = columns_of(type(row), ignored)
    return digest_of(columns, [getattr(row, column.name) for column in columns])


#: (row key, row digest); an empty digest says that the row was deleted on purpose.
RowState = tuple[str, str]


def write_manifest(details: Mapping[str, object], rows: Iterable[RowState]) -> bytes:
    """Return the text of a manifest: one line of details, then one line `key TAB digest` a row, sorted."""
    lines = [canonical(dict(details)).decode(), *(f"{key}\t{digest}" for key, digest in sorted(rows))]
    return "\n".join(lines).encode()


def read_manifest(body: bytes) -> tuple[str, list[RowState]]:
    """Undo `write_manifest`; the details stay JSON text."""
    first, *lines = body.decode().split("\n")
    rows = []
    for line in lines:
        key, _, digest = line.partition("\t")
        rows.append((key, digest))
    return first, rows
