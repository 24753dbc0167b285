"""What became of each row, as files."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http.response import HttpResponseBase

from mingqian.documents import services as documents
from mingqian.documents.services import open_table
from mingqian.registry import exporting
from mingqian.registry.models import Import
from mingqian.registry.states import RowOutcome

REPORT_TITLES: exporting.Titles = (("行号", 8), ("结果", 10), ("登记号", 22), ("名称", 36), ("说明", 80))
#: Columns of the preview: key and title.
PREVIEW_TITLES: dict[str, Sequence[tuple[str, str]]] = {
    "subjects": (
        ("number", "登记号"),
        ("name", "名称"),
        ("kind", "类别"),
        ("district", "区县"),
        ("address", "地址"),
        ("responsible_person", "负责人"),
        ("phone", "联系方式"),
        ("established_on", "成立日期"),
    ),
    "inspectors": (
        ("name", "姓名"),
        ("number", "执法证号"),
        ("division", "科室"),
        ("post", "岗位"),
        ("valid_from", "有效期自"),
        ("valid_until", "有效期至"),
    ),
}
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
        with open_table(documents.read(batch.file), batch.sheet) as table:
            for line in table.lines:
                if line.number in reasons:
                    cells = [as_typed(cell) for cell in line.cells] + [""] * (len(titles) - len(line.cells))
                    yield [*(cells[index] for index in kept), reasons[line.number]]

    return exporting.xlsx_response(f"未采用的行-{batch.number}", head, rows())


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
