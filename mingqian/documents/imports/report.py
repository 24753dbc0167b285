"""What became of each row, as files."""

from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase

from mingqian.common import tables
from mingqian.documents.files import services as file_services
from mingqian.documents.imports.states import Kind, RowOutcome
from mingqian.documents.models.imports import Import
from mingqian.documents.tables.services import open_table

REPORT_TITLES: tables.Titles = (("行号", 8), ("结果", 10), ("登记号", 22), ("名称", 36), ("说明", 80))
_REASON = "未采用的原因"


def report_rows(batch: Import) -> Iterator[list[str]]:
    """Yield the rows of the report as `REPORT_TITLES` has them."""
    for row in batch.rows.order_by("row").iterator(5000):
        yield [str(row.row), row.get_outcome_display(), row.number, row.name, row.reason]


def refused_response(batch: Import) -> HttpResponseBase:
    """Answer with the refused rows in the columns in which they came, read again from the stored file.

    The header stays in one row, so that the mended file can be brought in as it is.
    """
    reasons = dict(batch.rows.filter(outcome=RowOutcome.REFUSED).values_list("row", "reason"))
    titles = [str(title) for title in batch.work.columns]
    kept = [index for index, title in enumerate(titles) if title != _REASON]
    head = [*((titles[index] or f"（第 {index + 1} 列）", 18) for index in kept), (_REASON, 60)]

    def rows() -> Iterator[list[str]]:
        if not reasons:
            return
        with open_table(file_services.read(batch.file), batch.sheet) as table:
            for line in table.lines:
                if line.number in reasons:
                    cells = [as_typed(cell) for cell in line.cells] + [""] * (len(titles) - len(line.cells))
                    yield [*(cells[index] for index in kept), reasons[line.number]]

    return tables.xlsx_response(f"未采用的行-{batch.number}", head, rows())


def as_typed(cell: Any) -> str:
    """Return a cell as the clerk saw it.

    >>> as_typed(None), as_typed(1.0), as_typed(True), as_typed(" a ")
    ('', '1', '是', ' a ')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def template_response(kind: Kind) -> HttpResponseBase:
    """Answer with an empty table of all columns that a kind knows, with one invented row; the row is refused until it is replaced."""
    known = [column for column in kind.columns if column.in_template]
    titles = [(column.title + ("（必填）" if column.required else ""), 22) for column in known]
    return tables.xlsx_response(f"导入模板-{kind.label}", titles, [[kind.samples.get(c.key, "") for c in known]])
