"""The process that reads an upload, apart from everything else, with limits on memory and time.

A workbook of a few kilobytes can make a reader ask for more memory than there is, which ends its process and cannot be caught. So the
upload is read here: one line of JSON with what is asked for and then the file's bytes come in, lines of JSON go out: first the sheets,
then one list a row ([row number, cells]), then the end. Cells are text, numbers, true and false, or null; dates are ISO text.
"""

import codecs
import csv
import io
import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from mingqian.documents.tables.selectors import check_spread
from mingqian.documents.tables.states import MAX_CELL, MAX_COLUMNS, MAX_ROWS, UnreadableError

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BLOCK = 1 << 20
Row = list[Any]


def limit_resources(megabytes: int, seconds: int) -> None:
    """Bind this process: address space, processor time, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(value: object) -> object:
    """Return a cell as JSON holds it."""
    if isinstance(value, str):
        return value[: MAX_CELL + 1]
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value


def encoding_of(content: bytes) -> str:
    """Return the encoding of a CSV file: by its mark, else UTF-8, else GB18030."""
    marked = [name for mark, name in _BOMS if content.startswith(mark)]
    for name in marked or ("utf-8", "gb18030"):
        if _decodes(content, name):
            return name
    raise UnreadableError("encoding")


def _decodes(content: bytes, name: str) -> bool:
    """Try without ever holding the whole text."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for start in range(0, len(content), _BLOCK):
            decoder.decode(content[start : start + _BLOCK], final=start + _BLOCK >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: str) -> str:
    """Return the sign between cells: the one that divides the first lines most, a comma where none does."""
    counts = dict.fromkeys(",\t;|", 0)
    quoted = False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in counts:
            counts[sign] += 1
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else ","


def csv_rows(content: bytes) -> Iterator[Row]:
    """Yield the records of a CSV file; blank lines count as rows, as they do in a spreadsheet program."""
    csv.field_size_limit(1_000_000)
    name = encoding_of(content)
    with io.TextIOWrapper(io.BytesIO(content), encoding=name, newline="") as text:
        delimiter = delimiter_of(text.read(20_000))
        text.seek(0)
        try:
            yield from csv.reader(text, delimiter=delimiter)
        except csv.Error as error:
            raise UnreadableError("broken") from error


def open_workbook(content: bytes) -> Any:
    """Open a workbook."""
    try:
        return python_calamine.load_workbook(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise UnreadableError("encrypted") from error
    except python_calamine.CalamineError as error:
        raise UnreadableError("broken") from error


def choose_sheet(book: Any, wanted: str) -> tuple[list[str], Any, str]:
    """Return the names of all visible sheets, and the one to read: the wanted one, else the first with two rows and more."""
    names = visible_sheets(book)
    if wanted and wanted not in names:
        raise UnreadableError("sheet")
    first: tuple[Any, str] | None = None
    for name in [wanted] if wanted else names:
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.CalamineError as error:
            raise UnreadableError("broken") from error
        if sheet.height >= 2:
            return names, sheet, name
        first = first or (sheet, name)
    if first is None:
        raise UnreadableError("no-rows")
    return names, *first


def visible_sheets(book: Any) -> list[str]:
    """Return the names of the sheets with cells that are shown, of all sheets where none is."""
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if str(sheet.typ).endswith("WorkSheet") and str(sheet.visible).endswith("Visible")
    ]
    return shown or list(book.sheet_names)


def workbook_rows(sheet: Any) -> Iterator[tuple[int, Row]]:
    """Yield (row number from 1, cells from column A) with merged cells filled from their first one."""
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        return
    check_spread(end[0] + 1, end[1] + 1)
    beginning = _merged(sheet)
    merges: list[tuple[int, int, int, Any]] = []  # last row, first column, last column, value
    for index, cells in enumerate(sheet.iter_rows()):  # from the first row, but from the first used column
        row: Row = [None] * start[1] + list(cells)
        begun = [(*merge, row[merge[1]]) for merge in beginning.get(index, ()) if merge[1] < len(row)]
        merges = [*(merge for merge in merges if merge[0] >= index), *begun]
        for _bottom, left, right, value in merges:
            _fill(row, left, right, value)
        yield index + 1, row


def _merged(sheet: Any) -> dict[int, list[tuple[int, int, int]]]:
    """Return the merged ranges by their first row: last row, first and last column."""
    beginning: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in sorted(sheet.merged_cell_ranges or []):
        if bottom > top or right > left:
            beginning.setdefault(top, []).append((bottom, left, min(right, MAX_COLUMNS)))
    return beginning


def _fill(row: Row, left: int, right: int, value: Any) -> None:
    """Give the empty cells of a merged range the value of its first one."""
    for column in range(left, min(right + 1, len(row))):
        if row[column] in {"", None}:
            row[column] = value


def rows_of(kind: str, content: bytes, sheet: str) -> tuple[list[str], str, Iterable[tuple[int, Row]]]:
    """Return the sheets, the one read, and its rows."""
    if kind == "csv":
        return [], "", enumerate(csv_rows(content), 1)
    names, chosen, name = choose_sheet(open_workbook(content), sheet)
    return names, name, workbook_rows(chosen)


def _filled(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """Yield the rows that hold something, without the empty cells at their end."""
    for number, row in rows:
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if len(row) > MAX_COLUMNS:
            raise UnreadableError("columns")
        if row:
            yield number, row


def run(asked: dict[str, Any], content: bytes, out: io.TextIOBase) -> None:
    """Write what was asked for to `out`."""
    names, name, rows = rows_of(asked["kind"], content, asked["sheet"])
    out.write(json.dumps({"sheets": names, "sheet": name}) + "\n")
    most: int = asked["most"] or MAX_ROWS
    count = 0
    for number, row in _filled(rows):
        if count == most:
            if asked["most"]:
                break
            raise UnreadableError("rows")
        count += 1
        out.write(json.dumps([number, [plain(cell) for cell in row]], ensure_ascii=False) + "\n")
    out.write(json.dumps({"end": count}) + "\n")


def main() -> None:
    """Read the question and the file, answer, and leave without clean-up of what may be damaged."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit_resources(asked["megabytes"], asked["seconds"])
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", write_through=False)
    try:
        run(asked, sys.stdin.buffer.read(), out)
    except UnreadableError as error:
        out.write(json.dumps({"problem": error.code}) + "\n")
    except MemoryError:
        out.write('{"problem": "memory"}\n')
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
