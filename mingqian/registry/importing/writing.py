"""Write the decisions into the registry: prepared without any lock, then one short transaction with one entry of the ledger."""

import marshal
import zlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.registry import registers
from mingqian.registry.importing import spool
from mingqian.registry.importing.bulk import columns_of, insert, plain_values, reserve_keys
from mingqian.registry.importing.deciding import Decision, Target
from mingqian.registry.importing.notes import Notes
from mingqian.registry.models import Import, ImportWork
from mingqian.registry.states import RowOutcome


class RegisterMovedError(Exception):
    """Somebody wrote to the registry between checking and writing: check again."""


class Prepared:
    """Rows as they will stand in the registry, packed, and what the ledger will say of them."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.states: list[ledger.RowState] = []
        self._chunks: list[tuple[bool, bytes]] = []

    def add(self, rows: Sequence[Recorded], *, new: bool) -> None:
        """Add rows that have their keys."""
        if rows:
            self.states += [(row.ledger_key(), row.ledger_digest()) for row in rows]
            self._chunks.append((new, zlib.compress(marshal.dumps([plain_values(row) for row in rows]), 1)))

    def write(self) -> None:
        """Write them all."""
        columns = columns_of(self.target.model)
        for new, packed in self._chunks:
            rows: list[list[Any]] = marshal.loads(zlib.decompress(packed))  # noqa: S302  packed above, never stored
            insert(self.target.model, columns, rows, or_update=not new)


def prepare(batch: Import, target: Target, notes: Notes) -> Prepared:
    """Build every row that `batch` writes. It holds as long as the registry stays at the version of the decisions."""
    prepared = Prepared(target)
    done = 0
    for decisions in spool.kept(batch, target):
        prepared.add(_new(target, [d for d in decisions if d.outcome == RowOutcome.TAKEN]), new=True)
        prepared.add(_changed(target, [d for d in decisions if d.outcome == RowOutcome.UPDATED]), new=False)
        done += len(decisions)
        notes.step(done)
    return prepared


def _new(target: Target, decisions: Sequence[Decision]) -> list[Recorded]:
    rows = [target.new(decision) for decision in decisions]
    for row, key in zip(rows, reserve_keys(target.model, len(rows)), strict=True):
        row.pk = key
    return rows


def _changed(target: Target, decisions: Sequence[Decision]) -> list[Recorded]:
    found = target.existing([decision.pk for decision in decisions])
    for decision in decisions:
        if decision.pk not in found:
            raise RegisterMovedError
        target.change(found[decision.pk], decision)
    return list(found.values())


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
    details = {"target": str(prepared.target.kind), "file": batch.file_id, **counts}
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
