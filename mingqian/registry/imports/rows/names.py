"""Cells that hold several names: business fields and libraries of the organ, tags, qualifications."""

import re
from collections.abc import Mapping
from typing import Any

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import fields_of
from mingqian.documents.imports.states import Refusal
from mingqian.registry.imports.rows import cells
from mingqian.registry.models.libraries import Library
from mingqian.registry.several import BAR, joined

_BETWEEN = re.compile(r"[、，,；;/\n]")
_HELD = re.compile(r"(?P<name>.+?)[\s:：（(]*(?P<number>[A-Za-z0-9][A-Za-z0-9-]*)[）)]?(?:\s*至\s*(?P<until>.+))?")


def split_cell(cell: Any) -> list[str]:
    r"""Return the names in a cell, divided by 、 , ; / or a new line.

    >>> split_cell("民爆、重点用能; 外资\n出口"), split_cell(None), split_cell(2024.0)
    (['民爆', '重点用能', '外资', '出口'], [], ['2024'])
    """
    parts = _BETWEEN.split(cell) if isinstance(cell, str) else [cell]
    return list(filter(None, map(cells.text_of, parts)))


class Names:
    """The fields and libraries that an organ has, by name and by code."""

    def __init__(self, organ: Organ) -> None:
        self._known: dict[str, dict[str, str]] = {
            "fields": _both(dict(fields_of(organ).values_list("name", "code"))),
            "libraries": _both(dict(Library.objects.filter(organ=organ, active=True).values_list("name", "code"))),
        }

    def read(self, column: str, title: str, cell: Any) -> tuple[str, list[Refusal]]:
        """Return the codes that a cell names, as the column holds them, or why it is refused, naming what the organ does not have."""
        known = self._known[column]
        names = split_cell(cell)
        unknown = [name for name in names if name not in known]
        if unknown:
            code = "field-unknown" if column == "fields" else "library-unknown"
            there = "、".join(name for name, key in known.items() if name != key) or "（尚未设置）"
            text = f"本机关没有名为“{'、'.join(unknown)[:60]}”的{title}，现有：{there}"
            return "", [Refusal(code, text[:300])]
        return joined(known[name] for name in names), []


def _both(by_name: Mapping[str, str]) -> dict[str, str]:
    return {**{code: code for code in by_name.values()}, **by_name}


def read_tags(cell: Any) -> tuple[str, list[Refusal]]:
    """Return the tags of a cell as the column holds them, or why it is refused."""
    tags = split_cell(cell)
    if any(BAR in tag for tag in tags):
        return "", [Refusal("tag-odd", "标签里不能有竖线“|”，请用顿号隔开各个标签")]
    return joined(tags), []


def read_qualifications(cell: Any) -> tuple[str, list[Refusal]]:
    r"""Return the qualifications of a cell as `InspectorValues` holds them: name, number and last day of each.

    >>> read_qualifications("注册安全工程师 3720001234、内审员（A-1）至2027-01-01")
    ('注册安全工程师\t3720001234\t\n内审员\tA-1\t2027-01-01', [])
    """
    found = []
    for part in split_cell(cell):
        match = _HELD.fullmatch(part)
        dates = cells.dates_in(match["until"]) if match else None
        if match is None or dates is None or len(match["name"]) > 60 or len(match["number"]) > 64:
            return "", [
                Refusal(
                    "qualification-odd",
                    f"资格“{part[:40]}”无法识别，请写成“名称 证书编号”或“名称 证书编号 至2027-01-01”",
                )
            ]
        until = dates[-1].isoformat() if dates else ""
        found.append(f"{match['name'].strip()}\t{match['number']}\t{until}")
    return "\n".join(dict.fromkeys(found)), []
