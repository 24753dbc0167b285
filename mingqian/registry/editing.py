"""The page on which one row of a registry is changed by hand, also where another was quicker: `pages.versions`, told by the ledger."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Recorded
from mingqian.pages import versions
from mingqian.pages.submission import submit
from mingqian.registry.beside import Page

T = TypeVar("T", bound=Recorded)
F = TypeVar("F", bound=forms.Form)


def edit(
    request: HttpRequest,
    *,
    find: Callable[[], T],
    form_of: Callable[[QueryDict | Mapping[str, Any] | None, T], F],
    change: Callable[[F, str], list[str]],
    key: str,
    title: str,
    page: Page,
) -> HttpResponse:
    """Answer the page of a change. `change` gets the form and the version that its reader saw, and returns what changed, in words.

    Where the row left that version, both values of every field that differs are shown; `key` names the row on the ledger.
    """
    row = find()
    current = form_of(None, row)

    def clash(form: F, error: DomainError) -> HttpResponse | None:
        if not isinstance(error, versions.EditedMeanwhileError):
            return None
        now = find()
        last = ledger.entries_on(key).last()
        version = versions.version_of(now)
        return versions.clash(request, form, form_of(None, now), row=now, version=version, last=last, back=page.back)

    return submit(
        request,
        lambda data: form_of(None if data is None else versions.decided(data, current), row),
        lambda form: change(form, versions.expected(request)),
        clash=clash,
        done=lambda changed: f"已保存，改动了：{'、'.join(changed)}" if changed else "没有改动。",
        to=page.back,
        template="registry/form.html",
        context=lambda _form: {
            "title": title,
            "page_of": page,
            "seen": versions.carried(request, current, versions.version_of(row)),
        },
    )
