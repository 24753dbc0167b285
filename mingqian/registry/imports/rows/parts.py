"""From a row of a table to a permit, a flag or an exemption, or to the reasons why it is refused."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from mingqian.common.text import clean_code
from mingqian.documents.imports.states import Checked, Refusal
from mingqian.registry.imports.rows import cells as rows_cells
from mingqian.registry.imports.rows.subjects import find_word
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.parts.values import PartKind, PartValues

#: Words of tables for the kinds of flags; the first that occurs counts (a list of the seriously dishonest is one of serious violations).
_FLAG_WORDS = (
    (FlagKind.SERIOUS, ("严重",)),
    (FlagKind.ABNORMAL, ("经营异常", "异常名录", "异常")),
    (FlagKind.DISHONEST, ("失信", "黑名单")),
    (FlagKind.COMPLAINTS, ("投诉", "举报", "信访")),
)


def _cells(cells: Sequence[Any], mapping: Mapping[str, int]) -> dict[str, Any]:
    width = len(cells)
    return {key: cells[index] for key, index in mapping.items() if index < width and cells[index] not in {None, ""}}


def _read_common(values: PartValues, cell: Mapping[str, Any], columns: Iterable[str]) -> list[Refusal]:
    """Read whose it is, the period, and the texts of `columns`."""
    refusals = []
    values.name = rows_cells.name_of(cell.get("name"))
    code, lost = rows_cells.code_of(cell.get("code"))
    if lost:
        refusals.append(
            Refusal("code-lost", "代码在表格里是数字，15 位以后的数已经丢失，请把该列设为文本格式后重新填写")
        )
    values.code = "" if lost else clean_code(code)
    values.texts = {column: rows_cells.text_of(cell.get(column)) for column in columns}
    if not values.name and not values.code and not lost:
        refusals.append(Refusal("subject-unclear", "没有写明是哪个对象：请填写代码或名称"))
    found: dict[str, list[date]] = {}
    for key, title in (("since", "开始日期"), ("until", "结束日期"), ("validity", "有效期")):
        dates = rows_cells.dates_in(cell.get(key))
        if dates is None and not (key == "until" and "长期" in str(cell[key])):
            text = f"{title}“{rows_cells.text_of(cell[key])[:30]}”无法识别，请写成 2020-01-31 的样子"
            refusals.append(Refusal("date-odd", text))
        found[key] = dates or []
    both = found["validity"]
    values.since = next(iter(found["since"] or both[:1]), None)
    values.until = next(reversed(found["until"] or both[1:]), None)
    return refusals


def check_part(row: int, cells: Sequence[Any], mapping: Mapping[str, int], kind: PartKind) -> Checked:
    """Return what a row of a table of permits, flags or exemptions says."""
    values, cell = PartValues(), _cells(cells, mapping)
    refusals = _read_common(values, cell, kind.fields)
    written = values.texts.get("kind", "")
    if written:
        values.texts["kind"] = find_word(written, _FLAG_WORDS)
    more = list(kind.wrong(values))
    if written and not values.texts["kind"]:
        more = [refusal for refusal in more if refusal.code != "flag-unknown"]
        known = "、".join(map(str, FlagKind.labels))
        more.append(Refusal("flag-unknown", f"标记“{written[:30]}”无法识别，请写{known}"))
    # That a date is missing is left out where it was said that it cannot be read.
    odd = any(refusal.code == "date-odd" for refusal in refusals)
    return Checked(row, values, refusals + [one for one in more if not (odd and one.code == "date-missing")])
