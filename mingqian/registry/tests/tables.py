"""Tables for tests, written the way bureaus write them, and the way from a file into the registry."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
import xlwt

from mingqian.accounts.models import User
from mingqian.common import codes
from mingqian.documents.imports import services as import_services, tasks as import_tasks
from mingqian.documents.imports.states import ImportState
from mingqian.documents.models import Import
from mingqian.registry.imports.states import ImportKind

Rows = Sequence[Sequence[Any]]


def credit_code(position: int, area: str = "370303", kind: str = "91") -> str:
    """Return a valid credit code."""
    body = f"{kind}{area}{position:09d}"
    return body + codes.credit_check_character(body)


def registration_number(position: int, area: str = "370303") -> str:
    """Return a valid registration number of 15 digits."""
    body = f"{area}{position:08d}"
    return next(body + digit for digit in "0123456789" if not codes.wrong_registration_number(body + digit))


def csv_file(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_file(rows: Rows = (), draw: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return a workbook with `rows`, or with what `draw(workbook, sheet)` puts there."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名录")
    for position, row in enumerate(rows):
        sheet.write_row(position, 0, row)
    if draw is not None:
        draw(book, sheet)
    book.close()
    return out.getvalue()


def xls_file(rows: Rows) -> bytes:
    """Return a workbook of the old format."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名录")
    for position, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(position, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def checked(user: User, content: bytes, kind: ImportKind = ImportKind.SUBJECTS, name: str = "名录.xlsx") -> Import:
    """Upload a table and have it checked."""
    batch = import_services.upload(user, kind=kind, file_name=name, content=content)
    import_tasks.analyse_import.call(batch.pk)
    batch.refresh_from_db()
    return batch


def imported(
    user: User,
    content: bytes,
    kind: ImportKind = ImportKind.SUBJECTS,
    *,
    all_or_nothing: bool = False,
    name: str = "名录.xlsx",
) -> Import:
    """Upload a table and bring it in."""
    batch = checked(user, content, kind, name)
    if batch.state != ImportState.READY:
        raise AssertionError(batch.message)
    import_services.confirm(user, batch, all_or_nothing=all_or_nothing)
    import_tasks.run_import.call(batch.pk)
    batch.refresh_from_db()
    return batch
