"""Flags and exemptions as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.registry.cells import day_cell
from mingqian.registry.models.parts import Exemption, Flag

FLAG_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("区县", 10), ("标记", 18), ("来源", 36), ("文号或编号", 24), ("自", 12), ("至", 12), ("登记人", 16),
)  # fmt: skip
EXEMPTION_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("区县", 10), ("名单代码", 18), ("免检依据", 40), ("名单来源", 30), ("自", 12), ("至", 12), ("状态", 10),
    ("撤销原因", 24), ("登记人", 16),
)  # fmt: skip
EXEMPTION_STATES = {"now": "有效", "later": "尚未生效", "past": "已到期", "withdrawn": "已撤销"}


def flag_cells(row: Flag) -> list[str]:
    """Return a flag as `FLAG_TITLES` has it."""
    subject = row.subject
    return [
        subject.number,
        subject.name,
        subject.district,
        row.get_kind_display(),
        row.source,
        row.document,
        day_cell(row.since),
        day_cell(row.until),
        row.recorded_by.removeprefix("user/"),
    ]


def exemption_cells(row: Exemption, state: str) -> list[str]:
    """Return an exemption as `EXEMPTION_TITLES` has it; `state` is a key of `EXEMPTION_STATES`."""
    subject = row.subject
    return [
        subject.number,
        subject.name,
        subject.district,
        row.code,
        row.basis,
        row.source,
        day_cell(row.since),
        day_cell(row.until),
        EXEMPTION_STATES[state],
        row.withdrawn_why,
        row.recorded_by.removeprefix("user/"),
    ]
