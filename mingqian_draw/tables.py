"""The three tables of a bundle: checked, counted and looked up in their bytes, never as a million Python objects."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.grammar import ASCII_WORD, WORD
from mingqian_draw.merkle import TreeBuilder

SUBJECTS, INSPECTORS, CONFLICTS = "subjects.tsv", "inspectors.tsv", "conflicts.tsv"
FILES = {"subjects": SUBJECTS, "inspectors": INSPECTORS, "conflicts": CONFLICTS}

_CHUNK = 1 << 20
_COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    SUBJECTS: (
        ("id", "WORD"),
        ("stratum", "WORD"),
        ("lots", "[1-9]"),
        ("status", "(?:in|exempt:WORD|out:WORD)"),
    ),
    INSPECTORS: (("id", "WORD"), ("unit", "WORD"), ("status", "(?:in|out:WORD)")),
    CONFLICTS: (("subject", "WORD"), ("inspector", "WORD")),
}
# The whole of a chunk in one match; the bytes form, for chunks that are ASCII only, is the usual and faster one.
_TEXT = {
    file: re.compile("(?:" + "\t".join(column for _, column in columns).replace("WORD", WORD) + "\n)*+")
    for file, columns in _COLUMNS.items()
}
_ASCII = {
    file: re.compile(
        b"(?:" + b"\t".join(column.encode() for _, column in columns).replace(b"WORD", ASCII_WORD) + b"\n)*+"
    )
    for file, columns in _COLUMNS.items()
}
_CELL = {
    file: tuple((name, re.compile(column.replace("WORD", WORD))) for name, column in columns)
    for file, columns in _COLUMNS.items()
}

Kind = tuple[bytes, bytes, bytes]
"""Stratum, lots and status of a row: what rows are counted by."""


def chunks(data: bytes) -> Iterator[bytes]:
    """A table cut behind line feeds into pieces of about a megabyte."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _CHUNK) + 1 or len(data)
        yield data[start:end]
        start = end


@dataclass
class Table:
    """A checked table. ``sound`` is whether its rows can be relied on: grammar, order and uniqueness hold."""

    file: str
    data: bytes
    count: int = 0
    root: str = ""
    sound: bool = True

    def rows(self) -> list[bytes]:
        """All rows without line feeds."""
        return self.data.split(b"\n")[:-1] if self.data else []

    def find(self, key: bytes) -> tuple[int, bytes] | None:
        """Offset and row of a row that starts with ``key`` and a tab or is ``key``; the table must be sorted."""
        low, high = 0, len(self.data)
        while low < high:
            start = self.data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.data.find(b"\n", start)
            row = self.data[start:end]
            # A tab and the end of a row sort before every character of a word, as the shorter id does.
            if row == key or row.startswith(key + b"\t"):
                return start, row
            if row < key:
                low = end + 1
            else:
                high = start
        return None

    def index(self, offset: int) -> int:
        """Number (from 0) of the row at an offset."""
        return self.data.count(b"\n", 0, offset)


