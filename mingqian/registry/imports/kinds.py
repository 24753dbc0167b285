"""The kinds of tables that the registries import: their columns (`columns.json`), what decides on their rows, their books."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mingqian.accounts.models import Organ
from mingqian.documents.imports.states import Book, Column, Decider, Index, Kind, register
from mingqian.ledger.models import Recorded
from mingqian.registry import registers
from mingqian.registry.guards import why_no_officer
from mingqian.registry.imports.rows.decisions import Subjects
from mingqian.registry.imports.rows.inspector_decisions import Inspectors
from mingqian.registry.imports.rows.part_decisions import Parts
from mingqian.registry.imports.states import REASONS, ImportKind
from mingqian.registry.models.registers import Register
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.values import EXEMPTION, FLAG, PERMIT
from mingqian.registry.search import services as search
from mingqian.registry.states import RegisterKind


class _Books:
    """The book whose version says whether what was decided on still holds."""

    def __init__(self, kind: RegisterKind) -> None:
        self._kind = kind

    def peek(self, organ: Organ) -> Register:
        return registers.peek(organ, self._kind)

    def take(self, organ: Organ) -> Register:
        return registers.take(organ, self._kind)

    def turn(self, book: Book, last_number: int) -> None:
        if isinstance(book, Register):
            registers.turn(book, last_number)


class _Search:
    """The search index of subjects."""

    def lines(self, rows: Sequence[Recorded]) -> list[Any]:
        return [search.line_of(row) for row in rows if isinstance(row, Subject)]

    def write(self, lines: list[Any], *, new: bool) -> None:
        search.write(lines, new=new)

    def settle(self) -> None:
        search.settle()


@dataclass(frozen=True)
class _Row:
    """What the code says of a kind; columns, preview and samples stand in `columns.json`."""

    decider_for: Callable[[Any, dict[str, int], int], Decider]
    #: Name of the address that lists what was brought in.
    listed: str
    hint: str
    book: RegisterKind = RegisterKind.SUBJECTS
    note: str = ""
    index: Index | None = None


_OF_SUBJECTS = "按代码或唯一的名称对应到名录库里的对象。"
_KINDS = {
    ImportKind.SUBJECTS: _Row(
        Subjects,
        "registry:subjects",
        "联系方式和身份证号码加密保存。一格里有几个领域、专项库或标签的，用顿号隔开。",
        note="区县没有单独一列的，按地址和代码判断。",
        index=_Search(),
    ),
    ImportKind.INSPECTORS: _Row(
        Inspectors, "registry:inspectors", "一格里有几个领域的，用顿号隔开。", RegisterKind.INSPECTORS
    ),
    ImportKind.PERMITS: _Row(partial(Parts, PERMIT), "registry:subjects", _OF_SUBJECTS),
    ImportKind.FLAGS: _Row(partial(Parts, FLAG), "registry:flags", _OF_SUBJECTS),
    ImportKind.EXEMPTIONS: _Row(partial(Parts, EXEMPTION), "registry:exemptions", _OF_SUBJECTS),
}
#: Cells of a preview that stay on one line.
_UNBROKEN = frozenset({"district", "responsible_person", "established_on", "valid_from", "valid_until", "division"})


def register_kinds() -> None:
    """Let the tables of the registries be imported."""
    told = json.loads((Path(__file__).parent / "columns.json").read_text(encoding="utf-8"))
    for name, row in _KINDS.items():
        facts = told[name]
        register(
            Kind(
                name=str(name),
                label=str(name.label),
                columns=tuple(Column(**{**column, "names": tuple(column["names"])}) for column in facts["columns"]),
                decider_for=row.decider_for,
                books=_Books(row.book),
                why_not=why_no_officer,
                preview=facts["preview"],
                into="名录库",
                verb="registry.import",
                listed=row.listed,
                reasons=REASONS,
                unbroken=_UNBROKEN,
                hint=row.hint,
                note=row.note,
                samples=facts["samples"],
                index=row.index,
            )
        )
