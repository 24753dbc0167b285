"""The annual plans in public (art. 8): every published version for ever, as page, workbook, paper and open data. Nobody signs in here."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from mingqian.accounts.models import Organ
from mingqian.common import clock, tables
from mingqian.common.text import clean
from mingqian.documents.files import services as file_services
from mingqian.documents.papers import services as paper_services, states as paper_states
from mingqian.documents.papers.states import Paper
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.models import EntryRevision, PlanVersion
from mingqian.planning.plans import selectors as plan_selectors
from mingqian.planning.plans.selectors import PLAN_TITLES, entry_cells, entry_shown
from mingqian.planning.selectors import PLAN_RECORDS
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.rules.deadlines.selectors import law_date


@require_GET
@access.public
def plans(request: HttpRequest) -> HttpResponse:
    """Show the plans of an organ by year, the latest first."""
    organs = list(plan_selectors.organs_with_plans())
    organ = next((o for o in organs if o.code == request.GET.get("organ")), organs[0] if organs else None)
    rows = [(plan, PLAN_RECORDS.current(plan)) for plan in plan_selectors.years_with_plans(organ)] if organ else []
    context: dict[str, Any] = {"organs": organs, "organ": organ}
    context["rows"] = [
        (plan, version, len(PLAN_RECORDS.lines(version)), task_selectors.plan_state(plan))
        for plan, version in rows
        if version
    ]
    return render(request, "disclosure/plans.html", context)


@require_GET
@access.public
def plan(request: HttpRequest, organ: str, year: int, number: int) -> HttpResponse:
    """Show a published version: its entries with how far they have come, what it changed and why, its digest on the log."""
    version = PLAN_RECORDS.public(number, plan__organ__code=organ, plan__year=year)
    rows = PLAN_RECORDS.lines(version)
    query = clean(request.GET.get("q", ""))[:100]
    words = query.lower().split()
    found = [row for row in rows if all(word in f"{row.entry.code} {row.title}".lower() for word in words)]
    published = [e for e in ledger.entries_on(version.ledger_subject) if e.verb == "plan.publish"]
    versions = list(PLAN_RECORDS.published(version.plan))
    current = versions[0] == version
    context = {
        "version": version,
        "plan": version.plan,
        "versions": versions,
        "current": current,
        "state": task_selectors.plan_state(version.plan) if current else "",
        "page": page_of(request, found),
        "total": len(rows),
        "query": query,
        "changes": plan_selectors.version_changes(version),
        "entry": published[-1] if published else None,
    }
    return render(request, "disclosure/plan.html", context)


@require_GET
@access.public
def plan_entry(request: HttpRequest, organ: str, year: int, number: int, code: str) -> HttpResponse:
    """Show what a version says of one entry, and what has become of it."""
    version = PLAN_RECORDS.public(number, plan__organ__code=organ, plan__year=year)
    row = next((line for line in PLAN_RECORDS.lines(version) if line.entry.code == code), None)
    if row is None:
        raise Http404("这一版计划里没有这个条目。")
    newest = PLAN_RECORDS.current(version.plan)
    context = {
        "version": version,
        "plan": version.plan,
        "row": row,
        "shown": entry_shown(row, version),
        "newest": newest if newest != version else None,
        "times": task_selectors.progress_of(version.plan, [row]),
    }
    return render(request, "disclosure/plan_entry.html", context)


@require_GET
@access.public
def plan_json(_request: HttpRequest, organ: str, year: int, number: int) -> HttpResponse:
    """Hand out the published file, byte for byte: SHA-256 of it stands on the log."""
    version = PLAN_RECORDS.public(number, plan__organ__code=organ, plan__year=year)
    if version.document is None:
        raise Http404("这一版计划没有公布文件。")
    response = HttpResponse(file_services.read(version.document), content_type="application/json; charset=utf-8")
    name = f"annual-plan-{organ}-{year}-{number}.json"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@access.public
def plan_file(_request: HttpRequest, organ: str, year: int, number: int, form: str) -> HttpResponseBase:
    """Hand out a version as a workbook or as a paper."""
    version = PLAN_RECORDS.public(number, plan__organ__code=organ, plan__year=year)
    name = _name(version.plan.organ, year, number)
    rows = PLAN_RECORDS.lines(version)
    if form == "pdf":
        return paper_services.paper_response([_paper(version, rows)], "pdf", name, version.decided_at or clock.now())
    cells = (entry_cells(i, row, entry_shown(row, version)) for i, row in enumerate(rows, 1))
    return tables.respond(form, name, PLAN_TITLES, cells)


def _name(organ: Organ, year: int, number: int) -> str:
    return f"{organ.short_name}{year}年度抽查工作计划-第{number}版"


#: Columns of the paper: key of what an entry says, title, width.
_COLUMNS = (
    ("title", "抽查任务", 6),
    ("items", "抽查事项", 8),
    ("target", "检查对象", 6),
    ("kind", "事项类别", 3),
    ("quota", "比例或数量", 5),
    ("frequency", "频次", 2),
    ("estimated", "预估对象", 3),
    ("windows", "检查时间", 6),
    ("division", "检查主体", 3),
)


def _paper(version: PlanVersion, rows: list[EntryRevision]) -> Paper:
    columns = (
        paper_states.Column("序号", 1, paper_states.CENTER),
        *(paper_states.Column(title, weight) for _key, title, weight in _COLUMNS),
    )
    table = []
    for i, row in enumerate(rows, 1):
        said = {one.key: one.text for one in entry_shown(row, version)}
        table.append((str(i), *(said.get(key, "") for key, _title, _weight in _COLUMNS)))
    plan = version.plan
    when = paper_states.day_in_words(law_date(version.decided_at)) if version.decided_at else ""
    return Paper(
        title=version.title,
        organ=plan.organ.name,
        landscape=True,
        blocks=(
            paper_states.Paragraph(f"第 {version.number} 版，{when}经局领导批准公布。{version.why}"),
            paper_states.Table(columns, tuple(table)),
            paper_states.Note(f"公布文件的数字指纹（SHA-256）：{version.document_id}"),
        ),
    )
