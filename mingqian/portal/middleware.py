"""Turns errors that a user can do something about into pages that say what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingqian.common.errors import DomainError, NotAllowedError, StorageError, is_full
from mingqian.documents.files.services import FileDamagedError
from mingqian.ledger.services import StateConflictError

_FULL = "服务器的存储空间已满，这一步没有执行，什么都没有改变。请联系系统管理员腾出空间，再做一次同样的操作。"

_DAMAGED = (
    "这一步要用的文件在存储里缺失或被改动，没有执行，什么都没有改变。请联系系统管理员运行全部核验，从备份恢复这个文件"
)


class DomainErrorMiddleware:
    """Last resort for a rule's "no" that a view did not catch at the form: 409 for a lost race or a damaged file, 403, or 400.

    507 where nothing can be stored at present.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the message."""
        if isinstance(exception, StateConflictError):
            status, title = 409, "这一步没有执行"
        elif isinstance(exception, NotAllowedError):
            status, title = 403, "没有权限"
        elif isinstance(exception, DomainError):
            status, title = 400, "这一步没有执行"
        elif isinstance(exception, FileDamagedError):
            status, title = 409, "存储的文件损坏"
        elif isinstance(exception, StorageError) or is_full(exception):
            status, title = 507, "存储暂时不可用"
        else:
            return None
        message = str(exception)
        if is_full(exception):
            message = _FULL
        elif isinstance(exception, FileDamagedError):
            message = f"{_DAMAGED}（{message}）"
        return render(request, "portal/problem.html", {"title": title, "message": message}, status=status)
