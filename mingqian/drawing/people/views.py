"""The decision on the people of a draw: explained by the officer, decided by the principal leader or another person (A10.1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.common.errors import DomainError
from mingqian.drawing.changes.forms import DecideForm
from mingqian.drawing.draft.selectors import draft_for, task_of
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people import selectors, services
from mingqian.drawing.people.facts import draft_picture
from mingqian.drawing.people.forms import GroundForm
from mingqian.drawing.people.states import PeopleState, clauses
from mingqian.pages import access

officer = access.roles(*OFFICER_ROLES)


def people_context(user: User, draft: Draft) -> dict[str, Any]:
    """Return what the steps of a draft say of the decision; {} where none is needed."""
    if draft.task is None or not selectors.is_needed(content := selectors.content_of(draft)):
        return {}
    row, task = selectors.current_request(draft, content), task_of(draft)
    return {
        "row": row,
        "clauses": clauses(selectors.told_of(task, content)),
        "who": selectors.deciders_in_words(content),
        "article": selectors.article_of(content),
        "picture": draft_picture(draft, row),
        "may_ask": selectors.may_ask(user, task),
        "changed": row is None and selectors.requests_of(draft).exists(),
    }


@require_http_methods(["GET", "POST"])
@officer
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain why the draw takes other people, with the numbers beside it, and ask for the decision."""
    user = user_of(request)
    draft = draft_for(user, pk)
    form = GroundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.ask(user, draft, ground=form.cleaned_data["ground"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已提请{selectors.deciders_in_words(row.content)}审定。审定之前不能封存。")
            return redirect("drawing:draft-people", pk=pk)
    context = people_context(user, draft)
    if not context:
        messages.info(request, "人员方案不需要审定：只抽本科室和计划联合科室的人员，没有排除任何人。")
        return redirect("drawing:draft-people", pk=pk)
    return render(
        request,
        "drawing/people/people_ask.html",
        {"draft": draft, "people": context, "form": form},
        status=400 if form.errors else 200,
    )


@require_POST
@officer
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the request back before anybody decided."""
    user = user_of(request)
    services.withdraw(user, draft_for(user, pk))
    messages.success(request, "申请已撤回。")
    return redirect("drawing:draft-people", pk=pk)


def _refused(user: User, row: PeopleRequest) -> str:
    """Say why this user does not decide, "" where he may."""
    if row.asked_by_id == user.pk:
        return "您是提请人，请由另一位有权限的人员审批。"
    if selectors.decided_as(user, row) is None:
        who = selectors.deciders_in_words(row.content)
        return f"这项人员方案由{who}审定（{selectors.article_of(row.content)}），您可以查看。"
    if selectors.is_concerned(user, row):
        return "方案排除了您本人，请由另一位有权限的人员审批。"
    return ""


@require_http_methods(["GET", "POST"])
@access.roles(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the shortage in numbers and everybody who cannot come; let who is entitled to it decide."""
    user = user_of(request)
    row = selectors.request_for(user, pk)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        remark = form.cleaned_data["remark"]
        try:
            if form.cleaned_data["decision"] == "approve":
                services.approve(user, row, remark=remark)
                messages.success(request, "已批准，由经办人封存。")
            else:
                services.decline(user, row, remark=remark)
                messages.success(request, "未批准，由经办人修改人员或重新提请。")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("drawing:people-decide", pk=pk)
    draft = selectors.draft_of(row)
    stale = draft is None or selectors.content_of(draft) != row.content
    context = {
        "row": row,
        "draft": draft,
        "clauses": clauses(selectors.told_of(row.task, row.content)),
        "who": selectors.deciders_in_words(row.content),
        "article": selectors.article_of(row.content),
        "picture": draft_picture(draft, row) if draft is not None and not stale else None,
        "stale": stale and row.state == PeopleState.ASKED,
        "refused": _refused(user, row),
        "form": form,
    }
    return render(request, "drawing/people/people_decide.html", context, status=400 if form.errors else 200)
