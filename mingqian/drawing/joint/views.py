"""Joint visits: the list, the page of one, the divisions' answers, who leads (A12.2)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.drawing.joint import answers
from mingqian.drawing.joint.forms import AnswerForm, JointFilterForm, LeadersForm
from mingqian.drawing.joint.parts import common_days, going_parts
from mingqian.drawing.joint.selectors import (
    filtered_visits,
    joint_shown,
    joint_visit_for,
    part_for,
    parts_waiting_for,
    settling_for,
    spoken_for,
)
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, PART_LIVE, JointVisitState, PartState
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.templatetags.mingqian import day, moment

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)
_TITLES: tables.Titles = (
    ("编号", 20), ("检查对象", 36), ("登记号", 24), ("科室", 30), ("抽取编号", 50), ("状态", 24), ("由来", 20), ("牵头科室", 20),
    ("检查组长", 14), ("副组长", 14), ("计划检查自", 16), ("计划检查至", 16), ("发现时间", 24),
    ("逾期未答复的科室", 30),
)  # fmt: skip


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponseBase:
    """List the joint visits of all divisions, those that wait for an answer first to tick."""
    user = user_of(request)
    form = JointFilterForm(request.GET, user.organ)
    asked = form.asked
    rows = filtered_visits(
        user,
        query=asked["q"],
        state=asked["state"],
        division=asked["division"],
        draw=asked["draw"],
        answer=asked["answer"],
    )
    if export := tables.asked_form(request):
        return tables.respond(export, f"联合检查-{clock.today():%Y%m%d}", _TITLES, map(_cells, rows))
    waiting = {part.visit_id: part for part in parts_waiting_for(user)} if user.has_role(*OFFICER_ROLES) else {}
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(visit, _live(visit), _silent(visit), waiting.get(visit.pk)) for visit in page],
        "waiting": len(waiting),
        "filtered": any(asked.values()),
        "draw_code": asked["draw"],
    }
    return render(request, "drawing/joint/joint_list.html", context)


def _live(visit: JointVisit) -> list[JointPart]:
    return [part for part in visit.parts.all() if part.state in PART_LIVE] or list(visit.parts.all())


def _silent(visit: JointVisit) -> list[JointPart]:
    return [part for part in visit.parts.all() if part.is_silent]


def _as_it_stands(user: User, code: str) -> JointVisit:
    """Return the joint visit, silence that is over counted: no page offers an answer whose last day has passed."""
    thing = joint_visit_for(user, code)
    return answers.lapse(thing) if any(part.is_late for part in thing.parts.all()) else thing


def _cells(visit: JointVisit) -> list[str]:
    parts = _live(visit)
    names = {number: name for part in parts for number, name in part.members.items()}
    return [
        visit.number,
        visit.subject.name,
        visit.subject.number,
        "、".join(part.division.name for part in parts),
        "、".join(part.draw.draw_id for part in parts),
        str(visit.get_state_display()),
        str(visit.get_found_by_display()),
        visit.lead.division.name if visit.lead else "",
        names.get(visit.leader, visit.leader),
        names.get(visit.second, visit.second),
        day(visit.since) if visit.since else "",
        day(visit.until) if visit.until else "",
        moment(visit.found_at),
        "、".join(part.division.name for part in _silent(visit)),
    ]


@require_GET
@reader
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """Show one joint visit: whom, who goes, for what, who leads, who answered what."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    shown = joint_shown(thing)
    context = {
        "visit": thing,
        "shown": shown,
        "to_answer": [part for part in spoken_for(user, thing) if _waits(thing, part)],
        "to_consent": _consenting(user, thing, shown.asked),
        "may_propose": thing.state in JOINT_AGREED and shown.asked is None and bool(settling_for(user, thing)),
        "may_withdraw": shown.asked is not None and answers.may_withdraw(user, shown.asked),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(thing.ledger_subject)],
    }
    return render(request, "drawing/joint/joint.html", context)


def _waits(visit: JointVisit, part: JointPart) -> bool:
    return visit.state in JOINT_LIVE and part.state == PartState.WAITING and not part.is_late


def _consenting(user: User, visit: JointVisit, asked: JointSettlement | None) -> list[JointPart]:
    """Return the parts for which `user` may still answer a proposal of leaders."""
    if asked is None or asked.proposed_by_id == user.pk:
        return []
    given = set(asked.consents.values_list("part", flat=True)) | {asked.part_id}
    return [part for part in settling_for(user, visit) if part.pk not in given]


