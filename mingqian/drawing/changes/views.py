"""Changes of a draw: asked for, looked at, decided on, given back. What is made of them is in `ceremony_views`."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.drawing.addresses import public_address
from mingqian.drawing.changes import requests, selectors
from mingqian.drawing.changes.forms import (
    DecideForm,
    OfficerForm,
    OwnForm,
    RequestForm,
    ShortageForm,
    SubjectForm,
    file_form,
)
from mingqian.drawing.changes.seal import TooFewError
from mingqian.drawing.changes.selectors import change_for, may_read_statement, table_out
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.changes.visits import visits_of
from mingqian.drawing.current.selectors import Member, Selected, current_result, requests_of, standing, tell_all
from mingqian.drawing.draw.selectors import bundle_files, draw_for, is_officer, refuse_stranger
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.people.facts import change_picture
from mingqian.drawing.training.selectors import trainees_of
from mingqian.pages import access
from mingqian.planning.tasks.selectors import status_label
from mingqian.registry.people.selectors import inspectors_of, why_not_drawable

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)


def place_of(draw: Draw, subject: str) -> Selected:
    """Return a subject selected now with its team, or raise Http404."""
    for stratum in standing(draw):
        for row in stratum.selected:
            if row.number == subject:
                return row
    raise Http404("这个对象现在不在抽取结果里。")


def head_of(request: HttpRequest, row: Supplement) -> dict[str, Any]:
    """Return what every page of a change shows."""
    (change,) = tell_all([row], row.draw)
    user = user_of(request)
    return {
        "draw": row.draw,
        "change": change,
        "row": row,
        "public_url": public_address(request, row.draw),
        "may_work": is_officer(user, row.draw),
        "may_read": may_read_statement(user, row),
    }


@require_GET
@officer
def choose(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Show who inspects a subject now, and every way in which that can be changed, each with its article."""
    user = user_of(request)
    draw = draw_for(user, code)
    place = place_of(draw, subject)
    rows = tell_all(requests_of(draw).filter(subject=subject), draw)
    may = is_officer(user, draw)
    return render(
        request, "drawing/changes/change_choose.html", {"draw": draw, "place": place, "rows": rows, "may_work": may}
    )


def _form(draw: Draw, place: Selected, way: str, request: HttpRequest) -> RequestForm:
    given: dict[str, Any] = {}
    if request.method == "POST":
        given = {"data": request.POST, "files": request.FILES}
    if way == "subject":
        return SubjectForm(**given)
    if way == "shortage":
        today, team = clock.today(), {member.number for member in place.team}
        people = [
            one
            for one in inspectors_of(draw.organ)
            if one.certificate_number not in team and not why_not_drawable(one, today)
        ]
        marks = {number: f"封存时{status_label(status)}" for number, status in table_out(bundle_files(draw)).items()}
        return ShortageForm(people=people, nobody=draw.plan["assignment"] == "none", marks=marks, **given)
    return OfficerForm(**given)


def _ask(user: User, draw: Draw, form: RequestForm, subject: str, inspector: str) -> tuple[Supplement | None, bool]:
    """Return (the request, whether the lot lacks candidates); what is wrong stands on the form."""
    try:
        return requests.ask(user, draw, form.asked(subject, inspector)), False
    except DomainError as error:
        form.add_error(None, str(error))
        return None, isinstance(error, TooFewError) and bool(inspector)


