"""The record of a change: looked at, numbered, given out as PDF and Word."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.documents.models import PaperNumber
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.services import paper_response, wording
from mingqian.documents.papers.states import Paper
from mingqian.drawing.addresses import public_address
from mingqian.drawing.changes import services
from mingqian.drawing.changes.papers import CHANGE_RECORD, change_facts_of, change_record_of
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.models.changes import Supplement
from mingqian.pages import access

reader = access.roles(*READER_ROLES)


def _made(request: HttpRequest, code: str, serial: int) -> tuple[Supplement, PaperNumber | None]:
    row = change_for(user_of(request), code, serial)
    if row.state != ChangeState.OPENED:
        raise Http404("变更办理完成之后才有变更记录。")
    kept = PaperNumber.objects.filter(series__organ=row.draw.organ, series__kind=CHANGE_RECORD.key)
    return row, kept.filter(about=row.ledger_subject).first()


def _paper(request: HttpRequest, row: Supplement, number: PaperNumber | None) -> Paper:
    address = public_address(request, row.draw)
    facts = change_facts_of(row, number=number.text if number else "", address=address)
    return change_record_of(facts, wording(row.draw.organ, CHANGE_RECORD, number.given_at if number else None))


@require_http_methods(["GET", "POST"])
@reader
def record(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show the record as it will be printed; an officer gives it its number (A9.4, A10.1)."""
    user = user_of(request)
    row, number = _made(request, code, serial)
    if request.method == "POST":
        number = services.number_record(user, row)
        messages.success(request, f"已取号：{number.text}。请打印，由有关人员签字。")
        return redirect("drawing:change-record", code=code, serial=serial)
    context = {
        "draw": row.draw,
        "row": row,
        "number": number,
        "paper": preview(_paper(request, row, number)),
        "may_number": number is None and is_officer(user, row.draw),
    }
    return render(request, "drawing/changes/change_record.html", context)


@require_GET
@reader
def record_file(request: HttpRequest, code: str, serial: int, form: str) -> HttpResponse:
    """Give the numbered record as PDF or Word; the same each time, save for signatures that come in."""
    row, number = _made(request, code, serial)
    if number is None or form not in {"pdf", "docx"}:
        raise Http404("请先给变更记录取号，再下载。")
    name = f"{CHANGE_RECORD.title}-{row.draw.draw_id}-{row.number}"
    return paper_response([_paper(request, row, number)], form, name, number.given_at)
