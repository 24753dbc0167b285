"""A paper as a value: blocks that say what stands there, never how it is set. PDF, Word and the page's preview come from the same value."""

from dataclasses import dataclass, field
from datetime import date

#: How the text of a cell or a line stands.
LEFT, CENTER, RIGHT = "left", "center", "right"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text, its first line indented by two characters unless `indent` is off; `keep` holds it beside what follows."""

    text: str
    indent: bool = True
    bold: bool = False
    align: str = LEFT
    keep: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within the paper: level 1 一、, level 2 （一）."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Fields:
    """A ruled table of labels and values; `across` pairs stand beside each other in a row."""

    rows: tuple[tuple[str, str], ...]
    across: int = 1


@dataclass(frozen=True)
class Column:
    """A column of a list: `weight` is its share of the width."""

    title: str
    weight: int = 1
    align: str = LEFT


@dataclass(frozen=True)
class Table:
    """A list; its head repeats on every page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    #: What the list says where it is empty.
    empty: str = "无"
    #: Small type and tight rows, for lists with long texts in many columns.
    dense: bool = False


@dataclass(frozen=True)
class Signature:
    """A line to sign on: who, the drawn signature as PNG (None: to be signed by hand), and when."""

    label: str
    image: bytes | None = None
    signed_at: str = ""


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, two beside each other."""

    lines: tuple[Signature, ...]


@dataclass(frozen=True)
class Seal:
    """The place of the seal (落款): organ and day, at the right."""

    organ: str
    day: date | None


@dataclass(frozen=True)
class Attachments:
    """The list of what is attached (附件)."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """A QR code with what it is for."""

    content: str
    caption: str


@dataclass(frozen=True)
class Checks:
    """Boxes, ticked or not: drawn, since no font has them all."""

    label: str
    options: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page."""


@dataclass(frozen=True)
class Note:
    """Small print."""

    text: str


@dataclass(frozen=True)
class Scan:
    """A page of its own with a scanned page on it: `file` names what is handed in beside the papers, `page` counts from 1."""

    file: str
    page: int
    caption: str


Block = Paragraph | Heading | Fields | Table | Signatures | Seal | Attachments | Code | Checks | PageBreak | Note | Scan


@dataclass(frozen=True)
class Paper:
    """An official paper. `head` prints the organ's name in red above the number, as on papers that leave the bureau (GB/T 9704).

    `landscape` is for wide lists; `mark` is printed across every page of a draft.
    """

    title: str
    organ: str
    blocks: tuple[Block, ...]
    number: str = ""
    head: bool = False
    landscape: bool = False
    mark: str = ""
    author: str = ""
    keywords: tuple[str, ...] = field(default=())


def day_in_words(day: date | None) -> str:
    """Write a day as papers do; blanks to be filled in by hand where there is none.

    >>> day_in_words(date(2026, 3, 2))
    '2026年3月2日'
    """
    return f"{day.year}年{day.month}月{day.day}日" if day else "      年   月   日"
