"""Lists as files for spreadsheet programs. Texts stay texts: nothing that somebody typed is ever run as a formula.

Phone numbers leave masked, ID numbers not at all.
"""

from datetime import date

from mingqian.documents.services import Titles, respond, xlsx_response
from mingqian.registry.models import Expert, Inspector, Subject
from mingqian.registry.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable

__all__ = [
    "DRAWABLE_TITLES",
    "EXPERT_TITLES",
    "INSPECTOR_TITLES",
    "SUBJECT_TITLES",
    "Titles",
    "drawable_cells",
    "expert_cells",
    "inspector_cells",
    "respond",
    "subject_cells",
    "xlsx_response",
]

SUBJECT_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("统一社会信用代码", 22), ("注册号", 18), ("类别", 12), ("区县", 10), ("地址", 44), ("负责人", 10),
    ("联系方式", 16), ("企业类型", 16), ("注册资金", 18), ("成立日期", 12), ("登记状态", 10), ("经营范围", 60),
)  # fmt: skip
INSPECTOR_TITLES: Titles = (
    ("姓名", 12), ("性别", 6), ("科室", 16), ("岗位", 16), ("执法证号", 22), ("有效期自", 12), ("有效期至", 12), ("行政编制", 10),
    ("在执法岗位", 12), ("可否抽取", 24),
)  # fmt: skip
DRAWABLE_TITLES: Titles = (
    ("检查日期", 12), ("姓名", 12), ("执法证号", 22), ("科室", 20), ("岗位", 16), ("可否抽取", 10), ("原因", 24), ("依据", 10),
)  # fmt: skip
EXPERT_TITLES: Titles = (
    ("编号", 12), ("类别", 10), ("名称", 24), ("所在单位", 30), ("专业或检测项目", 30), ("资质名称", 24), ("资质编号", 22),
    ("资质有效期自", 14), ("资质有效期至", 14), ("联系方式", 16), ("可否邀请", 12),
)  # fmt: skip


def subject_cells(subject: Subject) -> list[str]:
    """Return a subject as `SUBJECT_TITLES` has it."""
    return [
        subject.number,
        subject.name,
        subject.credit_code or "",
        subject.registration_number,
        subject.get_kind_display(),
        subject.district,
        subject.address,
        subject.responsible_person,
        subject.phone_masked,
        subject.company_type,
        subject.capital,
        _day(subject.established_on),
        subject.get_status_display(),
        subject.business_scope,
    ]


def inspector_cells(inspector: Inspector, today: date) -> list[str]:
    """Return an inspector as `INSPECTOR_TITLES` has it."""
    why = why_not_drawable(inspector, today)
    return [
        inspector.name,
        inspector.get_sex_display() if inspector.sex else "",
        inspector.division.name,
        inspector.post,
        inspector.certificate_number,
        _day(inspector.valid_from),
        _day(inspector.valid_until),
        "是" if inspector.on_establishment else "否",
        "是" if inspector.enforcement_post else "否",
        f"不能：{OUT_WORDS[why]}" if why else "可以",
    ]


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
        _day(expert.valid_from),
        _day(expert.valid_until),
        expert.contact_masked,
        "可以" if expert.may_come_on(today) else "不能",
    ]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
