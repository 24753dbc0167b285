"""Reading the ledger: nodes, proofs, checkpoints, the acts on a subject."""

import json
import zlib
from typing import Any

from django.db.models import Max, QuerySet

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
