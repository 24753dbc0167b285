"""One cell at a time: from what spreadsheets hold to plain text, codes, dates and yes or no."""

import math
import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from mingqian.common.text import clean, clean_code, half_width, has_han

#: What people write where they have nothing to write (compared in upper case, without blanks).
_NOTHING = frozenset(
    {
        "",
        "N/A",
        "NA",
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "NULL",
        "NONE",
        "NAN",
        "NIL",
        "-",
        "--",
        "---",
        "—",
    }
    | {
        "——",
        "/",
        "//",
        "\\",
        "无",
        "暂无",
        "空",
        "未填",
        "未知",
        "不详",
        "待补",
        "待补充",
        "未登记",
        "（无）",
        "(无)",
        ".",
        "*",
        "?",
        "？",
        "。",
    }
)
_LETTERS = {0xFF10 + i: 0x30 + i for i in range(10)}
_LETTERS |= {0xFF21 + i: 0x41 + i for i in range(26)} | {0xFF41 + i: 0x61 + i for i in range(26)} | {0x3000: 0x20}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_SPACE_AT_HAN = re.compile(f"(?<=[{_HAN}，。；：、（）]) +| +(?=[{_HAN}，。；：、（）])")
#: Control characters but tab and line ends, marks and overrides of direction.
_HIDING = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDE = re.compile("[\uff10-\uff5a\u3000]")
_GUARDED = re.compile(r"'[=+\-@]")
_POINT_ZERO = re.compile(r"(\d+)\.0+")
_EXPONENT = re.compile(r"[\d.]+E\+?\d+", re.IGNORECASE)
#: A number of a spreadsheet is exact up to 15 digits.
_EXACT = 10**15
_DATE = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
#: Day 0 of the serial dates of spreadsheets, and the serials taken for dates: 1954 to 2119.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)

_YES = frozenset(
    {"是", "有", "√", "✓", "✔", "Y", "YES", "TRUE", "1", "行政", "行政编制", "行政编", "公务员", "在岗", "在"}
)
_NO = frozenset(
    {
        "否",
        "无",
        "×",
        "X",
        "✗",
        "N",
        "NO",
        "FALSE",
        "0",
        "事业",
        "事业编制",
        "事业编",
        "参公",
        "参公编制",
        "参照公务员",
        "参公事业编制",
        "工勤",
    }
    | {"工勤编制", "合同制", "聘用", "聘用制", "编外", "劳务派遣", "非行政编制", "不在岗", "不在", "借调", "退休"}
)


def text_of(cell: Any) -> str:
    """Return a cell as tidy text; "" where it says nothing.

    >>> text_of(370306001234567.0), text_of("  N/A"), text_of("淄博\\n 振宏 公司"), text_of("１０１室"), text_of(1.5)
    ('370306001234567', '', '淄博振宏公司', '101室', '1.5')
    """
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return _number_text(cell)
    text = str(cell)
    if not text.isascii() and _WIDE.search(text):
        text = text.translate(_LETTERS)
    if " " in text or not text.isprintable():
        text = _SPACE_AT_HAN.sub("", clean(text))
    if text.startswith("'") and _GUARDED.match(text):
        text = text[1:]
    return "" if is_nothing(text) else text


def _number_text(number: float) -> str:
    if isinstance(number, bool):
        return "是" if number else "否"
    if isinstance(number, int):
        return str(number)
    if not math.isfinite(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def is_nothing(text: str) -> bool:
    """Say whether `text` only stands for a missing value."""
    return len(text) < 9 and (text in _NOTHING or text.replace(" ", "").upper() in _NOTHING)


def name_of(cell: Any) -> str:
    """Return a name: with Chinese in it, its brackets are full-width, as registers write them.

    >>> name_of("淄博(张店) 商贸公司"), name_of("ACME (China) Ltd")
    ('淄博（张店）商贸公司', 'ACME (China) Ltd')
    """
    text = text_of(cell)
    if "(" in text or ")" in text:
        return text.replace("(", "（").replace(")", "）") if has_han(text) else text
    return text


def hides_characters(cell: Any) -> bool:
    r"""Say whether a cell that should hold a code has control characters or turns the direction of writing.

    Nobody can see which code is meant then.

    >>> hides_characters("ZF\x01003"), hides_characters("\u202e300FZ"), hides_characters(" ZF003\n")
    (True, True, False)
    """
    return isinstance(cell, str) and bool(_HIDING.search(cell))


def code_of(cell: Any) -> tuple[str, bool]:
    """Return a code in plain upper-case characters, and whether a spreadsheet has eaten digits of it.

    >>> code_of("９１３７ 0305ma "), code_of("370306001234567.0"), code_of(370306001234567.0)
    (('91370305MA', False), ('370306001234567', False), ('370306001234567', False))
    >>> code_of(913703030659270016.0), code_of("9.137E+17")
    (('913703030659270016', True), ('9.137E+17', True))
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return text_of(cell), abs(cell) >= _EXACT
    text = text_of(cell)
    code = text.upper() if text.isascii() and text.isalnum() else clean_code(text)
    whole = _POINT_ZERO.fullmatch(code)
    if whole:
        return whole.group(1), len(whole.group(1)) > 15
    if _EXPONENT.fullmatch(code) and "E" in code and ("." in code or "+" in code):
        return code, True
    return code, False


def dates_in(cell: Any) -> list[date] | None:
    """Return the dates that a cell names, in its order; [] for an empty cell, None where it holds something else.

    >>> dates_in("2013-04-09"), dates_in(41373.0), dates_in("20130409")
    ([datetime.date(2013, 4, 9)], [datetime.date(2013, 4, 9)], [datetime.date(2013, 4, 9)])
    >>> dates_in("2022年1月1日至2027.1.1"), dates_in("明年")
    ([datetime.date(2022, 1, 1), datetime.date(2027, 1, 1)], None)
    """
    text = text_of(cell)
    if not text:
        return []
    if _ISO.fullmatch(text):
        with suppress(ValueError):
            return [date.fromisoformat(text)]
        return None
    if text.isdigit() and int(text) in _SERIALS:
        return [_SERIAL_ZERO + timedelta(days=int(text))]
    found = _DATE.findall(half_width(text)) or _COMPACT.findall(text)
    try:
        return [date(int(year), int(month), int(day)) for year, month, day in found] or None
    except ValueError:
        return None


def yes_or_no(cell: Any) -> bool | None:
    """Return what a cell answers, None where it does not.

    >>> yes_or_no("是"), yes_or_no("事业编制"), yes_or_no(1.0), yes_or_no("也许")
    (True, False, True, None)
    """
    text = half_width(clean(text_of(cell) or str(cell or ""))).replace(" ", "").upper()
    return True if text in _YES else False if text in _NO else None
