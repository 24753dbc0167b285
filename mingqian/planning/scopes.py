"""The structured scope of an item: which subjects it is for. An empty part asks for nothing."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.planning.items.states import Scope
from mingqian.registry.models import Library
from mingqian.registry.subjects.states import SubjectKind

KEYS = ("fields", "kinds", "libraries", "tags")
_TITLES = {"fields": "业务领域", "kinds": "对象类别", "libraries": "专项库", "tags": "标签"}
MAX_TAGS = 20


def choices_of(organ: Organ) -> dict[str, list[tuple[str, str]]]:
    """Return what an officer may choose from, (value, words) for each part but the tags."""
    return {
        "fields": [(field.code, field.name) for field in fields_of(organ)],
        "kinds": list(SubjectKind.choices),
        "libraries": [(library.code, library.name) for library in Library.objects.filter(organ=organ, active=True)],
    }


def tags_in(text: str) -> list[str]:
    """Return the tags in what was typed, each once.

    >>> tags_in("重点用能、两高，重点用能")
    ['重点用能', '两高']
    """
    for sign in "、，；;\n|":
        text = text.replace(sign, ",")
    return list(dict.fromkeys(name for part in text.split(",") if (name := clean(part))))


def check(organ: Organ, scope: Mapping[str, Any]) -> Scope:
    """Return the condition with its parts in order, empty ones left out; raise DomainError for what the organ does not know."""
    known = {part: {value for value, _words in choices} for part, choices in choices_of(organ).items()}
    if strangers := [part for part in scope if part not in KEYS]:
        raise DomainError(f"对象范围里有不认识的条件“{strangers[0]}”，请重新选择。")
    found = Scope()
    for part in KEYS:
        values = list(dict.fromkeys(scope.get(part, ())))
        if problem := _problem(part, values, known.get(part)):
            raise DomainError(problem)
        if values:
            found[part] = values  # type: ignore[literal-required]  # one of KEYS
    return found


def _problem(part: str, values: Sequence[str], known: Container[str] | None) -> str:
    """Say what is wrong with the values of a part, "" nothing; tags (without `known`) may be any, in measure."""
    if known is None:
        too_much = len(values) > MAX_TAGS or any(len(value) > 40 for value in values)
        return f"标签最多 {MAX_TAGS} 个，每个不超过 40 字，请减少。" if too_much else ""
    strangers = [value for value in values if value not in known]
    return f"{_TITLES[part]}“{strangers[0]}”已停用或不存在，请重新选择。" if strangers else ""


def words(scope: Mapping[str, Iterable[str]], names: Mapping[str, Mapping[str, str]]) -> str:
    """Write a condition: 业务领域：节能；标签：重点用能. `names` give the words of codes; a code without stays as it is."""
    parts = [
        f"{_TITLES[part]}：{'、'.join(names.get(part, {}).get(value, value) for value in scope[part])}"
        for part in KEYS
        if scope.get(part)
    ]
    return "；".join(parts)
