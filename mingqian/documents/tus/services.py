"""Uploads over HTTP as tus 1.0.0 has them (tus.io): creation, offset, pieces with a checksum, expiration, termination.

What is refused is told as a text that a person can read. The room that owns the thing decides who may, and what becomes of the file.
"""

import base64
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError
from mingqian.documents.models.uploads import Upload
from mingqian.documents.uploads import services as upload_services
from mingqian.documents.uploads.services import MOST_PIECE, Announced, Purpose, UploadError, give_up
from mingqian.documents.uploads.states import UploadState
from mingqian.ledger.services import StateConflictError

VERSION = "1.0.0"
_PIECE = "application/offset+octet-stream"
#: The methods of the two addresses.
CREATING, GOING_ON = ("OPTIONS", "POST"), ("OPTIONS", "GET", "HEAD", "PATCH", "DELETE")


def _marked(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def _refused(error: UploadError) -> HttpResponse:
    return _marked(HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8"))


def _options(most: int) -> HttpResponse:
    response = _marked(HttpResponse(status=204))
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = "creation,expiration,checksum,termination"
    response["Tus-Checksum-Algorithm"] = "sha1,sha256"
    response["Tus-Max-Size"] = str(most)
    return response


def _check_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UploadError(412, "请用页面上的“选择文件”上传。")


def _whole(request: HttpRequest, header: str, default: str = "") -> int:
    text = request.headers.get(header, "") or default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UploadError(400, "请求不完整，请刷新页面后重新选择文件。")
    return int(text)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """Return what `Upload-Metadata` says: pairs of a key and its value in base64, separated by commas."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _blank, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError as error:  # also what base64 and UTF-8 raise
            raise UploadError(400, "请求不完整，请刷新页面后重新选择文件。") from error
    return found


def _announced(request: HttpRequest, purposes: Mapping[str, Purpose]) -> tuple[Purpose, Announced]:
    told = _metadata(request)
    purpose = purposes.get(told.get("purpose", ""))
    if purpose is None:
        raise UploadError(400, "没有说明文件的用途，请刷新页面后重新选择文件。")
    size = _whole(request, "Upload-Length")
    return purpose, Announced(told.get("filename", ""), size, told.get("head", ""), told.get("note", ""))


def answer_creation(
    request: HttpRequest,
    user: User,
    *,
    about: str,
    purposes: Mapping[str, Purpose],
    address: Callable[[Upload], str],
    check: Callable[[str, Announced], None],
) -> HttpResponse:
    """Answer a browser that wants to send a file about a thing: 201 and where, or 200 where the same file is on its way already.

    `check` is asked with the purpose and what is said of the file, and raises DomainError where it need not be sent, or not yet.
    """
    if request.method == "OPTIONS":
        return _options(max(purpose.most for purpose in purposes.values()))
    try:
        _check_version(request)
        purpose, file = _announced(request, purposes)
        check(purpose.key, file)
        row, new = upload_services.begin(user, about=about, purpose=purpose, told=file)
    except UploadError as error:
        return _refused(error)
    except DomainError as error:
        return _refused(UploadError(409, str(error)))
    response = _marked(HttpResponse(status=201 if new else 200))
    response["Location"] = address(row)
    response["Upload-Offset"] = str(row.offset)
    response["Upload-Expires"] = http_date(row.expires_at.timestamp())
    return response


def answer_upload(
    request: HttpRequest, user: User, row: Upload, purpose: Purpose, finish: Callable[[Upload], None]
) -> HttpResponse:
    """Answer about an upload that is the user's own: how far it is, a piece more, or that it is given up.

    `finish` is called when all bytes are there, and again for each empty piece at the end, should it have been cut off.
    """
    if request.method == "OPTIONS":
        return _options(purpose.most)
    if request.method == "GET":
        told = {"state": row.state, "offset": row.offset, "size": row.size, "message": row.why}
        return _marked(JsonResponse(told, json_dumps_params={"ensure_ascii": False}))
    try:
        _check_version(request)
        return _act(request, user, row, purpose, finish)
    except UploadError as error:
        return _refused(error)
    except StateConflictError as error:
        return _refused(UploadError(409, str(error)))


def _act(
    request: HttpRequest, user: User, row: Upload, purpose: Purpose, finish: Callable[[Upload], None]
) -> HttpResponse:
    if request.method == "HEAD":
        return _told(row, 200)
    if request.method == "DELETE":
        give_up(user, row)
        return _marked(HttpResponse(status=204))
    return _patch(request, row, purpose, finish)


def _told(row: Upload, status: int) -> HttpResponse:
    if status == 200 and row.state not in {UploadState.RUNNING, UploadState.STORED}:
        return _marked(HttpResponse(status=410))
    response = _marked(HttpResponse(status=status))
    response["Upload-Offset"] = str(row.offset)
    response["Upload-Length"] = str(row.size)
    if row.state == UploadState.RUNNING:
        response["Upload-Expires"] = http_date(row.expires_at.timestamp())
    return response


def _patch(request: HttpRequest, row: Upload, purpose: Purpose, finish: Callable[[Upload], None]) -> HttpResponse:
    if request.content_type != _PIECE:
        raise UploadError(415, "请用页面上的“选择文件”上传。")
    length = _whole(request, "Content-Length", "0")
    if length > MOST_PIECE:
        raise UploadError(413, f"一段不能超过 {MOST_PIECE} 字节。")
    content = request.body
    if len(content) != length:
        raise UploadError(400, "这一段没有收全，会自动重传。")
    row = upload_services.add(
        row,
        purpose.kinds,
        offset=_whole(request, "Upload-Offset"),
        content=content,
        checksum=request.headers.get("Upload-Checksum", ""),
    )
    if row.is_complete:
        finish(row)
    return _told(row, 204)
