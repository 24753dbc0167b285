"""What every page with a form or a button does: call the service, catch its "no", say what came of it, lead on. And keep what was typed.

A form with more than five fields is kept on the server while it is written (`DraftStore`, which the room `casework` provides), so that an
expired session, a crash or a second tab loses nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.contrib import messages
from django.core import signing
from django.forms import BaseForm
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render

from mingqian.common.errors import DomainError

R = TypeVar("R")
F = TypeVar("F", bound=BaseForm)
#: Where a page leads on: an address, one made from what the service returned, or an answer of its own.
To = str | Callable[[R], str | HttpResponse]

#: Forms with more visible fields than this are kept while they are written.
SHORT = 5
#: The field in which the page of a kept form carries whose it is, so that it is kept even when the session has ended.
TOKEN = "_draft"  # noqa: S105  the name of a field
_SALT = "mingqian.pages.submission"
#: Fields of a post that are none of the form.
_NOT_TYPED = ("csrfmiddlewaretoken", TOKEN)


@dataclass(frozen=True)
class Kept:
    """What somebody typed into a form and has not sent."""

    data: QueryDict
    at: datetime


class DraftStore(Protocol):
    """Where typed forms are kept, by user and address."""

    def load(self, user_id: int, path: str) -> Kept | None:
        """Return what is kept."""

    def save(self, user_id: int, path: str, body: str) -> None:
        """Keep a form as its browser would send it, over what was kept before."""

    def drop(self, user_id: int, path: str) -> None:
        """Forget it."""


_stores: list[DraftStore] = []


def keep_drafts_in(store: DraftStore) -> None:
    """Provide the store; called once when the project starts."""
    _stores[:] = [store]


def typed(request: HttpRequest) -> QueryDict:
    """Return what the page's form holds: what is posted, else what was kept of it, else nothing."""
    if request.method == "POST":
        return request.POST
    kept: Kept | None = getattr(request, "kept", None)
    return kept.data if kept is not None else QueryDict()


def tidy_body(data: QueryDict) -> str:
    """Return a post without what is none of the form."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in _NOT_TYPED:
            kept.setlist(name, [value for value in values if isinstance(value, str)])
    return kept.urlencode()


def token_for(request: HttpRequest) -> str:
    """Return what names the user and the address of a kept form, signed; with its query, for it may say what the form is about."""
    return signing.dumps([request.user.pk, request.get_full_path()], salt=_SALT)


def rescue(data: QueryDict) -> str:
    """Keep a form whose post met an ended session; return its address, "" where the post is none of ours."""
    try:
        user_id, path = signing.loads(data.get(TOKEN, ""), salt=_SALT)
    except signing.BadSignature:
        return ""
    if not _stores:
        return ""
    _stores[0].save(int(user_id), str(path), tidy_body(data))
    return str(path)


def _load(request: HttpRequest) -> Kept | None:
    if request.method != "GET" or not _stores or not request.user.is_authenticated:
        return None
    kept = _stores[0].load(int(request.user.pk), request.get_full_path())
    request.kept = kept  # type: ignore[attr-defined]  # `typed` reads it
    return kept


def _drop(request: HttpRequest) -> None:
    if _stores and request.user.is_authenticated:
        _stores[0].drop(int(request.user.pk), request.get_full_path())


def _refilled(form_of: Callable[[QueryDict | None], F], kept: Kept) -> F:
    """Return the form as it was left: filled, and not yet judged."""
    form = form_of(kept.data)
    # Bound, so that it shows what was typed; no complaint about what nobody has sent.
    setattr(form, "_errors", ErrorDict())  # noqa: B010
    return form


def is_long(form: BaseForm) -> bool:
    """Say whether a form is kept while it is written."""
    return sum(not field.field.widget.is_hidden for field in form) > SHORT


def _say(request: HttpRequest, done: str | Callable[[R], str], made: R) -> None:
    if words := done(made) if callable(done) else done:
        messages.success(request, words)


def _led(to: To[R], made: R) -> HttpResponse:
    way = to(made) if callable(to) else to
    return HttpResponseRedirect(way) if isinstance(way, str) else way


def _refuse(form: BaseForm, error: DomainError) -> None:
    """Put a service's "no" where it belongs: at its field, above the form, or where the form itself says (`refuse(error)`: True = done)."""
    own = getattr(form, "refuse", None)
    if own is None or not own(error):
        form.add_error(error.field if error.field in form.fields else None, str(error))


def deed(
    request: HttpRequest,
    act: Callable[[], R],
    *,
    done: str | Callable[[R], str] = "",
    to: To[R],
    back: str = "",
) -> HttpResponse:
    """Answer a post that needs nothing but its button: act, say `done`, go on to `to`; a rule's "no" is shown at `back` (default `to`)."""
    try:
        made = act()
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back or (to if isinstance(to, str) else request.path))
    _say(request, done, made)
    return _led(to, made)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def submit(
    request: HttpRequest,
    form_of: Callable[[QueryDict | None], F],
    act: Callable[[F], R],
    *,
    template: str,
    to: To[R],
    done: str | Callable[[R], str] = "",
    context: Mapping[str, Any] | Callable[[F], Mapping[str, Any]] | None = None,
    clash: Callable[[F, DomainError], HttpResponse | None] | None = None,
) -> HttpResponse:
    """Answer the page of a form: show it, and on a valid post act, say `done` and go on to `to`; nothing typed is ever lost.

    `form_of` makes the form from what is posted or kept, or unbound from None. `act` calls the service, whose "no" stands above the form
    (status 400). A post with `act=more` only asks for more rows. `clash` may answer a DomainError with a page of its own.
    """
    kept = _load(request)
    form = form_of(_posted(request)) if kept is None else _refilled(form_of, kept)
    sent = request.method == "POST" and request.POST.get("act") != "more"
    if sent and form.is_valid():
        try:
            made = act(form)
        except DomainError as error:
            if clash is not None and (answer := clash(form, error)) is not None:
                return answer
            _refuse(form, error)
        else:
            _drop(request)
            _say(request, done, made)
            return _led(to, made)
    more = context(form) if callable(context) else context or {}
    return _shown(request, template, form, {**more, **_keeping(request, form, kept)}, sent=sent)


def _shown(
    request: HttpRequest, template: str, form: BaseForm, facts: Mapping[str, Any], *, sent: bool
) -> HttpResponse:
    return render(request, template, {"form": form, **facts}, status=400 if sent and form.errors else 200)


def _keeping(request: HttpRequest, form: BaseForm, kept: Kept | None) -> dict[str, Any]:
    """Return what the page needs to keep its form while it is written; nothing where the form is short."""
    if not is_long(form) or not request.user.is_authenticated:
        return {}
    return {"draft_token": token_for(request), "draft_kept": kept}
