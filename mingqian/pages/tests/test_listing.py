"""A list from one description: counts, filters, sorting, paging, files, ticked rows."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from mingqian.pages import listing as listings
from mingqian.pages.listing import Bulk, Column, Empty, Listing, in_file


@dataclass(frozen=True)
class Lot:
    """A row."""

    name: str
    size: int


LOTS = [Lot(f"签{i:03d}", i % 7) for i in range(120)]


class LotFilter(forms.Form):
    """Filters of the example."""

    q = forms.CharField(label="名称", required=False)


def rows(_user: Any, asked: Mapping[str, Any]) -> list[Lot]:
    """Return the lots whose name has the words."""
    return [lot for lot in LOTS if str(asked["q"]) in lot.name]


DONE: list[Lot] = []


def burn(_user: Any, ticked: list[Lot]) -> tuple[int, list[str]]:
    """Burn what can be burnt."""
    DONE.extend(ticked[1:])
    return len(ticked) - 1, [f"{ticked[0].name}：不能销毁，请先登记。"]


@pytest.fixture
def example() -> Iterator[Listing[Lot]]:
    """A list that is forgotten after the test."""
    made: Listing[Lot] = Listing(
        name="example:lots",
        title="签",
        columns=(
            Column("名称", lambda lot: lot.name, 20, style="strong", sort="name"),
            Column("大小", lambda lot: str(lot.size), 8, under=lambda lot: "寸" if lot.size else ""),
            in_file("备注", lambda lot: f"={lot.size}"),
        ),
        form=lambda request: LotFilter(request.GET),
        rows=rows,
        counts=lambda _user, found: [f"大签 {sum(lot.size > 5 for lot in found)}"],
        unit="支",
        empty=Empty("还没有签", "先制作。"),
        bulk=(Bulk("burn", "销毁", burn),),
        tick=lambda _user, lot: lot.name if lot.size else "",
        ticked=lambda _user, names: [lot for lot in LOTS if lot.name in names],
        template="listing.html",
    )
    DONE.clear()
    yield made
    listings._KNOWN.pop("example:lots")


def asked(path: str, **posted: Any) -> HttpRequest:
    """Return a request of somebody."""
    factory = RequestFactory()
    request = factory.post(path, posted) if posted else factory.get(path)
    request.user = AnonymousUser()
    setattr(request, "_messages", Notes(request))  # noqa: B010
    return request


class Notes(BaseStorage):
    """Messages that stay in the request."""

    def _get(self, *_args: Any, **_kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, messages: Any, *_args: Any, **_kwargs: Any) -> list[Any]:
        return []


def file_of(example: Listing[Lot], query: str) -> list[list[str]]:
    """Return the rows of the list's CSV file."""
    answer: Any = example.respond(asked(f"/lots/{query}"))
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_file_holds_what_the_filters_leave_in_the_order_asked_for(example: Listing[Lot]) -> None:
    """Lists: one address for page and file; a formula stays a text."""
    found = file_of(example, "?export=csv&q=签11&sort=-name")
    assert found[0] == ["名称", "大小", "备注"]
    assert [row[0] for row in found[1:]] == [f"签{i:03d}" for i in range(119, 109, -1)]
    assert found[1][2] == "'=0"
    with pytest.raises(Http404):
        example.respond(asked("/lots/?export=pdf"))


def test_the_page_counts_pages_and_offers_boxes_where_they_can_be_ticked(example: Listing[Lot]) -> None:
    """Lists: counts above, filters in the address."""
    text = example.respond(asked("/lots/?q=签&page=3")).content.decode()  # type: ignore[attr-defined]
    assert "120 支" in text
    assert "大签" in text
    assert "第 3 页，共 3 页" in text
    assert 'value="签101"' in text
    assert 'value="签105"' not in text, "a lot of size 0 cannot be ticked"
    assert 'aria-sort="none"' in text


def test_nothing_found_and_nothing_there_are_told_apart(example: Listing[Lot]) -> None:
    """Lists: an empty list says what to do first, an empty search how to get out of it."""
    assert "没有符合条件的" in example.respond(asked("/lots/?q=没有")).content.decode()  # type: ignore[attr-defined]


def test_a_deed_on_ticked_rows_says_what_went_and_what_did_not(example: Listing[Lot]) -> None:
    """Each row by itself: one that is refused holds up no other, and its reason is shown."""
    request = asked("/lots/?q=%E7%AD%BE", act="burn", tick=["签001", "签002"])
    answer = example.respond(request)
    assert answer.status_code == 302
    assert answer["Location"] == "/lots/?q=%E7%AD%BE"
    assert [lot.name for lot in DONE] == ["签002"]
    said = [str(note) for note in request._messages._queued_messages]  # type: ignore[attr-defined]
    assert said == ["已办理 1 支。", "签001：不能销毁，请先登记。"]


def test_nothing_ticked_and_no_such_deed(example: Listing[Lot]) -> None:
    """A button without rows says so; a deed that the list does not have is none."""
    request = asked("/lots/", act="burn")
    example.respond(request)
    assert "没有勾选" in str(request._messages._queued_messages[0])  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        example.respond(asked("/lots/", act="sell"))
