"""Pages on which experts and testing bodies are named on a task (A9.6)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.planning.experts import services
from mingqian.planning.experts.selectors import experts_to_choose, task_expert_for
from mingqian.planning.tasks.selectors import task_for

officer = access.roles(*OFFICER_ROLES)


def _done(request: HttpRequest, code: str, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("plans:task", code=code)


@require_POST
@officer
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that somebody come along."""
    user = user_of(request)
    task = task_for(user, code)
    expert = experts_to_choose(task).filter(number=request.POST.get("expert", "")).first()
    if expert is None:
        messages.error(request, "请从名单里选择一位专家或检测机构。")
        return redirect("plans:task", code=code)
    purpose = request.POST.get("purpose", "")
    return _done(
        request,
        code,
        lambda: services.ask_expert(user, task, expert, purpose=purpose),
        "已提出，等待科室负责人或领导审批。",
    )


@require_POST
@access.roles(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Agree, or not."""
    user = user_of(request)
    row = task_expert_for(user, code, pk)
    approve = request.POST.get("decision") == "approve"
    remark = request.POST.get("remark", "")
    words = "已批准，列入任务。" if approve else "未批准。"
    return _done(request, code, lambda: services.decide_expert(user, row, approve=approve, remark=remark), words)


@require_POST
@officer
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take it back."""
    user = user_of(request)
    row = task_expert_for(user, code, pk)
    remark = request.POST.get("remark", "")
    return _done(request, code, lambda: services.withdraw_expert(user, row, remark=remark), "已撤回。")
