"""Turns errors that a user can do something about into pages that say what to do."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingqian.common.errors import DomainError, NotAllowedError, StorageError, is_busy, is_full, is_malformed
from mingqian.documents.files.services import FileDamagedError
from mingqian.ledger.services import StateConflictError

_FULL = "服务器的存储空间已满，这一步没有执行，什么都没有改变。请联系系统管理员腾出空间，再做一次同样的操作。"

_DAMAGED = (
    "这一步要用的文件在存储里缺失或被改动，没有执行，什么都没有改变。请联系系统管理员运行全部核验，从备份恢复这个文件"
)

_BUSY = "另一项较大的操作正在写入，等待太久，这一步没有执行，什么都没有改变。请稍后再做一次。"
_BUSY_STATUS = 503
_MALFORMED = "提交的内容里有无法保存的字符，或者超出了长度、大小的范围，什么都没有改变。请返回上一页改正后重试。"
_TOO_LARGE = "提交的内容太大，没有接收。上传文件请先登录，单个文件不超过系统设定的大小；内容很长时请分几次提交。"
#: Bytes that somebody who is not signed in may send at once.
_MOST_ANONYMOUS = 4 << 20


class DomainErrorMiddleware:
    """Last resort for a rule's "no" that a view did not catch at the form: 409 for a lost race or a damaged file, 403, or 400.

    507 where nothing can be stored at present, 503 where somebody else held what was waited for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the message."""
        told = _told(exception)
        if told is None:
            return None
        status, title, message = told
        response = render(request, "portal/problem.html", {"title": title, "message": message}, status=status)
        if status == _BUSY_STATUS:
            response["Retry-After"] = "10"
        return response


def _told(error: Exception) -> tuple[int, str, str] | None:
    """Return status, title and message of an error that somebody can do something about, None for another."""
    kinds: tuple[tuple[bool, int, str, str], ...] = (
        (isinstance(error, StateConflictError), 409, "这一步没有执行", str(error)),
        (isinstance(error, NotAllowedError), 403, "没有权限", str(error)),
        (isinstance(error, DomainError), 400, "这一步没有执行", str(error)),
        (isinstance(error, FileDamagedError), 409, "存储的文件损坏", f"{_DAMAGED}（{error}）"),
        (isinstance(error, StorageError), 507, "存储暂时不可用", str(error)),
        (is_full(error), 507, "存储暂时不可用", _FULL),
        (is_malformed(error), 400, "这一步没有执行", _MALFORMED),
        (is_busy(error), _BUSY_STATUS, "系统正忙", _BUSY),
    )
    return next(((status, title, message) for applies, status, title, message in kinds if applies), None)


class RequestLimitsMiddleware:
    """Refuses what nobody sends in earnest, before anything of it is read or looked for.

    Stands behind the sign-in: who is not signed in may send little. What is shown to somebody signed in is kept by no cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass on."""
        signed_in = request.user.is_authenticated
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.MINGQIAN_MAX_UPLOAD + _MOST_ANONYMOUS if signed_in else _MOST_ANONYMOUS
        if not str(length).isdigit() or int(length) > most:
            return self._refused(request, 413, "内容太大", _TOO_LARGE)
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "") or "\0" in str(request.COOKIES):
            return self._refused(request, 400, "地址不对", _MALFORMED)
        response = self.get_response(request)
        if signed_in and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    def _refused(self, request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
        response = render(request, "portal/problem.html", {"title": title, "message": message}, status=status)
        # The rest of a body that nobody reads must not be taken for the next request.
        response["Connection"] = "close"
        return response
