"""The three tables of a bundle: rows, their order and grammar, and the Merkle root over them (RFC 6962)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mingqian_draw.merkle import TreeBuilder
from mingqian_draw.mq2.grammar import WORD
from mingqian_draw.mq2.refusal import RefusedError, check

MOST_ROWS = 1_000_000
MOST_BYTES = 64 << 20
TABLES = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")
_ROWS = {
    "subjects.tsv": (4, f"{WORD}\t{WORD}\t[1-9]\t(?:in|(?:exempt|out):{WORD})"),
    "inspectors.tsv": (3, f"{WORD}\t{WORD}\t(?:in|out:{WORD})"),
    "conflicts.tsv": (2, f"{WORD}\t{WORD}"),
}
_ROW = {name: re.compile(form) for name, (_width, form) in _ROWS.items()}


def read(data: bytes, name: str) -> list[str]:
    """The rows of a table as texts without their line feed, checked for grammar and order."""
    width = _ROWS[name][0]
    check(len(data) <= MOST_BYTES, f"{name}: too large")
    check(data.count(b"\n") <= MOST_ROWS, f"{name}: too many rows")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{name}: not UTF-8") from error
    check(not text or text.endswith("\n"), f"{name}: no newline at the end")
    rows = text.split("\n")
    rows.pop()
    key = 2 if name == "conflicts.tsv" else 1
    for row in rows:
        if row.count("\t") != width - 1:
            raise RefusedError(f"{name}: width")
    ids = [row.split("	", key)[:key] for row in rows]
    check(all(one < other for one, other in pairwise(ids)), f"{name} is not sorted and unique")
    match = _ROW[name].fullmatch
    for row in rows:
        if match(row) is None:
            raise RefusedError(f"{name}: {row[: row.index(chr(9))]}")
    return rows


def root_of(rows: Sequence[str]) -> str:
    """The Merkle tree hash over rows, in hex."""
    tree = TreeBuilder()
    for start in range(0, len(rows), 1 << 14):
        tree.extend([row.encode() for row in rows[start : start + (1 << 14)]])
    return tree.finish()[0].hex()


@dataclass(frozen=True)
class Inspector:
    """A row of `inspectors.tsv`."""

    unit: str
    status: str


@dataclass
class Tables:
    """What the three tables say, for steps 2 to 10 and what comes after the draw."""

    #: id -> (stratum, lots, status), in the order of the file.
    subjects: dict[str, tuple[str, int, str]] = field(default_factory=dict)
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
    rows = {name: read(files[name], name) for name in TABLES}
    tables = Tables()
    statuses: dict[str, str] = {}
    for row in rows["subjects.tsv"]:
        key, stratum, lots, status = row.split("\t")
        tables.subjects[key] = (stratum, int(lots), statuses.setdefault(status, status))
    for row in rows["inspectors.tsv"]:
        key, unit, status = row.split("\t")
        tables.inspectors[key] = Inspector(unit, status)
    for row in rows["conflicts.tsv"]:
        subject, inspector = row.split("\t")
        check(subject in tables.subjects and inspector in tables.inspectors, "conflicts.tsv: unknown id")
        tables.conflicts.setdefault(subject, set()).add(inspector)
    tables.roots = {name: (root_of(rows[name]), len(rows[name])) for name in TABLES}
    widest = [max((len(key.encode()) for key in keys), default=0) for keys in (tables.subjects, tables.inspectors)]
    tables.longest = (widest[0], widest[1])
    return tables
