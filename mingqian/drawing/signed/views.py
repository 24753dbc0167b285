"""The signed copy of a draw's record: scans, the copy made of them, and all materials in one file (A9.4)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common.rows import row_or_404
from mingqian.documents.files.selectors import file_response
from mingqian.documents.files.states import by_media_type
from mingqian.drawing.draw.selectors import draw_at, draw_for
from mingqian.drawing.models.media import SignedPage
from mingqian.drawing.signed import services
from mingqian.drawing.signed.forms import SignedForm
from mingqian.pages import access
from mingqian.pages.submission import deed, submit


def _page(user: User, code: str, position: int) -> SignedPage:
    draw = draw_for(user, code)
    return row_or_404(
        draw.signed_pages.select_related("file", "draw").filter(position=position),
        "没有找到这份扫描件。请从抽取记录进入。",
    )


@access.form(*OFFICER_ROLES)
def attach(request: HttpRequest, code: str) -> HttpResponse:
    """Show the scans that wait, ask who signed on them, and make a copy of them."""
    user, draw = draw_at(request, code)
    tray, copies = services.tray_of(draw), services.copies_of(draw)
    names = [name for _label, name in services.names_on(draw)]
    seen = [int(text) for text in request.POST.getlist("seen") if text.isascii() and text.isdigit()]
    return submit(
        request,
        lambda data: SignedForm(data, names=names, again=bool(copies)),
        lambda form: services.attach(user, draw, seen=seen, **form.values()),
        template="drawing/record/signed.html",
        to=reverse("drawing:record", args=[code]),
        done=lambda copy: f"签字件（第 {copy.serial} 份）已存档。",
        context={"draw": draw, "tray": tray, "copies": copies},
    )


@access.act(*OFFICER_ROLES)
def remove(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Take a scan out of those that wait."""
    user = user_of(request)
    page = _page(user, code, position)
    return deed(
        request,
        lambda: services.remove_page(user, page),
        done=lambda row: f"已移出：{row.name}",
        to=reverse("drawing:record", args=[code]),
    )


@require_safe
@access.roles(*READER_ROLES)
def page_file(request: HttpRequest, code: str, position: int) -> HttpResponseBase:
    """Give a scan."""
    found = _page(user_of(request), code, position)
    kind = by_media_type(found.media_type)
    name = f"{found.draw.code}-签字件-{found.position}.{kind.suffix if kind else 'bin'}"
    inline = found.is_picture and "download" not in request.GET
    return file_response(request, found.file, media_type=found.media_type, name=name, inline=inline)
