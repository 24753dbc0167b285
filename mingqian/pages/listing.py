"""A list from one description: page, counts, filters kept in the address, sorting, paging, Excel, CSV, print, deeds on ticked rows.

A room describes a `Listing` once; its view is one line: `return LISTING.respond(request)`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode

from mingqian.common import clock, tables
from mingqian.pages.paging import PAGE_SIZE, page_of
from mingqian.pages.tones import Shown

T = TypeVar("T")
Rows = QuerySet[Any] | Sequence[Any]
#: Rows are looked up for a file in pieces of this size.
_PIECE = 500


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column: `text` is what the file says, and the page where nothing else is told.

    `link` is where the page's cell leads; `under` what stands below it in small, a text or several; `state` shows a state with its
    colour; `html` names a template that gets `row`; `style` is the cell's CSS class ("num" for what is
    counted, "mq-strong"; several by blanks); `sort` the field that `?sort=` orders by.
    """

    title: str
    text: Callable[[T], str]
    width: int = 16
    link: Callable[[T], str] | None = None
    under: Callable[[T], str | Sequence[str]] | None = None
    state: Callable[[T], Shown] | None = None
    html: str = ""
    style: str = ""
    sort: str = ""
    on_page: bool = True
    in_file: bool = True


def told(titles: Iterable[tuple[str, int]], cells: Callable[[T], Sequence[str]]) -> tuple[Column[T], ...]:
    """Return columns that the file alone has: `cells` gives a row's texts in the order of the titles.

    It is asked once a column: it should remember what it gave for a row.
    """

    def cell(at: int) -> Callable[[T], str]:
        return lambda row: cells(row)[at]

    return tuple(in_file(title, cell(at), width) for at, (title, width) in enumerate(titles))


def in_file(title: str, text: Callable[[T], str], width: int = 16) -> Column[T]:
    """Return a column that the file alone has."""
    return Column(title, text, width, on_page=False)


@dataclass(frozen=True)
class Cell:
    """A cell as the page shows it."""

    title: str
    text: str
    href: str
    under: Sequence[str]
    state: Shown | None
    html: str
    style: str


@dataclass(frozen=True)
class Line(Generic[T]):
    """A row as the page shows it; `tick` is the value of its box, "" where it has none."""

    row: T
    cells: list[Cell]
    tick: str
    name: str


@dataclass(frozen=True)
class Head:
    """The head of a column: its title, and the address's query that sorts by it, "" where it does not sort."""

    title: str
    query: str
    #: "ascending", "descending" or "none", as assistive technology reads it.
    sorted: str


@dataclass(frozen=True)
class Empty:
    """What a list with nothing in it says to do first."""

    title: str
    text: str = ""
    icon: str = "info"
    #: The way on: what the button says, and its address.
    action: str = ""
    to: Callable[[], str] | None = None
    #: A second way, and what those are told instead who may take neither.
    other: tuple[str, Callable[[], str]] | None = None
    may: Callable[[Any], bool] = lambda _user: True
    otherwise: str = ""

    def ways(self, user: Any) -> list[tuple[str, str]]:
        """Return what the buttons say that `user` gets, with their addresses."""
        first = [(self.action, self.to)] if self.to is not None else []
        return [(words, to()) for words, to in [*first, *filter(None, [self.other])]] if self.may(user) else []


@dataclass(frozen=True)
class Bulk(Generic[T]):
    """A deed on ticked rows: `act` gets the user and the rows, and returns how many went and the sentences of those that did not.

    With `page` the button leads there instead, the ticked rows in the address as `tick`.
    """

    name: str
    label: str
    act: Callable[[Any, list[T]], tuple[int, list[str]]] | None = None
    page: Callable[[], str] | None = None
    primary: bool = True


def cell_of(column: Column[T], row: T) -> Cell:
    """Return what a column shows of a row."""
    under = column.under(row) if column.under is not None else ""
    return Cell(
        column.title,
        column.text(row),
        column.link(row) if column.link is not None else "",
        [under] if isinstance(under, str) and under else [part for part in under if part],
        column.state(row) if column.state is not None else None,
        column.html,
        column.style,
    )


