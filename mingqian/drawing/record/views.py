"""The record of a draw or of a change: looked at, numbered, given out as PDF and Word."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.documents.models import PaperNumber
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.services import paper_response
from mingqian.drawing.addresses import public_address
from mingqian.drawing.ceremony.selectors import lot_for
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.media.selectors import SIGNED, uploader
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.record import services
from mingqian.drawing.record.materials import materials_response
from mingqian.drawing.record.papers import record_paper
from mingqian.drawing.signed import services as signed_services
from mingqian.pages import access


def _opened(request: HttpRequest, code: str, serial: int | None) -> tuple[Lot, PaperNumber | None]:
    lot = lot_for(user_of(request), code, serial, sealed=False)
    if lot.thing.state != DrawState.OPENED:
        raise Http404(f"{'变更办理完成' if lot.supplement else '抽取开签'}之后才有{lot.record_name}。")
    return lot, lot.record_number


def _signing(draw: Draw) -> dict[str, Any]:
    copies = signed_services.copies_of(draw)
    return {
        "copies": copies,
        "tray": signed_services.tray_of(draw),
        "signers": signed_services.signers_of(draw, copies),
    }


@access.form(*READER_ROLES)
def record(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Show the record of a draw or of a change as it will be printed; an officer gives it its number (A9.4, A10.1)."""
    user = user_of(request)
    lot, number = _opened(request, code, serial)
    if request.method == "POST":
        number = services.number_record(user, lot.thing)
        signers = "有关人员" if lot.supplement else "到场人员"
        messages.success(request, f"已取号：{number.text}。请打印，由{signers}签字。")
        return redirect(request.path)
    officer = is_officer(user, lot.draw)
    context = {
        "draw": lot.draw,
        "lot": lot,
        "number": number,
        "paper": preview(record_paper(lot, public_address(request, lot.draw))),
        "may_number": number is None and officer,
        "pdf": lot.page("record-file", "pdf"),
        "word": lot.page("record-file", "docx"),
    }
    if lot.supplement is None and number is not None:
        context |= _signing(lot.draw)
        context["uploader"] = uploader(user, lot.draw, SIGNED) if officer else None
    return render(request, "drawing/record/record.html", context)


@access.page(*READER_ROLES)
def record_file(request: HttpRequest, code: str, form: str, serial: int | None = None) -> HttpResponse:
    """Give the numbered record as PDF or Word; the same each time, save for signatures that come in."""
    lot, number = _opened(request, code, serial)
    if number is None or form not in {"pdf", "docx"}:
        raise Http404(f"请先给{lot.record_name}取号，再下载。")
    paper = record_paper(lot, public_address(request, lot.draw))
    which = f"-{lot.supplement.number}" if lot.supplement else ""
    return paper_response([paper], form, f"{lot.record_name}-{lot.draw.draw_id}{which}", number.given_at)


@access.page(*READER_ROLES)
def materials(request: HttpRequest, code: str) -> HttpResponse:
    """Give the record, its signed pages and the list of pictures and videos as one PDF."""
    lot, number = _opened(request, code, None)
    if number is None:
        raise Http404("请先给抽取记录取号，再下载全部材料。")
    return materials_response(lot.draw, public_address(request, lot.draw))
