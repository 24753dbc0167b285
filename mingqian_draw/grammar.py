"""The grammar of MQ1 (section "The bundle"): words, lines, times, digits, hashes, integers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

LARGEST = 1_000_000_000
WORD = "[A-Za-z0-9_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af-]{1,64}+"
ASCII_WORD = b"[A-Za-z0-9_.-]{1,64}+"

_WORD = re.compile(WORD)
# A surrogate is no character of any UTF-8 text, so it is ruled out together with the protocol's own list.
_LINE = re.compile(r"(?! )[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,200}(?<! )")
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]+")


def word_ok(text: object) -> bool:
    """Whether ``text`` is a word.

    >>> word_ok("抽查〔2026〕1号"), word_ok("a b"), word_ok("")
    (True, False, False)
    """
    return isinstance(text, str) and _WORD.fullmatch(text) is not None


def line_ok(text: object) -> bool:
    """Whether ``text`` is a line.

    >>> line_ok("企业代表 甲"), line_ok(" 甲"), line_ok("甲\\u202e乙")
    (True, False, False)
    """
    return isinstance(text, str) and _LINE.fullmatch(text) is not None


def time_ok(text: object) -> bool:
    """Whether ``text`` is a time: the form, and a real date (years 0001 to 9999) and time of day.

    >>> time_ok("2026-03-02T01:00:00Z"), time_ok("2026-02-30T01:00:00Z"), time_ok("2026-03-02T23:59:60Z")
    (True, False, False)
    """
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return False
    try:
        datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]  # six integers, no more
    except ValueError:
        return False
    return True


def seconds_between(earlier: str, later: str) -> int:
    """Whole seconds from one time to another; both must be times."""
    return int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())


def hash_ok(text: object) -> bool:
    """Whether ``text`` is a SHA-256 in 64 lower-case hex characters."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None


def digits_ok(text: object, low: int, high: int) -> bool:
    """Whether ``text`` is ``low`` to ``high`` digits, ASCII only."""
    return isinstance(text, str) and low <= len(text) <= high and _DIGITS.fullmatch(text) is not None


def contribution_ok(text: object) -> bool:
    """Whether ``text`` is what a witness may contribute: 10 to 100 digits, at least four different ones."""
    return digits_ok(text, 10, 100) and isinstance(text, str) and len(set(text)) >= 4


def integer_ok(value: object, low: int, high: int = LARGEST) -> bool:
    """Whether ``value`` is an integer (``True`` is none) from ``low`` to ``high``."""
    return type(value) is int and low <= value <= high
