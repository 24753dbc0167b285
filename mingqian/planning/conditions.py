"""The conditions of a plan's entry on the registry: kept as plain values, checked against what the organ knows, told in words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.models.items import ItemRevision
from mingqian.registry.models import Library, Subject
from mingqian.registry.subjects.selectors import SubjectCriteria, matching, subjects_of
from mingqian.registry.subjects.states import CreditClass, Scale, SubjectKind

#: Lists of values, one of which a subject must meet, with what users call them.
LISTS = {
    "districts": "区县",
    "kinds": "对象类别",
    "fields": "业务领域",
    "libraries": "专项库",
    "tags": "标签",
    "industries": "行业",
    "company_types": "企业类型",
    "scales": "规模",
    "credit_classes": "信用等级",
}
TEXTS = {"text": "名称、地址等含", "scope": "经营范围含", "permit": "持有许可"}
DAYS = {"established_from": "成立日期自", "established_to": "成立日期至"}
MOST_VALUES = 60


def _values(name: str, given: Any) -> list[str]:
    values = list(dict.fromkeys(text for value in given or () if (text := clean(str(value)))))
    if len(values) > MOST_VALUES or any(len(value) > 100 for value in values):
        raise DomainError(f"{LISTS[name]}选得太多（最多 {MOST_VALUES} 个），请减少。")
    return values


def _text(name: str, given: Any) -> str:
    text = clean(str(given or ""))
    if len(text) > 100:
        raise DomainError(f"“{TEXTS[name]}”最多 100 字，请缩短。")
    return text


def _iso(_name: str, given: Any) -> str:
    return (given if isinstance(given, date) else date.fromisoformat(str(given))).isoformat() if given else ""


#: How each condition is read, in the order in which they are kept.
_READ: dict[str, Callable[[str, Any], list[str] | str]] = {
    **dict.fromkeys(LISTS, _values),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(DAYS, _iso),
}


def check(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions with empty ones left out, days as ISO texts; raise DomainError for what nobody knows."""
    strangers = [name for name in given if name not in _READ]
    if strangers:
        raise DomainError(f"对象条件里有不认识的条件“{strangers[0]}”，请重新选择。")
    found: dict[str, Any] = {name: value for name, read in _READ.items() if (value := read(name, given.get(name)))}
    if found.get("established_to", "9") < found.get("established_from", "0"):
        raise DomainError("成立日期的止日早于起日，请改正。")
    return found


def criteria_of(conditions: Mapping[str, Any]) -> SubjectCriteria:
    """Return kept conditions as the registry asks for them."""
    known: dict[str, Any] = {name: tuple(conditions[name]) for name in LISTS if name in conditions}
    known |= {name: conditions[name] for name in TEXTS if name in conditions}
    known |= {name: date.fromisoformat(conditions[name]) for name in DAYS if name in conditions}
    return SubjectCriteria(**known)


def item_criteria(item: ItemRevision) -> SubjectCriteria:
    """Return the scope of an item as the registry asks for it."""
    known: dict[str, Any] = {name: tuple(values) for name, values in item.scope.items() if values}
    return SubjectCriteria(**known)


def subjects_in(
    organ: Organ, conditions: Mapping[str, Any], items: Iterable[ItemRevision], on: date | None = None
) -> QuerySet[Subject]:
    """Return the subjects that meet the conditions and the scope of every item on a day (today), by number, out of business or not."""
    on = on or clock.today()
    found = matching(subjects_of(organ), criteria_of(conditions), on)
    for item in items:
        if item.scope:
            found = matching(found, item_criteria(item), on)
    return found


def names_of(organ: Organ) -> dict[str, dict[str, str]]:
    """Return the words of the codes in conditions."""
    return {
        "kinds": {str(value): str(words) for value, words in SubjectKind.choices},
        "scales": {str(value): str(words) for value, words in Scale.choices},
        "credit_classes": {str(value): str(words) for value, words in CreditClass.choices},
        "fields": {field.code: field.name for field in fields_of(organ)},
        "libraries": {library.code: library.name for library in Library.objects.filter(organ=organ)},
    }


def words(conditions: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> str:
    """Write conditions: 区县：张店区、桓台县；标签：两高."""
    parts = [
        f"{title}：{'、'.join(names.get(name, {}).get(value, value) for value in conditions[name])}"
        for name, title in LISTS.items()
        if conditions.get(name)
    ]
    parts += [f"{title}：{conditions[name]}" for name, title in TEXTS.items() if conditions.get(name)]
    parts += [
        f"{title}：{day(date.fromisoformat(conditions[name]))}" for name, title in DAYS.items() if conditions.get(name)
    ]
    return "；".join(parts)
