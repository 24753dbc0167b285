"""Versions of the list as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.planning.cells import day_cell
from mingqian.planning.models.items import ListVersion

LIST_TITLES: Titles = (
    ("清单", 40), ("编号", 20), ("机关", 24), ("理由", 50), ("编制人", 12), ("编制时间", 12), ("批准人", 12), ("批准公布", 12),
    ("状态", 12),
)  # fmt: skip


def list_cells(version: ListVersion) -> list[str]:
    """Return a version of the list as `LIST_TITLES` has it."""
    made = [
        str(version.composed_by),
        day_cell(version.composed_at),
        str(version.decided_by or ""),
        day_cell(version.decided_at),
    ]
    return [str(version), version.code, version.organ.name, version.why, *made, str(version.get_state_display())]
