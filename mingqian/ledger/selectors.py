"""Reading the ledger: nodes, proofs, checkpoints, the acts on a subject."""

import json
import zlib
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from mingqian.common import clock
from mingqian.ledger import notes
from mingqian.ledger.models.log import Checkpoint, Entry, Manifest, Node
from mingqian.ledger.tree import selectors as tree_selectors


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


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest signed checkpoint, None for an empty log."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint_after(index: int) -> Checkpoint:
    """Return the first checkpoint that covers entry `index`."""
    return Checkpoint.objects.filter(size__gt=index).order_by("size")[0]


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


def count_entries(prefix: str) -> int:
    """Return how many acts `entries_under` gives."""
    return entries_under(prefix).order_by().count()


def signed_note(text: str) -> str:
    """Return a signed note of the log's key over `text`, which ends with a line feed; raise ValueError where it cannot be one."""
    return notes.signed(text)


def earliest_time() -> str:
    """Return the time of the protocol that an act may state now: the present, or the last entry's time where the clock went back."""
    last = Entry.objects.order_by("-index").values_list("time", flat=True).first() or ""
    return max(clock.to_text(clock.now()), last)


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
