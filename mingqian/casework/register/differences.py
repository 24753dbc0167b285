"""Word for word what changed: between two texts, two revisions, two versions."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple, TypeVar

from mingqian.casework.models.register import RegisterRevision, RegisterVersion
from mingqian.casework.register.selectors import Records
from mingqian.casework.register.states import ChangeKind

R = TypeVar("R", bound=RegisterRevision)
V = TypeVar("V", bound=RegisterVersion)

#: A Chinese character or sign is a word of its own; Latin words and numbers stay whole.
_WORD = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?%?|\s+|.", re.DOTALL)
#: Texts longer than this are compared by line first, so that a page never waits.
_LONG = 4000
#: Changes up to which a page shows new things whole; of more it shows the head, and leads to the thing.
SHOWN_WHOLE = 60


class Part(NamedTuple):
    """A run of text: "same", "old" (taken out) or "new" (put in)."""

    kind: str
    text: str


def _words(text: str) -> list[str]:
    return _WORD.findall(text) if len(text) <= _LONG else text.splitlines(keepends=True)


def compare(old: str, new: str) -> list[Part]:
    """Return the parts in reading order; without the new ones they are `old`, without the old ones `new`.

    >>> [tuple(part) for part in compare("每年一次", "每年两次")]
    [('same', '每年'), ('old', '一'), ('new', '两'), ('same', '次')]
    """
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    runs: list[list[str]] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        if tag == "equal" and not (runs and len(gone) == 1 and j < len(before) and m < len(after)):
            runs.append(["same", gone, gone])
        elif tag == "equal":
            # A single sign between two changes is read easier as part of them.
            _join(runs, gone, come)
        else:
            _join(runs, gone, come)
    return [part for run in runs for part in _parts(*run)]


def _join(runs: list[list[str]], gone: str, come: str) -> None:
    if runs and runs[-1][0] == "change":
        runs[-1][1] += gone
        runs[-1][2] += come
    else:
        runs.append(["change", gone, come])


def _parts(kind: str, gone: str, come: str) -> list[Part]:
    if kind == "same" or gone == come:
        return [Part("same", come)] if come else []
    return [part for part in (Part("old", gone), Part("new", come)) if part.text]


@dataclass(frozen=True)
class Shown:
    """A field of a revision: key, title and what it says."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A field that two revisions differ in, word for word."""

    key: str
    title: str
    parts: list[Part]


def changed(old: Sequence[Shown], new: Sequence[Shown]) -> list[Changed]:
    """Return the fields in which `new` differs from `old`, word for word; where `old` is empty everything is new."""
    before = {shown.key: shown.text for shown in old}
    return [
        Changed(shown.key, shown.title, compare(before.get(shown.key, ""), shown.text))
        for shown in new
        if shown.text != before.get(shown.key, "")
    ]


def version_changes(
    records: Records[R, V], version: V, said: Callable[[R], Sequence[Shown]]
) -> list[tuple[R, list[Changed]]]:
    """Return what a version changes: each revision with its differences; of a long version new things go without."""
    rows = records.changes(version)
    whole = len(rows) <= SHOWN_WHOLE
    found = []
    for row in rows:
        before = records.before(row) if row.change == ChangeKind.CHANGE else None
        shown = before is not None or (whole and row.change == ChangeKind.NEW)
        found.append((row, changed(said(before) if before is not None else [], said(row)) if shown else []))
    return found
