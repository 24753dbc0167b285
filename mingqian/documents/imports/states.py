"""States of an import, what becomes of a row, and what a kind of import is: columns, what decides on rows, a book."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models

from mingqian.accounts.models import Organ, User
from mingqian.documents.imports.masking import masked
from mingqian.documents.tables.states import Line
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import toned


@toned(
    UPLOADED="active", READY="soon", QUEUED="active", RUNNING="active", DONE="done", REFUSED="overdue", FAILED="overdue"
)
class ImportState(models.TextChoices):
    """Life of an import."""

    UPLOADED = "uploaded", "检查中"
    READY = "ready", "待确认"
    QUEUED = "queued", "排队中"
    RUNNING = "running", "导入中"
    DONE = "done", "已完成"
    REFUSED = "refused", "未导入"
    FAILED = "failed", "已中断"
    DISCARDED = "discarded", "已放弃"


#: States in which something is being done in the background.
BUSY_STATES = (ImportState.UPLOADED, ImportState.QUEUED, ImportState.RUNNING)


class ImportPhase(models.TextChoices):
    """What the worker is doing."""

    WAITING = "waiting", "等待后台处理"
    READING = "reading", "读取文件"
    CHECKING = "checking", "逐行检查"
    PREPARING = "preparing", "整理数据"
    WRITING = "writing", "写入数据"
    ENDED = "ended", "已结束"


@toned(TAKEN="done", UPDATED="done", REFUSED="overdue:cross")
class RowOutcome(models.TextChoices):
    """What became of a row."""

    TAKEN = "taken", "新增"
    UPDATED = "updated", "更新"
    UNCHANGED = "unchanged", "无变化"
    REFUSED = "refused", "未采用"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row or a form is not taken: a code of the kind's reasons, and the sentence for the clerk."""

    code: str
    text: str


@dataclass(slots=True)
class Checked:
    """A row that was looked at: its number, what it says, and why it is refused (empty: it is not)."""

    row: int
    values: Any
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """What becomes of a row. `pk` is the row on record that it meets, `values` what is written (None where nothing is)."""

    row: int
    outcome: str
    name: str = ""
    number: str = ""
    code: str = ""
    reason: str = ""
    pk: int | None = None
    values: Any = None


def refused(checked: Checked, refusals: Sequence[Refusal], number: str = "") -> Decision:
    """Return the decision on a row that is not taken, with all reasons; the first one is counted."""
    reason = "；".join(masked(refusal.text, most=500) for refusal in refusals)[:500]
    return Decision(checked.row, RowOutcome.REFUSED, checked.values.name[:200], number[:64], refusals[0].code, reason)


@dataclass(frozen=True)
class Column:
    """A column that a kind knows: `names` are how tables call it, without blanks and brackets."""

    key: str
    title: str
    names: tuple[str, ...]
    required: bool
    #: Everything in it is somebody's number and is hidden but for its ends (A20.1).
    personal: bool = False
    #: Whether the empty table to be filled in has it; tables of others may have it all the same.
    in_template: bool = True


class Decider(Protocol):
    """What decides on the rows of one table and turns them into rows of the database."""

    model: type[Recorded]
    last_number: int
    values: type[Any]

    def load(self) -> None:
        """Read by what the rows on record are found; before the first decision."""

    def check(self, line: Line) -> Checked:
        """Look at one row by itself."""

    def decide(self, rows: Sequence[Checked]) -> list[Decision]:
        """Decide on the next rows of the table, in order."""

    def new(self, decision: Decision) -> Recorded:
        """Return the unsaved row for a row that is taken."""

    def beside(self, found: Any, decision: Decision) -> Sequence[Recorded]:
        """Return unsaved rows that are written with a row that is taken and has its key."""

    def existing(self, keys: Sequence[int | None]) -> dict[Any, Any]:
        """Return rows on record by primary key."""

    def change(self, found: Any, decision: Decision) -> Sequence[Recorded]:
        """Change a row on record as an updating row says, and return the unsaved rows that are written with it."""

    def shown(self, decision: Decision) -> dict[str, Any]:
        """Return what the preview shows of a row that is written, by the keys of its titles."""


class Book(Protocol):
    """What every writer of a kind's rows locks first; its version tells an import whether its preview still holds."""

    version: int
    last_number: int

    def ledger_key(self) -> str:
        """Return how the ledger names the row."""

    def ledger_digest(self) -> str:
        """Return the digest of the row as it stands."""


class Books(Protocol):
    """The way to a kind's book."""

    def peek(self, organ: Organ) -> Book:
        """Return the book as it stands."""

    def take(self, organ: Organ) -> Book:
        """Lock and return the book."""

    def turn(self, book: Book, last_number: int) -> None:
        """Note a write and the last number given out."""


class Index(Protocol):
    """An index that is written with the rows."""

    def lines(self, rows: Sequence[Recorded]) -> list[Any]:
        """Return what the index keeps of rows that have their keys, as `marshal` packs it."""

    def write(self, lines: list[Any], *, new: bool) -> None:
        """Write it."""

    def settle(self) -> None:
        """Tidy up once everything is written."""


@dataclass(frozen=True)
class Kind:
    """A kind of import: what a table may hold and what becomes of it; everything else the engine does."""

    name: str
    #: What it is imported into: 抽查对象.
    label: str
    columns: tuple[Column, ...]
    #: `decider_for(batch, mapping, last_number)` decides on the rows of one table.
    decider_for: Callable[[Any, dict[str, int], int], Decider]
    books: Books
    #: Says why `user` may not bring such tables into the organ, "" where nothing keeps them.
    why_not: Callable[[User, Organ], str]
    #: Titles of the preview by the keys of `Decider.shown`.
    preview: Mapping[str, str]
    #: What the rows are written into, as the pages say it: 名录库.
    into: str
    #: What the ledger calls the entry of the rows that a table brought.
    verb: str
    #: Name of the address that lists what was brought in.
    listed: str
    #: Reasons of refusal as they are counted, by code.
    reasons: Mapping[str, str]
    #: Keys of the preview whose cells stay on one line.
    unbroken: frozenset[str] = frozenset()
    #: A sentence below the columns that a table may have, where it is chosen.
    hint: str = ""
    #: A sentence above the columns that were found.
    note: str = ""
    #: An invented row of the template, by column.
    samples: Mapping[str, str] = field(default_factory=dict)
    index: Index | None = None

    @property
    def wanted(self) -> list[Column]:
        """Return the columns that a table must have."""
        return [column for column in self.columns if column.required]

    @property
    def personal(self) -> frozenset[str]:
        """Return the keys of the columns that hold numbers of people."""
        return frozenset(column.key for column in self.columns if column.personal)


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let tables of this kind be imported."""
    _KINDS[kind.name] = kind


def kinds() -> list[Kind]:
    """Return the kinds in the order in which the rooms registered them."""
    return list(_KINDS.values())


def kind_named(name: str) -> Kind:
    """Return the kind; KeyError for one that no room registered."""
    return _KINDS[name]