@require_http_methods(["GET", "POST"])
@officer
def ask(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Ask for a change: of an inspector, of the subject, or what article 10 allows where the lot is not possible."""
    user = user_of(request)
    draw = draw_for(user, code)
    place = place_of(draw, subject)
    refuse_stranger(user, draw)
    way, number = request.GET.get("way", ""), request.GET.get("inspector", "")
    member: Member | None = next((one for one in place.team if one.number == number), None)
    if member is None and way != "subject" and not (way == "shortage" and not place.team):
        raise Http404("这位检查人员现在不在该对象的检查组里。")
    form, short = _form(draw, place, way, request), False
    if request.method == "POST" and form.is_valid():
        row, short = _ask(user, draw, form, subject, member.number if member and way != "subject" else "")
        if row is not None:
            messages.success(request, "变更申请已提交，等待审批。批准并抽签之前，检查组不变。")
            return redirect("drawing:change", code=code, serial=row.serial)
    context = {"draw": draw, "place": place, "member": member, "way": way, "form": form, "short": short}
    return render(request, "drawing/changes/change_ask.html", context, status=400 if form.errors else 200)


@require_GET
@access.roles(Role.INSPECTOR)
def mine(request: HttpRequest) -> HttpResponse:
    """Show an inspector the visits for which the lot chose him."""
    inspector, visits = visits_of(user_of(request))
    return render(request, "drawing/changes/mine.html", {"inspector": inspector, "visits": visits})


@require_http_methods(["GET", "POST"])
@access.roles(Role.INSPECTOR)
def mine_ask(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Take an inspector's statement of absence, or wish to stand out (art. 11)."""
    user = user_of(request)
    inspector, visits = visits_of(user)
    found = next((one for one in visits if (one.draw.code, one.subject.number) == (code, subject)), None)
    if found is None or inspector is None:
        raise Http404("您现在没有这项检查任务。")
    form = OwnForm(request.POST, request.FILES) if request.method == "POST" else OwnForm()
    if request.method == "POST" and form.is_valid():
        row, _short = _ask(user, found.draw, form, subject, inspector.certificate_number)
        if row is not None:
            messages.success(request, "已提交，等待审批。批准并抽签更换之前，您仍在检查组内。")
            return redirect("drawing:mine")
    member = next(one for one in found.subject.team if one.number == inspector.certificate_number)
    context = {"draw": found.draw, "place": found.subject, "member": member, "way": "own", "form": form}
    return render(request, "drawing/changes/change_ask.html", context, status=400 if form.errors else 200)


@require_GET
@reader
def change(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show a change from the request to its result, and what comes next."""
    user = user_of(request)
    row = change_for(user, code, serial)
    role = selectors.decided_as(user, row)
    number = str(current_result(row).get("inspector", "")) if row.state == ChangeState.OPENED else ""
    came = next((one for one in trainees_of(row.draw) if one.inspector.certificate_number == number), None)
    context = {
        **head_of(request, row),
        "may_decide": row.state == ChangeState.ASKED and role is not None and row.asked_by_id != user.pk,
        "trainee": came if came and came.missing else None,
        "deciders": "、".join(str(one.label) for one in selectors.deciders(row)),
        "may_withdraw": row.state in {ChangeState.ASKED, ChangeState.APPROVED}
        and (is_officer(user, row.draw) or row.asked_by_id == user.pk),
        "may_void": user.has_role(*LEADER_ROLES) and row.void_asked_by_id not in {None, user.pk},
    }
    return render(request, "drawing/changes/change.html", context)


@require_POST
@access.roles(*OFFICER_ROLES, Role.INSPECTOR)
def withdraw(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Take a request back before anything is sealed; an inspector the own one."""
    user = user_of(request)
    if user.has_role(*READER_ROLES):
        requests.withdraw(user, change_for(user, code, serial))
        messages.success(request, "申请已撤回。")
        return redirect("drawing:change", code=code, serial=serial)
    _inspector, visits = visits_of(user)
    own = (one.request for one in visits if one.draw.code == code and one.request is not None)
    row = next((one for one in own if one.serial == serial and one.asked_by_id == user.pk), None)
    if row is None:
        raise Http404("没有找到您的这份申请。")
    requests.withdraw(user, row)
    messages.success(request, "申请已撤回，您仍在检查组内。")
    return redirect("drawing:mine")


@require_http_methods(["GET", "POST"])
@access.roles(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Let another person agree or not (A10.3, A11.1)."""
    user = user_of(request)
    row = change_for(user, code, serial)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        remark = form.cleaned_data["remark"]
        try:
            if form.cleaned_data["decision"] == "approve":
                requests.approve(user, row, remark=remark)
                messages.success(request, "已批准，由经办人封存办理。")
            else:
                requests.decline(user, row, remark=remark)
                messages.success(request, "未批准，检查组不变。")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:change", code=code, serial=serial)
    refused = "" if selectors.decided_as(user, row) else "这项变更不由您审批，可以查看。"
    refused = "您是申请人，请由另一位有权限的人员审批。" if row.asked_by_id == user.pk else refused
    wanted = row.needs_principal and row.state == ChangeState.ASKED
    picture = change_picture(row) if wanted else None
    context = {**head_of(request, row), "form": form, "refused": refused, "picture": picture}
    return render(request, "drawing/changes/change_decide.html", context, status=400 if form.errors else 200)


@never_cache
@require_GET
@reader
def statement(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Give the signed original of the statement to those who work with it (A20.1)."""
    user = user_of(request)
    row = change_for(user, code, serial)
    if not may_read_statement(user, row):
        raise NotAllowedError("说明原件只有经办人、申请人和审批领导可以查看。")
    if row.statement_file is None:
        raise Http404("没有上传说明原件。")
    content = file_services.read(row.statement_file)
    form = file_form(content) or "bin"
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = tables.disposition(f"说明原件-{row.draw.code}-{row.serial}.{form}")
    response["X-Content-Type-Options"] = "nosniff"
    return response