@dataclass(frozen=True)
class Listing(Generic[T]):
    """A list. `rows` gives what the user may see and the filters leave: a query set or a sequence.

    `decorate` turns a piece of the rows into what the columns read, where that has to be looked up for many at once. `form` makes the
    filters from the address; its cleaned data reaches `rows` as a mapping in which every field is ("" or None where nothing is asked).
    """

    #: Name of the address, under which users keep filters.
    name: str
    title: str
    columns: tuple[Column[T], ...]
    rows: Callable[[Any, Mapping[str, Any]], Rows]
    form: Callable[[HttpRequest], forms.Form] | None = None
    counts: Callable[[Any, Rows], Iterable[str]] | None = None
    #: What is counted: 条, 家, 人.
    unit: str = "条"
    #: What is looked for, where the filters leave nothing: 没有符合条件的抽查对象.
    what: str = "内容"
    #: What stands beside the number of rows, counted otherwise: 3 个区县.
    beside: Callable[[Any, Rows], str] | None = None
    empty: Empty = field(default_factory=lambda: Empty("还没有内容"))
    decorate: Callable[[Any, Sequence[Any]], Sequence[T]] | None = None
    bulk: tuple[Bulk[T], ...] = ()
    #: Value of a row's box, "" where this user cannot tick it.
    tick: Callable[[Any, T], str] = lambda _user, _row: ""
    #: The row that a ticked value stands for, as far as the user may know it.
    ticked: Callable[[Any, Sequence[str]], list[T]] = lambda _user, _values: []
    #: What a screen reader calls a row's box.
    row_name: Callable[[T], str] = str
    file_name: str = ""
    sub: str = ""
    template: str = "listing.html"
    size: int = PAGE_SIZE
    keeps_filters: bool = True
    #: Fields of the form that choose what is looked at (an organ, a day) and filter nothing.
    chosen: tuple[str, ...] = ()
    #: Turns a row of the page into the rows of the file, where the page shows them together.
    spread: Callable[[Any], Sequence[Any]] | None = None

    def __post_init__(self) -> None:
        """Let the list be known by its name, so that its filters can be kept and no list is left untested."""
        _KNOWN[self.name] = self

    def asked(self, request: HttpRequest, form: forms.Form | None = None) -> tuple[forms.Form | None, dict[str, Any]]:
        """Return the filters as a form and as plain values; what is no valid filter asks for nothing."""
        if form is None and self.form is not None:
            form = self.form(request)
        if form is None:
            return None, {}
        form.is_valid()
        blank = dict.fromkeys(form.fields, "")
        return form, {**blank, **form.cleaned_data}

    def respond(
        self,
        request: HttpRequest,
        *,
        form: forms.Form | None = None,
        within: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> HttpResponseBase:
        """Answer the list's address: the page, `?export=` a file, or a bulk deed on what was ticked.

        A list of what belongs to one thing gets the thing by `within`, beside the filters, and where it matters for them its own `form`.
        """
        if request.method == "POST":
            return self._deed(request)
        user = request.user
        form, asked = self.asked(request, form)
        rows = self._sorted(request, self.rows(user, {**asked, **(within or {})}))
        if kind := tables.asked_form(request):
            name = f"{self.file_name or self.title}-{clock.today():%Y%m%d}"
            return tables.respond(kind, name, self.titles, self.table(user, rows))
        context = {
            **self._facts(request, rows),
            "form": form,
            "filtered": any(v not in ("", None, [], False) for name, v in asked.items() if name not in self.chosen),
            "asked": asked,
            # A page on which this user only reads says so, and offers no way on.
            "ways": self.empty.ways(user) if more.get("may_write") is not False else [],
            **more,
        }
        return render(request, self.template, context)

    def _facts(self, request: HttpRequest, rows: Rows) -> dict[str, Any]:
        """Return what the page shows of the rows that are asked for."""
        user, page = request.user, page_of(request, rows, self.size)
        lines = self._lines(user, list(page))
        return {
            "listing": self,
            "page": page,
            "heads": self._heads(request),
            "lines": lines,
            "bulk": self.bulk if any(line.tick for line in lines) else (),
            "beside": self.beside(user, rows) if self.beside is not None else "",
            "counts": list(self.counts(user, rows)) if self.counts is not None else [],
        }

    @property
    def _page_columns(self) -> list[Column[T]]:
        return [column for column in self.columns if column.on_page]

    @property
    def _file_columns(self) -> list[Column[T]]:
        return [column for column in self.columns if column.in_file]

    def _decorated(self, user: Any, rows: Sequence[Any]) -> Sequence[T]:
        return self.decorate(user, rows) if self.decorate is not None else rows

    def _lines(self, user: Any, rows: Sequence[Any]) -> list[Line[T]]:
        lines = []
        for row in self._decorated(user, rows):
            tick = self.tick(user, row) if self.bulk else ""
            lines.append(Line(row, [cell_of(c, row) for c in self._page_columns], tick, self.row_name(row)))
        return lines

    @property
    def titles(self) -> tables.Titles:
        """Return the titles of the file, each with its width."""
        return [(column.title, column.width) for column in self._file_columns]

    def table(self, user: Any, rows: Rows) -> Iterator[list[str]]:
        """Yield the rows of the file."""
        columns = self._file_columns
        every = iter(rows.iterator(_PIECE) if isinstance(rows, QuerySet) else rows)
        while piece := list(islice(every, _PIECE)):
            if self.spread is not None:
                piece = [one for row in piece for one in self.spread(row)]
            for row in self._decorated(user, piece):
                yield [column.text(row) for column in columns]

    def _sorted(self, request: HttpRequest, rows: Rows) -> Rows:
        wanted = request.GET.get("sort", "")
        name, back = wanted.removeprefix("-"), wanted.startswith("-")
        column = next((column for column in self.columns if column.sort and column.sort == name), None)
        if column is None:
            return rows
        if isinstance(rows, QuerySet):
            return rows.order_by(f"{'-' if back else ''}{name}", "pk")
        return sorted(rows, key=column.text, reverse=back)

    def _heads(self, request: HttpRequest) -> list[Head]:
        now = request.GET.get("sort", "")
        heads = []
        for column in self._page_columns:
            if not column.sort:
                heads.append(Head(column.title, "", ""))
                continue
            query = request.GET.copy()
            query.pop("page", None)
            query["sort"] = f"-{column.sort}" if now == column.sort else column.sort
            order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(now, "none")
            heads.append(Head(column.title, f"?{query.urlencode()}", order))
        return heads

    def _deed(self, request: HttpRequest) -> HttpResponseBase:
        """Do what the pressed button says with the ticked rows, and come back to the list as it was filtered."""
        bulk = next((bulk for bulk in self.bulk if bulk.name == request.POST.get("act")), None)
        if bulk is None:
            raise Http404
        values = request.POST.getlist("tick")[: self.size]
        back = HttpResponseRedirect(request.get_full_path())
        if not values:
            messages.warning(request, "没有勾选任何一行，请先在左侧勾选。")
            return back
        if bulk.page is not None:
            return HttpResponseRedirect(f"{bulk.page()}?{urlencode([('tick', value) for value in values])}")
        if bulk.act is None:
            raise Http404
        done, refused = bulk.act(request.user, self.ticked(request.user, values))
        if done:
            messages.success(request, f"已办理 {done} {self.unit}。")
        for sentence in refused[:10]:
            messages.error(request, sentence)
        if len(refused) > 10:
            messages.error(request, f"另有 {len(refused) - 10} {self.unit}没有办理，原因见列表。")
        return back


_KNOWN: dict[str, Listing[Any]] = {}


def listings() -> list[Listing[Any]]:
    """Return every list of the product."""
    return list(_KNOWN.values())


def kept_lists() -> dict[str, str]:
    """Return the lists whose filters a user may keep under a name: name of the address, title."""
    return {listing.name: listing.title for listing in _KNOWN.values() if listing.keeps_filters}
