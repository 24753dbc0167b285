"""Turns codes into sentences. Values come from files that anyone may have made, so they are cleaned first."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping

from mingqian_draw import messages_en, messages_zh

LANGUAGES = ("zh", "en")
_MESSAGES = {"zh": messages_zh.MESSAGES, "en": messages_en.MESSAGES}
_EXPECTED = {"zh": messages_zh.EXPECTED, "en": messages_en.EXPECTED}
_SHOWN = 160
# Bounded in depth, length and width: what is shown may be any JSON value.
_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxdict = 12
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 80
# Printable by the letter of Unicode, yet seen by nobody: soft hyphen, fillers, variation selectors.
_HIDDEN = frozenset("\u00ad\u034f\u115f\u1160\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_WIDE_SPACE = "\u3000"


def _shown(character: str) -> str:
    """A character, or its escape: control, reordering and hidden ones, separators, surrogates, unassigned ones."""
    visible = character.isprintable() and character not in _HIDDEN and not "\U000e0000" <= character <= "\U000e0fff"
    return character if visible or character == _WIDE_SPACE else f"\\u{{{ord(character):x}}}"


def clean(value: object, limit: int = _SHOWN) -> str:
    """A value as one line that is safe to show, cut behind ``limit`` characters."""
    text = value if isinstance(value, str) else _SHORT.repr(value)
    if len(text) > limit:
        text = text[:limit] + "…"
    return "".join(map(_shown, text))


def language(lang: str) -> str:
    """``lang`` if there is a catalogue for it, else Chinese."""
    return lang if lang in _MESSAGES else "zh"


def render(code: str, file: str, row: str, params: Mapping[str, object], lang: str = "zh") -> str:
    """The message for ``code``, with the place in front."""
    lang = language(lang)
    words = {name: _param(name, value, lang) for name, value in params.items()}
    message = _MESSAGES[lang][code].format(**words)
    place = clean(file)
    if row:
        number = {"zh": f"第{row}行", "en": f"row {row}"}[lang] if row.isdecimal() else clean(row)
        place = f"{place}{' ' if lang == 'zh' else ', '}{number}" if place else number
    colon = "：" if lang == "zh" else ": "
    return f"{place}{colon}{message}" if place else message


def _param(name: str, value: object, lang: str) -> str:
    # Only the checks themselves say what is expected, so a mark in front cannot come out of a file.
    if name == "expected" and isinstance(value, str) and value.startswith("@"):
        return _EXPECTED[lang][value[1:]]
    if isinstance(value, list) and not value:
        return "—"
    return clean(value)
