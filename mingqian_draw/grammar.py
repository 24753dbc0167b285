"""The grammar of MQ2 (section "The bundle"): words, names, lines, times, digits, hashes, integers."""

from __future__ import annotations

import re
from datetime import datetime

LARGEST = 1_000_000_000
IDEOGRAPH = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002f7ff\U0002fa20-\U000323af"
#: For table-wide expressions; the character class and the length of a word.
WORD = f"[A-Za-z0-9_.·〔〕（）{IDEOGRAPH}-]{{1,64}}"
#: What is not seen, turns the text, or is a space that is none.
_HIDDEN = (
    "\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_WORD = re.compile(WORD)
_NAME = re.compile(f"[A-Za-z0-9·（）{IDEOGRAPH}]+(?: [A-Za-z0-9·（）{IDEOGRAPH}]+)*")
_LINE = re.compile(f"(?! )[^{_HIDDEN}]{{1,200}}(?<! )")
_TIME = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]+")


def is_word(text: object) -> bool:
    """Whether `text` is a word.

    >>> is_word("抽查〔2026〕1号"), is_word("a b"), is_word("")
    (True, False, False)
    """
    return isinstance(text, str) and _WORD.fullmatch(text) is not None


def is_name(text: object) -> bool:
    """Whether `text` is the name of a person.

    >>> is_name("人事科 王梅"), is_name("王  梅"), is_name("王\\u200b梅")
    (True, False, False)
    """
    return isinstance(text, str) and len(text) <= 60 and _NAME.fullmatch(text) is not None


def is_line(text: object) -> bool:
    """Whether `text` is a line.

    >>> is_line("企业代表 甲"), is_line(" 甲"), is_line("甲\\u202e乙")
    (True, False, False)
    """
    return isinstance(text, str) and _LINE.fullmatch(text) is not None


def is_time(text: object) -> bool:
    """Whether `text` is a time: the form, a real date (years 2000 to 2999) and time of day.

    >>> is_time("2026-03-02T01:00:00Z"), is_time("2026-02-30T01:00:00Z"), is_time("2026-03-02T23:59:60Z")
    (True, False, False)
    """
    if not isinstance(text, str) or _TIME.fullmatch(text) is None:
        return False
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007  whether it is real does not depend on a zone
    except ValueError:
        return False
    return text[17:19] < "60"


def seconds_between(earlier: str, later: str) -> int:
    """Whole seconds from one time to another; both must be times."""
    form = "%Y-%m-%dT%H:%M:%SZ"
    return int((datetime.strptime(later, form) - datetime.strptime(earlier, form)).total_seconds())  # noqa: DTZ007


def is_hash(text: object) -> bool:
    """Whether `text` is a SHA-256 in 64 lower-case hex characters."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None


def is_digits(text: object, least: int, most: int) -> bool:
    """Whether `text` is `least` to `most` digits, ASCII only."""
    return isinstance(text, str) and least <= len(text) <= most and _DIGITS.fullmatch(text) is not None


def is_contribution(text: object) -> bool:
    """Whether `text` is what a witness may contribute: 10 to 100 digits, at least four different ones."""
    return is_digits(text, 10, 100) and len(set(str(text))) >= 4


def is_integer(value: object, least: int, most: int = LARGEST) -> bool:
    """Whether `value` is an integer (`True` is none) from `least` to `most`."""
    return type(value) is int and least <= value <= most
