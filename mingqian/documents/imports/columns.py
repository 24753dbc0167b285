"""What a table's columns may be called, and where its header stands.

Real tables have title rows, a date line, headers of one or two rows with merged cells, and columns nobody asked for. The header is the row
(or pair of rows) whose cells name the most known columns; every choice can be changed by hand.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from mingqian.common.text import clean, half_width
from mingqian.documents.imports.states import Kind
from mingqian.documents.tables.states import Line

#: So many rows from the top may come before the header.
SEARCHED_ROWS = 30


_NOISE = re.compile(r"[\s*＊:：()（）\[\]【】“”\"'、.。_-]+|[必选]填(?:项)?")


def plain_title(cell: object) -> str:
    """Return a header cell as titles are compared.

    >>> plain_title(" 法定代表人\\n（负责人）* ")
    '法定代表人负责人'
    """
    return _NOISE.sub("", clean(half_width(cell))).lower() if isinstance(cell, str) else ""


@dataclass(frozen=True)
class Header:
    """Where the header stands, what its columns are called, and which of them are known.

    `row` is the number of its last row (data begin below), 0 where the table has none; `mapping` gives for a known column's key the index
    of the table's column, from 0.
    """

    row: int
    titles: list[str]
    mapping: dict[str, int]

    @property
    def is_one(self) -> bool:
        """Say whether a row is a header at all: two known columns, or one where the table has no other."""
        return len(self.mapping) >= 2 or (
            len(self.mapping) == 1 and len({title for title in self.titles if title}) == 1
        )


def titles_of(lines: Sequence[Line], row: int) -> list[str]:
    """Return what the columns are called by header row `row`; where the row above belongs to the header too, both are joined.

    The row above belongs to it where it has several cells and the lower one repeats a title or leaves one to it (有效期 over 起 and 止).
    """
    texts = {line.number: _texts(line) for line in lines if line.number in {row - 1, row}}
    lower, upper = texts.get(row, []), texts.get(row - 1, [])
    if row not in texts or len({cell for cell in upper if cell}) < 2:
        return lower
    return [low if high == low else high + low for high, low in zip_longest(upper, lower, fillvalue="")]


def _texts(line: Line) -> list[str]:
    """Return the cells of a row as tidy texts."""
    return [clean(str(cell)) if cell is not None else "" for cell in line.cells]


def recognise(titles: Sequence[str], kind: Kind) -> dict[str, int]:
    """Return which known column stands where; a title that names two is the first, and the leftmost of two equal titles counts."""
    by_name: dict[str, str] = {}
    for column in kind.columns:
        for name in column.names:
            by_name.setdefault(plain_title(name), column.key)
    mapping: dict[str, int] = {}
    for index, title in enumerate(titles):
        key = by_name.get(plain_title(title)) or by_name.get(plain_title(re.split(r"[(（]", title, maxsplit=1)[0]))
        if key is not None:
            mapping.setdefault(key, index)
    return mapping


def find_header(lines: Sequence[Line], kind: Kind) -> Header:
    """Return the header among the first rows: the row that names the most known columns, the lowest of several that a merge made equal."""
    best = Header(0, [], {})
    for line in lines[:SEARCHED_ROWS]:
        for titles in (_texts(line), titles_of(lines, line.number)):
            found = Header(line.number, titles, recognise(titles, kind))
            if found.is_one and (
                len(found.mapping) > len(best.mapping)
                or (
                    len(found.mapping) == len(best.mapping)
                    and line.number == best.row + 1
                    and _is_second_row(lines, line)
                )
            ):
                best = found
    return best


def _is_second_row(lines: Sequence[Line], line: Line) -> bool:
    """Say whether a row right below a header still belongs to it: a vertical merge repeats the titles there."""
    above = next((other for other in lines if other.number == line.number - 1), None)
    if above is None:
        return False
    pairs = [
        (a, b) for a, b in zip(above.cells, line.cells, strict=False) if a not in {None, ""} and b not in {None, ""}
    ]
    return len([True for a, b in pairs if a == b]) >= 2


def missing_columns(kind: Kind, mapping: Mapping[str, Any]) -> list[str]:
    """Return the titles of the columns that must be there and are not."""
    return [column.title for column in kind.wanted if column.key not in mapping]
