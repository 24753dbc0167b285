"""Write the decisions into the registry: one transaction, one entry of the ledger, all or nothing of it."""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction

from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.ledger.rows import RowState
from mingqian.registry import registers
from mingqian.registry.importing.deciding import Decision, Target, Tally
from mingqian.registry.models import Import
from mingqian.registry.states import RowOutcome

CHUNK = 1000


class RegisterMovedError(Exception):
    """Somebody wrote to the registry between checking and writing: check again."""


class Spool:
    """The decisions that write something, packed, so that a hundred thousand of them take some 30 MB."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def add(self, decisions: Iterable[Decision]) -> None:
        """Keep those that write."""
        writing = [decision for decision in decisions if decision.values is not None]
        if writing:
            self._chunks.append(zlib.compress(pickle.dumps(writing, protocol=5), 1))

    def __iter__(self) -> Iterator[list[Decision]]:
        """Yield them in order, in chunks."""
        for chunk in self._chunks:
            yield pickle.loads(zlib.decompress(chunk))  # noqa: S301  packed above by this very process


@transaction.atomic
def write(batch: Import, target: Target, spool: Spool, version: int, tally: Tally, report_digest: str) -> None:
    """Write everything in `spool` and record it; raise RegisterMovedError where the registry is no longer at `version`."""
    register = registers.take(batch.organ, target.kind)
    if register.version != version:
        raise RegisterMovedError
    states: list[RowState] = []
    for decisions in spool:
        states += _states(_take([d for d in decisions if d.outcome == RowOutcome.TAKEN], target))
        states += _states(_update([d for d in decisions if d.outcome == RowOutcome.UPDATED], target))
    if not states:
        return
    registers.turn(register, target.last_number)
    states.append((register.ledger_key(), register.ledger_digest()))
    details = {"target": str(target.kind), "file": batch.file_id, **{str(key): count for key, count in tally.outcomes.items()}}
    ledger.record(batch.created_by, "registry.import", subject_of(batch), digest=report_digest, states=states, details=details)


def subject_of(batch: Import) -> str:
    """Return how the ledger names an import."""
    return f"import/{batch.organ.code}/{batch.number}"


def _states(rows: Iterable[Recorded]) -> list[RowState]:
    return [(row.ledger_key(), row.ledger_digest()) for row in rows]


def _take(decisions: Sequence[Decision], target: Target) -> list[Any]:
    return target.model._base_manager.bulk_create([target.new(decision) for decision in decisions]) if decisions else []


def _update(decisions: Sequence[Decision], target: Target) -> list[Any]:
    if not decisions:
        return []
    manager = target.model._base_manager
    found = manager.select_related("organ").in_bulk([decision.pk for decision in decisions])
    rows = []
    for decision in decisions:
        row = found[decision.pk]
        target.change(row, decision)
        rows.append(row)
    fields = [field.name for field in target.model._meta.concrete_fields if not field.primary_key]
    # An upsert by primary key: one statement for many rows, where bulk_update would write a CASE for every field.
    manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=fields)
    return rows
