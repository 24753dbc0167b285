"""The item lists in public (art. 5): every published version for ever, as page, workbook, PDF and open data. Nobody signs in here."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from mingqian.accounts.models import Organ
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.documents.files import services as file_services
from mingqian.documents.papers import services as paper_services
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.items.selectors import organs_with_lists, paper_of, version_changes, workbook_of
from mingqian.planning.items.states import ItemKind
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models import ItemRevision, ListVersion
from mingqian.planning.selectors import ITEM_RECORDS


def _found(row: ItemRevision, query: str) -> bool:
    text = f"{row.item.code} {row.category} {row.name} {row.sub_item} {row.target}".lower()
    return all(word in text for word in query.lower().split())


@require_GET
@access.public
def item_lists(request: HttpRequest) -> HttpResponse:
    """Show the list that counts of an organ, and every version that it ever published."""
    organs = list(organs_with_lists())
    organ = next((o for o in organs if o.code == request.GET.get("organ")), organs[0] if organs else None)
    context: dict[str, Any] = {"organs": organs, "organ": organ}
    if organ is not None:
        versions = list(ITEM_RECORDS.published(organ))
        context |= {"versions": versions, **_rows(request, versions[0])}
    return render(request, "disclosure/item_lists.html", context)


def _rows(request: HttpRequest, version: ListVersion) -> dict[str, Any]:
    """Return what a list shows: its items after the filters, with the state of their bases today."""
    query, kind = clean(request.GET.get("q", ""))[:100], request.GET.get("kind", "")
    rows = ITEM_RECORDS.lines(version)
    book, today = law_book(rows), clock.today()
    found = [row for row in rows if _found(row, query) and (kind not in ItemKind.values or row.kind == kind)]
    page = page_of(request, found)
    return {
        "version": version,
        "page": page,
        "items": [(row, book.problem(row.bases, today)) for row in page],
        "total": len(rows),
        "query": query,
        "kind": kind,
        "kinds": ItemKind.choices,
        "today": today,
    }


@require_GET
@access.public
def item_list(request: HttpRequest, organ: str, number: int) -> HttpResponse:
    """Show a published version: its items, what it changed word for word and why, its digest on the log."""
    version = ITEM_RECORDS.public(number, organ__code=organ)
    published = [e for e in ledger.entries_on(version.ledger_subject) if e.verb == "item-list.publish"]
    context = {
        **_rows(request, version),
        "versions": list(ITEM_RECORDS.published(version.organ)),
        "changes": version_changes(version),
        "entry": published[-1] if published else None,
    }
    return render(request, "disclosure/item_list.html", context)


@require_GET
@access.public
def item(request: HttpRequest, organ: str, number: int, code: str) -> HttpResponse:
    """Show what a version says of one item, with the notes for companies (A4.3) and the state of its bases today."""
    version = ITEM_RECORDS.public(number, organ__code=organ)
    row = next((row for row in ITEM_RECORDS.lines(version) if row.code == code), None)
    if row is None:
        raise Http404("这一版清单里没有这个事项。")
    book, today = law_book([row]), clock.today()
    newest = ITEM_RECORDS.current(version.organ)
    context = {
        "version": version,
        "newest": newest if newest != version else None,
        "row": row,
        "shown": item_selectors.fields_of(row, item_selectors.scope_names(version.organ)),
        "judged": book.judge_all(row.bases, today),
        "problem": book.problem(row.bases, today),
        "today": today,
    }
    return render(request, "disclosure/item.html", context)


@require_GET
@access.public
def item_list_json(_request: HttpRequest, organ: str, number: int) -> HttpResponse:
    """Hand out the published file, byte for byte: SHA-256 of it stands on the log."""
    version = ITEM_RECORDS.public(number, organ__code=organ)
    if version.document is None:
        raise Http404("这一版清单没有公布文件。")
    response = HttpResponse(file_services.read(version.document), content_type="application/json; charset=utf-8")
    name = f"item-list-{version.organ.code}-{number}.json"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
@access.public
def item_list_xlsx(_request: HttpRequest, organ: str, number: int) -> HttpResponseBase:
    """Hand out a version as a workbook."""
    version = ITEM_RECORDS.public(number, organ__code=organ)
    titles, cells = workbook_of(version, clock.today())
    return tables.xlsx_response(_name(version.organ, number), titles, cells, sheet_name="清单")


@require_GET
@access.public
def item_list_pdf(_request: HttpRequest, organ: str, number: int) -> HttpResponse:
    """Hand out a version as PDF/A, the same file each time. About a second for 300 items, less when asked again."""
    version = ITEM_RECORDS.public(number, organ__code=organ)
    published = version.decided_at or clock.now()
    try:
        return paper_services.paper_response([paper_of(version)], "pdf", _name(version.organ, number), published)
    except DomainError as error:
        raise DomainError("这一版清单暂时不能生成 PDF，请下载 Excel。") from error


def _name(organ: Organ, number: int) -> str:
    return f"{organ.short_name}随机抽查事项清单-第{number}版"
