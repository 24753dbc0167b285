"""How an approved change is made: sealed, witnesses, opened or voided; or appointed. The irrevocable acts have pages of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common.errors import DomainError
from mingqian.drawing.addresses import qr_svg
from mingqian.drawing.changes import services
from mingqian.drawing.changes.forms import SealForm
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.changes.seal import TooFewError, preview
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.changes.views import head_of
from mingqian.drawing.current.selectors import names_for
from mingqian.drawing.forms import DigitsForm
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.changes import Supplement
from mingqian.ledger.services import StateConflictError
from mingqian.pages import access
from mingqian.pages.submission import submit

officer = access.roles(*OFFICER_ROLES)


def _fixed(row: Supplement) -> dict[str, Any]:
    """Return what the seal would say with the names behind it; else what stands in the way, and whether that is a lack of candidates."""
    try:
        shown = preview(row)
    except DomainError as error:
        return {"problem": str(error), "short": isinstance(error, TooFewError)}
    names = names_for(row)
    pairs = [(names.get(i, (i, ""))[0], names.get(s, (s, ""))[0]) for s, i in shown.conflicts]
    away = [names.get(number, (number, ""))[0] for number in shown.unavailable]
    return {"shown": shown, "reviewed": shown.digest(row), "pairs": pairs, "away": away}


@require_http_methods(["GET", "POST"])
@officer
def seal(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show exactly what will be fixed; then seal the supplement, or carry out the appointment."""
    user = user_of(request)
    row = change_for(user, code, serial)
    if row.state != ChangeState.APPROVED:
        return redirect("drawing:change", code=code, serial=serial)
    limits = limits_for(row.draw.organ, row.draw.division)
    reviewed = request.POST.get("reviewed", "")

    def act(form: forms.Form) -> str:
        if not row.by_lot:
            services.appoint(user, row, reviewed=reviewed)
            return "委派已生效，公示页标明“非抽签产生（直接委派）”。"
        services.seal(
            user, row, witnesses=form.cleaned_data["witnesses"], open_by=form.cleaned_data["open_by"], reviewed=reviewed
        )
        return "变更已封存，请抽取监督人依次献数。"

    def form_of(data: QueryDict | None) -> forms.Form:
        return SealForm(data, limits=limits, former=row.draw.plan["witnesses"]) if row.by_lot else forms.Form(data)

    return submit(
        request,
        form_of,
        act,
        template="drawing/changes/change_seal.html",
        to=CHANGE.page(row),
        done=lambda said: said,
        context=lambda _form: {**head_of(request, row), **_fixed(row)},
    )


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
    return submit(
        request,
        lambda data: DigitsForm(data, initial={"position": turn}),
        lambda form: services.contribute(user, row, **form.cleaned_data),
        template="drawing/draw/witness.html",
        to=lambda given: reverse("drawing:change-receipt", args=[code, serial, given.position]),
        context={**head, "turn": turn, "name": row.witnesses[turn - 1]},
    )


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
    try:
        return submit(
            request,
            forms.Form,
            lambda _form: services.open_supplement(user, row),
            template="drawing/changes/change_open.html",
            to=reverse("drawing:change-ceremony", args=[code, serial]) + "?play=1",
            context=head_of(request, row),
        )
    except StateConflictError as conflict:
        messages.warning(request, str(conflict))
        return redirect("drawing:change", code=code, serial=serial)
