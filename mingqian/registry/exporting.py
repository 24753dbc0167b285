"""Lists as files for spreadsheet programs. Texts stay texts: nothing that somebody typed is ever run as a formula.

Phone numbers leave masked, ID numbers not at all.
"""

from datetime import date, datetime

from django.utils import timezone

from mingqian.documents.services import Titles, respond, xlsx_response
from mingqian.registry import industries
from mingqian.registry.models import (
    Exemption,
    Expert,
    Flag,
    Import,
    Inspector,
    Library,
    Qualification,
    Subject,
    SubjectChange,
)
from mingqian.registry.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable
from mingqian.registry.subject_log import Words

__all__ = [
    "CHANGE_TITLES",
    "DRAWABLE_TITLES",
    "DUPLICATE_TITLES",
    "EXEMPTION_TITLES",
    "EXPERT_TITLES",
    "FLAG_TITLES",
    "IMPORT_TITLES",
    "INSPECTOR_TITLES",
    "LIBRARY_TITLES",
    "SUBJECT_TITLES",
    "Titles",
    "change_cells",
    "drawable_cells",
    "duplicate_cells",
    "exemption_cells",
    "expert_cells",
    "flag_cells",
    "import_cells",
    "inspector_cells",
    "library_cells",
    "respond",
    "subject_cells",
    "xlsx_response",
]

SUBJECT_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("统一社会信用代码", 22), ("注册号", 18), ("类别", 12), ("区县", 10), ("地址", 44), ("负责人", 10),
    ("联系方式", 16), ("企业类型", 16), ("注册资金", 18), ("成立日期", 12), ("登记状态", 10), ("经营范围", 60), ("状态变更日期", 14),
    ("行业", 30), ("规模", 8), ("信用等级", 14), ("业务领域", 24), ("专项库", 24), ("标签", 24), ("登记时间", 20),
)  # fmt: skip
INSPECTOR_TITLES: Titles = (
    ("姓名", 12), ("性别", 6), ("科室", 16), ("岗位", 16), ("执法证号", 22), ("有效期自", 12), ("有效期至", 12), ("行政编制", 10),
    ("在执法岗位", 12), ("可否抽取", 24), ("业务领域", 24), ("资格", 40),
)  # fmt: skip
CHANGE_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("时间", 20), ("操作人", 18), ("栏目", 16), ("原值", 40), ("新值", 40), ("生效日期", 12), ("原因", 40),
)  # fmt: skip
FLAG_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("区县", 10), ("标记", 18), ("来源", 36), ("文号或编号", 24), ("自", 12), ("至", 12), ("登记人", 16),
)  # fmt: skip
EXEMPTION_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("区县", 10), ("名单代码", 18), ("免检依据", 40), ("名单来源", 30), ("自", 12), ("至", 12), ("状态", 10),
    ("撤销原因", 24), ("登记人", 16),
)  # fmt: skip
EXEMPTION_STATES = {"now": "有效", "later": "尚未生效", "past": "已到期", "withdrawn": "已撤销"}
DRAWABLE_TITLES: Titles = (
    ("检查日期", 12), ("姓名", 12), ("执法证号", 22), ("科室", 20), ("岗位", 16), ("可否抽取", 10), ("原因", 24), ("依据", 10),
)  # fmt: skip
IMPORT_TITLES: Titles = (
    ("编号", 16), ("导入到", 16), ("文件", 40), ("状态", 12), ("行数", 8), ("新增", 8), ("更新", 8), ("无变化", 8), ("未采用", 8),
    ("上传时间", 20), ("导入人", 16),
)  # fmt: skip
DUPLICATE_TITLES: Titles = (
    ("组", 8), ("疑似原因", 16), ("登记号", 22), ("名称", 36), ("地址", 44), ("负责人", 10), ("登记状态", 10),
)  # fmt: skip
LIBRARY_TITLES: Titles = (("名称", 30), ("代码", 20), ("建库依据", 50), ("对象", 10), ("状态", 10))
EXPERT_TITLES: Titles = (
    ("编号", 12), ("类别", 10), ("名称", 24), ("所在单位", 30), ("专业或检测项目", 30), ("资质名称", 24), ("资质编号", 22),
    ("资质有效期自", 14), ("资质有效期至", 14), ("联系方式", 16), ("可否邀请", 12),
)  # fmt: skip


def subject_cells(subject: Subject, words: Words) -> list[str]:
    """Return a subject as `SUBJECT_TITLES` has it; `words` are those of its organ."""
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
        _day(subject.status_since),
        industries.in_words(subject.industry),
        subject.get_scale_display() if subject.scale else "",
        subject.get_credit_class_display() if subject.credit_class else "",
        words.of("fields", subject.fields),
        words.of("libraries", subject.libraries),
        words.of("tags", subject.tags),
        _time(subject.registered_at),
    ]


def change_cells(subject: Subject, row: SubjectChange, title: str, old: str, new: str) -> list[str]:
    """Return a change of a field as `CHANGE_TITLES` has it."""
    by = row.by.removeprefix("user/")
    when = [_time(row.at), by, title, old, new, _day(row.effective_on), row.why]
    return [subject.number, subject.name, *when]


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
        _day(row.since),
        _day(row.until),
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
        _day(row.since),
        _day(row.until),
        EXEMPTION_STATES[state],
        row.withdrawn_why,
        row.recorded_by.removeprefix("user/"),
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


def import_cells(batch: Import) -> list[str]:
    """Return an import as `IMPORT_TITLES` has it."""
    counts = (batch.total, batch.taken, batch.updated, batch.unchanged, batch.refused)
    named = [batch.number, str(batch.get_target_display()), batch.file_name, str(batch.get_state_display())]
    return [*named, *map(str, counts), _time(batch.created_at), batch.created_by.removeprefix("user/")]


def duplicate_cells(position: int, why: str, subject: Subject) -> list[str]:
    """Return a subject of a group that looks like one as `DUPLICATE_TITLES` has it."""
    facts = [subject.number, subject.name, subject.address, subject.responsible_person, subject.get_status_display()]
    return [str(position), why, *facts]


def library_cells(library: Library, count: int) -> list[str]:
    """Return a library as `LIBRARY_TITLES` has it."""
    return [library.name, library.code, library.basis, str(count), "在用" if library.active else "已停用"]


def _time(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
