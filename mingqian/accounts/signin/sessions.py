"""Rules of a session: signed out when idle, nothing but the password page while the password must be changed."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mingqian.accounts.models.users import User

_SEEN = "seen"
#: The time of the last request is written once in so many seconds, not with each request.
_STEP = 60


class SessionRulesMiddleware:
    """Applies to users who are signed in; the public side is open to everybody in any case."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass, or lead it where it has to go first."""
        user = request.user
        if isinstance(user, User):
            now = int(time.time())
            seen = int(request.session.get(_SEEN, now))
            if now - seen > settings.MINGQIAN_IDLE_MINUTES * 60:
                logout(request)
                messages.warning(
                    request,
                    f"超过 {settings.MINGQIAN_IDLE_MINUTES} 分钟没有操作，已自动退出，请重新登录。已保存的内容不受影响。",
                )
                return self.get_response(request)
            if now - seen > _STEP or _SEEN not in request.session:
                request.session[_SEEN] = now
            allowed = {reverse("accounts:password"), reverse("accounts:sign-out")}
            if user.must_change_password and request.path not in allowed:
                return redirect("accounts:password")
        return self.get_response(request)
