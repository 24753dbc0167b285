"""Sealed draws: the list, the page of one, the ceremony, the irrevocable acts."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.drawing.addresses import public_address, qr_svg
from mingqian.drawing.changes.selectors import crossings_of
from mingqian.drawing.current.selectors import outcome, requests_of, standing, tell_all
from mingqian.drawing.draft.selectors import drafts_visible_to
from mingqian.drawing.draw import services
from mingqian.drawing.draw.ceremony import ceremony_payload
from mingqian.drawing.draw.forms import DecisionForm, OpenForm
from mingqian.drawing.draw.selectors import draw_for, draws_visible_to, entries_of, is_officer, may_publish, seal_of
from mingqian.drawing.draw.states import LIVE, DrawState
from mingqian.drawing.forms import DigitsForm, VoidForm
from mingqian.drawing.joint.selectors import joint_marks, with_joint
from mingqian.drawing.joint.states import JointVisitState
from mingqian.drawing.media.views import gallery_context
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.training.selectors import trainees_of
from mingqian.drawing.warnings.selectors import warnings_of
from mingqian.drawing.witnesses.services import Lot
from mingqian.ledger import selectors as ledger
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.tasks.selectors import basis_of

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)
_TITLES: tables.Titles = (
    ("编号", 26), ("抽取名称", 36), ("任务编号", 24), ("科室", 20), ("状态", 10), ("名额", 8), ("封存", 20), ("最迟开签", 20), ("开签", 20),
)  # fmt: skip
_FILTERS = {"live": LIVE, "opened": (DrawState.OPENED,), "voided": (DrawState.VOIDED,)}


@require_GET
@reader
def draws(request: HttpRequest) -> HttpResponseBase:
    """List the organ's draws and the drafts."""
    user = user_of(request)
    rows = draws_visible_to(user)
    query = clean(request.GET.get("q", ""))[:60]
    for word in query.split():
        rows = rows.filter(Q(draw_id__icontains=word) | Q(title__icontains=word) | Q(scope__icontains=word))
    state = request.GET.get("state", "")
    if state in _FILTERS:
        rows = rows.filter(state__in=_FILTERS[state])
    if form := tables.asked_form(request):
        return tables.respond(form, f"抽取-{clock.today():%Y%m%d}", _TITLES, map(_cells, rows))
    context = {
        "page": page_of(request, rows),
        "state": state,
        "query": query,
        "filtered": bool(query or state),
        "drafts": drafts_visible_to(user),
        "tabs": [("", "全部"), ("live", "待开签"), ("opened", "已开签"), ("voided", "已作废")],
        "may_draw": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "drawing/draw/list.html", context)


def _cells(thing: Draw) -> list[str]:
    times = (thing.sealed_at, thing.open_by, thing.opened_at)
    written = [f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "" for at in times]
    division = thing.division.name if thing.division else ""
    state = str(DrawState(thing.state).label)
    return [thing.draw_id, thing.title, thing.scope, division, state, str(thing.plan["to_select"]), *written]


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
        "tab": tab if tab in {"overview", "result", "changes", "warnings", "media", "files", "trace"} else "overview",
        "strata": with_joint(standing(thing), marks),
        "staff": True,
        "marks": len(marks),
        "marks_waiting": sum(mark.state == JointVisitState.PROPOSED for mark in marks.values()),
        "warnings": warnings_of(thing),
        "changes": tell_all(requests_of(thing), thing),
        "may_change": thing.state == DrawState.OPENED and is_officer(user, thing),
        "entries": [(entry, ledger.details_of(entry)) for _number, entry in entries_of(thing)],
        "request_pending": services.pending_request(thing),
        "crossings": crossings_of(thing),
        "untrained": sum(1 for one in trainees_of(thing) if one.missing),
        "may_draw": is_officer(user, thing),
        "may_publish": may_publish(user, thing),
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
    form = DigitsForm(request.POST if request.method == "POST" else None, initial={"position": head["turn"]})
    if request.method == "POST" and form.is_valid():
        try:
            given = services.contribute(
                user, thing, position=form.cleaned_data["position"], digits=form.cleaned_data["digits"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:receipt", code=code, position=given.position)
    context = {**head, "form": form, "name": head["witnesses"][head["turn"] - 1][1]}
    return render(request, "drawing/draw/witness.html", context, status=400 if form.errors else 200)


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
    form = OpenForm(request.POST if request.method == "POST" else None, digits=beacon["digits"] if beacon else 0)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_draw(user, thing, beacon=form.cleaned_data.get("beacon"))
        except StateConflictError as conflict:
            # Another tab or a second click was first: its outcome is the only one.
            messages.warning(request, str(conflict))
            return redirect("drawing:draw", code=code)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect(reverse("drawing:ceremony", args=[code]) + "?play=1")
    return render(
        request, "drawing/draw/open.html", {**_head(request, thing), "form": form}, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@officer
def ask_to_void(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a draw be voided."""
    user = user_of(request)
    thing = draw_for(user, code)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_to_void(user, thing, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "作废申请已提交，等待领导审批。审批之前抽取不受影响。")
            return redirect("drawing:draw", code=code)
    return render(
        request, "drawing/draw/void.html", {**_head(request, thing), "form": form}, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@access.roles(*LEADER_ROLES)
def decide_void(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let a leader approve or decline a request to void."""
    user = user_of(request)
    thing = draw_for(user, code)
    asked = get_object_or_404(thing.void_requests, pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        remark = form.cleaned_data["remark"]
        if form.cleaned_data["decision"] == "approve":
            services.approve_void(user, asked, remark=remark)
            messages.success(request, "已批准作废。作废文件和系统随机数已经公开。")
        else:
            services.decline_void(user, asked, remark=remark)
            messages.success(request, "未批准作废，抽取照常进行。")
        return redirect("drawing:draw", code=code)
    context = {**_head(request, thing), "asked": asked, "form": form}
    return render(request, "drawing/draw/void_decide.html", context, status=400 if form.errors else 200)


@require_POST
@access.roles(*OFFICER_ROLES, *LEADER_ROLES)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make the list public that was kept back until after the inspections."""
    user = user_of(request)
    services.publish(user, draw_for(user, code))
    messages.success(request, "名单已公布。")
    return redirect("drawing:draw", code=code)


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
