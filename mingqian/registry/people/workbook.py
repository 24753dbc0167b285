"""Inspectors as rows of a workbook."""

from datetime import date

from mingqian.common.tables import Titles
from mingqian.registry.cells import day_cell
from mingqian.registry.models.inspectors import Inspector, Qualification
from mingqian.registry.people.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable

INSPECTOR_TITLES: Titles = (
    ("姓名", 12), ("性别", 6), ("科室", 16), ("岗位", 16), ("执法证号", 22), ("有效期自", 12), ("有效期至", 12), ("行政编制", 10),
    ("在执法岗位", 12), ("可否抽取", 24), ("业务领域", 24), ("资格", 40),
)  # fmt: skip
DRAWABLE_TITLES: Titles = (
    ("检查日期", 12), ("姓名", 12), ("执法证号", 22), ("科室", 20), ("岗位", 16), ("可否抽取", 10), ("原因", 24), ("依据", 10),
)  # fmt: skip


def inspector_cells(inspector: Inspector, today: date) -> list[str]:
    """Return an inspector as `INSPECTOR_TITLES` has it."""
    why = why_not_drawable(inspector, today)
    return [
        inspector.name,
        inspector.get_sex_display() if inspector.sex else "",
        inspector.division.name,
        inspector.post,
        inspector.certificate_number,
        day_cell(inspector.valid_from),
        day_cell(inspector.valid_until),
        "是" if inspector.on_establishment else "否",
        "是" if inspector.enforcement_post else "否",
        f"不能：{OUT_WORDS[why]}" if why else "可以",
        "、".join(link.field.name for link in inspector.inspector_fields.all()),
        "、".join(_held(row) for row in inspector.qualifications.all() if not row.withdrawn),
    ]


def _held(row: Qualification) -> str:
    """Return a qualification as the import reads it again."""
    return f"{row.name} {row.number}" + (f" 至{row.valid_until}" if row.valid_until else "")


def drawable_cells(inspector: Inspector, on: date, why: str) -> list[str]:
    """Return an inspector as `DRAWABLE_TITLES` has it; `why` is the code of `why_not_drawable`."""
    return [
        on.isoformat(),
        inspector.name,
        inspector.certificate_number,
        inspector.division.name,
        inspector.post,
        "不能" if why else "可以",
        OUT_WORDS.get(why, ""),
        OUT_ARTICLES.get(why, ""),
    ]
