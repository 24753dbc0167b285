"""Pages of tasks: what they are about, who takes part in the draw and why, exclusions by hand, joint inspections."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.tables import respond
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.services import paper_response, wording
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.templatetags.mingqian import moment
from mingqian.planning.entries import conditions, selectors as entry_selectors
from mingqian.planning.experts import services as expert_services
from mingqian.planning.experts.selectors import experts_asked, experts_on, experts_to_choose
from mingqian.planning.models.tasks import Task
from mingqian.planning.pool.selectors import Partaker
from mingqian.planning.tasks import selectors, services
from mingqian.planning.tasks.forms import ExclusionForm, PoolFilterForm, ReasonForm, TaskFilterForm
from mingqian.planning.tasks.papers import TASK_SHEET, task_sheet
from mingqian.planning.tasks.states import TaskState

officer = access.roles(*OFFICER_ROLES)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)

TASK_TITLES = (
    ("任务编号", 34), ("任务名称", 34), ("检查科室", 16), ("检查自", 14), ("检查至", 14), ("状态", 16), ("开立人", 12), ("开立时间", 20),
)  # fmt: skip
POOL_TITLES = (
    ("登记号", 24), ("名称", 40), ("区县", 14), ("层", 16), ("签数", 8), ("参加情况", 30), ("代码", 24), ("说明", 80),
)  # fmt: skip


def _filtered(request: HttpRequest) -> tuple[TaskFilterForm, Any]:
    user = user_of(request)
    form = TaskFilterForm(request.GET, user.organ)
    form.is_valid()
    data = form.cleaned_data
    rows = selectors.tasks_visible_to(user)
    for word in data.get("q", "").split():
        rows = rows.filter(Q(number__icontains=word) | Q(title__icontains=word))
    if data.get("division"):
        rows = rows.filter(division__code=data["division"])
    if data.get("state"):
        rows = rows.filter(state=data["state"])
    if data.get("year"):
        rows = rows.filter(year=int(data["year"]))
    return form, rows


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponse:
    """List the tasks."""
    form, rows = _filtered(request)
    context = {
        "form": form,
        "page": page_of(request, rows),
        "open": rows.filter(state=TaskState.OPEN).count(),
        "filtered": any(form.cleaned_data.values()),
        "today": clock.today(),
    }
    return render(request, "planning/tasks/tasks.html", context)


@require_GET
@reader
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, rows = _filtered(request)
    cells = (
        [
            row.number,
            row.title,
            row.division.name,
            row.since.isoformat(),
            row.until.isoformat(),
            str(row.get_state_display()),
            row.opened_by.name,
            moment(row.opened_at),
        ]
        for row in rows
    )
    return respond(form, f"抽查任务-{clock.today():%Y%m%d}", TASK_TITLES, cells)


@require_GET
@reader
def task(request: HttpRequest, code: str) -> HttpResponse:
    """Show a task: what is due, what it is about, its pool in numbers, exclusions and joint inspections, who did what."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    live, may_act = found.state == TaskState.OPEN, services.may_act(user, found)
    held = selectors.pool_of(found) if live else None
    context = {
        "task": found,
        "plan": found.entry.plan,
        "shown": entry_selectors.entry_shown(found.revision),
        "problems": selectors.task_problems(found) if live else [],
        "pool": held,
        "counts": [(selectors.status_label(status), count, status) for status, count in held.by_status.items()]
        if held
        else [],
        "may_act": may_act,
        "may_decide": user.has_role(*LEADER_ROLES) and user.organ_id == found.organ_id,
        "exclusions": selectors.exclusions_of(found),
        "requests": found.joint_requests.select_related("task__division", "proposed_by").all(),
        "may_answer": may_act,
        "live": live,
        "experts": experts_asked(found),
        "choices": experts_to_choose(found) if may_act and found.state in expert_services.LIVE else [],
        "may_agree": expert_services.may_agree(user, found),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(found.ledger_subject)],
    }
    return render(request, "planning/tasks/task.html", context)


def status_words(rows: Sequence[Partaker]) -> list[tuple[str, str]]:
    """Return the statuses that occur, with their words."""
    return [(status, selectors.status_label(status)) for status in sorted({row.status for row in rows})]


def _chosen(request: HttpRequest, rows: Sequence[Partaker]) -> tuple[PoolFilterForm, list[Partaker]]:
    strata = sorted({row.stratum for row in rows})
    labels = [(name, "全部" if name == "-" else name) for name in strata]
    form = PoolFilterForm(request.GET, status_words(rows), labels)
    form.is_valid()
    data = form.cleaned_data
    words = data.get("q", "").lower().split()
    why = data.get("why")
    found = [
        row
        for row in rows
        if data.get("status", "") in {"", row.status}
        and data.get("stratum", "") in {"", row.stratum}
        and (why != "said" or row.reasons)
        and (why != "lots" or row.lots > 1)
        and all(word in f"{row.name} {row.number}".lower() for word in words)
    ]
    return form, found


