"""The record of a draw: looked at, numbered, given out as PDF and Word."""

from typing import Any

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
from mingqian.drawing.draw.selectors import draw_for, is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.media import services as media_services
from mingqian.drawing.media.views import uploader
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.record import services
from mingqian.drawing.record.papers import RECORD, facts_of, record_of
from mingqian.pages import access


def _record(request: HttpRequest, draw: Draw, number: PaperNumber | None) -> Paper:
    facts = facts_of(draw, number=number, address=public_address(request, draw))
    return record_of(facts, wording(draw.organ, RECORD, number.given_at if number else None))


def _opened(request: HttpRequest, code: str) -> tuple[Draw, PaperNumber | None]:
    draw = draw_for(user_of(request), code)
    if draw.state != DrawState.OPENED:
        raise Http404("抽取开签之后才有抽取记录。")
    return draw, services.number_of(draw)


def _signing(draw: Draw) -> dict[str, Any]:
    copies = services.copies_of(draw)
    return {"copies": copies, "tray": services.tray_of(draw), "signers": services.signers_of(draw, copies)}


@require_http_methods(["GET", "POST"])
@access.roles(*READER_ROLES)
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Show the record as it will be printed; an officer gives it its number (A9.4)."""
    user = user_of(request)
    draw, number = _opened(request, code)
    if request.method == "POST":
        number = services.number_record(user, draw)
        messages.success(request, f"已取号：{number.text}。请打印，由到场人员签字。")
        return redirect("drawing:record", code=code)
    officer = is_officer(user, draw)
    context = {
        "draw": draw,
        "number": number,
        "paper": preview(_record(request, draw, number)),
        "may_number": number is None and officer,
        **_signing(draw),
    }
    if number is not None and officer:
        context["uploader"] = uploader(user, draw, media_services.SIGNED)
    return render(request, "drawing/record/record.html", context)


@require_GET
@access.roles(*READER_ROLES)
def record_file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Give the numbered record as PDF or Word; the same each time, save for signatures that come in."""
    draw, number = _opened(request, code)
    if number is None or form not in {"pdf", "docx"}:
        raise Http404("请先给抽取记录取号，再下载。")
    paper = _record(request, draw, number)
    return paper_response([paper], form, f"{RECORD.title}-{draw.draw_id}", number.given_at)
