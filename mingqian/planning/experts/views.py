"""Pages on which experts and testing bodies are named on a task (A9.6)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, Role
from mingqian.casework.thing import press
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.submission import deed
from mingqian.planning.experts import services
from mingqian.planning.experts.procedure import EXPERTS
from mingqian.planning.experts.selectors import experts_to_choose, task_expert_for
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.tasks.selectors import task_for

officer = access.roles(*OFFICER_ROLES)


@require_POST
@officer
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that somebody come along."""
    user = user_of(request)
    task = task_for(user, code)

    def act() -> TaskExpert:
        expert = experts_to_choose(task).filter(number=request.POST.get("expert", "")).first()
        if expert is None:
            raise DomainError("请从名单里选择一位专家或检测机构。")
        return services.ask_expert(user, task, expert, purpose=request.POST.get("purpose", ""))

    return deed(request, act, done=EXPERTS.step("ask").done, to=reverse("plans:task", args=[code]))


@require_POST
@access.roles(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Agree, or not."""
    row = task_expert_for(user_of(request), code, pk)
    approve = request.POST.get("decision") == "approve"
    return press(request, EXPERTS, row, "approve" if approve else "decline", services.decide_expert, approve=approve)


@require_POST
@officer
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take it back."""
    row = task_expert_for(user_of(request), code, pk)
    return press(request, EXPERTS, row, "withdraw", services.withdraw_expert)
