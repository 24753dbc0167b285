"""What an act changed, field by field, for the details of its entry on the ledger: old and new in words, personal data never (A20.1)."""

from collections.abc import Mapping
from datetime import date

from django.db import models

from mingqian.registry.models.experts import Expert
from mingqian.registry.models.inspectors import Inspector

#: What stands for a value that is kept encrypted.
HIDDEN = "已修改"
_INSPECTOR = ("name", "sex", "post", "valid_from", "valid_until", "on_establishment", "enforcement_post")
_EXPERT = (
    "kind",
    "name",
    "organisation",
    "speciality",
    "qualification",
    "qualification_number",
    "valid_from",
    "valid_until",
    "active",
)


def in_words(value: object) -> str:
    """Write a value as the change log shows it; "" where there is none.

    >>> in_words(date(2026, 3, 2)), in_words(True), in_words(None)
    ('2026-03-02', '是', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)


def _texts(row: models.Model, names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        field = row._meta.get_field(name)
        if isinstance(field, models.Field):
            value = getattr(row, name)
            chosen = dict(field.flatchoices).get(value) if field.choices and value else None
            found[str(field.verbose_name)] = str(chosen) if chosen else in_words(value)
    return found


def inspector_texts(inspector: Inspector) -> dict[str, str]:
    """Return what the change log tells of an inspector's row, by title."""
    return {**_texts(inspector, _INSPECTOR), "科室": inspector.division.name}


def expert_texts(expert: Expert) -> dict[str, str]:
    """Return what the change log tells of an expert's row, by title; the contact is not among it."""
    return _texts(expert, _EXPERT)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[list[str]]:
    """Return [title, old, new] for everything that differs.

    >>> differences({"岗位": "科员"}, {"岗位": "科长"})
    [['岗位', '科员', '科长']]
    """
    return [[title, old, after[title]] for title, old in before.items() if old != after[title]]
