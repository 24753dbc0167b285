"""What the readers of all tables share: cells that say something, words of closed lists, codes and dates and what is wrong with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from mingqian.documents.imports.states import Refusal
from mingqian.registry.imports.rows.cells import code_of, dates_in, hides_characters, text_of


def filled(cells: Sequence[Any], mapping: Mapping[str, int]) -> dict[str, Any]:
    """Return the cells that are not empty by the keys of their columns; `mapping` gives the index of each known column."""
    width = len(cells)
    return {key: cells[index] for key, index in mapping.items() if index < width and cells[index] not in {None, ""}}


@lru_cache(2048)
def find_word(text: str, words: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return the key of the first group of which a word occurs in `text`, "" for none."""
    return next((str(key) for key, group in words if any(word in text for word in group)), "")


def digits_lost(title: str) -> Refusal:
    """Return what is said of a code of which a spreadsheet has eaten digits."""
    return Refusal("code-lost", f"{title}在表格里是数字，15 位以后的数已经丢失，请把该列设为文本格式后重新填写")


def read_code(cell: Any, title: str) -> tuple[str, list[Refusal]]:
    """Return a code, "" where digits of it are lost, and why it is refused."""
    code, lost = code_of(cell)
    refusals = []
    if hides_characters(cell):
        refusals.append(Refusal("code-hidden", f"{title}里有看不见的控制字符，请在表格里删去该单元格后重新输入"))
    if lost:
        refusals.append(digits_lost(title))
    return "" if lost else code, refusals


def read_dates(cell: Any, title: str) -> tuple[list[date], list[Refusal]]:
    """Return the dates that a cell names, and why it is refused where it names none and is not empty."""
    dates = dates_in(cell)
    if dates is None:
        text = f"{title}“{text_of(cell)[:30]}”无法识别，请写成 2020-01-31 的样子"
        return [], [Refusal("date-odd", text)]
    return dates, []
