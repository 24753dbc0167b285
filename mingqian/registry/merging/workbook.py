"""Likely duplicates as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.registry.models.subjects import Subject

DUPLICATE_TITLES: Titles = (
    ("组", 8), ("疑似原因", 16), ("登记号", 22), ("名称", 36), ("地址", 44), ("负责人", 10), ("登记状态", 10),
)  # fmt: skip


def duplicate_cells(position: int, why: str, subject: Subject) -> list[str]:
    """Return a subject of a group that looks like one as `DUPLICATE_TITLES` has it."""
    facts = [subject.number, subject.name, subject.address, subject.responsible_person, subject.get_status_display()]
    return [str(position), why, *facts]
