"""Sealed draws: the list, the page of one, the ceremony, the irrevocable acts."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.casework.clocks.selectors import clocks_on
from mingqian.drawing.addresses import public_address
from mingqian.drawing.bundle.selectors import trace_of
from mingqian.drawing.changes.selectors import crossings_of
from mingqian.drawing.current.selectors import requests_of, standing, tell_all, with_joint
from mingqian.drawing.draft.selectors import drafts_visible_to
from mingqian.drawing.draw import services
from mingqian.drawing.draw.listing import LISTING, TABS
from mingqian.drawing.draw.selectors import draw_at, is_officer, why_not_publish
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.duties.selectors import waits_for_filing
from mingqian.drawing.joint.selectors import joint_marks
from mingqian.drawing.joint.states import JointVisitState
from mingqian.drawing.lots import Lot
from mingqian.drawing.media.selectors import gallery_context
from mingqian.drawing.training.selectors import trainees_of
from mingqian.drawing.voids.selectors import pending_void
from mingqian.drawing.warnings.selectors import warnings_of
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.submission import deed
from mingqian.planning.tasks.selectors import basis_of


@access.page(*READER_ROLES)
def draws(request: HttpRequest) -> HttpResponseBase:
    """List the organ's draws and the drafts."""
    user = user_of(request)
    return LISTING.respond(request, drafts=drafts_visible_to(user), tabs=TABS, may_draw=user.has_role(*OFFICER_ROLES))


@access.page(*READER_ROLES)
def draw(request: HttpRequest, code: str) -> HttpResponse:
    """Show a draw: what was fixed, who has spoken, what came out, who did what."""
    user, thing = draw_at(request, code)
    tab = request.GET.get("tab", "overview")
    lot, marks = Lot(thing), joint_marks(thing)
    context = {
        "draw": thing,
        "lot": lot,
        "seal": lot.seal,
        "turn": lot.turn,
        "public_url": public_address(request, thing),
        "lost": basis_of(thing.task) if thing.task is not None and thing.state != DrawState.VOIDED else [],
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
        "entries": [(entry, ledger.details_of(entry)) for entry in trace_of(thing)],
        "request_pending": pending_void(thing),
        "crossings": crossings_of(thing),
        "untrained": sum(1 for one in trainees_of(thing) if one.missing),
        "may_draw": is_officer(user, thing),
        "may_publish": not why_not_publish(user, thing),
        "may_decide": user.has_role(*LEADER_ROLES) and thing.organ_id == user.organ_id,
    }
    return render(request, "drawing/draw/draw.html", context)


@access.act(*OFFICER_ROLES, *LEADER_ROLES)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make the list public that was kept back until after the inspections."""
    user, draw = draw_at(request, code)
    return deed(
        request, lambda: services.publish(user, draw), done="名单已公布。", to=reverse("drawing:draw", args=[code])
    )
