"""Decisions that wait: kept packed and encrypted between the check of a table and its confirmation."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from mingqian.common import crypto
from mingqian.registry.imports.rows.decisions import Decision, Target
from mingqian.registry.models.imports import Import, ImportChunk

_CONTEXT = "registry/import-chunk"


def keep(batch: Import, position: int, decisions: Iterable[Decision]) -> None:
    """Keep those of `decisions` that write something."""
    rows = [_packed(decision) for decision in decisions if decision.values is not None]
    if rows:
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
        packed = base64.b64encode(zlib.compress(text.encode(), 1)).decode()
        ImportChunk.objects.create(
            of=batch, position=position, box=crypto.encrypt(packed, f"{_CONTEXT}/{batch.pk}/{position}")
        )


def kept(batch: Import, target: Target) -> Iterator[list[Decision]]:
    """Yield what was kept, in order, chunk by chunk."""
    dates = {field.name for field in fields(target.values) if field.type == date | None}
    names = [field.name for field in fields(target.values)]
    for chunk in ImportChunk.objects.filter(of=batch).order_by("position").iterator(10):
        packed = crypto.decrypt(bytes(chunk.box), f"{_CONTEXT}/{batch.pk}/{chunk.position}")
        yield [_unpacked(row, target, names, dates) for row in json.loads(zlib.decompress(base64.b64decode(packed)))]


def clear(batch: Import) -> None:
    """Throw away what was kept."""
    ImportChunk.objects.filter(of=batch).delete()


def _packed(decision: Decision) -> list[Any]:
    values = [getattr(decision.values, field) for field in decision.values.__slots__]
    return [decision.row, str(decision.outcome), decision.name, decision.number, decision.reason, decision.pk, values]


def _unpacked(row: list[Any], target: Target, names: list[str], dates: set[str]) -> Decision:
    number, outcome, name, code, reason, pk, packed = row
    values = dict(zip(names, packed, strict=True))
    for key in dates:
        values[key] = date.fromisoformat(values[key]) if values[key] else None
    return Decision(number, outcome, name, code, reason=reason, pk=pk, values=target.values(**values))
