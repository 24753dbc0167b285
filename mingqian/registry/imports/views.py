"""Pages of imports: upload, preview, columns, progress, report."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.documents.tables.states import UnreadableError
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.registry.imports import report, selectors, services, workbook
from mingqian.registry.imports.columns import columns_of, missing_columns
from mingqian.registry.imports.forms import ColumnsForm, ImportFilter, UploadForm, column_letters
from mingqian.registry.imports.states import BUSY_STATES, ImportPhase, ImportState, ImportTarget, RowOutcome
from mingqian.registry.models.imports import Import, ImportRow
from mingqian.registry.refusals import REASONS

#: Where what was brought in is listed.
_LISTS: dict[str, str] = {
    ImportTarget.SUBJECTS: "registry:subjects",
    ImportTarget.INSPECTORS: "registry:inspectors",
    ImportTarget.PERMITS: "registry:subjects",
    ImportTarget.FLAGS: "registry:flags",
    ImportTarget.EXEMPTIONS: "registry:exemptions",
}


@require_GET
@access.roles(*READER_ROLES)
def imports(request: HttpRequest) -> HttpResponseBase:
    """List all imports of the organ."""
    services.reap()
    user = user_of(request)
    form = ImportFilter(request.GET)
    rows = form.narrow(selectors.imports_visible_to(user))
    if asked := tables.asked_form(request):
        cells = map(workbook.import_cells, rows.iterator(2000))
        return tables.respond(asked, f"导入记录-{clock.today():%Y%m%d}", workbook.IMPORT_TITLES, cells)
    context = {
        "page": page_of(request, rows),
        "form": form,
        "filtered": any(form.cleaned_data.values()),
        "may_write": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/imports/imports.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a table."""
    wanted = request.GET.get("target", ImportTarget.SUBJECTS)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"target": wanted})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        target = ImportTarget(form.cleaned_data["target"])
        try:
            batch = services.upload(user_of(request), target=target, file_name=file.name, content=file.read())
        except (UnreadableError, DomainError) as error:
            form.add_error("file", str(error))
        else:
            return redirect("registry:import", number=batch.number)
    samples = [(value, label, columns_of(value)) for value, label in ImportTarget.choices]
    return render(
        request,
        "registry/imports/import_new.html",
        {"form": form, "samples": samples},
        status=400 if form.errors else 200,
    )


@require_GET
@access.roles(*OFFICER_ROLES)
def import_template(request: HttpRequest) -> HttpResponseBase:
    """Give an empty table with the columns of a target (`?target=flags`); that of subjects where none is named."""
    target = request.GET.get("target", "")
    return report.template_response(target if target in ImportTarget.values else ImportTarget.SUBJECTS)


@require_GET
@access.roles(*READER_ROLES)
def import_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show an import as it stands: at work, waiting for confirmation, or its report."""
    services.reap()
    batch = selectors.import_for(user_of(request), number)
    if request.headers.get("HX-Request") and batch.state in BUSY_STATES:
        return render(request, "registry/imports/_progress.html", _progress(batch))
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, "registry/imports/import.html", _page(request, batch))


def _page(request: HttpRequest, batch: Import) -> dict[str, Any]:
    context: dict[str, Any] = {"may_write": user_of(request).has_role(*OFFICER_ROLES), **_progress(batch)}
    if batch.state in BUSY_STATES:
        return context
    rows, outcome, code = _rows(request, batch)
    return context | {
        "page": page_of(request, rows),
        "outcome": outcome,
        "code": code,
        "outcomes": [(value, label, getattr(batch, value)) for value, label in RowOutcome.choices],
        "reasons": [(REASONS.get(key, key), key, count) for key, count in batch.work.reasons.items()],
        "missing": missing_columns(batch.target, batch.mapping),
        "recognised": (recognised := _recognised(batch)),
        "absent": [title for title, letters, _name in recognised if not letters],
        "preview": batch.work.preview,
        "preview_titles": report.PREVIEW_TITLES[batch.target],
        "writes": batch.taken + batch.updated,
        "list": _LISTS[batch.target],
        "has_report": batch.rows.exists(),
    }


def _recognised(batch: Import) -> list[tuple[str, str, str]]:
    """Return for each known column its title, and letters and title of the table's column, "" where it has none."""
    columns = batch.work.columns
    found = []
    for column in columns_of(batch.target):
        index = batch.mapping.get(column.key)
        letters = "" if index is None else column_letters(index)
        found.append((column.title, letters, columns[index] if index is not None and index < len(columns) else ""))
    return found


