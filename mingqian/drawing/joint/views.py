"""Joint visits: the list, the page of one, the divisions' answers, who leads (A12.2)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock
from mingqian.common.rows import row_or_404
from mingqian.drawing.joint import answers
from mingqian.drawing.joint.forms import AnswerForm, LeadersForm
from mingqian.drawing.joint.listing import LISTING
from mingqian.drawing.joint.procedure import LEADERS, VISIT, parts_to_answer, speaks, why_not_withdraw
from mingqian.drawing.joint.selectors import (
    common_days,
    going_parts,
    joint_shown,
    joint_visit_for,
    part_for,
    settling_for,
    spoken_for,
)
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, JointVisitState, PartState, SettlementState
from mingqian.drawing.joint.tasks import lapse
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.submission import deed, submit


@access.form(*READER_ROLES)
def index(request: HttpRequest) -> HttpResponseBase:
    """List the joint visits of all divisions, those that wait for the own division's answer to be ticked."""
    return LISTING.respond(request, waiting=parts_to_answer(user_of(request)).count())


def _as_it_stands(user: User, code: str) -> JointVisit:
    """Return the joint visit, silence that is over counted: no page offers an answer whose last day has passed."""
    thing = joint_visit_for(user, code)
    return lapse(thing) if any(part.is_late for part in thing.parts.all()) else thing


@access.page(*READER_ROLES)
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
        "may_withdraw": shown.asked is not None and not why_not_withdraw(user, shown.asked),
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


@access.form(*OFFICER_ROLES)
def answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Answer the system's proposal for one division."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    part = part_for(user, thing, pk)

    def act(form: AnswerForm) -> str:
        agree = form.cleaned_data["decision"] == "agree"
        return _said(answers.answer(user, part, agree=agree, remark=form.cleaned_data["remark"]), agree=agree)

    return submit(
        request,
        AnswerForm,
        act,
        template="drawing/joint/joint_answer.html",
        to=VISIT.page(thing),
        done=lambda said: said,
        context={
            "visit": thing,
            "shown": joint_shown(thing),
            "part": part,
            "may": not speaks(user, part) and _waits(thing, part),
        },
    )


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


@access.form(*OFFICER_ROLES)
def agree(request: HttpRequest) -> HttpResponse:
    """Agree for one's division to several proposals that were ticked in the list."""
    user = user_of(request)
    wanted = (request.POST if request.method == "POST" else request.GET).getlist("tick")
    parts = [part for part in parts_to_answer(user) if str(part.pk) in wanted]
    if request.method == "POST":
        done = "已同意 {} 项联合检查。".format
        return deed(request, lambda: answers.answer_all(user, parts), done=done, to=reverse("drawing:joint-list"))
    return render(request, "drawing/joint/joint_agree.html", {"parts": parts})


@access.form(*OFFICER_ROLES)
def leaders(request: HttpRequest, code: str) -> HttpResponse:
    """Propose who leads the visit and when it takes place."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    parts, own = going_parts(thing), settling_for(user, thing)
    if thing.state not in JOINT_AGREED or not own:
        messages.warning(request, "现在不能由您提议组长：须各科室都同意联合检查，由参加科室的经办人提议。")
        return redirect("drawing:joint", code=code)
    first, last = common_days(parts)
    return submit(
        request,
        lambda data: LeadersForm(data, parts=parts, own=own, days=(max(first, clock.today()), last)),
        lambda form: answers.propose_leaders(user, thing, form.for_part(), **form.values()),
        template="drawing/joint/joint_leaders.html",
        to=VISIT.page(thing),
        done="组长方案已提出，等待其他科室同意。",
        context={"visit": thing, "shown": joint_shown(thing), "first": first, "last": last},
    )


def _asked(visit: JointVisit, serial: int) -> JointSettlement:
    """Return a proposal of leaders, or raise Http404."""
    rows = visit.settlements.select_related("visit", "lead__division", "part__division")
    return row_or_404(rows.filter(serial=serial), "没有找到这份组长方案。")


@access.form(*OFFICER_ROLES)
def consent(request: HttpRequest, code: str, serial: int, pk: int) -> HttpResponse:
    """Answer a proposal of leaders for one division."""
    user = user_of(request)
    thing = _as_it_stands(user, code)
    part = part_for(user, thing, pk)
    asked = _asked(thing, serial)

    def act(form: AnswerForm) -> str:
        if form.cleaned_data["decision"] == "agree":
            answers.consent(user, asked, part)
            return "已同意组长方案。"
        answers.refuse(user, asked, part, remark=form.cleaned_data["remark"])
        return "已答复不同意，可以另行提议。"

    may = part.pk in {one.pk for one in _consenting(user, thing, asked)} and asked.state == SettlementState.PROPOSED
    return submit(
        request,
        AnswerForm,
        act,
        template="drawing/joint/joint_consent.html",
        to=VISIT.page(thing),
        done=lambda said: said,
        context={"visit": thing, "shown": joint_shown(thing), "part": part, "asked": asked, "may": may},
    )


@access.act(*OFFICER_ROLES)
def withdraw(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Take a proposal of leaders back."""
    user = user_of(request)
    thing = joint_visit_for(user, code)
    asked = _asked(thing, serial)
    done = LEADERS.step("withdraw").done
    return deed(request, lambda: answers.withdraw(user, asked), done=done, to=VISIT.page(thing))
