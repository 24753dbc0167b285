"""Pages of a plan's versions: composing, deciding, what each changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.planning.entries import selectors as entry_selectors
from mingqian.planning.entries.selectors import entry_changes
from mingqian.planning.forms import RemarkForm
from mingqian.planning.items.selectors import Changed
from mingqian.planning.items.states import ChangeKind
from mingqian.planning.lists.forms import ComposeForm
from mingqian.planning.lists.states import ListState
from mingqian.planning.models.plans import EntryRevision, PlanVersion
from mingqian.planning.plans import selectors, services

officer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


def changes_shown(version: PlanVersion) -> list[tuple[EntryRevision, list[Changed]]]:
    """Return what a version changes: each revision with its differences, word for word."""
    found = []
    for row in selectors.changes_of(version):
        before = entry_selectors.published_before(row) if row.change == ChangeKind.CHANGE else None
        old = entry_selectors.entry_shown(before) if before else []
        shown = before is not None or row.change == ChangeKind.NEW
        found.append((row, entry_changes(old, entry_selectors.entry_shown(row)) if shown else []))
    return found


@require_http_methods(["GET", "POST"])
@officer
def compose(request: HttpRequest, code: str) -> HttpResponse:
    """Choose joined changes, say why, and send the version to a leader."""
    user = user_of(request)
    plan = selectors.plan_for(user, code)
    waiting = services.joined_entries(plan)
    current = selectors.current_version(plan)
    title = current.title if current else f"{plan.organ.name}{plan.year}年度抽查工作计划"
    form = ComposeForm(request.POST if request.method == "POST" else None, initial={"title": title})
    form.fields["title"].label = "计划名称"
    form.fields["why"].help_text = "例如：根据职能调整增加 1 项、取消 2 项。长期公开（第八条）。"
    picked = set(request.POST.getlist("pick"))
    if request.method == "POST" and form.is_valid():
        taken = [row for row in waiting if f"{row.entry.code}/{row.number}" in picked]
        try:
            version = services.compose_plan(user, plan, taken=taken, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已报批，等待分管领导或主要领导批准。")
            return redirect("plans:version", code=version.code)
    context = {
        "form": form,
        "plan": plan,
        "waiting": [(row, request.method == "GET" or f"{row.entry.code}/{row.number}" in picked) for row in waiting],
        "current": current,
        "pending": plan.versions.filter(state=ListState.PENDING).first(),
    }
    return render(request, "planning/plans/plan_compose.html", context, status=400 if form.errors else 200)


def _context(version: PlanVersion) -> dict[str, Any]:
    taken = selectors.changes_of(version)
    published = version.state == ListState.PUBLISHED
    rows = selectors.lines_of(version) if published else selectors.resulting(version.plan, taken)
    failing = dict(services.failing(rows))
    return {
        "version": version,
        "plan": version.plan,
        "changes": changes_shown(version),
        "rows": [(row, failing.get(row, "")) for row in rows],
        "failing": len(failing),
        "over": [row for row in taken if row.ratio_why],
        "expected": sum((row.estimated_draw or 0) * row.frequency for row in rows),
    }


@require_GET
@reader
def version(request: HttpRequest, code: str) -> HttpResponse:
    """Show a version: what it changes word for word, all its entries, who did what."""
    user = user_of(request)
    found = selectors.version_for(user, code)
    context = {
        **_context(found),
        "may_decide": found.state == ListState.PENDING
        and user.has_role(*LEADER_ROLES)
        and user.organ_id == found.plan.organ_id,
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(found.ledger_subject)],
    }
    return render(request, "planning/plans/plan_version.html", context)


@require_http_methods(["GET", "POST"])
@leader
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show exactly what would be published; approve it, which publishes, or return it."""
    user = user_of(request)
    found = selectors.version_for(user, code)
    if found.state != ListState.PENDING:
        messages.warning(request, "这一版计划已经办结。")
        return redirect("plans:version", code=code)
    refused = ""
    try:
        services.refuse_deciding_plan(user, found)
    except NotAllowedError as error:
        refused = str(error)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("decision") == "publish"
        step = services.publish_plan if approve else services.return_plan
        try:
            found = step(user, found, remark=form.cleaned_data["remark"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            done = f"已批准并公布第 {found.number} 版计划。" if approve else "已退回综合法规科。"
            messages.success(request, done)
            return redirect("plans:version", code=code)
    context = {**_context(found), "form": form, "refused": refused}
    return render(request, "planning/plans/plan_decide.html", context, status=400 if form.errors else 200)
