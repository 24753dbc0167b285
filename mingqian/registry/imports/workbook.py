"""Imports as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.registry.cells import time_cell
from mingqian.registry.models.imports import Import

IMPORT_TITLES: Titles = (
    ("编号", 16), ("导入到", 16), ("文件", 40), ("状态", 12), ("行数", 8), ("新增", 8), ("更新", 8), ("无变化", 8), ("未采用", 8),
    ("上传时间", 20), ("导入人", 16),
)  # fmt: skip


def import_cells(batch: Import) -> list[str]:
    """Return an import as `IMPORT_TITLES` has it."""
    counts = (batch.total, batch.taken, batch.updated, batch.unchanged, batch.refused)
    named = [batch.number, str(batch.get_target_display()), batch.file_name, str(batch.get_state_display())]
    return [*named, *map(str, counts), time_cell(batch.created_at), batch.created_by.removeprefix("user/")]
