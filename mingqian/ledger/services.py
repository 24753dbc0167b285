"""The only way to write the ledger: `record` an act, `move` a thing from one state to the next."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from mingqian.ledger.errors import LedgerDamagedError, StateConflictError
from mingqian.ledger.models import Recorded, Verification
from mingqian.ledger.rows import RowState
from mingqian.ledger.tasks import run_verification
from mingqian.ledger.verification import verify_log
from mingqian.ledger.writing import record

__all__ = [
    "LedgerDamagedError",
    "RowState",
    "StateConflictError",
    "ask_for_verification",
    "move",
    "record",
    "verify_log",
]

Moved = TypeVar("Moved", bound=Recorded)


def move(
    actor: str,
    verb: str,
    thing: Moved,
    moves: Mapping[tuple[str, str], str],
    *,
    subject: str,
    digest: str = "",
    entry_verb: str = "",
    details: Mapping[str, object] | None = None,
    also: Iterable[Recorded] = (),
    **changes: Any,
) -> Moved:
    """Take `thing` along the step `verb` of `moves`, by compare-and-swap, with its entry in the same transaction.

    `changes` are set with the state. Raise StateConflictError where the thing is not in a state from which the step starts, or where
    another request took it first: then nothing has changed.
    """
    start = str(getattr(thing, "state"))  # noqa: B009  every thing that moves has a state
    target = moves.get((start, verb))
    if target is None:
        raise StateConflictError("当前状态不能进行这一步操作，请刷新页面查看最新状态。")
    with transaction.atomic():
        taken = type(thing)._base_manager.filter(pk=thing.pk, state=start).update(state=target, **changes)
        if not taken:
            raise StateConflictError("这一步已经由他人或另一个页面完成，请刷新页面查看最新状态。")
        thing.refresh_from_db()
        facts = {"from": start, "to": target, **(details or {})}
        record(actor, entry_verb or verb, subject, digest=digest, rows=[thing, *also], details=facts)
    return thing


def ask_for_verification(actor: str) -> Verification:
    """Start a run in the background and return its row."""
    with transaction.atomic():
        run = Verification.objects.create(asked_by=actor, started_at=timezone.now())
        record(actor, "ledger.verify", f"verification/{run.pk}", rows=[run])
    run_verification.enqueue(run.pk)
    return run
