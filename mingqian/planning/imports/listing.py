"""The list of tables of items that were brought in."""

from django.urls import reverse

from mingqian.pages.listing import Column, Empty, Listing
from mingqian.pages.tones import shown
from mingqian.planning.cells import day_cell
from mingqian.planning.imports.selectors import imports_visible_to
from mingqian.planning.models.imports import ItemImport

IMPORT_LIST: Listing[ItemImport] = Listing(
    name="planning:imports",
    title="导入清单",
    sub="把现有的抽查事项清单表格整张读进来，逐项成为草稿，不用重新录入。",
    unit="次",
    rows=lambda user, _asked: imports_visible_to(user),
    empty=Empty(
        "还没有导入过清单",
        "有现成的清单表格（Excel 或 CSV）的，直接导入：标题行、两行表头、合并单元格和一个事项占多行都能读。",
        "upload",
        "导入表格",
        lambda: reverse("planning:import-new"),
    ),
    template="planning/imports/imports.html",
    keeps_filters=False,
    columns=(
        Column("编号", lambda row: row.code, 16, html="planning/imports/_code.html", style="mono"),
        Column("文件", lambda row: row.file_name, 40),
        Column("责任科室", lambda row: str(row.division), 20),
        Column("导入人", lambda row: str(row.created_by), 12),
        Column("导入时间", lambda row: day_cell(row.created_at), 12, style="nowrap"),
        Column("草稿", lambda row: str(row.made), 8, style="num"),
        Column("状态", lambda row: str(row.get_state_display()), 10, state=shown),
    ),
)
