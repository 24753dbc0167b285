"""Reading requests to void."""

from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.voids.states import VoidState


def pending_void(thing: Draw | Supplement) -> VoidRequest | None:
    """Return the request to void a draw, or a change, that waits for a decision."""
    rows = thing.void_requests.filter(state=VoidState.PENDING).select_related("asked_by")
    return (rows.filter(supplement__isnull=True) if isinstance(thing, Draw) else rows).first()
