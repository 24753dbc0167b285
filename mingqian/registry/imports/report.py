"""What became of each row, as files."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http.response import HttpResponseBase

from mingqian.common import tables
from mingqian.documents.files import services as file_services
from mingqian.documents.tables.services import open_table
from mingqian.registry.imports.columns import columns_of
from mingqian.registry.imports.states import ImportTarget, RowOutcome
from mingqian.registry.models.imports import Import

REPORT_TITLES: tables.Titles = (("行号", 8), ("结果", 10), ("登记号", 22), ("名称", 36), ("说明", 80))
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
    "permits": (
        ("number", "登记号"),
        ("name", "名称"),
        ("title", "许可名称"),
        ("permit", "许可证编号"),
        ("issuer", "发证机关"),
        ("since", "自"),
        ("until", "至"),
    ),
    "flags": (
        ("number", "登记号"),
        ("name", "名称"),
        ("kind", "标记"),
        ("source", "来源"),
        ("document", "文号或编号"),
        ("since", "自"),
        ("until", "至"),
    ),
    "exemptions": (
        ("number", "登记号"),
        ("name", "名称"),
        ("list_code", "名单代码"),
        ("basis", "免检依据"),
        ("source", "名单来源"),
        ("since", "自"),
        ("until", "至"),
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


#: One invented row for each column that a template shows.
_SAMPLES = {
    "name": "淄博示例化工有限公司",
    "code": "91370303MA0000000X",
    "district": "张店区",
    "address": "山东省淄博市张店区示例路1号",
    "status": "存续",
    "industry": "C26",
    "scale": "小型",
    "credit_class": "B",
    "tags": "危化使用、外资",
    "certificate_number": "15030001",
    "division": "（本机关的科室名称）",
    "valid_from": "2026-01-01",
    "valid_until": "2030-12-31",
    "on_establishment": "是",
    "enforcement_post": "是",
    "qualifications": "注册安全工程师 3720001234 至2027-01-01",
    "title": "民用爆炸物品销售许可证",
    "number": "（鲁）MB销许证字-001",
    "kind": "列入经营异常名录",
    "source": "市市场监管局",
    "document": "淄市监异列〔2026〕1号",
    "since": "2026-01-01",
    "until": "2026-12-31",
    "list_code": "miansao-2026",
    "basis": "鲁政办发〔2026〕1号",
}
_UNLIKE = {("subjects", "kind"): "企业", ("inspectors", "name"): "张三", ("permits", "source"): ""}


def template_response(target: str) -> HttpResponseBase:
    """Answer with an empty table of all columns that a target knows, with one invented row; the row is refused until it is replaced."""
    known = [column for column in columns_of(target) if column.key != "validity"]
    titles = [(column.title + ("（必填）" if column.required else ""), 22) for column in known]
    row = [_UNLIKE.get((target, column.key), _SAMPLES.get(column.key, "")) for column in known]
    return tables.xlsx_response(f"导入模板-{ImportTarget(target).label}", titles, [row])
