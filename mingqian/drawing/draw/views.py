"""Sealed draws: the list, the page of one, the ceremony, the irrevocable acts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.casework.clocks.selectors import clocks_on
from mingqian.drawing.addresses import public_address, qr_svg
from mingqian.drawing.changes.selectors import crossings_of
from mingqian.drawing.current.selectors import outcome, requests_of, standing, tell_all
from mingqian.drawing.draft.selectors import drafts_visible_to
from mingqian.drawing.draw import services
from mingqian.drawing.draw.ceremony import ceremony_payload
from mingqian.drawing.draw.forms import OpenForm
from mingqian.drawing.draw.listing import LISTING, TABS
from mingqian.drawing.draw.selectors import draw_for, entries_of, is_officer, seal_of, why_not_publish
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.duties.selectors import waits_for_filing
from mingqian.drawing.forms import DigitsForm
from mingqian.drawing.joint.selectors import joint_marks, with_joint
from mingqian.drawing.joint.states import JointVisitState
from mingqian.drawing.media.views import gallery_context
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.training.selectors import trainees_of
from mingqian.drawing.voids.selectors import pending_void
from mingqian.drawing.warnings.selectors import warnings_of
from mingqian.drawing.witnesses.services import Lot
from mingqian.ledger import selectors as ledger
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.planning.tasks.selectors import basis_of

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)


@require_GET
@reader
def draws(request: HttpRequest) -> HttpResponseBase:
    """List the organ's draws and the drafts."""
    user = user_of(request)
    return LISTING.respond(request, drafts=drafts_visible_to(user), tabs=TABS, may_draw=user.has_role(*OFFICER_ROLES))


@require_GET
@reader
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show a draw: what was fixed, who has spoken, what came out, who did what."""
    user = user_of(request)
    thing = draw_for(user, code)
    tab = request.GET.get("tab", "overview")
    marks = joint_marks(thing)
    context = {
        **_head(request, thing),
        **gallery_context(user, thing),
        "clocks": clocks_on(thing.ledger_subject),
        "may_file": is_officer(user, thing) and waits_for_filing(thing),
        "tab": tab if tab in {"overview", "result", "changes", "warnings", "media", "files", "trace"} else "overview",
        "strata": with_joint(standing(thing), marks),
        "staff": True,
        "marks": len(marks),
        "marks_waiting": sum(mark.state == JointVisitState.PROPOSED for mark in marks.values()),
        "warnings": warnings_of(thing),
        "changes": tell_all(requests_of(thing), thing),
        "may_change": thing.state == DrawState.OPENED and is_officer(user, thing),
        "entries": [(entry, ledger.details_of(entry)) for _number, entry in entries_of(thing)],
        "request_pending": pending_void(thing),
        "crossings": crossings_of(thing),
        "untrained": sum(1 for one in trainees_of(thing) if one.missing),
        "may_draw": is_officer(user, thing),
        "may_publish": not why_not_publish(user, thing),
        "may_decide": user.has_role(*LEADER_ROLES) and thing.organ_id == user.organ_id,
    }
    return render(request, "drawing/draw/draw.html", context)


def _head(request: HttpRequest, thing: Draw) -> dict[str, Any]:
    given = list(thing.contributions.order_by("position"))
    names = thing.plan["witnesses"]
    return {
        "draw": thing,
        "seal": seal_of(thing),
        "witnesses": [
            (index + 1, name, given[index] if index < len(given) else None) for index, name in enumerate(names)
        ],
        "turn": len(given) + 1 if len(given) < len(names) and thing.state == DrawState.SEALED else 0,
        "public_url": public_address(request, thing),
        "lost": basis_of(thing.task) if thing.task is not None and thing.state != DrawState.VOIDED else [],
    }


@require_http_methods(["GET", "POST"])
@officer
def witness(request: HttpRequest, code: str) -> HttpResponse:
    """Take the digits of the witness whose turn it is: one thing on the screen."""
    user = user_of(request)
    thing = draw_for(user, code)
    head = _head(request, thing)
    if not head["turn"]:
        return redirect("drawing:draw", code=code)
    return submit(
        request,
        lambda data: DigitsForm(data, initial={"position": head["turn"]}),
        lambda form: services.contribute(user, thing, **form.cleaned_data),
        template="drawing/draw/witness.html",
        to=lambda given: reverse("drawing:receipt", args=[code, given.position]),
        context={**head, "name": head["witnesses"][head["turn"] - 1][1]},
    )


@require_GET
@officer
def receipt(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Show a witness the receipt to keep, to be compared with the public page later."""
    thing = draw_for(user_of(request), code)
    given = get_object_or_404(thing.contributions, position=position)
    head = _head(request, thing)
    return render(request, "drawing/draw/receipt.html", {**head, "given": given, "qr": qr_svg(head["public_url"])})


@require_http_methods(["GET", "POST"])
@officer
def open_draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show what will be opened; then open, once."""
    user = user_of(request)
    thing = draw_for(user, code)
    if thing.state == DrawState.OPENED and request.method != "POST":
        return redirect("drawing:ceremony", code=code)
    beacon = seal_of(thing)["beacon"]
    try:
        return submit(
            request,
            lambda data: OpenForm(data, digits=beacon["digits"] if beacon else 0),
            lambda form: services.open_draw(user, thing, beacon=form.cleaned_data.get("beacon")),
            template="drawing/draw/open.html",
            to=reverse("drawing:ceremony", args=[code]) + "?play=1",
            context=_head(request, thing),
        )
    except StateConflictError as conflict:
        # Another tab or a second click was first: its outcome is the only one.
        messages.warning(request, str(conflict))
        return redirect("drawing:draw", code=code)


@require_POST
@access.roles(*OFFICER_ROLES, *LEADER_ROLES)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make the list public that was kept back until after the inspections."""
    user = user_of(request)
    draw = draw_for(user, code)
    return deed(
        request, lambda: services.publish(user, draw), done="名单已公布。", to=reverse("drawing:draw", args=[code])
    )


@require_GET
@reader
def ceremony(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw on a projector."""
    thing = draw_for(user_of(request), code)
    head = {**_head(request, thing), **_screen(thing)}
    context = {**head, "qr": qr_svg(head["public_url"]), "play": "play" in request.GET, "strata": outcome(thing)}
    return render(request, "drawing/draw/ceremony.html", context)


@require_GET
@reader
def ceremony_state(request: HttpRequest, code: str) -> HttpResponse:
    """Return the part of the projector's page that changes while witnesses speak."""
    thing = draw_for(user_of(request), code)
    return render(request, "drawing/draw/_ceremony_state.html", {**_head(request, thing), **_screen(thing)})


def _screen(thing: Draw) -> dict[str, Any]:
    return {"lot": Lot(thing), "state_url": reverse("drawing:ceremony-state", args=[thing.code])}


@require_GET
@reader
def ceremony_data(request: HttpRequest, code: str) -> JsonResponse:
    """Return what the projector computes the tickets from: seed, pool rows with names, quotas, teams."""
    return JsonResponse(ceremony_payload(draw_for(user_of(request), code)), json_dumps_params={"ensure_ascii": False})
