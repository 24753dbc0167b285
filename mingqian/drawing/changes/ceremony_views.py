"""How an approved change is made: sealed, witnesses, opened or voided; or appointed. The irrevocable acts have pages of their own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES
from mingqian.common.errors import DomainError
from mingqian.drawing.addresses import qr_svg
from mingqian.drawing.changes import services
from mingqian.drawing.changes.forms import SealForm, VoidDecisionForm
from mingqian.drawing.changes.seal import Preview, TooFewError, preview
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.changes.views import head_of
from mingqian.drawing.current.selectors import names_for
from mingqian.drawing.forms import DigitsForm, VoidForm
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.changes import Supplement
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access

officer = access.roles(*OFFICER_ROLES)


def _shown(row: Supplement) -> tuple[Preview | None, str, bool]:
    """Return what the seal would say, what stands in the way, and whether that is a lack of candidates."""
    try:
        return preview(row), "", False
    except DomainError as error:
        return None, str(error), isinstance(error, TooFewError)


def _fixed(row: Supplement, shown: Preview | None) -> dict[str, Any]:
    """Return the names behind what the seal reports of others."""
    if shown is None:
        return {}
    names = names_for(row)
    pairs = [(names.get(i, (i, ""))[0], names.get(s, (s, ""))[0]) for s, i in shown.conflicts]
    return {"pairs": pairs, "away": [names.get(number, (number, ""))[0] for number in shown.unavailable]}


@require_http_methods(["GET", "POST"])
@officer
def seal(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show exactly what will be fixed; then seal the supplement, or carry out the appointment."""
    user = user_of(request)
    row = change_for(user, code, serial)
    if row.state != ChangeState.APPROVED:
        return redirect("drawing:change", code=code, serial=serial)
    limits = limits_for(row.draw.organ, row.draw.division)
    data = request.POST if request.method == "POST" else None
    form = SealForm(data, limits=limits, former=row.draw.plan["witnesses"])
    if request.method == "POST" and (not row.by_lot or form.is_valid()):
        reviewed = request.POST.get("reviewed", "")
        try:
            if not row.by_lot:
                services.appoint(user, row, reviewed=reviewed)
                messages.success(request, "委派已生效，公示页标明“非抽签产生（直接委派）”。")
                return redirect("drawing:change", code=code, serial=serial)
            values = form.cleaned_data
            services.seal(user, row, witnesses=values["witnesses"], open_by=values["open_by"], reviewed=reviewed)
            messages.success(request, "变更已封存，请抽取监督人依次献数。")
            return redirect("drawing:change", code=code, serial=serial)
        except DomainError as error:
            form.is_valid()
            form.add_error(None, str(error))
    shown, problem, short = _shown(row)
    context = {
        **head_of(request, row),
        **_fixed(row, shown),
        "form": form,
        "shown": shown,
        "reviewed": shown.digest(row) if shown else "",
        "problem": problem,
        "short": short,
    }
    return render(request, "drawing/changes/change_seal.html", context, status=400 if data is not None else 200)


@require_http_methods(["GET", "POST"])
@officer
def witness(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Take the digits of the witness whose turn it is: the same page as in a draw."""
    user = user_of(request)
    row = change_for(user, code, serial)
    head = head_of(request, row)
    turn = head["change"].turn
    if not turn:
        return redirect("drawing:change", code=code, serial=serial)
    form = DigitsForm(request.POST if request.method == "POST" else None, initial={"position": turn})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            given = services.contribute(user, row, position=values["position"], digits=values["digits"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:change-receipt", code=code, serial=serial, position=given.position)
    context = {**head, "turn": turn, "form": form, "name": row.witnesses[turn - 1]}
    return render(request, "drawing/draw/witness.html", context, status=400 if form.errors else 200)


@require_GET
@officer
def receipt(request: HttpRequest, code: str, serial: int, position: int) -> HttpResponse:
    """Show a witness the receipt to keep, to be compared with the public page later."""
    row = change_for(user_of(request), code, serial)
    given = get_object_or_404(row.contributions, position=position)
    head = head_of(request, row)
    context = {**head, "given": given, "turn": head["change"].turn, "qr": qr_svg(head["public_url"])}
    return render(request, "drawing/changes/change_receipt.html", context)


@require_http_methods(["GET", "POST"])
@officer
def open_change(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show what will be opened; then open, once."""
    user = user_of(request)
    row = change_for(user, code, serial)
    problem = ""
    if request.method == "POST":
        try:
            services.open_supplement(user, row)
        except StateConflictError as conflict:
            messages.warning(request, str(conflict))
            return redirect("drawing:change", code=code, serial=serial)
        except DomainError as error:
            problem = str(error)
        else:
            return redirect(reverse("drawing:change-ceremony", args=[code, serial]) + "?play=1")
    context = {**head_of(request, row), "problem": problem}
    return render(request, "drawing/changes/change_open.html", context, status=400 if problem else 200)


@require_http_methods(["GET", "POST"])
@officer
def ask_to_void(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Ask that a supplement under way be voided."""
    user = user_of(request)
    row = change_for(user, code, serial)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_to_void(user, row, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "作废申请已提交，等待领导审批。")
            return redirect("drawing:change", code=code, serial=serial)
    context = {**head_of(request, row), "form": form}
    return render(request, "drawing/changes/change_void.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@access.roles(*LEADER_ROLES)
def decide_void(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Let a leader void a supplement, or let it go on."""
    user = user_of(request)
    row = change_for(user, code, serial)
    form = VoidDecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["decision"] == "approve":
                services.approve_void(user, row)
                messages.success(request, "已批准作废。作废文件和系统随机数已写入抽取文件。")
            else:
                services.decline_void(user, row)
                messages.success(request, "未批准作废，变更照常进行。")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:change", code=code, serial=serial)
    context = {**head_of(request, row), "form": form}
    return render(request, "drawing/changes/change_void_decide.html", context, status=400 if form.errors else 200)
