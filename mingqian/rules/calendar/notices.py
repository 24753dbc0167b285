"""Reads the State Council's notice on holidays, as it is worded or one holiday a row, and says what does not fit.

Understood, for example:

    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
    国庆节 2027-10-01 至 2027-10-07 放假
    国庆节 2027-09-26 上班
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from mingqian.common.text import clean, half_width
from mingqian.rules.calendar.selectors import WEEKDAYS, Calendar, Year
from mingqian.rules.wording import full_day

USUAL = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_NUMBERING = re.compile(r"^[(]?[一二三四五六七八九十\d]{1,3}[)、.](?!\d)\s*")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TO = r"\s*(?:至|到|-|—|–|~)+\s*"
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(\([^()]*\))?"
_SPAN = re.compile(f"{_DAY}(?:{_TO}{_DAY})?")
_COUNT = re.compile(r"共\s*(\d+)\s*天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WORK, _OFF = ("上班",), ("放假", "调休", "补休", "休息")


@dataclass
class Reading:
    """What was understood of a notice: days by kind; `problems` forbid publishing, `warnings` want a second look. All in Chinese."""

    year: int
    off: dict[date, str] = field(default_factory=dict)
    work: dict[date, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_year(self, source: str) -> Year:
        """Return it as a year of a calendar."""
        return Year(self.year, dict(sorted(self.off.items())), dict(sorted(self.work.items())), source)


def read_notice(text: str, year: int) -> Reading:
    """Read the notice for `year`; never raises, what is wrong stands in `problems` with the row that it is in."""
    reading = Reading(year)
    for number, raw in enumerate(text.splitlines(), 1):
        line = _ISO.sub(r"\1年\2月\3日", clean(half_width(raw)))
        if line:
            _read_line(reading, number, _NUMBERING.sub("", line))
    if not reading.off and not reading.problems:
        reading.problems.append("没有读到任何放假日期，请按通知原文粘贴，或每行写一个假日。")
    _check(reading)
    return reading


def _read_line(reading: Reading, number: int, line: str) -> None:
    """Read one row: a name, then clauses of dates that end in 放假 or 上班."""
    start = next((i for i, sign in enumerate(line) if sign.isdigit()), len(line))
    name = clean(line[:start]).strip(":： 于") or ""
    where = f"第 {number} 行"
    if start == len(line):
        reading.problems.append(f"{where}没有日期：{line[:40]}")
        return
    if not name or len(name) > 20 or name in {*_WORK, *_OFF}:
        reading.problems.append(f"{where}读不出节日名称，请写成“国庆节：10月1日至7日放假”的样子。")
        return
    _read_clauses(reading, where, name, re.split(r"[,。;]", line[start:]))


def _read_clauses(reading: Reading, where: str, name: str, clauses: list[str]) -> None:
    """Read the dates of a holiday; a clause without 放假 or 上班 goes on in the next one."""
    waiting: list[date] = []
    off_here: set[date] = set()
    for clause in clauses:
        waiting += list(_days(reading, where, clause))
        is_off, is_work = _says(clause, _OFF), _says(clause, _WORK)
        off_here |= set(waiting) if is_off else set()
        _check_count(reading, where, clause, len(off_here))
        if is_work or is_off:
            off_here -= set(waiting) if is_work else set()
            _put(reading, where, reading.work if is_work else reading.off, waiting, name)
            waiting = []
    if waiting:
        reading.problems.append(f"{where}的 {full_day(waiting[0])} 没有写明是放假还是上班。")


def _says(clause: str, words: Iterable[str]) -> bool:
    return any(word in clause for word in words)


def _check_count(reading: Reading, where: str, clause: str, days: int) -> None:
    """Hold the number of days off that a clause tells (共7天) against those that were read."""
    counted = _COUNT.search(clause)
    if counted and int(counted[1]) != days:
        reading.problems.append(f"{where}写着共 {counted[1]} 天，按日期数是 {days} 天，请核对。")


def _days(reading: Reading, where: str, clause: str) -> Iterator[date]:
    month = 0
    for found in _SPAN.finditer(clause):
        year1, month1, day1, note1, year2, month2, day2, note2 = found.groups()
        month = int(month1 or month)
        first = _date(reading, where, year1 or reading.year, month, day1, note1)
        last = first
        if day2 is not None:
            month = int(month2 or month)
            last = _date(reading, where, year2 or (first.year if first else reading.year), month, day2, note2)
        if first is not None and last is not None:
            yield from _span_of(reading, where, first, last)


def _span_of(reading: Reading, where: str, first: date, last: date) -> Iterator[date]:
    """Yield the days of a span; one that runs backwards or too long is a problem."""
    if last < first or (last - first).days > 30:
        reading.problems.append(f"{where}的起止日期不对：{full_day(first)}至{full_day(last)}。跨年的请写明年份。")
        return
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _date(reading: Reading, where: str, year: int | str, month: int, day: str, note: str | None) -> date | None:
    try:
        found = date(int(year), month, int(day))
    except ValueError:
        reading.problems.append(f"{where}有不存在的日期：{year}年{month or '?'}月{day}日。")
        return None
    named = _WEEKDAY.search(note or "")
    if named and WEEKDAYS[found.weekday()] != named[1].replace("天", "日"):
        reading.problems.append(
            f"{where}写着{full_day(found)}是周{named[1]}，实际是周{WEEKDAYS[found.weekday()]}。请核对年份和日期。"
        )
    return found


def _put(reading: Reading, where: str, into: dict[date, str], days: list[date], name: str) -> None:
    for day in days:
        if day in into:
            reading.problems.append(f"{where}的{full_day(day)}重复出现（已写在{into[day]}）。")
        into.setdefault(day, name)


def _check(reading: Reading) -> None:
    """Say what contradicts itself or cannot belong to the year, and what is unusual."""
    first, last = date(reading.year - 1, 12, 1), date(reading.year, 12, 31)
    for day in sorted({*reading.off, *reading.work}):
        if not first <= day <= last:
            reading.problems.append(f"{full_day(day)}不在{reading.year}年的安排之内。")
        if day in reading.off and day in reading.work:
            reading.problems.append(f"{full_day(day)}既写了放假，又写了上班。")
        elif day in reading.work and day.weekday() < 5:
            reading.problems.append(f"{full_day(day)}是周{WEEKDAYS[day.weekday()]}，本来就上班，不是调休上班日。")
    named = " ".join(reading.off.values())
    if absent := [name for name in USUAL if name.removesuffix("节") not in named]:
        reading.warnings.append(f"没有读到：{'、'.join(absent)}。如果通知里有，请补上。")


@dataclass(frozen=True)
class Difference:
    """A day on which two calendars do not agree; `before` and `after` in words."""

    day: date
    before: str
    after: str


def differences(reading: Reading, known: Calendar) -> list[Difference]:
    """Return the days on which the notice says something else than the calendar so far does, in order."""
    new = known.with_years([reading.as_year("")])

    def words(calendar: Calendar, day: date) -> str:
        return calendar.why(day) if not calendar.is_working_day(day) else calendar.why(day) or "上班"

    first, last = date(reading.year - 1, 12, 1), date(reading.year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [
        Difference(day, words(known, day), words(new, day))
        for day in days
        if known.is_working_day(day) != new.is_working_day(day)
    ]
