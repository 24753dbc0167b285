"""Keep the decisions until they are confirmed, encrypted; then write them: prepared without any lock, one short transaction, one entry."""

import base64
import json
import marshal
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import transaction

from mingqian.common import crypto
from mingqian.common.rows import in_steps
from mingqian.documents.imports.bulk import columns_of, insert, plain_values, reserve_keys
from mingqian.documents.imports.states import Decider, Decision, Index, RowOutcome
from mingqian.documents.models.imports import Import, ImportChunk, ImportWork
from mingqian.ledger import models as ledger_models, services as ledger
from mingqian.ledger.models import Recorded

_CONTEXT = "documents/import-chunk"


def keep(batch: Import, position: int, decisions: Iterable[Decision]) -> None:
    """Keep those of `decisions` that write something."""
    rows = [_packed(decision) for decision in decisions if decision.values is not None]
    if rows:
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
        packed = base64.b64encode(zlib.compress(text.encode(), 1)).decode()
        ImportChunk.objects.create(
            of=batch, position=position, box=crypto.encrypt(packed, f"{_CONTEXT}/{batch.pk}/{position}")
        )


def kept(batch: Import, decider: Decider) -> Iterator[list[Decision]]:
    """Yield what was kept, in order, chunk by chunk."""
    dates = {field.name for field in fields(decider.values) if field.type == date | None}
    names = [field.name for field in fields(decider.values)]
    for chunk in in_steps(ImportChunk.objects.filter(of=batch), 5):  # made in their order
        packed = crypto.decrypt(bytes(chunk.box), f"{_CONTEXT}/{batch.pk}/{chunk.position}")
        yield [_unpacked(row, decider, names, dates) for row in json.loads(zlib.decompress(base64.b64decode(packed)))]


def clear(batch: Import) -> None:
    """Throw away what was kept."""
    ImportChunk.objects.filter(of=batch).delete()


def _packed(decision: Decision) -> list[Any]:
    values = [getattr(decision.values, field) for field in decision.values.__slots__]
    return [decision.row, str(decision.outcome), decision.name, decision.number, decision.reason, decision.pk, values]


def _unpacked(row: list[Any], decider: Decider, names: list[str], dates: set[str]) -> Decision:
    number, outcome, name, code, reason, pk, packed = row
    values = dict(zip(names, packed, strict=True))
    for key in dates:
        values[key] = date.fromisoformat(values[key]) if values[key] else None
    return Decision(number, outcome, name, code, reason=reason, pk=pk, values=decider.values(**values))


class BookMovedError(Exception):
    """Somebody wrote to the book between checking and writing: check again."""


class Prepared:
    """Rows as they will stand on record, packed, and what the ledger will say of them."""

    def __init__(self, index: Index | None) -> None:
        self._index = index
        self.states: list[ledger_models.RowState] = []
        self._chunks: list[tuple[type[Recorded], bool, bytes, bytes]] = []

    def add(self, rows: Sequence[Recorded], *, new: bool) -> None:
        """Add rows of one kind that have their keys."""
        if rows:
            self.states += [(row.ledger_key(), row.ledger_digest()) for row in rows]
            lines = self._index.lines(rows) if self._index is not None else []
            self._chunks.append((type(rows[0]), new, _pack([plain_values(row) for row in rows]), _pack(lines)))

    def add_beside(self, rows: Iterable[Recorded]) -> None:
        """Give new rows of any kinds their keys, and add them."""
        kinds: dict[type[Recorded], list[Recorded]] = {}
        for row in rows:
            kinds.setdefault(type(row), []).append(row)
        for kind, ones in kinds.items():
            for row, key in zip(ones, reserve_keys(kind, len(ones)), strict=True):
                row.pk = key
            self.add(ones, new=True)

    def write(self) -> None:
        """Write them all, and the index."""
        for model, new, rows, lines in self._chunks:
            insert(model, columns_of(model), _unpack(rows), or_update=not new)
            if self._index is not None:
                self._index.write(_unpack(lines), new=new)
        if self._index is not None:
            self._index.settle()


def _pack(rows: list[Any]) -> bytes:
    return zlib.compress(marshal.dumps(rows), 1)


def _unpack(packed: bytes) -> list[Any]:
    rows: list[Any] = marshal.loads(zlib.decompress(packed))  # noqa: S302  packed above, never stored
    return rows


def prepare(batch: Import, decider: Decider, step: Callable[[int], None]) -> Prepared:
    """Build every row that `batch` writes, telling `step` how far it is. It holds as long as the book stays at that version."""
    prepared = Prepared(batch.kind.index)
    done = 0
    for decisions in kept(batch, decider):
        _add_new(prepared, decider, [d for d in decisions if d.outcome == RowOutcome.TAKEN])
        _add_changed(prepared, decider, [d for d in decisions if d.outcome == RowOutcome.UPDATED])
        done += len(decisions)
        step(done)
    return prepared


def _add_new(prepared: Prepared, decider: Decider, decisions: Sequence[Decision]) -> None:
    rows = [decider.new(decision) for decision in decisions]
    for row, key in zip(rows, reserve_keys(decider.model, len(rows)), strict=True):
        row.pk = key
    prepared.add(rows, new=True)
    pairs = zip(rows, decisions, strict=True)
    prepared.add_beside([beside for row, decision in pairs for beside in decider.beside(row, decision)])


def _add_changed(prepared: Prepared, decider: Decider, decisions: Sequence[Decision]) -> None:
    found = decider.existing([decision.pk for decision in decisions])
    beside: list[Recorded] = []
    for decision in decisions:
        if decision.pk not in found:
            raise BookMovedError
        beside += decider.change(found[decision.pk], decision)
    prepared.add(list(found.values()), new=False)
    prepared.add_beside(beside)


@transaction.atomic
def write(batch: Import, prepared: Prepared, work: ImportWork) -> None:
    """Write what was prepared, and record it; raise BookMovedError where the book has moved since the decisions."""
    books = batch.kind.books
    book = books.take(batch.organ)
    if book.version != work.book_version:
        raise BookMovedError
    if not prepared.states:
        return
    prepared.write()
    books.turn(book, work.last_number)
    states = [*prepared.states, (book.ledger_key(), book.ledger_digest())]
    counts = {str(outcome): getattr(batch, str(outcome)) for outcome in RowOutcome}
    details = {"target": batch.kind_name, "file": batch.file_id, **counts}
    ledger.record(
        batch.created_by,
        batch.kind.verb,
        batch.ledger_subject,
        digest=work.report_digest,
        states=states,
        details=details,
    )
