"""Numbers of articles: 第十三条, 第13条 and 第一百二十条之一 are written in one way, and can be put in order."""

import re

_DIGITS = "零一二三四五六七八九"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[零〇一二两三四五六七八九十百千]+|[0-9０-９]{1,4}"
ARTICLE = re.compile(f"第\\s*({NUMERAL})\\s*条(?:\\s*之\\s*({NUMERAL}))?")


def value_of(text: str) -> int:
    """Return the value of a Chinese or Arabic numeral.

    >>> value_of("二十一"), value_of("十"), value_of("一百零五"), value_of("２１")
    (21, 10, 105, 21)
    """
    if text.isdigit():
        return int(text)
    total = section = 0
    for sign in text:
        if sign in _UNITS:
            total += (section or 1) * _UNITS[sign]
            section = 0
        else:
            section = _VALUES[sign]
    return total + section


def write(value: int) -> str:
    """Write 1 to 9999 as a law numbers its articles.

    >>> write(21), write(10), write(105), write(110), write(1000)
    ('二十一', '十', '一百零五', '一百一十', '一千')
    """
    found, skipped = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            found += ("零" if skipped and found else "") + _DIGITS[digit] + sign
            skipped = False
        else:
            skipped = True
    return found.removeprefix("一") if found.startswith("一十") else found


def label(found: re.Match[str]) -> str:
    """Return the label of an article that `ARTICLE` has found.

    >>> label(ARTICLE.search("第 21 条")), label(ARTICLE.search("第一百二十条之一"))
    ('第二十一条', '第一百二十条之一')
    """
    more = f"之{write(value_of(found[2]))}" if found[2] else ""
    return f"第{write(value_of(found[1]))}条{more}"


def order(text: str) -> tuple[int, int]:
    """Return what sorts labels: number and sub-number; (0, 0) for what is no label."""
    found = ARTICLE.match(text)
    return (value_of(found[1]), value_of(found[2]) if found[2] else 0) if found else (0, 0)
