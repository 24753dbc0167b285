"""Reading stored files; giving one out, whole or in the part that a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase

from mingqian.documents.files.services import FileDamagedError, check, read, slice_of, stored_size
from mingqian.documents.models.files import StoredFile
from mingqian.documents.models.uploads import Upload
from mingqian.documents.uploads.services import Announced
from mingqian.documents.uploads.states import UploadState

#: No file has more digits of bytes; longer ones are nothing that a player asks.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class _UnsatisfiableError(Exception):
    """The part that was asked for lies outside of the file."""


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the one part that is asked for, None for the whole: also where several are, or nobody can read it."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = int(found[2])
        if length == 0:
            raise _UnsatisfiableError
        return max(0, size - length), size - 1
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise _UnsatisfiableError
    return first, min(last, size - 1)


def file_response(
    request: HttpRequest, row: StoredFile, *, media_type: str, name: str, inline: bool
) -> HttpResponseBase:
    """Answer with a stored file for this user's browser alone; `inline` shows it, else it is saved under `name`."""
    tag = f'"{row.digest}"'
    wanted = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if tag in wanted:
        return _marked(HttpResponseNotModified(), tag)
    header = request.headers.get("Range", "") if request.headers.get("If-Range", tag) == tag else ""
    try:
        span = _span(header, row.size)
    except _UnsatisfiableError:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{row.size}"
        return _marked(refused, tag)
    first, last = span or (0, row.size - 1)
    response = _content(row, first, last, 206 if span else 200, media_type)
    if span:
        response["Content-Range"] = f"bytes {first}-{last}/{row.size}"
    response["Content-Length"] = str(last - first + 1)
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    return _marked(response, tag)


def _content(row: StoredFile, first: int, last: int, status: int, media_type: str) -> HttpResponseBase:
    missing = Http404("这份文件在存储里缺失或被改动，请联系系统管理员运行全部核验。")
    try:
        if row.confidential:
            return HttpResponse(read(row)[first : last + 1], status=status, content_type=media_type)
        if stored_size(row) != row.size:
            raise missing
    except FileDamagedError as error:
        raise missing from error
    return StreamingHttpResponse(slice_of(row, first, last - first + 1), status=status, content_type=media_type)


def _marked(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    # The right to see it is asked for each time; nobody on the way keeps a copy.
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def damaged_files() -> Iterator[StoredFile]:
    """Yield every stored file whose content is missing or no longer has its digest."""
    for row in StoredFile.objects.order_by("pk").iterator(200):
        try:
            check(row)
        except FileDamagedError:
            yield row


def stored_as(about: str, purpose: str, told: Announced) -> list[str]:
    """Return the digests under which files of this name, size and beginning were stored about a thing before."""
    rows = Upload.objects.filter(about=about, purpose=purpose, state=UploadState.STORED)
    return list(rows.filter(name=told.name, size=told.size, head=told.head).values_list("stored", flat=True))
