"""A supplement on the projector: what is fixed, witnesses as they contribute, and the lot that the screen computes itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.drawing.addresses import qr_svg
from mingqian.drawing.changes.ceremony import change_payload
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.changes.views import head_of
from mingqian.drawing.draw.selectors import seal_of
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.witnesses.services import Lot
from mingqian.pages import access

reader = access.roles(*READER_ROLES)


def _sealed(request: HttpRequest, code: str, serial: int) -> Supplement:
    row = change_for(user_of(request), code, serial)
    if row.number is None or not row.by_lot:
        raise Http404("这项变更还没有封存，或者不由抽签决定，没有大屏。")
    return row


def _context(request: HttpRequest, row: Supplement) -> dict[str, Any]:
    head = head_of(request, row)
    return {
        **head,
        "lot": Lot(row.draw, row),
        "state_url": reverse("drawing:change-ceremony-state", args=[row.draw.code, row.serial]),
        "witnesses": head["change"].witnesses,
        "turn": head["change"].turn,
        "seal": seal_of(row),
        "qr": qr_svg(head["public_url"]),
        "play": "play" in request.GET,
    }


@require_GET
@reader
def ceremony(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show the supplement on a projector."""
    row = _sealed(request, code, serial)
    return render(request, "drawing/changes/change_ceremony.html", _context(request, row))


@require_GET
@reader
def ceremony_state(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Return the part of the projector's page that changes while witnesses speak."""
    row = _sealed(request, code, serial)
    return render(request, "drawing/draw/_ceremony_state.html", _context(request, row))


@require_GET
@reader
def ceremony_data(request: HttpRequest, code: str, serial: int) -> JsonResponse:
    """Return the files up to this supplement, from which the screen computes candidates and tickets."""
    row = _sealed(request, code, serial)
    return JsonResponse(change_payload(row), json_dumps_params={"ensure_ascii": False})
