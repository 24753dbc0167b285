"""What stands beside a subject or an inspector (permits, flags, absences, interests): described once, and one page for every deed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.pages.listing import Cell, Column, cell_of
from mingqian.pages.submission import deed, submit
from mingqian.pages.tones import Shown

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """Whose deed it is: where the page leads back to, and what stands above its form."""

    back: str
    crumbs: Sequence[tuple[str, str]]
    sub: str = ""


@dataclass(frozen=True)
class Deed(Generic[T]):
    """A form about a row, or a button alone where it has none: what is asked, what is done with it, what is said of it."""

    title: str
    act: Callable[[User, T, Any], Any]
    #: What is said when it is done, given the row and what `act` returned.
    done: Callable[[T, Any], str]
    form: Callable[[QueryDict | None, T], forms.Form] | None = None
    note: Callable[[T], str] = lambda _row: ""
    #: What the button beside a row says; "" for a deed that begins something.
    label: str = ""
    #: Whether the row is offered the button on a day.
    offered: Callable[[T, date], bool] = lambda _row, _on: True

    @property
    def asks(self) -> bool:
        """Say whether it has a form, and so a page of its own."""
        return self.form is not None


def answer(request: HttpRequest, one: Deed[T], row: T, page: Page, **more: Any) -> HttpResponse:
    """Answer the address of a deed on `row`."""
    user, make = user_of(request), one.form
    if make is None and request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if make is None:
        return deed(request, lambda: one.act(user, row, None), done=lambda made: one.done(row, made), to=page.back)
    context = {"title": one.title, "page_of": page, "note": one.note(row), **more}
    return submit(
        request,
        lambda data: make(data, row),
        lambda form: one.act(user, row, form),
        done=lambda made: one.done(row, made),
        to=page.back,
        template="registry/form.html",
        context=context,
    )


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of thing that stands beside a subject or an inspector. `name` begins the names of its addresses (`permit-end`)."""

    name: str
    title: str
    columns: tuple[Column[T], ...]
    state: Callable[[T, date], Shown]
    deeds: dict[str, Deed[T]]
    #: What is said where there is none.
    empty: str
    #: What the button says that adds one, and the deed on the owner that does.
    add: str
    new: Deed[Any]

    def section(self, rows: Iterable[T], on: date, number: str, *, may_write: bool, note: str = "") -> dict[str, Any]:
        """Return what `registry/_beside.html` shows of `rows` on a day; `number` names the owner in addresses."""
        lines = [self._line(row, on, may_write) for row in rows]
        return {
            "kind": self,
            "note": note,
            "lines": lines,
            "new": reverse(f"registry:{self.name}-new", args=[number]) if may_write else "",
        }

    def _line(self, row: T, on: date, may_write: bool) -> tuple[list[Cell], Shown, list[tuple[Deed[T], str]], str]:
        why = str(getattr(row, "withdrawn_why", ""))
        offers = self._offers(row, on) if may_write else []
        return [cell_of(column, row) for column in self.columns], self.state(row, on), offers, why

    def _offers(self, row: T, on: date) -> list[tuple[Deed[T], str]]:
        key: Any = getattr(row, "pk")  # noqa: B009
        return [
            (one, reverse(f"registry:{self.name}-{verb}", args=[key]))
            for verb, one in self.deeds.items()
            if one.offered(row, on)
        ]