@require_GET
@reader
def pool(request: HttpRequest, code: str) -> HttpResponse:
    """Let the officer look through who takes part, with lots, stratum and reason, before anything is sealed; nothing is edited here."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    held = selectors.pool_of(found)
    form, rows = _chosen(request, held.rows)
    context = {
        "task": found,
        "plan": found.entry.plan,
        "pool": held,
        "form": form,
        "page": page_of(request, rows),
        "filtered": any(form.cleaned_data.values()),
        "words": dict(status_words(held.rows)),
        "may_act": services.may_act(user, found) and found.state == TaskState.OPEN,
    }
    return render(request, "planning/tasks/task_pool.html", context)


@require_GET
@reader
def pool_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Give the filtered pool as a file."""
    found = selectors.task_for(user_of(request), code)
    _form, rows = _chosen(request, selectors.pool_of(found).rows)
    cells = (
        [
            row.number,
            row.name,
            row.district,
            "全部" if row.stratum == "-" else row.stratum,
            str(row.lots),
            selectors.status_label(row.status),
            row.status,
            "；".join(row.reasons),
        ]
        for row in rows
    )
    return respond(form, f"{found.number}-参加抽取的对象", POOL_TITLES, cells)


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
    return task_sheet(task, entry_selectors.items_of(task.revision), conditions.names_of(task.organ), texts, counts)


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
    user = user_of(request)
    found = selectors.task_for(user, code)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label="取消原因",
        help_text="编号不再使用，记录保留；检查时间内可以重新开立。",
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_task(user, found, why=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "任务已取消。")
            return redirect("plans:task", code=code)
    return _reason_page(request, found, form, "取消任务", "取消任务")


def _reason_page(request: HttpRequest, task: Task, form: Any, title: str, act: str, note: str = "") -> HttpResponse:
    context = {"form": form, "task": task, "plan": task.entry.plan, "title": title, "act": act, "note": note}
    return render(request, "planning/tasks/task_reason.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def exclude(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a subject be kept out."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    form = ExclusionForm(
        request.POST if request.method == "POST" else None,
        label="排除的理由",
        help_text="由领导审批；批准的数量在公示页列明。能由名录库状态、免检名单或利害关系解决的，请改名录库。",
    )
    form.initial = {"subject": request.GET.get("subject", "")}
    if request.method == "POST" and form.is_valid():
        try:
            subject = selectors.subject_in(found, form.cleaned_data["subject"])
            services.ask_exclusion(user, found, subject, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已提交，等待领导审批。审批前不能封存抽取。")
            return redirect("plans:task", code=code)
    note = "任何人都不能直接改动参加抽取的名单。确需排除个别对象的，写明理由，由领导审批。"
    return _reason_page(request, found, form, "申请排除", "提交审批", note)


@require_POST
@leader
def exclusion_decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Approve or decline an exclusion."""
    user = user_of(request)
    wish = selectors.exclusion_for(user, code, pk)
    approve = request.POST.get("decision") == "approve"
    return _done(
        request,
        code,
        lambda: services.decide_exclusion(user, wish, approve=approve, remark=request.POST.get("remark", "")),
        "已批准排除。" if approve else "未批准，对象照常参加抽取。",
    )


@require_POST
@officer
def exclusion_withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take a wish back."""
    user = user_of(request)
    wish = selectors.exclusion_for(user, code, pk)
    return _done(request, code, lambda: services.withdraw_exclusion(user, wish), "已撤回申请。")


def _done(request: HttpRequest, code: str, act: Any, words: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect(reverse("plans:task", args=[code]))


@require_POST
@officer
def joint(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a joint inspection to the division of another task, or keep out what it drew."""
    user = user_of(request)
    found = selectors.task_for(user, code)
    other = selectors.task_for(user, request.POST.get("other", ""))
    note = request.POST.get("note", "")
    if request.POST.get("act") == "propose":
        return _done(
            request, code, lambda: services.propose_joint(user, found, other, note=note), "已向对方科室提议联合检查。"
        )
    return _done(
        request,
        code,
        lambda: services.keep_out(user, found, other, note=note),
        "已定为避开，对方抽取的对象不参加本次抽取。",
    )


@require_POST
@officer
def joint_answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Answer a proposal for the other division; `code` is that of the other's task."""
    user = user_of(request)
    proposal = selectors.proposal_for(user, code, pk)
    agree = request.POST.get("decision") == "agree"
    remark = request.POST.get("remark", "")
    return _done(
        request,
        code,
        lambda: services.answer_joint(user, proposal, agree=agree, remark=remark),
        "已同意联合检查。" if agree else "已答复不联合，对方将避开。",
    )
