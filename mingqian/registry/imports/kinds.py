"""The kinds of tables that the registries import: their columns (`columns.json`), what decides on their rows, their books."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mingqian.accounts.models import Organ
from mingqian.documents.imports.states import Book, Column, Kind, Target, register
from mingqian.ledger.models import Recorded
from mingqian.registry import registers
from mingqian.registry.guards import why_no_officer
from mingqian.registry.imports.rows.decisions import Subjects
from mingqian.registry.imports.rows.inspector_decisions import Inspectors
from mingqian.registry.imports.rows.part_decisions import Parts
from mingqian.registry.imports.states import REASONS, ImportTarget
from mingqian.registry.models.registers import Register
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.values import EXEMPTION, FLAG, PERMIT
from mingqian.registry.search import services as search
from mingqian.registry.states import RegisterKind

#: What decides on the rows of a table, and the address that lists what was brought in.
_KINDS: dict[ImportTarget, tuple[Callable[[Any, dict[str, int], int], Target], str]] = {
    ImportTarget.SUBJECTS: (Subjects, "registry:subjects"),
    ImportTarget.INSPECTORS: (Inspectors, "registry:inspectors"),
    ImportTarget.PERMITS: (partial(Parts, PERMIT), "registry:subjects"),
    ImportTarget.FLAGS: (partial(Parts, FLAG), "registry:flags"),
    ImportTarget.EXEMPTIONS: (partial(Parts, EXEMPTION), "registry:exemptions"),
}


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


def register_kinds() -> None:
    """Let the tables of the registries be imported."""
    told = json.loads((Path(__file__).parent / "columns.json").read_text(encoding="utf-8"))
    for target, (decider, address) in _KINDS.items():
        facts = told[target]
        subjects = target == ImportTarget.SUBJECTS
        book = RegisterKind.INSPECTORS if target == ImportTarget.INSPECTORS else RegisterKind.SUBJECTS
        columns = (Column(c["key"], c["title"], tuple(c["names"]), c["required"]) for c in facts["columns"])
        register(
            Kind(
                name=str(target),
                label=str(target.label),
                columns=tuple(columns),
                target=decider,
                books=_Books(book),
                why_not=why_no_officer,
                preview=facts["preview"],
                listed=address,
                reasons=REASONS,
                note="区县没有单独一列的，按地址和代码判断。" if subjects else "",
                samples=facts["samples"],
                index=_Search() if subjects else None,
            )
        )
