"""Hiding numbers of people in what an import keeps in the clear: the sample, the preview, the reasons (A20.1)."""

import re
from typing import Any

#: Digits as numbers of people are written, with dashes and blanks between them; letters before or after make a code of it.
_RUN = re.compile(r"(?<![A-Za-z0-9])\d(?:[\d\- —－]*\d)?[Xx]?(?:\d)?(?![A-Za-z0-9])")
#: Fewer digits are an amount, a date or a house.
_LEAST = 10
_TIME = re.compile(r"(19|20)\d\d-\d\d?-\d\d? \d")
#: A credit code all of digits, right or mistyped; an ID number has a year where this has none.
_CREDIT_CODE = re.compile(r"9[1-3]\d{4}(?!19|20)\d{11}[\dX]\Z")
_WIDE = str.maketrans({0xFF10 + digit: str(digit) for digit in range(10)})


def _hidden(number: str) -> str:
    return number[:3] + "*" * max(len(number) - 5, 1) + number[-2:] if len(number) > 6 else "*" * len(number)


def _hide(found: re.Match[str]) -> str:
    number = found.group(0)
    digits = sum(sign.isdigit() for sign in number)
    plain = digits < _LEAST or _TIME.match(number) or _CREDIT_CODE.match(number)
    return number if plain else _hidden(number)


def masked(cell: Any, *, personal: bool = False, most: int = 120) -> str:
    """Return a cell as it may be kept in the clear: numbers of people hidden but for their ends; all of a `personal` column is one.

    At most `most` characters.

    >>> masked("张三 13853312345"), masked("370303198001011234"), masked(None), masked("91370303123456789X")
    ('张三 138******45', '370*************34', '', '91370303123456789X')
    >>> masked("0533-2188866"), masked("注册资金5000000元"), masked("2188866", personal=True), masked("2020-01-31 08:00:00")
    ('053*******66', '注册资金5000000元', '218**66', '2020-01-31 08:00:00')
    """
    text = "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    text = text[: most * 2].translate(_WIDE)
    return (_hidden(text) if personal else _RUN.sub(_hide, text))[:most]
