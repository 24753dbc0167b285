"""The log of a subject's fields (A6.3): what an act changed, in rows of its own, written alike by hand, by import and by merging.

Values stand as the database has them, so that a subject can be put back to a day; `words_of` tells them to people.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.registry import industries
from mingqian.registry.differences import HIDDEN, in_words
from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.subjects import Subject
from mingqian.registry.several import split
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind, SubjectStatus

#: What is logged, by name of the column, and what users call it.
TITLES = {
    "name": "名称",
    "credit_code": "统一社会信用代码",
    "registration_number": "注册号",
    "id_number_box": "身份证号码",
    "kind": "类别",
    "district": "区县",
    "address": "地址",
    "responsible_person": "负责人",
    "phone_box": "联系方式",
    "company_type": "企业类型",
    "capital": "注册资金",
    "established_on": "成立日期",
    "business_scope": "经营范围",
    "status": "状态",
    "status_since": "状态自",
    "industry": "行业",
    "scale": "规模",
    "credit_class": "信用等级",
    "fields": "业务领域",
    "libraries": "专项库",
    "tags": "标签",
    "merged_into_id": "并入",
}
#: Kept encrypted: the log says that they changed, never what they were (A20.1).
SECRET = frozenset({"id_number_box", "phone_box"})
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": {str(key): str(label) for key, label in SubjectKind.choices},
    "status": {str(key): str(label) for key, label in SubjectStatus.choices},
    "scale": {str(key): str(label) for key, label in Scale.choices},
    "credit_class": {str(key): str(label) for key, label in CreditClass.choices},
}
Snapshot = dict[str, object]


def snapshot(subject: Subject) -> Snapshot:
    """Return what is logged of a subject as it stands."""
    held = subject.__dict__
    return {name: held[name] for name in TITLES}


def _text(name: str, value: object) -> str:
    if name in SECRET:
        return HIDDEN if value else ""
    return in_words(value)


def changes_since(
    before: Snapshot, subject: Subject, *, by: str, at: datetime, why: str, effective_on: date | None = None
) -> list[SubjectChange]:
    """Return unsaved rows for everything in which `subject` is not as `before`; the day of effect goes to the row of the status."""
    found = []
    held = subject.__dict__
    for name, old in before.items():
        new = held[name]
        if new == old or (not new and not old):
            continue
        found.append(
            SubjectChange(
                subject=subject,
                at=at,
                by=by,
                field=name,
                old="" if name in SECRET else _text(name, old),
                new=_text(name, new),
                why=why[:300],
                effective_on=effective_on if name == "status" else None,
            )
        )
    return found


class Words:
    """Tells values of the log to people: codes of fields, libraries and merged subjects by their names."""

    def __init__(self, organ: Organ) -> None:
        self._names: dict[str, dict[str, str]] = {
            "fields": dict(fields_of(organ).values_list("code", "name")),
            "libraries": dict(Library.objects.filter(organ=organ).values_list("code", "name")),
            "tags": {},
        }

    def names(self, column: str, text: str) -> list[str]:
        """Return the names in a column that holds several."""
        known = self._names[column]
        return [known.get(code, code) for code in split(text)]

    def of(self, column: str, text: str) -> str:
        """Return a value of the log as pages show it, "" for none."""
        found = text
        if column in self._names:
            found = "、".join(self.names(column, text))
        elif column in _CHOICES:
            found = _CHOICES[column].get(text, text) if text else ""
        elif column == "industry":
            found = industries.in_words(text)
        elif text and column == "merged_into_id":
            found = Subject.objects.filter(pk=int(text)).values_list("number", flat=True).first() or ""
        elif text and column in {"established_on", "status_since"}:
            day = date.fromisoformat(text)
            found = f"{day.year}年{day.month}月{day.day}日"
        return found

    def rows(self, changes: Iterable[SubjectChange]) -> list[tuple[SubjectChange, str, str, str]]:
        """Return each change with its title, old and new in words; of what is encrypted only that it changed."""
        return [
            (row, TITLES.get(row.field, row.field), self.of(row.field, row.old), self.of(row.field, row.new))
            for row in changes
        ]
