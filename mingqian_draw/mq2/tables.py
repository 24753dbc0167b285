"""The three tables of a bundle: rows, their order and grammar, and the Merkle root over them (RFC 6962)."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, starmap

from mingqian_draw.merkle import TreeBuilder
from mingqian_draw.mq2.grammar import WORD
from mingqian_draw.mq2.refusal import RefusedError, check, within

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
#: All rows in one match.
_WHOLE = {name: re.compile(f"(?:{form}\n)*+") for name, (_width, form) in _ROWS.items()}
_CHUNK = 1 << 14


def read(data: bytes, name: str) -> list[str]:
    """The cells of a table, row after row, checked for grammar and order; a table of `n` rows has `n` times its width."""
    width = _ROWS[name][0]
    within(len(data), MOST_BYTES, f"{name}: too large")
    within(data.count(b"\n"), MOST_ROWS, f"{name}: too many rows")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{name}: not UTF-8") from error
    check(not text or text.endswith("\n"), f"{name}: no newline at the end")
    wrong = "" if _WHOLE[name].fullmatch(text) else _wrong(text, name)
    check(not wrong.endswith(": width"), wrong)
    cells = text.replace("\n", "\t").split("\t")
    cells.pop()
    ids: Iterable[object] = zip(cells[::2], cells[1::2], strict=True) if width == 2 else cells[::width]
    check(all(starmap(operator.lt, pairwise(ids))), f"{name} is not sorted and unique")
    check(not wrong, wrong)
    return cells


def _wrong(text: str, name: str) -> str:
    """What is wrong with the form of a row: of all rows their width, then the first that is none."""
    rows = text.split("\n")[:-1]
    if any(row.count("\t") != _ROWS[name][0] - 1 for row in rows):
        return f"{name}: width"
    row = next(row for row in rows if _ROW[name].fullmatch(row) is None)
    return f"{name}: {row[: row.index(chr(9))]}"


def rows_of(data: bytes) -> list[bytes]:
    """The rows of a table without their line feeds."""
    return data.split(b"\n")[:-1]


def root_of(rows: Sequence[bytes]) -> str:
    """The Merkle tree hash over rows, in hex."""
    tree = TreeBuilder()
    for start in range(0, len(rows), _CHUNK):
        tree.extend(rows[start : start + _CHUNK])
    return tree.finish()[0].hex()


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


def parse(files: Mapping[str, bytes]) -> Tables:
    """Read the three tables of a bundle; conflicts speak of rows that are there."""
    cells = {name: read(files[name], name) for name in TABLES}
    tables = Tables()
    own = cells["subjects.tsv"]
    told: dict[tuple[str, str, str], Kind] = {}
    kinds = [
        told.get(row) or told.setdefault(row, (row[0], int(row[1]), row[2]))
        for row in zip(own[1::4], own[2::4], own[3::4], strict=True)
    ]
    tables.subjects = dict(zip(own[::4], kinds, strict=True))
    tables.kinds = Counter(kinds)
    people = cells["inspectors.tsv"]
    for key, unit, status in zip(people[::3], people[1::3], people[2::3], strict=True):
        tables.inspectors[key] = Inspector(unit, status)
    pairs = cells["conflicts.tsv"]
    for subject, inspector in zip(pairs[::2], pairs[1::2], strict=True):
        check(subject in tables.subjects and inspector in tables.inspectors, "conflicts.tsv: unknown id")
        tables.conflicts.setdefault(subject, set()).add(inspector)
    for name in TABLES:
        rows = rows_of(files[name])
        tables.roots[name] = (root_of(rows), len(rows))
    tables.longest = (_longest(tables.subjects), _longest(tables.inspectors))
    return tables


def _longest(keys: Iterable[str]) -> int:
    return max(map(len, map(str.encode, keys)), default=0)
