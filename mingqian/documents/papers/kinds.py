"""Kinds of papers, and the wording of each that a bureau may adapt without touching code.

A room describes its papers in `papers.py` and registers each kind when that module is imported. A part is a sentence with names in braces,
which are filled in when the paper is made; nothing but these names is replaced.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mingqian.common.errors import DomainError
from mingqian.documents.papers.blocks import Paper

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