def _rows(request: HttpRequest, batch: Import) -> tuple[QuerySet[ImportRow], str, str]:
    rows = batch.rows.order_by("row")
    outcome, code = request.GET.get("outcome", ""), request.GET.get("code", "")
    if outcome in RowOutcome.values:
        rows = rows.filter(outcome=outcome)
    if code in REASONS:
        rows = rows.filter(code=code, outcome=RowOutcome.REFUSED)
    return rows, outcome, code


def _progress(batch: Import) -> dict[str, Any]:
    """Return what the worker has noted: phase, counts, time left by its own speed (writing: by that of the last import)."""
    work = batch.work
    now = timezone.now()
    elapsed = (now - work.phase_at).total_seconds()
    waiting = work.phase == ImportPhase.WAITING
    left: float | None = None
    if work.phase == ImportPhase.WRITING:
        rate = selectors.seconds_a_row(batch.organ)
        left = max(rate * work.total - elapsed, 1) if rate else None
    elif work.done and work.total > work.done:
        worked = max((work.beat_at - work.phase_at).total_seconds(), 0.1)
        left = worked * (work.total - work.done) / work.done
    return {
        "batch": batch,
        "work": work,
        "busy": batch.state in BUSY_STATES,
        "percent": min(work.done * 100 // work.total, 100) if work.total else None,
        "left": _duration(left) if left is not None else "",
        "idle": waiting and elapsed > 30,
        "ready": batch.state == ImportState.READY,
    }


def _duration(seconds: float) -> str:
    return f"{max(round(seconds), 1)} 秒" if seconds < 90 else f"{round(seconds / 60)} 分钟"


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def import_columns(request: HttpRequest, number: str) -> HttpResponse:
    """Let the clerk say how the table is read."""
    user = user_of(request)
    batch = selectors.import_for(user, number)
    if batch.state != ImportState.READY:
        messages.warning(request, "这次导入已经不能再调整读取方式。")
        return redirect("registry:import", number=number)
    form = ColumnsForm(request.POST or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.remap(
                user,
                batch,
                sheet=data["sheet"],
                header_row=data["header_row"],
                mapping=form.mapping(),
                update_existing=data["update_existing"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("registry:import", number=number)
    letters = [column_letters(index) for index in range(len(batch.work.columns))]
    context = {"form": form, "batch": batch, "work": batch.work, "letters": letters}
    return render(request, "registry/imports/import_columns.html", context, status=400 if form.errors else 200)


@require_POST
@access.roles(*OFFICER_ROLES)
def import_confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Bring the table in."""
    user = user_of(request)
    batch = selectors.import_for(user, number)
    try:
        services.confirm(user, batch, all_or_nothing=request.POST.get("mode") == "all")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("registry:import", number=number)


@require_POST
@access.roles(*OFFICER_ROLES)
def import_discard(request: HttpRequest, number: str) -> HttpResponse:
    """Give the table up."""
    user = user_of(request)
    services.discard(user, selectors.import_for(user, number))
    messages.success(request, f"已放弃导入 {number}，名录库没有变化。")
    return redirect("registry:imports")


@require_GET
@access.roles(*READER_ROLES)
def import_report(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the report by row."""
    batch = selectors.import_for(user_of(request), number)
    return tables.xlsx_response(f"导入结果-{batch.number}", report.REPORT_TITLES, report.report_rows(batch))


@require_GET
@access.roles(*OFFICER_ROLES)
def import_refused(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the refused rows as they came, with the reason, to be mended and brought again."""
    batch = selectors.import_for(user_of(request), number)
    return report.refused_response(batch)
