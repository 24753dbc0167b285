"""Changes of a draw: asked for, looked at, decided on, given back, sealed. What follows the seal is the ceremony of its lot."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.casework.thing import decide as decide_on
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.drawing.addresses import public_address
from mingqian.drawing.bundle.selectors import read_bundle
from mingqian.drawing.changes import requests, services
from mingqian.drawing.changes.forms import (
    OfficerForm,
    OwnForm,
    RequestForm,
    SealForm,
    ShortageForm,
    SubjectForm,
    file_form,
)
from mingqian.drawing.changes.procedure import CHANGE, deciders
from mingqian.drawing.changes.seal import TooFewError, preview
from mingqian.drawing.changes.selectors import (
    change_for,
    declared_in,
    facts_digest,
    facts_for,
    facts_told,
    groups_of,
    may_read_statement,
)
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.changes.visits import visits_of
from mingqian.drawing.current.selectors import (
    Member,
    Selected,
    done_by,
    requests_of,
    standing,
    tell_all,
)
from mingqian.drawing.draw.selectors import draw_at, is_officer, refuse_stranger
from mingqian.drawing.limits import limits_for
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.shortage import change_picture
from mingqian.drawing.training.selectors import trainees_of
from mingqian.drawing.voids.procedure import VOID
from mingqian.drawing.voids.selectors import pending_void
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.registry.people.selectors import inspectors_of, why_not_drawable


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
        "facts": facts_told(row, [one.told for one in row.facts.all()]),
        "row": row,
        "lot": Lot.of(row),
        "public_url": public_address(request, row.draw),
        "may_work": is_officer(user, row.draw),
        "may_read": may_read_statement(user, row),
    }


@access.page(*OFFICER_ROLES)
def choose(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Show who inspects a subject now, and every way in which that can be changed, each with its article."""
    user, draw = draw_at(request, code)
    place = place_of(draw, subject)
    rows = tell_all((row for row in requests_of(draw) if subject in row.subjects), draw)
    may = is_officer(user, draw)
    return render(
        request, "drawing/changes/change_choose.html", {"draw": draw, "place": place, "rows": rows, "may_work": may}
    )


def _form(
    draw: Draw, place: Selected, way: str, member: Member | None, request: HttpRequest, data: QueryDict | None
) -> RequestForm:
    given: dict[str, Any] = {} if data is None else {"data": data, "files": request.FILES}
    if way == "subject":
        return SubjectForm(**given)
    if way == "shortage":
        today, team = clock.today(), {member.number for member in place.team}
        gone = {
            *declared_in(draw).unavailable,
            *(one for where, one in declared_in(draw).absent if where == place.number),
        }
        people = [
            one
            for one in inspectors_of(draw.organ)
            if one.certificate_number not in {*team, *gone} and not why_not_drawable(one, today)
        ]
        nobody = draw.plan["assignment"] == "none"
        return ShortageForm(groups=[] if nobody else groups_of(draw), people=people, nobody=nobody, **given)
    form = OwnForm if way == "own" else OfficerForm
    return form(others=_others(draw, place, member), **given)


def _others(draw: Draw, place: Selected, member: Member | None) -> dict[str, str]:
    """Return the other subjects (number → name) that somebody goes to by the same draw."""
    if member is None:
        return {}
    rows = (row for stratum in standing(draw) for row in stratum.selected if row.number != place.number)
    return {row.number: row.name for row in rows if member.number in {one.number for one in row.team}}


def _ask(
    request: HttpRequest, draw: Draw, place: Selected, way: str, member: Member | None, to: str, done: str
) -> HttpResponse:
    """Answer the page on which a change is asked for; where the lot lacks candidates, it offers what article 10 allows."""
    user, subject, inspector = user_of(request), place.number, member.number if member and way != "subject" else ""
    context: dict[str, Any] = {"draw": draw, "place": place, "member": member, "way": way, "short": False}
    if way == "shortage" and member is not None:
        context["free"] = len(read_bundle(draw).state.candidates(subject))

    def act(form: RequestForm) -> Supplement:
        try:
            return requests.ask(user, draw, form.asked(subject, inspector))
        except TooFewError:
            context["short"] = bool(inspector) and way != "own"
            raise

    return submit(
        request,
        lambda data: _form(draw, place, way, member, request, data),
        act,
        template="drawing/changes/change_ask.html",
        to=lambda row: to or CHANGE.page(row),
        done=done,
        context=lambda _form: context,
    )


