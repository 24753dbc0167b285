"""What a paper is made of, as values, and the kinds of papers with the wording that a bureau may adapt."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from mingqian.common.errors import DomainError

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


_NAME = re.compile(r"\{([^{}\n]*)\}")
#: Names that every number of a paper may hold.
NUMBER_NAMES = ("机关简称", "科室", "年", "号")


@dataclass(frozen=True)
class Part:
    """A part of a paper's wording: what it is, how it ships, and the names that may stand in it."""

    key: str
    label: str
    default: str
    names: tuple[str, ...] = ()
    #: Say in which article it stands, where it must not be worded away.
    help: str = ""


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper; `sample` makes one of invented facts from the wording, for the preview."""

    key: str
    title: str
    parts: tuple[Part, ...]
    sample: Callable[[Mapping[str, str]], Paper]


_KINDS: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> PaperKind:
    """Make `kind` known; raise ValueError for a second one with its key, or a part whose shipped wording does not fit its names."""
    if kind.key in _KINDS:
        raise ValueError(f"two kinds of paper are called {kind.key}")
    for part in kind.parts:
        if unknown_names(part, part.default):
            raise ValueError(f"{kind.key}/{part.key} names what it does not offer")
    _KINDS[kind.key] = kind
    return kind


def kinds() -> list[PaperKind]:
    """Return all kinds, by title."""
    return sorted(_KINDS.values(), key=lambda kind: kind.title)


def kind_of(key: str) -> PaperKind | None:
    """Return the kind, None where there is none of that key."""
    return _KINDS.get(key)


def unknown_names(part: Part, text: str) -> list[str]:
    """Return the names in braces that `part` does not offer.

    >>> unknown_names(Part("a", "甲", "", ("年",)), "{年}第{月}期")
    ['月']
    """
    return [name for name in _NAME.findall(text) if name not in part.names]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put `values` where their names stand in braces; a name without value becomes a line to be filled in by hand.

    >>> fill("{年}年，{谁}到场", {"年": "2026"})
    '2026年，______到场'
    """
    return _NAME.sub(lambda found: values.get(found[1], "______"), text)


def check(part: Part, text: str) -> None:
    """Raise DomainError where `text` cannot be the wording of `part`."""
    unknown = unknown_names(part, text)
    if unknown:
        offered = "、".join(f"{{{name}}}" for name in part.names) or "（没有）"
        raise DomainError(f"“{part.label}”里的 {{{unknown[0]}}} 不能使用。可以用的有：{offered}。")
    pairs = len(_NAME.findall(text))
    if text.count("{") != pairs or text.count("}") != pairs:
        raise DomainError(f"“{part.label}”里的花括号不成对，请改正。")
    if not text.strip():
        raise DomainError(f"“{part.label}”不能为空，请填写；要恢复原文，请照“默认”填写。")
