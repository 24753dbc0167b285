"""The ceremony of a lot, a draw's own or that of a change: contributions, receipts, the opening, the projector."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.drawing.addresses import public_address, qr_svg
from mingqian.drawing.ceremony import services
from mingqian.drawing.ceremony.forms import OpenForm
from mingqian.drawing.ceremony.selectors import lot_at, lot_for, payload_of
from mingqian.drawing.changes.services import open_supplement
from mingqian.drawing.current.selectors import tell_all
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.draw.services import open_draw
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.forms import DigitsForm
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access
from mingqian.pages.submission import submit


def _context(request: HttpRequest, lot: Lot) -> dict[str, Any]:
    """Return what every page of a ceremony shows."""
    address = public_address(request, lot.draw)
    return {
        "lot": lot,
        "draw": lot.draw,
        "thing": lot.thing,
        "change": tell_all([lot.supplement], lot.draw)[0] if lot.supplement else None,
        "seal": lot.seal,
        "turn": lot.turn,
        "may_work": is_officer(user_of(request), lot.draw),
        "public_url": address,
        "qr": qr_svg(address),
    }


@access.form(*OFFICER_ROLES)
def witness(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Take the digits of the witness whose turn it is: one thing on the screen."""
    user, lot = lot_at(request, code, serial)
    turn = lot.turn
    if not turn:
        return redirect(lot.home)
    return submit(
        request,
        lambda data: DigitsForm(data, initial={"position": turn}),
        lambda form: services.contribute(user, lot.thing, **form.cleaned_data),
        template="drawing/ceremony/witness.html",
        to=lambda given: lot.page("receipt", given.position),
        context={**_context(request, lot), "name": lot.witnesses[turn - 1]},
    )


@access.page(*OFFICER_ROLES)
def receipt(request: HttpRequest, code: str, position: int, serial: int | None = None) -> HttpResponse:
    """Show a witness the receipt to keep, to be compared with the public page later."""
    lot = lot_for(user_of(request), code, serial, sealed=False)
    given = get_object_or_404(lot.thing.contributions, position=position)
    return render(request, "drawing/ceremony/receipt.html", {**_context(request, lot), "given": given})


@access.form(*OFFICER_ROLES)
def open_lot(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Show what will be opened; then open, once."""
    user, lot = lot_at(request, code, serial)
    if lot.thing.state == DrawState.OPENED and request.method != "POST":
        return redirect(lot.page("ceremony") if lot.supplement is None or lot.supplement.by_lot else lot.home)
    beacon = lot.seal.get("beacon")

    def act(form: OpenForm) -> Draw | Supplement:
        if lot.supplement is not None:
            return open_supplement(user, lot.supplement)
        return open_draw(user, lot.draw, beacon=form.cleaned_data.get("beacon"))

    try:
        return submit(
            request,
            lambda data: OpenForm(data, digits=beacon["digits"] if beacon else 0),
            act,
            template="drawing/ceremony/open.html",
            to=lot.page("ceremony") + "?play=1",
            context=_context(request, lot),
        )
    except StateConflictError as conflict:
        # Another tab or a second click was first: its outcome is the only one.
        messages.warning(request, str(conflict))
        return redirect(lot.home)


@access.page(*READER_ROLES)
def screen(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Show the lot on a projector."""
    context = {**_context(request, lot_for(user_of(request), code, serial)), "play": "play" in request.GET}
    return render(request, "drawing/ceremony/screen.html", context)


@access.page(*READER_ROLES)
def screen_state(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Return the part of the projector's page that changes while witnesses speak."""
    context = _context(request, lot_for(user_of(request), code, serial))
    return render(request, "drawing/ceremony/_screen_state.html", context)


@access.page(*READER_ROLES)
def screen_data(request: HttpRequest, code: str, serial: int | None = None) -> JsonResponse:
    """Return what the projector computes the tickets from: seal, tables, names, teams."""
    payload = payload_of(lot_for(user_of(request), code, serial))
    return JsonResponse(payload, json_dumps_params={"ensure_ascii": False})
