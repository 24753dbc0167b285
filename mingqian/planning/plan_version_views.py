"""Pages of a plan's versions: composing, deciding, what each changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.common import access
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import selectors as ledger
from mingqian.planning import plan_listing, plan_selectors as plans
from mingqian.planning.item_forms import ComposeForm, RemarkForm
from mingqian.planning.models import EntryRevision, PlanVersion
from mingqian.planning.plan_wording import entry_changes
from mingqian.planning.selectors import Changed
from mingqian.planning.states import ChangeKind, ListState

officer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


def changes_shown(version: PlanVersion) -> list[tuple[EntryRevision, list[Changed]]]:
    """Return what a version changes: each revision with its differences, word for word."""
    found = []
    for row in plans.changes_of(version):
        before = plans.published_before(row) if row.change == ChangeKind.CHANGE else None
        old = plans.entry_shown(before) if before else []
        shown = before is not None or row.change == ChangeKind.NEW
        found.append((row, entry_changes(old, plans.entry_shown(row)) if shown else []))
    return found


@require_http_methods(["GET", "POST"])
@officer
def compose(request: HttpRequest, code: str) -> HttpResponse:
    """Choose joined changes, say why, and send the version to a leader."""
    user = user_of(request)
    plan = plans.plan_for(user, code)
    waiting = plan_listing.joined_entries(plan)
    current = plans.current_version(plan)
    title = current.title if current else f"{plan.organ.name}{plan.year}年度抽查工作计划"
    form = ComposeForm(request.POST if request.method == "POST" else None, initial={"title": title})
    form.fields["title"].label = "计划名称"
    form.fields["why"].help_text = "例如：根据职能调整增加 1 项、取消 2 项。长期公开（第八条）。"
    picked = set(request.POST.getlist("pick"))
    if request.method == "POST" and form.is_valid():
        taken = [row for row in waiting if f"{row.entry.code}/{row.number}" in picked]
        try:
            version = plan_listing.compose_plan(user, plan, taken=taken, **form.cleaned_data)
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
    return render(request, "planning/plan_compose.html", context, status=400 if form.errors else 200)


def _context(version: PlanVersion) -> dict[str, Any]:
    taken = plans.changes_of(version)
    published = version.state == ListState.PUBLISHED
    rows = plans.lines_of(version) if published else plans.resulting(version.plan, taken)
    failing = dict(plan_listing.failing(rows))
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
    found = plans.version_for(user, code)
    context = {
        **_context(found),
        "may_decide": found.state == ListState.PENDING
        and user.has_role(*LEADER_ROLES)
        and user.organ_id == found.plan.organ_id,
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(found.ledger_subject)],
    }
    return render(request, "planning/plan_version.html", context)


@require_http_methods(["GET", "POST"])
@leader
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show exactly what would be published; approve it, which publishes, or return it."""
    user = user_of(request)
    found = plans.version_for(user, code)
    if found.state != ListState.PENDING:
        messages.warning(request, "这一版计划已经办结。")
        return redirect("plans:version", code=code)
    refused = ""
    try:
        plan_listing.refuse_deciding_plan(user, found)
    except NotAllowedError as error:
        refused = str(error)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("decision") == "publish"
        step = plan_listing.publish_plan if approve else plan_listing.return_plan
        try:
            found = step(user, found, remark=form.cleaned_data["remark"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            done = f"已批准并公布第 {found.number} 版计划。" if approve else "已退回综合法规科。"
            messages.success(request, done)
            return redirect("plans:version", code=code)
    context = {**_context(found), "form": form, "refused": refused}
    return render(request, "planning/plan_decide.html", context, status=400 if form.errors else 200)
