"""The only way to write the ledger: `record` an act, `move` a thing from one state to the next, all in the caller's transaction."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Q

from mingqian.common import clock
from mingqian.ledger import notes
from mingqian.ledger.models.encoding import canonical
from mingqian.ledger.models.log import Checkpoint, Entry, Manifest, Node, Recorded
from mingqian.ledger.models.rows import RowState, write_manifest
from mingqian.ledger.tree import selectors as tree_selectors


class StateConflictError(Exception):
    """Somebody else was faster: the thing is no longer in the state from which this step starts."""


class LedgerDamagedError(Exception):
    """The stored log contradicts itself; nothing may be added until it has been looked into."""


#: PostgreSQL advisory lock that serialises the log ("mingqian" in ASCII, as a signed 64-bit number).
_LOCK = int.from_bytes(b"mingqian", "big") >> 1
_NOTHING = hashlib.sha256(b"").hexdigest()


#: Called after the commit of an act that others wait to see proved: its verb begins so.
PROVED = "draw."
_listeners: list[Callable[[], object]] = []


def tell_proved(listener: Callable[[], object]) -> None:
    """Let `listener` be called after each such act; called once when the project starts."""
    _listeners.append(listener)


def hold() -> None:
    """Hold the log until the caller's transaction ends: whoever wrote before has committed, nobody writes meanwhile.

    SQLite's writers wait for each other already (BEGIN IMMEDIATE).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act and its entry belong in one transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def record(
    actor: str,
    verb: str,
    subject: str,
    *,
    digest: str = "",
    rows: Iterable[Recorded] = (),
    deleted: Iterable[str] = (),
    details: Mapping[str, object] | None = None,
    states: Iterable[RowState] = (),
    not_before: str = "",
) -> Entry:
    """Append one act inside the caller's transaction, sign a checkpoint over it, and return the entry (with its `time` and `index`).

    `actor` is `user/NAME`, `witness/NAME` or `system`; `digest` is SHA-256 of what the act is about (default: of its details);
    `rows` are the recorded rows as the act left them, `states` the same as (key, digest) pairs where there are very many,
    `deleted` the ledger keys of rows that it removed. Times never run backwards, whatever the clock does: an entry is as old as the
    one before it at most, and as `not_before`, the time that the act says of itself (`selectors.earliest_time`).
    """
    hold()
    facts = dict(details or {})
    left = [*states, *((row.ledger_key(), row.ledger_digest()) for row in rows), *((key, "") for key in deleted)]
    manifest = write_manifest(facts, left) if facts or left else b""
    last = Entry.objects.order_by("-index").values_list("index", "time").first()
    index, earliest = (last[0] + 1, last[1]) if last else (0, "")
    entry = Entry(
        index=index,
        time=max(clock.to_text(clock.now()), earliest, not_before),
        actor=actor,
        verb=verb,
        subject=subject,
        digest=digest or hashlib.sha256(canonical(facts)).hexdigest(),
        rows=hashlib.sha256(manifest).hexdigest() if manifest else _NOTHING,
    )
    entry.save(force_insert=True)
    if manifest:
        Manifest(entry=entry, body=zlib.compress(manifest, 6)).save(force_insert=True)
    _grow(index, tree_selectors.leaf_hash(entry.leaf()))
    if verb.startswith(PROVED):
        for listener in _listeners:
            transaction.on_commit(listener, robust=True)
    return entry


def _grow(index: int, leaf: bytes) -> None:
    """Add a leaf to the tree and sign the new head. Everything needed for that are the peaks of the tree so far: one query."""
    peaks = tree_selectors.peaks(index)
    wanted = Q(pk__in=())
    for level, position in peaks:
        wanted |= Q(level=level, position=position)
    known = {
        (level, position): bytes(value)
        for level, position, value in Node.objects.filter(wanted).values_list("level", "position", "hash")
    }
    if known.keys() != set(peaks):
        raise LedgerDamagedError("a node of the ledger's tree is missing; run the command ledger_verify")
    nodes = tree_selectors.completed_by(index, leaf, lambda level, position: known[level, position])
    known |= {(level, position): value for level, position, value in nodes}
    Node.objects.bulk_create(Node(level=level, position=position, hash=value) for level, position, value in nodes)
    size = index + 1
    root = tree_selectors.root(size, lambda level, position: known[level, position])
    Checkpoint.objects.create(size=size, note=notes.sign(size, root))


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
    not_before: str = "",
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
        record(
            actor, entry_verb or verb, subject, digest=digest, rows=[thing, *also], details=facts, not_before=not_before
        )
    return thing
