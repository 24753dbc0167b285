"""Pages of tasks: what they are about, who takes part in the draw and why, exclusions by hand, joint inspections."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.casework import thing
from mingqian.casework.thing import Fact, press, timeline_of
from mingqian.common import clock
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.services import paper_response, wording
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning import conditions
from mingqian.planning.experts.selectors import experts_asked, experts_on, experts_to_choose
from mingqian.planning.models.tasks import Exclusion, Task
from mingqian.planning.plans.selectors import entry_shown
from mingqian.planning.selectors import items_of, works_on
from mingqian.planning.tasks import selectors, services
from mingqian.planning.tasks.forms import ExclusionForm, PoolFilterForm
from mingqian.planning.tasks.listing import POOL, TASK_LIST, stratum_words
from mingqian.planning.tasks.papers import TASK_SHEET, task_sheet
from mingqian.planning.tasks.procedure import EXCLUSIONS, JOINT, TASKS
from mingqian.planning.tasks.states import JointState, TaskState

officer = access.roles(*OFFICER_ROLES)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponseBase:
    """List the tasks."""
    return TASK_LIST.respond(request)


@require_GET
@reader
def task(request: HttpRequest, code: str) -> HttpResponse:
    """Show a task: what is due, what it is about, its pool in numbers, exclusions and joint inspections, who did what."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    live, may_act = found.state == TaskState.OPEN, not works_on(user, found)
    held = selectors.pool_of(found) if live else None
    asked = found.joint_requests.select_related("task__division", "other__division", "asked_by")
    context = {
        "task": found,
        "plan": found.entry.plan,
        "shown": entry_shown(found.revision),
        "problems": selectors.task_problems(found) if live else [],
        "pool": held,
        "counts": [(selectors.status_label(status), count, status) for status, count in held.by_status.items()]
        if held
        else [],
        "may_act": may_act,
        "exclusions": [(row, EXCLUSIONS.open_to(user, row) if live else []) for row in selectors.exclusions_of(found)],
        "requests": [(row, JOINT.open_to(user, row)) for row in asked.filter(state=JointState.PROPOSED)],
        "live": live,
        "experts": experts_asked(user, found),
        "choices": experts_to_choose(found) if may_act else [],
        "entries": timeline_of(found.ledger_subject),
    }
    return render(request, "planning/tasks/task.html", context)


@require_GET
@reader
def pool(request: HttpRequest, code: str) -> HttpResponseBase:
    """Let the officer look through who takes part, with lots, stratum and reason, before anything is sealed; nothing is edited here."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    held = selectors.pool_of(found)
    statuses = [(status, selectors.status_label(status)) for status in held.by_status]
    strata = [(name, stratum_words(name)) for name in sorted({row.stratum for row in held.rows})]
    return POOL.respond(
        request,
        form=PoolFilterForm(request.GET, offered={"status": statuses, "stratum": strata}),
        within={"pool": held},
        task=found,
        pool=held,
        sub=str(found),
        may_act=not works_on(user, found) and found.state == TaskState.OPEN,
    )


@require_GET
@reader
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Show the task sheet as it prints."""
    found = selectors.task_for(user_of(request), code)
    paper = _sheet(found)
    return render(
        request, "planning/tasks/task_sheet.html", {"task": found, "plan": found.entry.plan, "paper": preview(paper)}
    )


def _sheet(task: Task) -> Any:
    texts = wording(task.organ, TASK_SHEET)
    counts = []
    if task.state == TaskState.OPEN:
        held = selectors.pool_of(task)
        counts = [(selectors.status_label(status), f"{count:,} 家") for status, count in held.by_status.items()]
        counts.append(("拟抽取", f"{held.to_draw:,} 家"))
    if along := experts_on(task):
        counts.append(("辅助检查人员", "；".join(one.words for one in along)))
    return task_sheet(task, items_of(task.revision), conditions.names_of(task.organ), texts, counts)


@require_GET
@reader
def sheet_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Give the task sheet out as PDF or Word."""
    found = selectors.task_for(user_of(request), code)
    return paper_response([_sheet(found)], form, f"{TASK_SHEET.title}-{found.number}", clock.now())


@require_http_methods(["GET", "POST"])
@officer
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give a task up that was not drawn."""
    found = selectors.task_for(user_of(request), code)
    note = "编号不再使用，记录保留；检查时间内可以重新开立。"
    facts = [Fact("检查科室", found.division.name), Fact("检查时间", f"{day(found.since)}至{day(found.until)}")]
    return thing.decide(
        request,
        TASKS,
        found,
        acts={"cancel": services.cancel_task},
        facts=facts,
        title="取消任务",
        note=note,
        context={"question": "取消这个任务"},
    )


@require_http_methods(["GET", "POST"])
@officer
def exclude(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a subject be kept out."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    note = "任何人都不能直接改动参加抽取的名单。确需排除个别对象的，写明理由，由领导审批。"

    def ask(form: ExclusionForm) -> Exclusion:
        subject = selectors.subject_in(found, form.cleaned_data["subject"])
        return services.ask_exclusion(user, found, subject, reason=form.cleaned_data["reason"])

    return submit(
        request,
        lambda data: ExclusionForm(data, initial={"subject": request.GET.get("subject", "")}),
        ask,
        template="form.html",
        to=TASKS.page(found),
        done=EXCLUSIONS.step("ask").done,
        context={
            "title": "申请排除",
            "sub": str(found),
            "crumbs": [("抽查任务", reverse("plans:tasks")), (found.number, TASKS.page(found))],
            "note": note,
            "act": "提交审批",
        },
    )


@require_POST
@leader
def exclusion_decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Approve or decline an exclusion."""
    wish = selectors.exclusion_for(user_of(request), code, pk)
    approve = request.POST.get("decision") == "approve"
    verb = "approve" if approve else "decline"
    return press(request, EXCLUSIONS, wish, verb, services.decide_exclusion, approve=approve)


@require_POST
@officer
def exclusion_withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a wish back."""
    wish = selectors.exclusion_for(user_of(request), code, pk)
    return press(request, EXCLUSIONS, wish, "withdraw", services.withdraw_exclusion)


@require_POST
@officer
def joint(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a joint inspection to the division of another task, or keep out what it drew."""
    user, note = user_of(request), request.POST.get("note", "")
    found = selectors.task_for(user, code)
    other = selectors.task_for(user, request.POST.get("other", ""))
    propose = request.POST.get("act") == "propose"
    act = services.propose_joint if propose else services.keep_out
    done = JOINT.step("propose" if propose else "keep-out").done
    return deed(request, lambda: act(user, found, other, note=note), done=done, to=TASKS.page(found))


@require_POST
@officer
def joint_answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Answer a proposal for the other division; `code` is that of the other's task."""
    proposal = selectors.proposal_for(user_of(request), code, pk)
    agree = request.POST.get("decision") == "agree"
    to = reverse("plans:task", args=[code])
    return press(request, JOINT, proposal, "agree" if agree else "decline", services.answer_joint, to=to, agree=agree)
