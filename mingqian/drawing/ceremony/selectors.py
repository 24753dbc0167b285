"""Reading a lot: who may see it, what the projector computes it from, what a witness signs for."""

from typing import Any

from django.http import Http404, HttpRequest

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.drawing.bundle.selectors import bundle_files, close_proof, names_of
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.current.selectors import outcome, tell_all
from mingqian.drawing.draw.selectors import draw_for
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.ledger import selectors as ledger


def lot_for(user: User, code: str, serial: int | None = None, *, sealed: bool = True) -> Lot:
    """Return the lot of a draw, or of its change `serial`; raise Http404 where it is not for `user` to know.

    With `sealed`, also where a change has no lot, or none yet.
    """
    if serial is None:
        return Lot(draw_for(user, code))
    row = change_for(user, code, serial)
    if sealed and (row.number is None or not row.by_lot):
        raise Http404("这项变更还没有封存，或者不由抽签决定，没有大屏和抽取监督人。")
    return Lot.of(row)


def lot_of(thing: Draw | Supplement) -> Lot:
    """Return the lot of a draw, or of a supplement, for the rooms above."""
    return Lot.of(thing)


def lot_at(request: HttpRequest, code: str, serial: int | None = None, *, sealed: bool = False) -> tuple[User, Lot]:
    """Return who asks and the lot, as `lot_for` has it."""
    user = user_of(request)
    return user, lot_for(user, code, serial, sealed=sealed)


def payload_of(lot: Lot) -> dict[str, Any]:
    """Return the files up to this lot, once it is opened, from which the screen checks and computes everything itself, and the names.

    Before opening there is nothing to show but the state. What was changed later has its own place on the pages.
    """
    state, last = lot.thing.state, lot.number
    if state != DrawState.OPENED:
        return {"state": state}
    files = bundle_files(lot.draw, until=last)
    return {
        "state": state,
        "lot": last,
        "files": {name: content.decode() for name, content in files.items()},
        "names": {number: list(told) for number, told in names_of(lot.draw).items()},
    }


def seal_text(lot: Lot, position: int) -> str:
    """Return what the projector shows a device without network as a QR code: for whom it works (`verifier/witness/texts.js`)."""
    return f"MQ2-SEAL {lot.thing.seal_digest} {position} {ledger.log_key()} {lot.witnesses[position - 1]}"


def close_of(lot: Lot) -> dict[str, Any]:
    """Return `close.json` with the proof that it is on the log, as a device is told it before it opens."""
    return {"close": bytes(lot.thing.close_json or b"").decode(), **close_proof(lot.thing)}


def signed_for(lot: Lot) -> list[tuple[str, str]]:
    """Return what the witness signs for: (subject, team) of the draw as it was opened, or a line for each place of a change."""
    if lot.supplement is not None:
        (change,) = tell_all([lot.supplement], lot.draw)
        return [(one.subject, one.outcome) for one in change.places]
    rows = [row for stratum in outcome(lot.draw) for row in stratum.selected]
    return [(row.name or row.number, "、".join(member.name for member in row.team)) for row in rows]
