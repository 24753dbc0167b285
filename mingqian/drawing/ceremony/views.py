"""The ceremony of a lot, a draw's own or that of a change: contributions, receipts, the opening, the projector."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.drawing.addresses import public_address, qr_svg
from mingqian.drawing.beacons.selectors import reading_of
from mingqian.drawing.ceremony import services
from mingqian.drawing.ceremony.forms import CodeForm
from mingqian.drawing.ceremony.selectors import close_of, lot_at, lot_for, payload_of, seal_text
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
    """Take what a witness gives in sight of all, on the projector: digits spoken aloud, or the code that an offline device shows."""
    user, lot = lot_at(request, code, serial)
    position = _asked_position(request, lot)
    if not position:
        return redirect(lot.home)
    handed = "code" in request.POST or lot.thing.state != DrawState.SEALED

    def act(form: DigitsForm | CodeForm) -> str:
        if isinstance(form, CodeForm):
            return services.hand_over(user, lot.thing, position=position, code=form.cleaned_data["code"])
        services.speak(user, lot.thing, **form.cleaned_data)
        return lot.page("receipt", position)

    def form_of(data: QueryDict | None) -> DigitsForm | CodeForm:
        return CodeForm(data) if handed else DigitsForm(data, initial={"position": position})

    context = {
        **_context(request, lot),
        "position": position,
        "name": lot.witnesses[position - 1],
        "handed": handed,
        "seal_qr": qr_svg(seal_text(lot, position)),
        "code_form": CodeForm(),
        "waiting": [(at, name) for at, name, given in lot.given_by if at in _asked(lot)],
    }
    return submit(
        request,
        form_of,
        act,
        template="drawing/ceremony/witness.html",
        to=lambda way: way or lot.page("ceremony"),
        context=context,
    )


def _asked(lot: Lot) -> list[int]:
    """Return the positions of the witnesses of whom something is still wanted: a contribution, or the opening of a commitment."""
    if lot.thing.state == DrawState.SEALED:
        return [position for position, _name, given in lot.given_by if given is None]
    return [row.position for row in lot.unopened]


def _asked_position(request: HttpRequest, lot: Lot) -> int:
    """Return whose turn the page is for: who is asked for in the address, else the first of whom something is wanted; 0 for nobody."""
    wanted = _asked(lot)
    text = request.GET.get("position", "")
    position = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return position if position in wanted else next(iter(wanted), 0)


@access.page(*OFFICER_ROLES)
def receipt(request: HttpRequest, code: str, position: int, serial: int | None = None) -> HttpResponse:
    """Show who spoke the receipt to keep, to be compared with the public page later; a commitment has none."""
    lot = lot_for(user_of(request), code, serial, sealed=False)
    given = get_object_or_404(lot.contributions, position=position, commit="")
    return render(request, "drawing/ceremony/receipt.html", {**_context(request, lot), "given": given})


@access.form(*OFFICER_ROLES)
def open_lot(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Show what will be opened; then open, once."""
    user, lot = lot_at(request, code, serial)
    if lot.thing.state == DrawState.OPENED and request.method != "POST":
        return redirect(lot.page("ceremony") if lot.supplement is None or lot.supplement.by_lot else lot.home)

    def act(_form: forms.Form) -> Draw | Supplement:
        return open_supplement(user, lot.supplement) if lot.supplement is not None else open_draw(user, lot.draw)

    try:
        return submit(
            request,
            forms.Form,
            act,
            template="drawing/ceremony/open.html",
            to=lot.page("ceremony") + "?play=1",
            context={**_context(request, lot), "reading": None if lot.supplement else reading_of(lot.draw)},
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
def screen_close(request: HttpRequest, code: str, serial: int | None = None) -> JsonResponse:
    """Return the close with its proof on the log, which the projector shows to devices without network."""
    told = close_of(lot_for(user_of(request), code, serial))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@access.page(*READER_ROLES)
def screen_data(request: HttpRequest, code: str, serial: int | None = None) -> JsonResponse:
    """Return what the projector computes the tickets from: seal, tables, names, teams."""
    payload = payload_of(lot_for(user_of(request), code, serial))
    return JsonResponse(payload, json_dumps_params={"ensure_ascii": False})
