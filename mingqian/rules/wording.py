"""How days and spans of days are written for users."""

from datetime import date


def full_day(day: date) -> str:
    """Write a date with its year.

    >>> full_day(date(2026, 3, 6))
    '2026年3月6日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: date, year: int) -> str:
    """Write a date, with its year only where that is not `year`.

    >>> short_day(date(2027, 1, 4), 2026)
    '2027年1月4日'
    """
    return full_day(day) if day.year != year else f"{day.month}月{day.day}日"


def span(first: date, last: date, year: int) -> str:
    """Write a span of days, both counted, as short as it is clear.

    >>> span(date(2026, 3, 7), date(2026, 3, 8), 2026), span(date(2026, 1, 31), date(2026, 2, 1), 2026)
    ('3月7–8日', '1月31日–2月1日')
    """
    if first == last:
        return short_day(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{short_day(first, year)[:-1]}–{last.day}日"
    return f"{short_day(first, year)}–{short_day(last, first.year)}"
