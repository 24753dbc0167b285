"""Turns errors that a user can do something about into pages that say what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingqian.common.errors import DomainError, NotAllowedError, StorageError, is_busy, is_full
from mingqian.documents.files.services import FileDamagedError
from mingqian.ledger.services import StateConflictError

_FULL = "服务器的存储空间已满，这一步没有执行，什么都没有改变。请联系系统管理员腾出空间，再做一次同样的操作。"

_DAMAGED = (
    "这一步要用的文件在存储里缺失或被改动，没有执行，什么都没有改变。请联系系统管理员运行全部核验，从备份恢复这个文件"
)

_BUSY = "另一项较大的操作正在写入，等待太久，这一步没有执行，什么都没有改变。请稍后再做一次。"
_BUSY_STATUS = 503


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
        (is_busy(error), _BUSY_STATUS, "系统正忙", _BUSY),
    )
    return next(((status, title, message) for applies, status, title, message in kinds if applies), None)
