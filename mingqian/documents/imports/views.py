"""Pages of imports: upload, preview, columns, progress, report."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import tables
from mingqian.common.errors import DomainError
from mingqian.documents.imports import report, selectors, services
from mingqian.documents.imports.columns import missing_columns
from mingqian.documents.imports.forms import ColumnsForm, UploadForm, column_letters
from mingqian.documents.imports.listing import IMPORT_LIST, may_import
from mingqian.documents.imports.procedure import IMPORTS
from mingqian.documents.imports.states import BUSY_STATES, ImportPhase, ImportState, RowOutcome, kinds
from mingqian.documents.models.imports import Import, ImportRow
from mingqian.documents.tables.states import UnreadableError
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.submission import deed, submit


def _address(batch: Import) -> str:
    return IMPORTS.page(batch)


@require_GET
@access.roles(*READER_ROLES)
def imports(request: HttpRequest) -> HttpResponseBase:
    """List all imports of the organ."""
    services.reap()
    return IMPORT_LIST.respond(request, may_import=may_import(user_of(request)))


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def new(request: HttpRequest) -> HttpResponse:
    """Take a table."""
    user = user_of(request)
    offered = [kind for kind in kinds() if not kind.why_not(user, user.organ)]
    wanted = request.GET.get("kind", offered[0].name if offered else "")

    def act(form: UploadForm) -> Import:
        file = form.cleaned_data["file"]
        try:
            return services.upload(user, kind=form.cleaned_data["kind"], file_name=file.name, content=file.read())
        except UnreadableError as error:
            raise DomainError(str(error), field="file") from error

    return submit(
        request,
        lambda data: UploadForm(data, request.FILES or None, offered=offered, initial={"kind": wanted}),
        act,
        template="documents/imports/new.html",
        to=_address,
        context={"kinds": offered},
    )


@require_GET
@access.roles(*OFFICER_ROLES)
def template(request: HttpRequest) -> HttpResponseBase:
    """Give an empty table with the columns of a kind (`?kind=flags`); that of the first where none is named."""
    wanted = request.GET.get("kind", "")
    return report.template_response(next((kind for kind in kinds() if kind.name == wanted), kinds()[0]))


@require_GET
@access.roles(*READER_ROLES)
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Show an import as it stands: at work, waiting for confirmation, or its report."""
    services.reap()
    batch = selectors.import_for(user_of(request), number)
    if request.headers.get("HX-Request") and batch.state in BUSY_STATES:
        return render(request, "documents/imports/_progress.html", _progress(batch))
    if request.headers.get("HX-Request"):
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, "documents/imports/import.html", _page(request, batch))


def _page(request: HttpRequest, batch: Import) -> dict[str, Any]:
    user = user_of(request)
    context: dict[str, Any] = {"may_write": not IMPORTS.forbids(user, batch, "confirm"), **_progress(batch)}
    if batch.state in BUSY_STATES:
        return context
    rows, outcome, code = _rows(request, batch)
    words = batch.kind.reasons
    return context | {
        "page": page_of(request, rows),
        "outcome": outcome,
        "code": code,
        "outcomes": [(value, label, getattr(batch, value)) for value, label in RowOutcome.choices],
        "reasons": [(words.get(key, key), key, count) for key, count in batch.work.reasons.items()],
        "missing": missing_columns(batch.kind, batch.mapping),
        "recognised": (recognised := _recognised(batch)),
        "absent": [title for title, letters, _name in recognised if not letters],
        "preview": batch.work.preview,
        "writes": batch.taken + batch.updated,
        "has_report": batch.rows.exists(),
    }


def _recognised(batch: Import) -> list[tuple[str, str, str]]:
    """Return for each known column its title, and letters and title of the table's column, "" where it has none."""
    columns = batch.work.columns
    found = []
    for column in batch.kind.columns:
        index = batch.mapping.get(column.key)
        letters = "" if index is None else column_letters(index)
        found.append((column.title, letters, columns[index] if index is not None and index < len(columns) else ""))
    return found


def _rows(request: HttpRequest, batch: Import) -> tuple[QuerySet[ImportRow], str, str]:
    rows = batch.rows.order_by("row")
    outcome, code = request.GET.get("outcome", ""), request.GET.get("code", "")
    if outcome in RowOutcome.values:
        rows = rows.filter(outcome=outcome)
    if code in batch.kind.reasons:
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
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """Let the clerk say how the table is read."""
    user = user_of(request)
    batch = selectors.import_for(user, number)
    if batch.state != ImportState.READY:
        messages.warning(request, "这次导入已经不能再调整读取方式。")
        return redirect(_address(batch))

    def act(form: ColumnsForm) -> Import:
        names = ("sheet", "header_row", "update_existing")
        asked = {name: form.cleaned_data[name] for name in names}
        return services.remap(user, batch, mapping=form.mapping(), **asked)

    letters = [column_letters(index) for index in range(len(batch.work.columns))]
    return submit(
        request,
        lambda data: ColumnsForm(data, batch=batch),
        act,
        template="documents/imports/columns.html",
        to=_address,
        context={"batch": batch, "work": batch.work, "letters": letters},
    )


@require_POST
@access.roles(*OFFICER_ROLES)
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Bring the table in."""
    user = user_of(request)
    batch = selectors.import_for(user, number)
    whole = request.POST.get("mode") == "all"
    return deed(request, lambda: services.confirm(user, batch, all_or_nothing=whole), to=_address(batch))


@require_POST
@access.roles(*OFFICER_ROLES)
def discard(request: HttpRequest, number: str) -> HttpResponse:
    """Give the table up."""
    user = user_of(request)
    batch = selectors.import_for(user, number)
    return deed(
        request,
        lambda: services.discard(user, batch),
        done=f"已放弃导入 {number}，{batch.kind.into}没有变化。",
        to=reverse("imports:list"),
        back=_address(batch),
    )


@require_GET
@access.roles(*READER_ROLES)
def rows_report(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the report by row."""
    batch = selectors.import_for(user_of(request), number)
    return tables.xlsx_response(f"导入结果-{batch.number}", report.REPORT_TITLES, report.report_rows(batch))


@require_GET
@access.roles(*OFFICER_ROLES)
def refused(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give the refused rows as they came, with the reason, to be mended and brought again."""
    batch = selectors.import_for(user_of(request), number)
    return report.refused_response(batch)
