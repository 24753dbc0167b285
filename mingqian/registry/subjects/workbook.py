"""Subjects and their changes as rows of a workbook. Texts stay texts: nothing that somebody typed is ever run as a formula."""

from mingqian.common.tables import Titles, day_cell, time_cell
from mingqian.registry import industries
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.subjects import Subject
from mingqian.registry.subjects.log import Words

SUBJECT_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("统一社会信用代码", 22), ("注册号", 18), ("类别", 12), ("区县", 10), ("地址", 44), ("负责人", 10),
    ("联系方式", 16), ("企业类型", 16), ("注册资金", 18), ("成立日期", 12), ("登记状态", 10), ("经营范围", 60), ("状态变更日期", 14),
    ("行业", 30), ("规模", 8), ("信用等级", 14), ("业务领域", 24), ("专项库", 24), ("标签", 24), ("登记时间", 20),
)  # fmt: skip
CHANGE_TITLES: Titles = (
    ("登记号", 22), ("名称", 36), ("时间", 20), ("操作人", 18), ("栏目", 16), ("原值", 40), ("新值", 40), ("生效日期", 12), ("原因", 40),
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
        day_cell(subject.established_on),
        subject.get_status_display(),
        subject.business_scope,
        day_cell(subject.status_since),
        industries.in_words(subject.industry),
        subject.get_scale_display() if subject.scale else "",
        subject.get_credit_class_display() if subject.credit_class else "",
        words.of("fields", subject.fields),
        words.of("libraries", subject.libraries),
        words.of("tags", subject.tags),
        time_cell(subject.registered_at),
    ]


def change_cells(subject: Subject, row: SubjectChange, title: str, old: str, new: str) -> list[str]:
    """Return a change of a field as `CHANGE_TITLES` has it."""
    by = row.by.removeprefix("user/")
    when = [time_cell(row.at), by, title, old, new, day_cell(row.effective_on), row.why]
    return [subject.number, subject.name, *when]
