"""Appending to the log: the entry, its manifest, the tree, the signed head, all in the caller's transaction."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from mingqian.ledger import merkle, notes
from mingqian.ledger.canonical import canonical
from mingqian.ledger.errors import LedgerDamagedError
from mingqian.ledger.models import Checkpoint, Entry, Manifest, Node, Recorded
from mingqian.ledger.rows import RowState, write_manifest

#: PostgreSQL advisory lock that serialises the log ("mingqian" in ASCII, as a signed 64-bit number).
_LOCK = int.from_bytes(b"mingqian", "big") >> 1
_NOTHING = hashlib.sha256(b"").hexdigest()


def _serialise() -> None:
    """Let one transaction at a time append. SQLite's writers wait for each other already (BEGIN IMMEDIATE)."""
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
) -> Entry:
    """Append one act inside the caller's transaction, and sign a checkpoint over it.

    `actor` is `user/NAME`, `witness/NAME` or `system`; `digest` is SHA-256 of what the act is about (default: of its details);
    `rows` are the recorded rows as the act left them, `states` the same as (key, digest) pairs where there are very many,
    `deleted` the ledger keys of rows that it removed.
    """
    _serialise()
    facts = dict(details or {})
    left = [*states, *((row.ledger_key(), row.ledger_digest()) for row in rows), *((key, "") for key in deleted)]
    manifest = write_manifest(facts, left) if facts or left else b""
    last = Entry.objects.aggregate(last=Max("index"))["last"]
    index = 0 if last is None else last + 1
    entry = Entry(
        index=index,
        time=timezone.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        actor=actor,
        verb=verb,
        subject=subject,
        digest=digest or hashlib.sha256(canonical(facts)).hexdigest(),
        rows=hashlib.sha256(manifest).hexdigest() if manifest else _NOTHING,
    )
    entry.save(force_insert=True)
    if manifest:
        Manifest(entry=entry, body=zlib.compress(manifest, 6)).save(force_insert=True)
    _grow(index, merkle.leaf_hash(entry.leaf()))
    return entry


def _grow(index: int, leaf: bytes) -> None:
    """Add a leaf to the tree and sign the new head. Everything needed for that are the peaks of the tree so far: one query."""
    peaks = merkle.peaks(index)
    wanted = Q(pk__in=())
    for level, position in peaks:
        wanted |= Q(level=level, position=position)
    known = {
        (level, position): bytes(value)
        for level, position, value in Node.objects.filter(wanted).values_list("level", "position", "hash")
    }
    if known.keys() != set(peaks):
        raise LedgerDamagedError("a node of the ledger's tree is missing; run the command ledger_verify")
    nodes = merkle.completed_by(index, leaf, lambda level, position: known[level, position])
    known |= {(level, position): value for level, position, value in nodes}
    Node.objects.bulk_create(Node(level=level, position=position, hash=value) for level, position, value in nodes)
    size = index + 1
    root = merkle.root(size, lambda level, position: known[level, position])
    Checkpoint.objects.create(size=size, note=notes.sign(size, root))
