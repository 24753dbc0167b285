"""Pictures and videos of a draw: sent in pieces, shown and played, described, withdrawn (A9.4)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.rows import row_or_404
from mingqian.documents.files.selectors import file_response, stored_as
from mingqian.documents.files.states import by_media_type
from mingqian.documents.models import Upload
from mingqian.documents.tus.services import CREATING, GOING_ON, answer_creation, answer_upload
from mingqian.documents.uploads.selectors import uploads_about
from mingqian.documents.uploads.services import Announced
from mingqian.drawing.draw.selectors import draw_at, draw_for, refuse_stranger
from mingqian.drawing.media import services
from mingqian.drawing.media.forms import CaptionForm, WithdrawMediaForm
from mingqian.drawing.media.selectors import SIGNED, _may_add, gallery_of, purposes
from mingqian.drawing.media.tasks import received
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import DrawMedia
from mingqian.drawing.signed.services import refuse_early
from mingqian.pages import access
from mingqian.pages.submission import submit


def _may_see(user: User, found: DrawMedia) -> bool:
    """Say whether `user` sees the content: what was withdrawn for what it shows is kept as evidence, not shown around."""
    return not found.withdrawn_why or user.has_role(Role.REGULATIONS_OFFICER, *LEADER_ROLES)


@access.page(*READER_ROLES)
def gallery(request: HttpRequest, code: str) -> HttpResponse:
    """Give the part of the page with the pictures and videos anew, after one has come."""
    _user, draw = draw_at(request, code)
    return render(request, "drawing/media/_gallery.html", {"draw": draw, "gallery": gallery_of(draw)})


def _media(user: User, code: str, serial: int) -> tuple[Draw, DrawMedia]:
    draw = draw_for(user, code)
    found = row_or_404(
        draw.media.select_related("file", "added_by", "withdrawn_by").filter(serial=serial),
        "没有找到这份影像。请从抽取的“影像”页进入。",
    )
    return draw, found


@access.form(*READER_ROLES)
def one(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Show a picture or video with all that is known of it; an officer words anew what it shows."""
    user = user_of(request)
    draw, found = _media(user, code, serial)
    return submit(
        request,
        lambda data: CaptionForm(data, initial={"caption": found.caption}),
        lambda form: services.describe(user, found, caption=form.cleaned_data["caption"]),
        template="drawing/media/media.html",
        to=reverse("drawing:media-one", args=[code, serial]),
        done="说明已保存。",
        context={
            "draw": draw,
            "media": found,
            "may_change": _may_add(user, draw) and not found.withdrawn_why,
            "may_see": _may_see(user, found),
        },
    )


@access.form(*OFFICER_ROLES)
def withdraw(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Withdraw what was put on file by mistake: a page of its own, since it cannot be taken back."""
    user = user_of(request)
    draw, found = _media(user, code, serial)
    return submit(
        request,
        WithdrawMediaForm,
        lambda form: services.withdraw(user, found, why=form.cleaned_data["why"]),
        template="drawing/media/media_withdraw.html",
        to=reverse("drawing:draw", args=[code]) + "?tab=media",
        done=f"{found}已撤下，原件和数字指纹仍然留存。",
        context={"draw": draw, "media": found},
    )


@require_safe
@access.roles(*READER_ROLES)
def media_file(request: HttpRequest, code: str, serial: int) -> HttpResponseBase:
    """Give the file itself, whole or the part that a player asks for."""
    user = user_of(request)
    draw, found = _media(user, code, serial)
    if not _may_see(user, found):
        raise NotAllowedError("这份影像已经撤下，只有综合法规科和领导可以查看。")
    kind = by_media_type(found.media_type)
    name = f"{draw.code}-{found.serial}.{kind.suffix if kind else 'bin'}"
    inline = "download" not in request.GET
    return file_response(request, found.file, media_type=found.media_type, name=name, inline=inline)


@require_http_methods(list(CREATING))
@access.roles(*OFFICER_ROLES)
def uploads(request: HttpRequest, code: str) -> HttpResponse:
    """Let an officer begin to send a file about a draw, or go on with one that was cut off."""
    user, draw = draw_at(request, code)
    refuse_stranger(user, draw)

    def address(row: Upload) -> str:
        return reverse("drawing:upload", args=[code, row.key])

    return answer_creation(
        request, user, about=draw.ledger_subject, purposes=purposes(), address=address, check=_check(draw)
    )


def _check(draw: Draw) -> Callable[[str, Announced], None]:
    """Return what is asked before a file is sent at all: nobody is to send for an hour what cannot be taken."""

    def ask(purpose: str, told: Announced) -> None:
        if purpose == SIGNED:
            refuse_early(draw)
            return
        known = stored_as(draw.ledger_subject, purpose, told)
        if found := draw.media.filter(file__in=known, withdrawn_why="").first():
            raise DomainError(f"这个文件已经在档：{found}。")

    return ask


@require_http_methods(list(GOING_ON))
@access.roles(*OFFICER_ROLES)
def upload(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Take the pieces of a file, from who began to send it and nobody else."""
    user, draw = draw_at(request, code)
    refuse_stranger(user, draw)
    row = row_or_404(
        uploads_about(user, draw.ledger_subject).select_related("owner").filter(key=key),
        "没有找到这次上传。请刷新页面后重新选择文件。",
    )
    return answer_upload(request, user, row, purposes()[row.purpose], received)