@dataclass
class Subjects(Table):
    """``subjects.tsv``; ``kinds`` counts its rows, ``known`` holds what rows were asked for while reading."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    known: dict[bytes, Kind] = field(default_factory=dict)

    def columns(self) -> Iterator[tuple[list[bytes], list[bytes], list[bytes], list[bytes]]]:
        """Ids, strata, lots and status of the rows, chunk by chunk. The table must be sound."""
        for chunk in chunks(self.data):
            cells = chunk.replace(b"\n", b"\t").split(b"\t")
            cells.pop()
            yield cells[0::4], cells[1::4], cells[2::4], cells[3::4]

    def kind(self, subject: str) -> Kind | None:
        """Stratum, lots and status of a subject, ``None`` where there is no such row."""
        found = self.find(subject.encode())
        if found is None:
            return None
        _, stratum, lots, status = found[1].split(b"\t")
        return stratum, lots, status

    @cached_property
    def _tally(self) -> dict[bytes, tuple[int, int]]:
        """By stratum: how many rows take part, how many of them are ``in``. To be asked for once all is counted."""
        tally: dict[bytes, tuple[int, int]] = {}
        for (stratum, _, status), rows in self.kinds.items():
            part, able = tally.get(stratum, (0, 0))
            tally[stratum] = part + rows * (not status.startswith(b"out")), able + rows * (status == b"in")
        return tally

    def participants(self, stratum: str) -> int:
        """How many rows of a stratum are not ``out:``."""
        return self._tally.get(stratum.encode(), (0, 0))[0]

    def eligible(self, stratum: str) -> int:
        """How many rows of a stratum are ``in``."""
        return self._tally.get(stratum.encode(), (0, 0))[1]


@dataclass(frozen=True)
class Inspector:
    """A row of ``inspectors.tsv``."""

    id: str
    unit: str
    status: str


Pairs = dict[str, set[str]]
"""Conflicts: the inspectors that a subject must not meet."""


@dataclass
class Tables:
    """The three tables together. ``sound`` is whether all of them are, and every conflict names known ids."""

    subjects: Subjects
    inspectors: Table
    conflicts: Table
    people: list[Inspector] = field(default_factory=list)
    pairs: Pairs = field(default_factory=dict)
    sound: bool = False

    def __post_init__(self) -> None:
        self.units = {person.id: person for person in self.people}
        self.free = [person.id for person in self.people if person.status == "in"]

    def get(self, name: str) -> Table:
        """The table ``subjects``, ``inspectors`` or ``conflicts``. Raises ``KeyError``."""
        return {"subjects": self.subjects, "inspectors": self.inspectors, "conflicts": self.conflicts}[name]


def _row_problem(file: str, row: bytes) -> dict[str, object] | None:
    """What is wrong with a row, ``None`` where nothing is."""
    try:
        cells = row.decode().split("\t")
    except UnicodeDecodeError:
        return {"expected": "@utf8", "cells": [cell.decode("utf-8", "replace") for cell in row.split(b"\t")]}
    columns = _CELL[file]
    if len(cells) != len(columns):
        return {"expected": f"@columns-{file.removesuffix('.tsv')}", "cells": cells}
    for cell, (name, pattern) in zip(cells, columns, strict=True):
        if not pattern.fullmatch(cell):
            return {"expected": f"@{name}-{file.removesuffix('.tsv')}", "cells": cells}
    return None


def _grammar_ok(file: str, chunk: bytes) -> bool:
    if chunk.isascii():
        return _ASCII[file].fullmatch(chunk) is not None
    try:
        return _TEXT[file].fullmatch(chunk.decode()) is not None
    except UnicodeDecodeError:
        return False


def _keys(file: str, chunk: bytes, rows: list[bytes]) -> Sequence[bytes]:
    """What the rows are sorted by: the id; for conflicts the pair, which is the row."""
    if file == CONFLICTS:
        return rows
    cells = chunk.replace(b"\n", b"\t").split(b"\t")
    cells.pop()
    return cells[:: len(_COLUMNS[file])]


def check(table: Table, problems: Problems, wanted: set[bytes] | None = None) -> None:
    """Read a table through once: grammar, order, count, root; of subjects also the kinds, and those of ``wanted``."""
    file, tree, last = table.file, TreeBuilder(), b""
    for chunk in chunks(table.data):
        first = table.count + 1
        rows = chunk.split(b"\n")
        ended = rows[-1] == b""
        if ended:
            rows.pop()
        else:
            problems.add("row-end", file, str(first + len(rows) - 1))
        tree.extend(rows)
        table.count += len(rows)
        if not ended or not _grammar_ok(file, chunk):
            table.sound, last = False, b""
            _name_bad_rows(file, rows, first, problems)
            continue
        keys = _keys(file, chunk, rows)
        if (last and not last < keys[0]) or not all(map(operator.lt, keys, islice(keys, 1, None))):
            table.sound = False
            _name_disorder(file, last, keys, first, problems)
        last = keys[-1]
        if isinstance(table, Subjects):
            _count(table, chunk, wanted or set(), keys)
    table.root = tree.finish()[0].hex()


def _name_bad_rows(file: str, rows: list[bytes], first: int, problems: Problems) -> None:
    for number, row in enumerate(rows, first):
        wrong = _row_problem(file, row)
        if wrong is not None:
            problems.add("row", file, str(number), **wrong)


def _name_disorder(file: str, last: bytes, keys: Sequence[bytes], first: int, problems: Problems) -> None:
    previous = last
    for number, key in enumerate(keys, first):
        if previous and not previous < key:
            words = key.decode().replace("\t", " ")
            problems.add("rows-order" if key != previous else "rows-twice", file, str(number), key=words)
        previous = key


def _count(table: Subjects, chunk: bytes, wanted: set[bytes], keys: Sequence[bytes]) -> None:
    cells = chunk.replace(b"\n", b"\t").split(b"\t")
    table.kinds.update(zip(cells[1::4], cells[2::4], cells[3::4], strict=False))
    for key in wanted.intersection(keys) if table.sound else ():
        at = 4 * bisect_left(keys, key)
        table.known[key] = (cells[at + 1], cells[at + 2], cells[at + 3])


def _read_pairs(table: Table, problems: Problems) -> Pairs:
    check(table, problems)
    pairs: Pairs = {}
    if table.sound:
        for row in table.rows():
            subject, inspector = row.decode().split("\t")
            pairs.setdefault(subject, set()).add(inspector)
    return pairs


def read_tables(subjects: bytes, inspectors: bytes, conflicts: bytes, problems: Problems) -> Tables:
    """Check the three tables by themselves and against each other; what is wrong is added to ``problems``."""
    met, staff, pool = Table(CONFLICTS, conflicts), Table(INSPECTORS, inspectors), Subjects(SUBJECTS, subjects)
    found = Problems()
    pairs = _read_pairs(met, found)
    check(pool, problems, {subject.encode() for subject in pairs})
    check(staff, problems)
    problems.extend(found.listed())
    people = [Inspector(*row.decode().split("\t")) for row in staff.rows()] if staff.sound else []
    tables = Tables(pool, staff, met, people, pairs)
    tables.sound = pool.sound and staff.sound and met.sound
    if tables.sound:
        _check_ids(tables, problems)
    return tables


def _check_ids(tables: Tables, problems: Problems) -> None:
    strange = {subject for subject in tables.pairs if subject.encode() not in tables.subjects.known}
    unknown = set().union(*tables.pairs.values()) - tables.units.keys()
    if not strange and not unknown:
        return
    tables.sound = False
    for number, row in enumerate(tables.conflicts.rows(), 1):
        for name, names in zip(row.decode().split("\t"), (strange, unknown), strict=True):
            if name in names:
                problems.add("conflict-id", CONFLICTS, str(number), id=name)


def sort_input(data: bytes, file: str, shown: str, problems: Problems) -> bytes:
    """Rows in any order as a sorted table; ``shown`` is what the input is called where a row of it is wrong."""
    if data and not data.endswith(b"\n"):
        data += b"\n"
    rows = data.split(b"\n")[:-1]
    if not all(_grammar_ok(file, chunk) for chunk in chunks(data)):
        found = Problems()
        _name_bad_rows(file, rows, 1, found)
        problems.extend([DrawError(error.code, shown, error.row, **error.params) for error in found.listed()])
        return b""
    rows.sort()
    table = b"\n".join(rows) + b"\n" if rows else b""
    last = b""
    for chunk in chunks(table):
        keys = _keys(file, chunk, chunk.split(b"\n")[:-1])
        for before, key in zip(chain([last], keys), keys, strict=False):
            if before == key:
                problems.add("rows-twice", shown, key=key.decode().replace("\t", " "))
        last = keys[-1]
    return table
