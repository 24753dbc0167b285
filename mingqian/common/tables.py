"""Lists as files for spreadsheet programs: a list's view answers `?export=xlsx` or `csv` with its rows.

Texts stay texts: nothing that somebody typed is ever run as a formula.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from mingqian.common.text import safe_cell

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A title, and how many characters its column is wide.
Titles = Sequence[tuple[str, int]]


def asked_form(request: HttpRequest) -> str:
    """Return the form in which a list's address asks for its rows as a file (`?export=xlsx`), "" where it asks for the page."""
    return request.GET.get("export", "") if request.method == "GET" else ""


def respond(form: str, name: str, titles: Titles, rows: Iterable[Sequence[str]]) -> HttpResponseBase:
    """Answer with a file named `name` in the form that the address asks for; 404 for any other form."""
    makers: dict[str, Callable[[str, Titles, Iterable[Sequence[str]]], HttpResponseBase]] = {
        "csv": csv_response,
        "xlsx": xlsx_response,
    }
    if form not in makers:
        raise Http404
    return makers[form](name, titles, rows)


def csv_response(name: str, titles: Titles, rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """Answer with a CSV file (UTF-8 with a mark, so that Excel reads it), sent as it is made."""

    def lines() -> Iterator[bytes]:
        yield "\ufeff".encode()
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([title for title, _width in titles])
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            if out.tell() > 60_000:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = disposition(f"{name}.csv")
    return response


def xlsx_response(
    name: str, titles: Titles, rows: Iterable[Sequence[str]], *, sheet_name: str = "名录"
) -> FileResponse:
    """Answer with a workbook of one sheet whose cells are all texts, written row by row with little memory."""
    return book_response(name, [(sheet_name, titles, rows)])


def book_response(name: str, sheets: Iterable[tuple[str, Titles, Iterable[Sequence[str]]]]) -> FileResponse:
    """Answer with a workbook of several sheets, each with its name, as `xlsx_response` writes one."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book: Any = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#E6EDF6", "border": 1, "border_color": "#B9C4D3"})
    text = book.add_format({"num_format": "@"})
    for sheet_name, titles, rows in sheets:
        sheet = book.add_worksheet(sheet_name)
        for column, (title, width) in enumerate(titles):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, title, head)
        sheet.freeze_panes(1, 0)
        count = 0
        for row in rows:
            count += 1
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(count, column, cell[:32767], text)
        sheet.autofilter(0, 0, max(count, 1), len(titles) - 1)
    book.close()
    file.seek(0)
    response = FileResponse(file, content_type=_XLSX)
    response["Content-Disposition"] = disposition(f"{name}.xlsx")
    return response


def disposition(name: str) -> str:
    """Return the header under which a browser saves a file with a Chinese name."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


def time_cell(value: datetime | None) -> str:
    """Return a moment by the second as a cell has it, "" where there is none."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def day_cell(value: date | None) -> str:
    """Return a day in ISO form, "" where there is none."""
    return value.isoformat() if value else ""
