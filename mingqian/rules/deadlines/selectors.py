"""Time limits in working days: pure functions of dates and a calendar (`docs/articles.md`, below its first table).

The day of the event is not counted. A limit is provisional while a year that it runs through is not published. Nothing here asks what day
it is, reads a database or returns "nothing": what cannot be reckoned raises DomainError.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mingqian.accounts.models import Division, Organ
from mingqian.common.clock import LAW_ZONE
from mingqian.common.errors import DomainError
from mingqian.rules.calendar.selectors import WEEKEND, Calendar, Run, current_calendar, runs
from mingqian.rules.sets.schema import LIMITS, parameter
from mingqian.rules.sets.selectors import rule_set_for
from mingqian.rules.sets.states import Rules
from mingqian.rules.states import Light
from mingqian.rules.wording import short_day, span

_DAY = timedelta(days=1)
#: The longest limit that is reckoned, in working days: about ten years.
MOST_DAYS = 2500
_MOST_WEEKENDS = 3


@dataclass(frozen=True)
class Deadline:
    """A limit: `days` working days after `start`, due at the end of `due`.

    `skipped` are the days off in between with their reasons, `made_up` the weekend days in between that are worked; `open_years` are the
    years whose calendar is not published yet.
    """

    start: date
    days: int
    due: date
    provisional: bool
    skipped: tuple[Run, ...]
    made_up: tuple[Run, ...] = ()
    open_years: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Say how the due date came about: 3月6日 + 5 个工作日（跳过 3月7–8日 周末）→ 3月13日."""
        year = self.start.year
        notes = []
        if self.skipped:
            notes.append("跳过 " + "、".join(self._skipped_words(year)))
        if self.made_up:
            notes.append("计入 " + "、".join(f"{span(run.first, run.last, year)} {run.why}" for run in self.made_up))
        inner = f"（{'；'.join(notes)}）" if notes else " "
        tail = f"（暂定：{'、'.join(map(str, self.open_years))}年放假安排尚未公布）" if self.provisional else ""
        return f"{short_day(self.start, year)} + {self.days} 个工作日{inner}→ {short_day(self.due, year)}{tail}"

    def _skipped_words(self, year: int) -> list[str]:
        """Name each run; many weekends are counted together, or the sentence would fill the page."""
        weekends = [run for run in self.skipped if run.why == WEEKEND]
        named = [run for run in self.skipped if run.why != WEEKEND or len(weekends) <= _MOST_WEEKENDS]
        words = [f"{span(run.first, run.last, year)} {run.why}" for run in named]
        if len(weekends) > _MOST_WEEKENDS:
            words.append(f"{WEEKEND} {sum(run.days for run in weekends)} 天")
        return words


def law_date(moment: datetime) -> date:
    """Return the date of law of a moment (Asia/Shanghai); raise DomainError for one without a zone."""
    if moment.tzinfo is None:
        raise DomainError("时间没有时区，不能确定是哪一天。")
    return moment.astimezone(LAW_ZONE).date()


def _plain(day: date) -> date:
    """Refuse a moment where a date is wanted: the day of a moment depends on the zone."""
    if isinstance(day, datetime):
        raise DomainError("期限按日期计算，请先把时间换算为北京时间的日期。")
    return day


def add_working_days(start: date, days: int, calendar: Calendar) -> Deadline:
    """Return the day that is `days` (1 to 2500) working days after `start`, the day of the event not counted."""
    if not 1 <= days <= MOST_DAYS:
        raise DomainError(f"期限应为 1 至 {MOST_DAYS} 个工作日，填写的是 {days}。")
    day, left = _plain(start), days
    off: dict[date, str] = {}
    made_up: dict[date, str] = {}
    while left:
        if day == date.max:
            raise DomainError("期限超出了可以计算的日期范围。")
        day += _DAY
        if calendar.is_working_day(day):
            left -= 1
            if day.weekday() > 4:
                made_up[day] = calendar.why(day)
        else:
            off[day] = calendar.why(day)
    open_years = tuple(y for y in range((start + _DAY).year, day.year + 1) if not calendar.is_published(y))
    return Deadline(start, days, day, bool(open_years), tuple(runs(off)), tuple(runs(made_up)), open_years)


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days lie after `start` up to and with `end`; raise DomainError where `end` is before `start`."""
    if _plain(end) < _plain(start):
        raise DomainError("结束日期早于开始日期。")
    return sum(calendar.is_working_day(date.fromordinal(n)) for n in range(start.toordinal() + 1, end.toordinal() + 1))


def days_left(due: date, today: date, calendar: Calendar) -> int:
    """Return the working days after `today` up to and with `due`: 0 on the last day, negative once it is over.

    A limit that is over counts as one day over at least, also on the weekend that follows its last day.
    """
    if today <= due:
        return working_days_between(today, due, calendar)
    return -max(1, working_days_between(due, today, calendar))


def light(due: date, today: date, calendar: Calendar, soon_days: int) -> Light:
    """Return the colour of a limit: red once it is over, yellow when at most `soon_days` working days are left."""
    left = days_left(due, today, calendar)
    if left < 0:
        return Light.OVERDUE
    return Light.SOON if left <= soon_days else Light.NONE


def standing(due: date, today: date, calendar: Calendar, soon_days: int) -> str:
    """Say in words how a limit stands: 还剩 3 个工作日, 黄牌 · 今天到期, 红牌 · 已超期 1 个工作日."""
    left = days_left(due, today, calendar)
    ahead = "今天到期" if due == today else f"还剩 {left} 个工作日"
    words = f"已超期 {-left} 个工作日" if left < 0 else ahead
    colour = light(due, today, calendar, soon_days)
    return words if colour == Light.NONE else f"{colour.label} · {words}"


def reckon(rules: Rules, key: str, start: date, calendar: Calendar) -> Deadline:
    """Return the limit `key` of `rules` from the event on `start`: pure, for lists that read rules and calendar once.

    Raise DomainError for a key that is no limit.
    """
    if key not in LIMITS:
        raise DomainError(f"“{parameter(key).title}”不是办理期限，不能计算到期日。")
    return add_working_days(start, rules.value(key), calendar)


def deadline(organ: Organ, key: str, start: date, *, division: Division | None = None) -> Deadline:
    """Return the limit `key` from the event on `start`, by the rules in force on that day and the calendar as it is known now.

    A change of the rules after the event does not move the limit; a calendar that is published does. Raise DomainError for a key that is
    no limit, and for a day before any rules.
    """
    return reckon(rule_set_for(organ, start, division), key, start, current_calendar())
