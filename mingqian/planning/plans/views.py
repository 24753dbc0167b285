"""Pages of annual plans and their entries: what stands, what is under way, drafting, joining."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.tables import respond
from mingqian.ledger import selectors as ledger
from mingqian.pages import access, versions
from mingqian.pages.paging import page_of
from mingqian.planning.entries import checks, selectors as entry_selectors, services as entry_services
from mingqian.planning.entries.forms import EntryFilterForm, EntryForm, YearForm
from mingqian.planning.entries.selectors import PLAN_TITLES, entry_cells, entry_changes
from mingqian.planning.forms import RemarkForm, WhyForm
from mingqian.planning.items.selectors import Shown
from mingqian.planning.items.states import OPEN_STATES, ChangeKind, RevisionState
from mingqian.planning.models.plans import EntryRevision, Plan
from mingqian.planning.plans import selectors, services
from mingqian.planning.tasks import services as task_services
from mingqian.planning.tasks.selectors import Progress, may_open, on_plan, plan_state, progress_of

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponse:
    """List the plans by year, with how far each has come."""
    user = user_of(request)
    rows = []
    for plan in selectors.plans_visible_to(user):
        version = selectors.current_version(plan)
        if version is None and plan.organ_id != user.organ_id:
            continue
        under_way = entry_selectors.open_revisions(plan).count() if plan.organ_id == user.organ_id else 0
        entries = len(selectors.lines_of(version)) if version else 0
        rows.append((plan, version, plan_state(plan), entries, under_way))
    context = {"rows": rows, "form": YearForm(None), "may_begin": user.has_role(*OFFICER_ROLES)}
    return render(request, "planning/plans/plans.html", context)


@require_POST
@officer
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the plan of a year, or go to it where it exists."""
    form = YearForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择年度。")
        return redirect("plans:index")
    plan = services.open_plan(user_of(request), form.cleaned_data["year"])
    return redirect("plans:plan", code=plan.code)


def _found(row: Progress, form: EntryFilterForm) -> bool:
    data = form.cleaned_data
    text = f"{row.revision.entry.code} {row.revision.title} {' '.join(row.revision.items)}".lower()
    return (
        all(word in text for word in data.get("q", "").lower().split())
        and data.get("division", "") in {"", row.revision.division.code}
        and data.get("state", "") in {"", row.state}
    )


@require_GET
@reader
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show a plan: what stands with how far each time has come, what is under way, its versions."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    own = found.organ_id == user.organ_id
    form = EntryFilterForm(request.GET, found.organ)
    form.is_valid()
    rows = progress_of(found)
    chosen = [row for row in rows if _found(row, form)]
    page = page_of(request, chosen)
    version = selectors.current_version(found)
    failing = dict(services.failing([row.revision for row in rows])) if rows else {}
    context = {
        "plan": found,
        "own": own,
        "version": version,
        "form": form,
        "page": page,
        "rows": [(row, failing.get(row.revision, "")) for row in page],
        "state": plan_state(found),
        "filtered": any(form.cleaned_data.values()),
        "total": len(rows),
        "failing": len(failing),
        "expected": sum(row.revision.estimated_draw or 0 for row in rows),
        "drafts": _drafts(user, found) if own else [],
        "versions": list(selectors.versions_of(found)),
        "pending": found.versions.filter(state="pending").first() if own else None,
        "waiting": len(services.joined_entries(found)) if own else 0,
        "may_draft": own and user.has_role(*OFFICER_ROLES),
        "may_compose": own and user.has_role(Role.REGULATIONS_OFFICER),
    }
    return render(request, "planning/plans/plan.html", context)


def _drafts(user: User, found: Plan) -> list[tuple[EntryRevision, list[str], str]]:
    rows = []
    for row in entry_selectors.open_revisions(found):
        lack = checks.hindrances(row) if row.state == RevisionState.DRAFT else []
        may = ""
        if row.state == RevisionState.SUBMITTED and entry_services.may_join_entry(user, row):
            may = "join"
        rows.append((row, lack, may))
    return rows


