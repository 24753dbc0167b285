"""From a row of a table to a permit, a flag or an exemption, or to the reasons why it is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingqian.common.text import clean_code
from mingqian.documents.imports.states import Checked, Refusal
from mingqian.registry.imports.rows import cells as rows_cells
from mingqian.registry.imports.rows.reading import digits_lost, filled, find_word, read_dates
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.parts.values import PartKind, PartValues

#: Words of tables for the kinds of flags; the first that occurs counts (a list of the seriously dishonest is one of serious violations).
_FLAG_WORDS = (
    (FlagKind.SERIOUS, ("严重",)),
    (FlagKind.ABNORMAL, ("经营异常", "异常名录", "异常")),
    (FlagKind.DISHONEST, ("失信", "黑名单")),
    (FlagKind.COMPLAINTS, ("投诉", "举报", "信访")),
)


def _read_owner(values: PartValues, cell: Mapping[str, Any]) -> list[Refusal]:
    """Read whose it is."""
    values.name = rows_cells.name_of(cell.get("name"))
    code, lost = rows_cells.code_of(cell.get("code"))
    if lost:
        return [digits_lost("代码")]
    values.code = clean_code(code)
    if not values.name and not values.code:
        return [Refusal("subject-unclear", "没有写明是哪个对象：请填写代码或名称")]
    return []


def _read_period(values: PartValues, cell: Mapping[str, Any]) -> list[Refusal]:
    """Read the period from two columns, or from one that holds both days."""
    refusals: list[Refusal] = []
    found: dict[str, list[date]] = {}
    for key, title in (("since", "开始日期"), ("until", "结束日期"), ("validity", "有效期")):
        found[key], wrong = read_dates(cell.get(key), title)
        if wrong and not (key == "until" and "长期" in str(cell[key])):
            refusals += wrong
    both = found["validity"]
    values.since = next(iter(found["since"] or both[:1]), None)
    values.until = next(reversed(found["until"] or both[1:]), None)
    return refusals


def check_part(row: int, cells: Sequence[Any], mapping: Mapping[str, int], kind: PartKind) -> Checked:
    """Return what a row of a table of permits, flags or exemptions says."""
    values, cell = PartValues(), filled(cells, mapping)
    values.texts = {column: rows_cells.text_of(cell.get(column)) for column in kind.fields}
    refusals = _read_owner(values, cell) + _read_period(values, cell)
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
