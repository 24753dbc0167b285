"""The log from its first entry to its last, in pieces: what was signed, and what it says of rows.

A piece is read by ranges of keys, so no read stays open, and memory does not grow with the log.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from mingqian.ledger.models.log import Checkpoint, Entry, Manifest, Node
from mingqian.ledger.tree import selectors as tree_selectors

#: Entries of a piece.
PIECE = 5000
NOTHING = hashlib.sha256(b"").hexdigest()
_COLUMNS = ("index", "actor", "digest", "rows", "subject", "time", "verb")
#: Writes a text as canonical JSON does, five times as fast as by way of an object.
_text = json.encoder.encode_basestring
#: Index, actor, digest, rows, subject, time, verb.
Line = tuple[int, str, str, str, str, str, str]


@dataclass(frozen=True)
class Piece:
    """Entries `start` up to `end` (exclusive) as they are stored; `lines` ends before the first that is missing."""

    start: int
    end: int
    lines: list[Line]
    gap: int | None

    def manifests(self) -> dict[int, bytes]:
        """Return the manifests by entry, as they are stored."""
        rows = Manifest.objects.filter(entry_id__gte=self.start, entry_id__lt=self.end).values_list("entry_id", "body")
        return {index: bytes(body) for index, body in rows}

    def checkpoints(self) -> dict[int, str]:
        """Return the notes by size: each was signed after one of these entries."""
        return dict(Checkpoint.objects.filter(size__gt=self.start, size__lte=self.end).values_list("size", "note"))

    def nodes(self) -> dict[tuple[int, int], bytes]:
        """Return the nodes that these entries complete."""
        wanted = Q(pk__in=())
        for level in range(self.end.bit_length()):
            wanted |= Q(level=level, position__gte=self.start >> level, position__lt=self.end >> level)
        rows = Node.objects.filter(wanted).values_list("level", "position", "hash")
        return {(level, position): bytes(value) for level, position, value in rows}


def pieces(start: int = 0) -> Iterator[Piece]:
    """Yield the log from entry `start` on; the last piece is the one after which nothing comes, or that has a gap."""
    while True:
        rows = Entry.objects.filter(index__gte=start).order_by("index").values_list(*_COLUMNS)
        lines: list[Line] = list(rows[:PIECE])
        gap = next((line[0] for place, line in enumerate(lines, start) if line[0] != place), None)
        if gap is not None:
            lines = [line for place, line in enumerate(lines, start) if line[0] == place]
        if not lines and gap is None:
            return
        yield Piece(start, start + len(lines), lines, gap)
        if gap is not None:
            return
        start += len(lines)


def leaf_of(line: Line) -> bytes:
    """Return the leaf's hash, as `Entry.leaf` writes it."""
    _index, actor, digest, rows, subject, time, verb = line
    leaf = (
        f'{{"actor":{_text(actor)},"digest":{_text(digest)},"rows":{_text(rows)},'
        f'"subject":{_text(subject)},"time":{_text(time)},"verb":{_text(verb)}}}'
    )
    return tree_selectors.leaf_hash(leaf.encode())


def unpacked(body: bytes | None, rows: str) -> bytes | None:
    """Return the text of a manifest whose digest the entry gives as `rows`; None where it is missing or another."""
    if body is None:
        return None
    try:
        text = zlib.decompress(body)
    except zlib.error:
        return None
    return text if hashlib.sha256(text).hexdigest() == rows else None
