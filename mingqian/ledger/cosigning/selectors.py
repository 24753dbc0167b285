"""What a cosigner is asked to sign next."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, Max

from mingqian.common import clock
from mingqian.ledger.models.log import Checkpoint, Cosignature, Cosigner, Entry
from mingqian.ledger.selectors import consistency
from mingqian.ledger.services import PROVED

#: A signature later than this after a step proves nothing of it (draw protocol, cosigners).
_STILL_USEFUL = timedelta(hours=1)


@dataclass(frozen=True)
class Party:
    """An outside party with the last that it signed: entries and when; none where it has signed nothing."""

    cosigner: Cosigner
    size: int
    at: datetime | None


def parties(*, in_use: bool = False) -> list[Party]:
    """Return the outside parties, those in use first."""
    rows = Cosigner.objects.order_by(F("ended_at").asc(nulls_first=True), "pk").annotate(last=Max("signatures__size"))
    wanted = rows.filter(ended_at=None) if in_use else rows
    last = {
        (one.cosigner_id, one.size): one.at
        for one in Cosignature.objects.filter(size__in=[row.last or 0 for row in wanted])
    }
    found = []
    for row in wanted:
        at = last.get((row.pk, row.last or 0))
        found.append(Party(row, row.last or 0, None if at is None else datetime.fromtimestamp(at, UTC)))
    return found


def next_checkpoint(seen: int) -> Checkpoint | None:
    """Return what somebody who has seen `seen` entries signs next: the checkpoint behind each step of a draw, then the latest.

    So all sign the same sizes, those that proofs need. None where the log is not longer than that.
    """
    since = clock.to_text(clock.now() - _STILL_USEFUL)
    steps = Entry.objects.filter(index__gte=seen, verb__startswith=PROVED, time__gte=since)
    step = steps.order_by("index").values_list("index", flat=True).first()
    rows = Checkpoint.objects.filter(size__gt=seen)
    return rows.order_by("-size").first() if step is None else rows.filter(size=step + 1).first()


def request_for(seen: int) -> tuple[int, str] | None:
    """Return size and body of `add-checkpoint` (C2SP tlog-witness) for somebody who has seen `seen` entries; None for an empty log.

    Where nothing is new it is the checkpoint of `seen` once more. Raise ValueError where the log is shorter.
    """
    checkpoint = next_checkpoint(seen) or Checkpoint.objects.filter(size=seen).first()
    if checkpoint is None:
        if seen:
            raise ValueError("the log is shorter")
        return None
    proof = consistency(seen, checkpoint.size) if seen else []
    lines = [base64.b64encode(bytes.fromhex(value)).decode() for value in proof]
    return checkpoint.size, "\n".join([f"old {seen}", *lines, "", checkpoint.note])