@access.form(*OFFICER_ROLES)
def ask(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Ask for a change: of an inspector, of the subject, or what article 10 allows where the lot is not possible."""
    user, draw = draw_at(request, code)
    place = place_of(draw, subject)
    refuse_stranger(user, draw)
    way, number = request.GET.get("way", ""), request.GET.get("inspector", "")
    member: Member | None = next((one for one in place.team if one.number == number), None)
    if member is None and way != "subject" and not (way == "shortage" and not place.team):
        raise Http404("这位检查人员现在不在该对象的检查组里。")
    done = "变更申请已提交，等待审批。批准并抽签之前，检查组不变。"
    return _ask(request, draw, place, way, member, "", done)


@access.page(Role.INSPECTOR)
def mine(request: HttpRequest) -> HttpResponse:
    """Show an inspector the visits for which the lot chose him."""
    inspector, visits = visits_of(user_of(request))
    return render(request, "drawing/changes/mine.html", {"inspector": inspector, "visits": visits})


@access.form(Role.INSPECTOR)
def mine_ask(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """Take an inspector's statement of absence, or wish to stand out (art. 11)."""
    user = user_of(request)
    inspector, visits = visits_of(user)
    found = next((one for one in visits if (one.draw.code, one.subject.number) == (code, subject)), None)
    if found is None or inspector is None:
        raise Http404("您现在没有这项检查任务。")
    member = next(one for one in found.subject.team if one.number == inspector.certificate_number)
    done = "已提交，等待审批。批准并抽签更换之前，您仍在检查组内。"
    return _ask(request, found.draw, found.subject, "own", member, reverse("drawing:mine"), done)


@access.page(*READER_ROLES)
def change(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show a change from the request to its result, and what comes next."""
    user = user_of(request)
    row = change_for(user, code, serial)
    numbers = {str(one["to"][1]) for one in done_by(row)}
    came = [one for one in trainees_of(row.draw) if one.inspector.certificate_number in numbers and one.missing]
    context = {
        **head_of(request, row),
        "may_decide": not CHANGE.why_not(user, row, "approve"),
        "trainees": came,
        "deciders": "、".join(str(one.label) for one in deciders(row)),
        "may_withdraw": not CHANGE.why_not(user, row, "withdraw"),
        "void": (void := pending_void(row)),
        "may_void": void is not None and not VOID.forbids(user, void, "approve"),
    }
    return render(request, "drawing/changes/change.html", context)


@access.act(*OFFICER_ROLES, Role.INSPECTOR)
def withdraw(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Take a request back before anything is sealed; an inspector the own one."""
    user = user_of(request)
    if user.has_role(*READER_ROLES):
        row = change_for(user, code, serial)
        return deed(request, lambda: requests.withdraw(user, row), done="申请已撤回。", to=CHANGE.page(row))
    _inspector, visits = visits_of(user)
    own = (one.request for one in visits if one.draw.code == code and one.request is not None)
    mine = next((one for one in own if one.serial == serial and one.asked_by_id == user.pk), None)
    if mine is None:
        raise Http404("没有找到您的这份申请。")
    done = "申请已撤回，您仍在检查组内。"
    return deed(request, lambda: requests.withdraw(user, mine), done=done, to=reverse("drawing:mine"))


@access.form(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Let another person agree or not (A10.3, A11.1)."""
    user = user_of(request)
    row = change_for(user, code, serial)
    wanted = row.needs_principal and row.state == ChangeState.ASKED
    return decide_on(
        request,
        CHANGE,
        row,
        verbs=("approve", "decline"),
        acts={
            "approve": lambda who, what, remark: requests.approve(
                who, what, remark=remark, seen=request.POST.get("seen", "")
            ),
            "decline": requests.decline,
        },
        title="审批变更申请",
        sub=f"{row.draw.draw_id} · {row.draw.title}",
        template="drawing/changes/change_decide.html",
        context={**head_of(request, row), **_fixed(row), "picture": change_picture(row) if wanted else None},
    )


@never_cache
@access.page(*READER_ROLES)
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


def _fixed(row: Supplement) -> dict[str, Any]:
    """Return what the seal would say with the names behind it; else what stands in the way, and whether that is a lack of candidates."""
    try:
        shown = preview(row)
    except DomainError as error:
        found = facts_for(row, read_bundle(row.draw).state)
        short = isinstance(error, TooFewError)
        return {"problem": str(error), "short": short, "facts": facts_told(row, found), "seen": facts_digest(found)}
    seen = facts_digest(shown.facts)
    return {"shown": shown, "reviewed": shown.digest(row), "facts": facts_told(row, shown.facts), "seen": seen}


@access.form(*OFFICER_ROLES)
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
        given = {name: form.cleaned_data[name] for name in ("witnesses", "open_by", "place")}
        services.seal(user, row, reviewed=reviewed, **given)
        return "变更已封存，请抽取监督人献数。"

    def form_of(data: QueryDict | None) -> forms.Form:
        return (
            SealForm(data, limits=limits, former=row.draw.plan["witnesses"], place=row.draw.plan.get("place", ""))
            if row.by_lot
            else forms.Form(data)
        )

    return submit(
        request,
        form_of,
        act,
        template="drawing/changes/change_seal.html",
        to=CHANGE.page(row),
        done=lambda said: said,
        context=lambda _form: {**head_of(request, row), **_fixed(row)},
    )