def _given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
@officer
def answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Answer the system's proposal for one division."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    part = part_for(user, thing, pk)
    form = AnswerForm(_given(request))
    if request.method == "POST" and form.is_valid():
        agree = form.cleaned_data["decision"] == "agree"
        try:
            thing = answers.answer(user, part, agree=agree, remark=form.cleaned_data["remark"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(thing, agree=agree))
            return redirect("drawing:joint", code=code)
    context = {
        "visit": thing,
        "shown": joint_shown(thing),
        "part": part,
        "form": form,
        "may": answers.may_speak(user, part) and _waits(thing, part),
    }
    return render(request, "drawing/joint/joint_answer.html", context, status=400 if form.errors else 200)


def _said(visit: JointVisit, *, agree: bool) -> str:
    if not agree:
        return "已答复不同意，本科室单独检查。请在“预警”中说明未联合的理由。"
    if visit.state == JointVisitState.PROPOSED:
        return "已同意，等待其他科室答复。"
    if visit.state == JointVisitState.SETTLED:
        return "各科室都已同意联合检查，组长和检查日期已按年度计划确定。"
    if visit.reopened_why:
        return "已同意参加联合检查。原来商定的组长和日期不再有效，请各科室重新商定。"
    return "各科室都已同意联合检查，请商定组长和检查日期。"


@require_http_methods(["GET", "POST"])
@officer
def agree(request: HttpRequest) -> HttpResponse:
    """Agree for one's division to several proposals that were ticked in the list."""
    user = user_of(request)
    wanted = (request.POST if request.method == "POST" else request.GET).getlist("part")
    parts = [part for part in parts_waiting_for(user) if str(part.pk) in wanted]
    if request.method == "POST":
        count = answers.answer_all(user, parts)
        messages.success(request, f"已同意 {count} 项联合检查。")
        return redirect("drawing:joint-list")
    return render(request, "drawing/joint/joint_agree.html", {"parts": parts})


@require_http_methods(["GET", "POST"])
@officer
def leaders(request: HttpRequest, code: str) -> HttpResponse:
    """Propose who leads the visit and when it takes place."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    parts, own = going_parts(thing), settling_for(user, thing)
    if thing.state not in JOINT_AGREED or not own:
        messages.warning(request, "现在不能由您提议组长：须各科室都同意联合检查，由参加科室的经办人提议。")
        return redirect("drawing:joint", code=code)
    first, last = common_days(parts)
    form = LeadersForm(_given(request), parts=parts, own=own, days=(max(first, clock.today()), last))
    if request.method == "POST" and form.is_valid():
        try:
            answers.propose_leaders(user, thing, form.for_part(), **form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "组长方案已提出，等待其他科室同意。")
            return redirect("drawing:joint", code=code)
    context = {"visit": thing, "shown": joint_shown(thing), "form": form, "first": first, "last": last}
    return render(request, "drawing/joint/joint_leaders.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def consent(request: HttpRequest, code: str, serial: int, pk: int) -> HttpResponse:
    """Answer a proposal of leaders for one division."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    part = part_for(user, thing, pk)
    asked = thing.settlements.filter(serial=serial).select_related("lead__division", "part__division").first()
    if asked is None:
        raise Http404("没有找到这份组长方案。")
    form = AnswerForm(_given(request))
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["decision"] == "agree":
                answers.consent(user, asked, part)
                messages.success(request, "已同意组长方案。")
            else:
                answers.refuse(user, asked, part, remark=form.cleaned_data["remark"])
                messages.success(request, "已答复不同意，可以另行提议。")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:joint", code=code)
    may = part.pk in {one.pk for one in _consenting(user, thing, asked)} and asked.state == "proposed"
    context = {"visit": thing, "shown": joint_shown(thing), "part": part, "asked": asked, "form": form, "may": may}
    return render(request, "drawing/joint/joint_consent.html", context, status=400 if form.errors else 200)


@require_POST
@officer
def withdraw(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Take a proposal of leaders back."""
    user = user_of(request)
    thing = joint_visit_for(user, code)
    asked = thing.settlements.filter(serial=serial).select_related("visit", "part__division").first()
    if asked is None:
        raise Http404("没有找到这份组长方案。")
    try:
        answers.withdraw(user, asked)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已撤回组长方案，可以重新提议。")
    return redirect("drawing:joint", code=code)
