"""Turns errors that a user can do something about into pages that say what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.services import StateConflictError


class DomainErrorMiddleware:
    """Last resort for a rule's "no" that a view did not catch at the form: 409 for a lost race, 403, or 400."""

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
        else:
            return None
        return render(request, "portal/problem.html", {"title": title, "message": str(exception)}, status=status)
