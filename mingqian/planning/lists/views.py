"""Pages of list versions: composing, deciding, what each changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.forms import RemarkForm
from mingqian.planning.lists import selectors, services
from mingqian.planning.lists.forms import ComposeForm
from mingqian.planning.lists.states import ListState
from mingqian.planning.lists.workbook import LIST_TITLES, list_cells
from mingqian.planning.models.items import ListVersion

officer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


@require_GET
@reader
def lists(request: HttpRequest) -> HttpResponseBase:
    """List the versions: what waits for a leader, what was published, what was returned."""
    user = user_of(request)
    rows = selectors.lists_visible_to(user).order_by("-composed_at", "-pk")
    state = request.GET.get("state", "")
    if state in ListState.values:
        rows = rows.filter(state=state)
    if form := tables.asked_form(request):
        return tables.respond(form, f"清单版本-{clock.today():%Y%m%d}", LIST_TITLES, map(list_cells, rows))
    context = {
        "page": page_of(request, rows),
        "state": state,
        "filtered": bool(state),
        "tabs": [("", "全部"), *ListState.choices],
        "may_compose": user.has_role(Role.REGULATIONS_OFFICER),
        "waiting": len(services.joined_of(user.organ)),
    }
    return render(request, "planning/lists/lists.html", context)


@require_http_methods(["GET", "POST"])
@officer
def compose(request: HttpRequest) -> HttpResponse:
    """Choose joined changes, say why, and send the version to a leader."""
    user = user_of(request)
    waiting = services.joined_of(user.organ)
    current = selectors.current_version(user.organ)
    title = current.title if current else f"{user.organ.name}随机抽查事项清单"
    form = ComposeForm(request.POST if request.method == "POST" else None, initial={"title": title})
    picked = set(request.POST.getlist("pick"))
    if request.method == "POST" and form.is_valid():
        taken = [row for row in waiting if f"{row.item.code}/{row.number}" in picked]
        try:
            version = services.compose(user, taken=taken, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已报批，等待分管领导或主要领导批准。")
            return redirect("planning:list", code=version.code)
    context = {
        "form": form,
        "waiting": [(row, request.method == "GET" or f"{row.item.code}/{row.number}" in picked) for row in waiting],
        "current": current,
        "pending": selectors.lists_visible_to(user).filter(organ=user.organ, state=ListState.PENDING).first(),
    }
    return render(request, "planning/lists/list_compose.html", context, status=400 if form.errors else 200)


def _context(version: ListVersion) -> dict[str, object]:
    taken = services.changes_of(version)
    published = version.state == ListState.PUBLISHED
    rows = (
        [entry.revision for entry in selectors.entries_of(version)]
        if published
        else services.resulting(version.organ, taken)
    )
    return {
        "version": version,
        "changes": selectors.version_changes(version),
        "rows": rows,
        "failing": {row.pk: problem for row, problem in services.basis_failures(rows)},
    }


@require_GET
@reader
def list_version(request: HttpRequest, code: str) -> HttpResponse:
    """Show a version: what it changes word for word, all its items, who did what."""
    user = user_of(request)
    version = selectors.list_for(user, code)
    context = {
        **_context(version),
        "may_decide": version.state == ListState.PENDING
        and user.has_role(*LEADER_ROLES)
        and user.organ_id == version.organ_id,
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(version.ledger_subject)],
    }
    return render(request, "planning/lists/list.html", context)


@require_http_methods(["GET", "POST"])
@leader
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show exactly what would be published; approve it, which publishes, or return it."""
    user = user_of(request)
    version = selectors.list_for(user, code)
    if version.state != ListState.PENDING:
        messages.warning(request, "这一版清单已经办结。")
        return redirect("planning:list", code=code)
    refused = ""
    try:
        services.refuse_deciding(user, version)
    except NotAllowedError as error:
        refused = str(error)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        approve = request.POST.get("decision") == "publish"
        remark = form.cleaned_data["remark"]
        try:
            step = services.publish if approve else services.send_back_list
            version = step(user, version, remark=remark)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            done = f"已批准并公布第 {version.number} 版清单。" if approve else "已退回综合法规科。"
            messages.success(request, done)
            return redirect("planning:list", code=code)
    context = {**_context(version), "form": form, "refused": refused}
    return render(request, "planning/lists/list_decide.html", context, status=400 if form.errors else 200)
