"""Write the decisions into the registry: prepared without any lock, then one short transaction with one entry of the ledger."""

import marshal
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from mingqian.ledger import models as ledger_models, services as ledger
from mingqian.ledger.models import Recorded
from mingqian.registry import registers
from mingqian.registry.imports import spool
from mingqian.registry.imports.bulk import columns_of, insert, plain_values, reserve_keys
from mingqian.registry.imports.progress import Notes
from mingqian.registry.imports.rows.decisions import Decision, Target
from mingqian.registry.imports.states import RowOutcome
from mingqian.registry.models.imports import Import, ImportWork
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search.services import line_of, settle, write as write_index


class RegisterMovedError(Exception):
    """Somebody wrote to the registry between checking and writing: check again."""


class Prepared:
    """Rows as they will stand in the registry, packed, and what the ledger will say of them."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.states: list[ledger_models.RowState] = []
        self._chunks: list[tuple[type[Recorded], bool, bytes, bytes]] = []

    def add(self, rows: Sequence[Recorded], *, new: bool) -> None:
        """Add rows of one kind that have their keys."""
        if rows:
            self.states += [(row.ledger_key(), row.ledger_digest()) for row in rows]
            lines = [line_of(row) for row in rows if isinstance(row, Subject)]
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
        """Write them all, and for subjects the search index."""
        for model, new, rows, lines in self._chunks:
            insert(model, columns_of(model), _unpack(rows), or_update=not new)
            write_index(_unpack(lines), new=new)
        settle()


def _pack(rows: list[list[Any]]) -> bytes:
    return zlib.compress(marshal.dumps(rows), 1)


def _unpack(packed: bytes) -> list[list[Any]]:
    rows: list[list[Any]] = marshal.loads(zlib.decompress(packed))  # noqa: S302  packed above, never stored
    return rows


def prepare(batch: Import, target: Target, notes: Notes) -> Prepared:
    """Build every row that `batch` writes. It holds as long as the registry stays at the version of the decisions."""
    prepared = Prepared(target)
    done = 0
    for decisions in spool.kept(batch, target):
        _add_new(prepared, target, [d for d in decisions if d.outcome == RowOutcome.TAKEN])
        _add_changed(prepared, target, [d for d in decisions if d.outcome == RowOutcome.UPDATED])
        done += len(decisions)
        notes.step(done)
    return prepared


def _add_new(prepared: Prepared, target: Target, decisions: Sequence[Decision]) -> None:
    rows = [target.new(decision) for decision in decisions]
    for row, key in zip(rows, reserve_keys(target.model, len(rows)), strict=True):
        row.pk = key
    prepared.add(rows, new=True)
    pairs = zip(rows, decisions, strict=True)
    prepared.add_beside([beside for row, decision in pairs for beside in target.beside(row, decision)])


def _add_changed(prepared: Prepared, target: Target, decisions: Sequence[Decision]) -> None:
    found = target.existing([decision.pk for decision in decisions])
    beside: list[Recorded] = []
    for decision in decisions:
        if decision.pk not in found:
            raise RegisterMovedError
        beside += target.change(found[decision.pk], decision)
    prepared.add(list(found.values()), new=False)
    prepared.add_beside(beside)


@transaction.atomic
def write(batch: Import, prepared: Prepared, work: ImportWork) -> None:
    """Write what was prepared, and record it; raise RegisterMovedError where the registry has moved since the decisions."""
    register = registers.take(batch.organ, prepared.target.kind)
    if register.version != work.register_version:
        raise RegisterMovedError
    if not prepared.states:
        return
    prepared.write()
    registers.turn(register, work.last_number)
    states = [*prepared.states, (register.ledger_key(), register.ledger_digest())]
    counts = {str(outcome): getattr(batch, str(outcome)) for outcome in RowOutcome}
    details = {"target": str(batch.target), "file": batch.file_id, **counts}
    ledger.record(
        batch.created_by,
        "registry.import",
        subject_of(batch),
        digest=work.report_digest,
        states=states,
        details=details,
    )


def subject_of(batch: Import) -> str:
    """Return how the ledger names an import."""
    return f"import/{batch.organ.code}/{batch.number}"
