"""The three tables of a bundle: rows, their order and grammar, and the Merkle root over them (RFC 6962)."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, starmap
from typing import Any, NoReturn

from mingqian_draw.grammar import WORD
from mingqian_draw.merkle import TreeBuilder
from mingqian_draw.refusal import RefusedError, check, within

MOST_ROWS = 1_000_000
MOST_BYTES = 64 << 20
TABLES = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")
#: Stratum, lots, status of a subject: what rows are counted by.
Kind = tuple[str, int, str]
_ROWS = {
    "subjects.tsv": (4, f"{WORD}\t{WORD}\t[1-9]\t(?:in|(?:exempt|out):{WORD})"),
    "inspectors.tsv": (3, f"{WORD}\t{WORD}\t(?:in|out:{WORD})"),
    "conflicts.tsv": (2, f"{WORD}\t{WORD}"),
}
_ROW = {name: re.compile(form) for name, (_width, form) in _ROWS.items()}
#: All rows of a piece in one match.
_WHOLE = {name: re.compile(f"(?:{form}\n)*+") for name, (_width, form) in _ROWS.items()}
_PIECE = 1 << 20


def _pieces(data: bytes) -> Iterator[bytes]:
    """A table cut behind line feeds into pieces of about a megabyte: a table is never in memory twice."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE) + 1 or len(data)
        yield data[start:end]
        start = end


def read(data: bytes, name: str) -> Iterator[list[str]]:
    """The cells of a table, row after row, in pieces, checked for grammar and order; to be read to the end."""
    width = _ROWS[name][0]
    within(len(data), MOST_BYTES, f"{name}: too large")
    within(data.count(b"\n"), MOST_ROWS, f"{name}: too many rows")
    last: object = ("", "") if width == 2 else ""
    for piece in _pieces(data):
        text = piece.decode(errors="replace")
        if _WHOLE[name].fullmatch(text) is None:
            _refuse(data, name)
        cells = text.replace("\n", "\t").split("\t")
        cells.pop()
        ids: list[Any] = list(zip(cells[::2], cells[1::2], strict=True)) if width == 2 else cells[::width]
        if not all(map(operator.lt, [last, *ids], ids)):
            _refuse(data, name)
        last = ids[-1]
        yield cells


def _refuse(data: bytes, name: str) -> NoReturn:
    """Say what is wrong with a table: of all rows first their encoding, then their width, their order, their grammar."""
    try:
        for piece in _pieces(data):
            piece.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{name}: not UTF-8") from error
    check(data.endswith(b"\n"), f"{name}: no newline at the end")
    for row in _texts(data):
        check(row.count("\t") == _ROWS[name][0] - 1, f"{name}: width")
    keys = (row.split("\t")[: 2 if name == "conflicts.tsv" else 1] for row in _texts(data))
    check(all(starmap(operator.lt, pairwise(keys))), f"{name} is not sorted and unique")
    wrong = next(row for row in _texts(data) if _ROW[name].fullmatch(row) is None)
    raise RefusedError(f"{name}: {wrong[: wrong.index(chr(9))]}")


def _texts(data: bytes) -> Iterator[str]:
    for piece in _pieces(data):
        yield from piece.decode().split("\n")[:-1]


def tree_of(data: bytes, index: int | None = None) -> TreeBuilder:
    """The Merkle tree over the rows of a table, with the audit path of one of them where it is asked for."""
    tree = TreeBuilder(index)
    for piece in _pieces(data):
        tree.extend(piece.split(b"\n")[:-1])
    return tree


@dataclass(frozen=True)
class Inspector:
    """A row of `inspectors.tsv`."""

    unit: str
    status: str


@dataclass
class Tables:
    """What the three tables say, for steps 2 to 10 and what comes after the draw."""

    #: In the order of the file. Rows that are alike share their kind.
    subjects: dict[str, Kind] = field(default_factory=dict)
    #: How many subjects are of each kind.
    kinds: Counter[Kind] = field(default_factory=Counter)
    inspectors: dict[str, Inspector] = field(default_factory=dict)
    #: subject -> inspectors that must not meet it, by the table.
    conflicts: dict[str, set[str]] = field(default_factory=dict)
    roots: dict[str, tuple[str, int]] = field(default_factory=dict)
    longest: tuple[int, int] = (0, 0)

    def stratum_of(self, subject: str) -> str:
        """The stratum of a subject."""
        return self.subjects[subject][0]

    def free(self) -> list[str]:
        """The inspectors with status `in`, in the order of the file."""
        return [key for key, row in self.inspectors.items() if row.status == "in"]


class _Kinds(dict[tuple[str, str, str], Kind]):
    """The kind of a row by its cells, one object for all rows that are alike."""

    def __missing__(self, row: tuple[str, str, str]) -> Kind:
        kind = (row[0], int(row[1]), row[2])
        self[row] = kind
        return kind


def parse(files: Mapping[str, bytes]) -> Tables:
    """Read the three tables of a bundle; conflicts speak of rows that are there."""
    tables = Tables()
    told = _Kinds()
    for own in read(files["subjects.tsv"], "subjects.tsv"):
        kinds = list(map(told.__getitem__, zip(own[1::4], own[2::4], own[3::4], strict=True)))
        tables.subjects.update(zip(own[::4], kinds, strict=True))
        tables.kinds.update(kinds)
    for own in read(files["inspectors.tsv"], "inspectors.tsv"):
        for key, unit, status in zip(own[::3], own[1::3], own[2::3], strict=True):
            tables.inspectors[key] = Inspector(unit, status)
    known = True
    for own in read(files["conflicts.tsv"], "conflicts.tsv"):
        known = known and tables.subjects.keys() >= set(own[::2]) and tables.inspectors.keys() >= set(own[1::2])
        for subject, inspector in zip(own[::2], own[1::2], strict=True) if known else ():
            tables.conflicts.setdefault(subject, set()).add(inspector)
    check(known, "conflicts.tsv: unknown id")
    for name in TABLES:
        tables.roots[name] = (tree_of(files[name]).finish()[0].hex(), files[name].count(b"\n"))
    tables.longest = (_longest(tables.subjects), _longest(tables.inspectors))
    return tables


def _longest(keys: Iterable[str]) -> int:
    return max(map(len, map(str.encode, keys)), default=0)
