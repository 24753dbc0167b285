"""Imports of items as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.planning.cells import day_cell
from mingqian.planning.models.imports import ItemImport

IMPORT_TITLES: Titles = (
    ("编号", 16), ("文件", 40), ("责任科室", 20), ("导入人", 12), ("导入时间", 12), ("草稿", 8), ("状态", 10),
)  # fmt: skip


def import_cells(batch: ItemImport) -> list[str]:
    """Return a table that was brought in as `IMPORT_TITLES` has it."""
    made = [str(batch.created_by), day_cell(batch.created_at), str(batch.made)]
    return [batch.code, batch.file_name, str(batch.division), *made, str(batch.get_state_display())]
