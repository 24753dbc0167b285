"""Experts as rows of a workbook."""

from datetime import date

from mingqian.common.tables import Titles
from mingqian.registry.cells import day_cell
from mingqian.registry.models.experts import Expert

EXPERT_TITLES: Titles = (
    ("编号", 12), ("类别", 10), ("名称", 24), ("所在单位", 30), ("专业或检测项目", 30), ("资质名称", 24), ("资质编号", 22),
    ("资质有效期自", 14), ("资质有效期至", 14), ("联系方式", 16), ("可否邀请", 12),
)  # fmt: skip


def expert_cells(expert: Expert, today: date) -> list[str]:
    """Return an expert as `EXPERT_TITLES` has it; the contact masked."""
    return [
        expert.number,
        expert.get_kind_display(),
        expert.name,
        expert.organisation,
        expert.speciality,
        expert.qualification,
        expert.qualification_number,
        day_cell(expert.valid_from),
        day_cell(expert.valid_until),
        expert.contact_masked,
        "可以" if expert.may_come_on(today) else "不能",
    ]
