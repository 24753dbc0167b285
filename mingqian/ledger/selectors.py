"""Reading the ledger: nodes, proofs, checkpoints, the acts on a subject."""

import json
import zlib
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet

from mingqian.common import clock
from mingqian.ledger import notes
from mingqian.ledger.models.log import Checkpoint, Cosignature, Cosigner, Entry, Manifest, Node
from mingqian.ledger.tree import selectors as tree_selectors

#: A signed note has at most sixteen lines, one is the log's.
MOST_COSIGNERS = 15


def log_key() -> notes.LogKey:
    """Return the public key under which the log's checkpoints are checked."""
    return notes.own_key()


def stored_node(level: int, position: int) -> bytes:
    """Return a stored node; raise Node.DoesNotExist where it is missing."""
    return bytes(Node.objects.values_list("hash", flat=True).get(level=level, position=position))


def size() -> int:
    """Return the number of entries."""
    last = Entry.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def _handed_out(checkpoint: Checkpoint) -> Checkpoint:
    """Return a checkpoint as it is handed out: its note bears the cosigners' lines. It is not to be saved."""
    lines = Cosignature.objects.filter(size=checkpoint.size).values_list("line", flat=True)
    checkpoint.note += "".join(f"{line}\n" for line in lines[:MOST_COSIGNERS])
    return checkpoint


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest signed checkpoint with its cosigners' lines, None for an empty log."""
    found = Checkpoint.objects.order_by("-size").first()
    return None if found is None else _handed_out(found)


def checkpoint_after(index: int, *, until: int | None = None, k: int = 0) -> Checkpoint:
    """Return the first checkpoint that covers entry `index`, with its cosigners' lines.

    With `k`, the first that at least `k` cosigners signed and that covers no entry from `until` on; where there is none, the first of all.
    """
    rows = Checkpoint.objects.filter(size__gt=index).order_by("size")
    if k:
        signed = (
            _signed(k)
            .filter(size__gt=index, **({"size__lte": until} if until is not None else {}))
            .order_by("size")
            .first()
        )
        if signed is not None:
            rows = rows.filter(size=signed["size"])
    return _handed_out(rows[0])


def proving_checkpoint(at_least: int) -> Checkpoint | None:
    """Return the checkpoint under which a proof over `at_least` entries is told: of those the one that most cosigners signed, the newest.

    The latest where nobody cosigned one so long; None for an empty log.
    """
    best = _signed(1).filter(size__gte=at_least).order_by("-count", "-size").first()
    return latest_checkpoint() if best is None else _handed_out(Checkpoint.objects.get(size=best["size"]))


def latest_cosigned(k: int) -> Checkpoint | None:
    """Return the newest checkpoint that at least `k` cosigners signed, with their lines; None where there is none."""
    signed = _signed(k).order_by("-size").first()
    return None if signed is None else _handed_out(Checkpoint.objects.get(size=signed["size"]))


def _signed(k: int) -> QuerySet[Any, Any]:
    """Return {size, count} where at least `k` cosigners in use signed, `count` of them."""
    rows: QuerySet[Any, Any] = Cosignature.objects.filter(cosigner__ended_at=None).order_by().values("size")
    rows = rows.annotate(count=Count("cosigner"))
    return rows.filter(count__gte=k)


def cosigners() -> QuerySet[Cosigner]:
    """Return the outside parties in use."""
    return Cosigner.objects.filter(ended_at=None)


def cosigned(checkpoint: Checkpoint) -> int:
    """Return how many cosigners in use signed just this checkpoint."""
    return Cosignature.objects.filter(size=checkpoint.size, cosigner__ended_at=None).count()


def cosigned_by(size: int) -> int:
    """Return how many cosigners in use signed one and the same checkpoint of at least `size` entries: the best there is."""
    best = _signed(1).filter(size__gte=size).order_by("-count").first()
    return 0 if best is None else int(best["count"])


def inclusion(index: int, tree_size: int) -> list[str]:
    """Return the audit path of entry `index` in the tree of `tree_size` entries, as hex."""
    return [value.hex() for value in tree_selectors.inclusion_proof(index, tree_size, stored_node)]


def consistency(old: int, new: int) -> list[str]:
    """Return the proof that the log of `new` entries begins with that of `old`, as hex."""
    return [value.hex() for value in tree_selectors.consistency_proof(old, new, stored_node)]


def entries_on(subject: str) -> QuerySet[Entry]:
    """Return the acts on `subject` (`draw/D-1`), oldest first."""
    return Entry.objects.filter(subject=subject).select_related("manifest").order_by("index")


def entries_under(prefix: str) -> QuerySet[Entry]:
    """Return the acts on everything whose name begins with `prefix` (`draw/T-1/`), oldest first; case counts.

    Both databases read a range of the index on `subject`: SQLite compares bytes, and PostgreSQL has a second index for beginnings, which
    no collation changes (`varchar_pattern_ops`, that Django makes beside the first).
    """
    if connection.vendor == "postgresql":
        rows = Entry.objects.filter(subject__startswith=prefix)
    else:
        rows = Entry.objects.filter(subject__gte=prefix, subject__lt=f"{prefix}\U0010ffff")
    return rows.order_by("index")


def signed_note(text: str) -> str:
    """Return a signed note of the log's key over `text`, which ends with a line feed; raise ValueError where it cannot be one."""
    return notes.signed(text)


def earliest_time() -> str:
    """Return the time of the protocol that an act may state now: the present, or the last entry's time where the clock went back."""
    last = Entry.objects.order_by("-index").values_list("time", flat=True).first() or ""
    return max(clock.to_text(clock.now()), last)


def present() -> datetime:
    """Return the same as a moment: what the files of a draw state, so that their entries are never more than 60 s younger."""
    return clock.from_text(earliest_time())


def newest(count: int, verbs: str = "") -> QuerySet[Entry]:
    """Return the newest acts whose verb begins with `verbs`, newest first."""
    return Entry.objects.filter(verb__startswith=verbs).order_by("-index")[:count]


def details_of(entry: Entry) -> dict[str, Any]:
    """Return what an entry said in detail, {} where it said nothing."""
    try:
        manifest = entry.manifest
    except Manifest.DoesNotExist:
        return {}
    found = json.loads(zlib.decompress(bytes(manifest.body)).split(b"\n", 1)[0])
    return found if isinstance(found, dict) else {}
