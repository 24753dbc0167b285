"""The decision on the people of a draw: explained by the officer, decided by the principal leader or another person (A10.1)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.casework.thing import Fact, decide as decide_on
from mingqian.drawing.draft.selectors import draft_for
from mingqian.drawing.forms import LineField
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people import selectors, services
from mingqian.drawing.people.procedure import PEOPLE
from mingqian.drawing.people.states import clauses
from mingqian.drawing.shortage import draft_picture, people_context
from mingqian.pages import access
from mingqian.pages.submission import deed, submit


class GroundForm(forms.Form):
    """Why a draw takes other people than those of the task's division."""

    ground = LineField(
        label="书面说明",
        help_text="例如：节能科可抽 3 人，需要 6 个检查组。一行文字，随抽取公示，请不要写个人健康、家庭等情况。",
    )


@access.form(*OFFICER_ROLES)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain why the draw takes other people, with the numbers beside it, and ask for the decision."""
    user = user_of(request)
    draft = draft_for(user, pk)
    context = people_context(user, draft, selectors.people_of(draft))
    if not context:
        messages.info(request, "人员方案不需要审定：只抽本科室和计划联合科室的人员，没有排除任何人。")
        return redirect("drawing:draft-people", pk=pk)
    return submit(
        request,
        GroundForm,
        lambda form: services.ask(user, draft, ground=form.cleaned_data["ground"]),
        template="drawing/people/people_ask.html",
        to=reverse("drawing:draft-people", args=[pk]),
        done=lambda row: f"已提请{selectors.deciders_in_words(row.content)}审定。审定之前不能封存。",
        context={"draft": draft, "people": context},
    )


@access.act(*OFFICER_ROLES)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the request back before anybody decided."""
    user = user_of(request)
    draft = draft_for(user, pk)
    to = reverse("drawing:draft-people", args=[pk])
    return deed(request, lambda: services.withdraw(user, draft), done="申请已撤回。", to=to)


@access.form(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the shortage in numbers and everybody who cannot come; let who is entitled to it decide."""
    user = user_of(request)
    row = selectors.request_for(user, pk)
    draft = selectors.draft_of(row)
    same = draft is not None and selectors.content_of(draft) == row.content
    return decide_on(
        request,
        PEOPLE,
        row,
        acts={"approve": services.approve, "decline": services.decline},
        facts=_facts(row),
        title="审定人员方案",
        sub=f"{row.task.title} · 任务编号 {row.task.number}",
        template="drawing/people/people_decide.html",
        context={"picture": draft_picture(draft, row) if draft is not None and same else None},
    )


def _facts(row: PeopleRequest) -> list[Fact]:
    said = "；".join(clauses(selectors.told_of(row.task, row.content)))
    found = [Fact("任务所属科室", row.task.division.name), Fact("人员方案", said), Fact("书面说明", row.ground)]
    return [*found, Fact("审定职务", row.decided_as)] if row.decided_as else found
