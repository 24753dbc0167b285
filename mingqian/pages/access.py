"""Who may open a page. Every view says so, or the project does not start.

A view is declared by one decorator: `@public`, `@signed_in` or `@roles("leader", ...)`. It answers a visitor who is not signed in with the
sign-in page, and one without the role with 403. Whether a *thing* may be seen is another question, answered by the selector that fetches
it (`draw_for`, `import_for`; 404 for what is not yours to know).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.pages.submission import rescue

View = Callable[..., HttpResponseBase]


class HasRoles(Protocol):
    """What a user must offer to be let in."""

    is_authenticated: bool

    def has_role(self, *roles: str) -> bool:
        """Say whether the user holds one of `roles` now."""


@dataclass(frozen=True)
class Access:
    """Who may open a view: everybody (`public`), everybody signed in (no roles named), or holders of one of `roles`."""

    public: bool = False
    roles: frozenset[str] = frozenset()


def _after_sign_in(request: HttpRequest) -> str:
    """Return where to go on after signing in. A long form that was sent after the session's end is kept, and shown again filled.

    What is posted cannot be asked for by an address: whoever pressed a button goes back to the page where it stood.
    """
    if request.method != "POST":
        return request.get_full_path()
    if path := rescue(request.POST):
        return path
    page = urlsplit(request.META.get("HTTP_REFERER", ""))
    return f"{page.path}?{page.query}" if page.query else page.path or "/"


def _declare(access: Access, view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.public:
            user = cast("HasRoles", request.user)
            if not user.is_authenticated:
                return redirect_to_login(_after_sign_in(request))
            if access.roles and not user.has_role(*access.roles):
                raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]  # read by the check and by the access matrix
    return guarded


def public(view: View) -> View:
    """Let everybody open `view`."""
    return _declare(Access(public=True), view)


def signed_in(view: View) -> View:
    """Let everybody who is signed in open `view`."""
    return _declare(Access(), view)


def roles(*names: str) -> Callable[[View], View]:
    """Let holders of one of the roles `names` open the view."""
    if not names:
        raise ValueError("name at least one role; for everybody who is signed in use signed_in")
    return lambda view: _declare(Access(roles=frozenset(names)), view)


def page(*names: str) -> Callable[[View], View]:
    """Let holders of one of the roles `names` read the page."""
    return lambda view: require_GET(roles(*names)(view))


def form(*names: str) -> Callable[[View], View]:
    """Let holders of one of the roles `names` read the page and send its form."""
    return lambda view: require_http_methods(["GET", "POST"])(roles(*names)(view))


def act(*names: str) -> Callable[[View], View]:
    """Let holders of one of the roles `names` press the button; there is nothing to read."""
    return lambda view: require_POST(roles(*names)(view))


def declared_access(callback: Any) -> Access | None:
    """Return what a view declared, None where it did not."""
    return getattr(callback, "access", None)


def walk_urls(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "", names: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Yield (route, name with namespaces, view) for every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            namespace = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from walk_urls(pattern.url_patterns, route, namespace)
        else:
            yield route, f"{names}{pattern.name}", pattern.callback


def check_every_view_declares_access(**_: object) -> list[CheckMessage]:
    """Report each address whose view does not declare who may open it."""
    return [
        Error(
            f"the view of /{route} does not declare who may open it",
            hint="Decorate it with public, signed_in or roles of mingqian.pages.access.",
            id="mingqian.E001",
        )
        for route, _name, callback in walk_urls()
        if declared_access(callback) is None
    ]