@require_GET
@reader
def plan_export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Give the plan that counts as a file."""
    found = selectors.plan_for(user_of(request), code)
    version = selectors.current_version(found)
    rows = selectors.lines_of(version) if version else []
    cells = (entry_cells(i, row, entry_selectors.entry_shown(row)) for i, row in enumerate(rows, 1))
    return respond(form, f"{found}", PLAN_TITLES, cells)


def _form(request: HttpRequest, user: User, row: EntryRevision | None = None, *, posted: bool = True) -> EntryForm:
    data = request.POST if request.method == "POST" and posted else None
    return EntryForm(data, user=user, items=entry_selectors.listed_items(user.organ), revision=row)


def _more(request: HttpRequest) -> bool:
    return request.POST.get("act") == "more"


@require_http_methods(["GET", "POST"])
@officer
def entry_new(request: HttpRequest, code: str) -> HttpResponse:
    """Draft an entry."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    form = _form(request, user)
    if request.method == "POST" and not _more(request) and form.is_valid():
        try:
            row = entry_services.draft_entry(user, found, form.cleaned_data["division"], form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存草稿，条目编码 {row.entry.code}。")
            return redirect("plans:entry", code=row.entry.code, number=row.number)
    context = {"form": form, "plan": found, "title": f"起草{found.year}年度计划条目", **_estimated(user, form, found)}
    return render(
        request, "planning/entries/entry_form.html", context, status=400 if form.errors and not _more(request) else 200
    )


def _estimated(user: User, form: EntryForm, found: Plan, row: EntryRevision | None = None) -> dict[str, Any]:
    """Count what the form would meet, saved or not; what cannot be counted yet says why."""
    if not form.is_bound:
        return {"estimate": entry_selectors.estimate(row) if row and row.items else None, "own": form.own}
    form.is_valid()
    try:
        scratch = entry_services.scratch_of(user, found, form.values())
    except DomainError as error:
        return {"estimate": None, "estimate_error": str(error), "own": form.own}
    if not scratch.items:
        return {"estimate": None, "own": form.own}
    counted = entry_selectors.estimate(scratch)
    return {"estimate": counted, "own": form.own, "problems": checks.pool_problems(counted)}


@require_POST
@officer
def estimate(request: HttpRequest, code: str) -> HttpResponse:
    """Count the subjects for what stands in the form, saved or not (asked by the page while the officer writes)."""
    user = user_of(request)
    found = selectors.plan_for(user, code)
    return render(request, "planning/entries/_estimate.html", _estimated(user, _form(request, user), found))


@require_GET
@reader
def entry(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a revision of an entry: what it says, what it would meet today, what it changes, the steps that the user may take."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    before = entry_selectors.published_before(row)
    shown = entry_selectors.entry_shown(row)
    under_way = row.state in OPEN_STATES
    drafts = user.organ_id == row.organ.pk and user.has_role(*OFFICER_ROLES)
    drafts = drafts and (user.division_id == row.division_id or user.has_role(Role.REGULATIONS_OFFICER))
    times = progress_of(row.entry.plan, [row]) if row.state == RevisionState.PUBLISHED else []
    planned = on_plan(row)
    open_now = {time.number: may_open(row, time.number) for time in times} if drafts else {}
    context = {
        "row": row,
        "plan": row.entry.plan,
        "shown": shown,
        "changes": entry_changes(entry_selectors.entry_shown(before), shown)
        if before and row.change == ChangeKind.CHANGE
        else [],
        "before": before,
        "estimate": entry_selectors.estimate(row) if row.change != ChangeKind.WITHDRAW and row.items else None,
        "basis": checks.basis_problems(row, entry_selectors.items_of(row)) if row.change != ChangeKind.WITHDRAW else [],
        "hindrances": checks.hindrances(row) if row.state == RevisionState.DRAFT else [],
        "may_edit": row.state == RevisionState.DRAFT and drafts,
        "may_join": row.state == RevisionState.SUBMITTED and entry_services.may_join_entry(user, row),
        "may_return": row.state == RevisionState.JOINED
        and row.version_id is None
        and user.has_role(Role.REGULATIONS_OFFICER)
        and user.organ_id == row.organ.pk,
        "may_change": planned and drafts and not row.entry.revisions.filter(state__in=OPEN_STATES).exists(),
        "on_plan": planned,
        "under_way": under_way,
        "times": [(time, open_now.get(time.number)) for time in times],
        "drafts": drafts,
        "others": entry_selectors.revisions_of(row.entry),
        "seen": versions.version_of(row),
        "entries": [(one, ledger.details_of(one)) for one in ledger.entries_on(row.ledger_subject)],
        "today": clock.today(),
    }
    return render(request, "planning/entries/entry.html", context)


@require_http_methods(["GET", "POST"])
@officer
def entry_edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write a draft; whoever comes second is told, and loses nothing."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    if row.state != RevisionState.DRAFT or row.change == ChangeKind.WITHDRAW:
        messages.warning(request, "这份修订现在不能修改。已公布的内容只能由计划调整改变。")
        return redirect("plans:entry", code=code, number=number)
    form = _form(request, user, row)
    posted = request.method == "POST" and not _more(request)
    if posted and form.is_valid():
        division, seen = form.cleaned_data["division"], request.POST.get("seen", "")
        try:
            entry_services.save_entry(user, row, form.values(), division=division, seen=seen)
        except versions.EditedMeanwhileError as error:
            now = entry_selectors.entry_shown(entry_selectors.entry_revision_for(user, code, number))
            form.add_error(None, f"{error}您填写的内容还在下面；对方保存的内容列在页面上方，核对后再保存。")
            row = entry_selectors.entry_revision_for(user, code, number)
            return _edit_page(request, user, form, row, theirs=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存草稿。")
            return redirect("plans:entry", code=code, number=number)
    return _edit_page(request, user, form, row, seen=request.POST.get("seen", ""))


def _edit_page(
    request: HttpRequest,
    user: User,
    form: EntryForm,
    row: EntryRevision,
    *,
    seen: str = "",
    theirs: list[Shown] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "plan": row.entry.plan,
        "row": row,
        "title": f"修改草稿：{row}",
        "seen": seen or versions.version_of(row),
        "theirs": theirs,
        **_estimated(user, form, row.entry.plan, row),
    }
    return render(
        request, "planning/entries/entry_form.html", context, status=400 if form.errors and not _more(request) else 200
    )


def _step(request: HttpRequest, code: str, number: int, act: Any, done: str) -> HttpResponse:
    """Take a step that needs nothing but the button."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    try:
        made = act(user, row)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("plans:entry", code=code, number=number)
    messages.success(request, done)
    return redirect("plans:entry", code=made.entry.code, number=made.number)


@require_POST
@officer
def entry_submit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Send a draft to the other side."""
    seen = request.POST.get("seen", "")
    return _step(
        request, code, number, lambda user, row: entry_services.submit_entry(user, row, seen=seen), "已送会同审核。"
    )


@require_POST
@officer
def entry_drop(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Give a draft up."""
    return _step(request, code, number, entry_services.drop_entry, "已放弃这份修订，记录保留。")


@require_POST
@officer
def entry_change(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Begin to change what is on the plan."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    try:
        made = entry_services.draft_entry_change(user, row, ChangeKind.CHANGE)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("plans:entry", code=code, number=number)
    return redirect("plans:entry-edit", code=code, number=made.number)


@require_http_methods(["GET", "POST"])
@officer
def entry_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Propose to take an entry off the plan, with a reason."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    form = WhyForm(request.POST if request.method == "POST" else None)
    form.fields["why"].help_text = "写入计划的变动说明，长期公开（第八条）。"
    if request.method == "POST" and form.is_valid():
        try:
            made = entry_services.draft_entry_change(user, row, ChangeKind.WITHDRAW, why=form.cleaned_data["why"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已起草取消，送会同审核后编入下一版计划。")
            return redirect("plans:entry", code=code, number=made.number)
    context = {"form": form, "row": row, "plan": row.entry.plan}
    return render(request, "planning/entries/entry_withdraw.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def entry_join(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show what would be agreed to; agree or return."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    entry_services.refuse_joining_entry(user, row)
    form = RemarkForm(request.POST if request.method == "POST" else None, initial={"seen": versions.version_of(row)})
    if request.method == "POST" and form.is_valid():
        agreed, remark = request.POST.get("decision") == "join", form.cleaned_data["remark"]
        try:
            if agreed:
                entry_services.join_entry(user, row, remark=remark, seen=form.cleaned_data["seen"])
            else:
                entry_services.return_entry(user, row, remark=remark)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已会同，等待编入计划。" if agreed else "已退回起草人修改。")
            return redirect("plans:entry", code=code, number=number)
    before = entry_selectors.published_before(row)
    shown = entry_selectors.entry_shown(row)
    context = {
        "form": form,
        "row": row,
        "plan": row.entry.plan,
        "shown": shown,
        "before": before,
        "changes": entry_changes(entry_selectors.entry_shown(before), shown)
        if before and row.change == ChangeKind.CHANGE
        else [],
        "estimate": entry_selectors.estimate(row) if row.change != ChangeKind.WITHDRAW else None,
        "wrong": checks.hindrances(row),
    }
    return render(request, "planning/entries/entry_join.html", context, status=400 if form.errors else 200)


@require_POST
@officer
def entry_return(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Return what was joined already, as long as no leader has it before them."""
    form = RemarkForm(request.POST)
    form.is_valid()
    remark = form.cleaned_data.get("remark", "")
    return _step(
        request,
        code,
        number,
        lambda user, row: entry_services.return_entry(user, row, remark=remark),
        "已退回起草人修改。",
    )


@require_POST
@officer
def task_open(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Open the task of one of the entry's windows."""
    user = user_of(request)
    row = entry_selectors.entry_revision_for(user, code, number)
    text = request.POST.get("round", "")
    try:
        task = task_services.open_task(
            user, row, int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("plans:entry", code=code, number=number)
    messages.success(request, f"已开立任务 {task.number}。")
    return redirect(reverse("plans:task", args=[task.code]))
