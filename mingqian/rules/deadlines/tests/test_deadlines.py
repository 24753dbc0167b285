"""Time limits: pure functions of dates, against counting day by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given, settings, strategies as st

from mingqian.common.errors import DomainError
from mingqian.rules.calendar.selectors import Calendar, Year, library_calendar
from mingqian.rules.deadlines.selectors import (
    add_working_days,
    days_left,
    law_date,
    light,
    standing,
    working_days_between,
)
from mingqian.rules.states import Light

CALENDAR = library_calendar()
DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
LIMITS = st.integers(1, 90)


def works(day: date) -> bool:
    """Ask the library itself, day by day; beyond its years only weekends are off."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def counted(start: date, days: int) -> date:
    """Count day by day on the fingers."""
    day = start
    for _ in range(days):
        day += DAY
        while not works(day):
            day += DAY
    return day


@settings(max_examples=300, deadline=None)
@given(start=DAYS, days=LIMITS)
def test_a_limit_ends_where_counting_day_by_day_ends(start: date, days: int) -> None:
    """docs/articles.md: working days of the State Council's calendar, the day of the event not counted."""
    found = add_working_days(start, days, CALENDAR)
    assert found.due == counted(start, days)
    assert CALENDAR.is_working_day(found.due)
    assert working_days_between(start, found.due, CALENDAR) == days
    assert found.provisional == (found.due.year > 2026 or (start + DAY).year > 2026)
    assert sum(run.days for run in found.skipped) + days == (found.due - start).days


@settings(max_examples=200, deadline=None)
@given(start=DAYS, days=LIMITS)
def test_what_is_skipped_is_off_and_what_is_made_up_is_worked(start: date, days: int) -> None:
    """Pages: a number is shown with how it came about."""
    found = add_working_days(start, days, CALENDAR)
    for run in found.skipped:
        span = [run.first + n * DAY for n in range(run.days)]
        assert not any(works(day) for day in span)
        assert start < run.first <= run.last < found.due
    for run in found.made_up:
        span = [run.first + n * DAY for n in range(run.days)]
        assert all(works(day) and day.weekday() > 4 for day in span)


@settings(max_examples=300, deadline=None)
@given(first=DAYS, more=st.integers(0, 400))
def test_days_between_are_those_counted_one_by_one(first: date, more: int) -> None:
    """The first day is not counted, the last one is."""
    last = first + timedelta(days=more)
    assert working_days_between(first, last, CALENDAR) == sum(works(first + n * DAY) for n in range(1, more + 1))


@settings(max_examples=200, deadline=None)
@given(start=DAYS, days=LIMITS, gone=st.integers(0, 150))
def test_days_left_fall_by_the_working_days_gone_and_turn_negative_after_the_last_day(
    start: date, days: int, gone: int
) -> None:
    """Yellow card when near, red card when over."""
    due = add_working_days(start, days, CALENDAR).due
    today = start + timedelta(days=gone)
    left = days_left(due, today, CALENDAR)
    colour = light(due, today, CALENDAR, 2)
    if today <= due:
        assert left == days - sum(works(start + n * DAY) for n in range(1, gone + 1))
        assert colour == (Light.SOON if left <= 2 else Light.NONE)
    else:
        assert left < 0
        assert colour == Light.OVERDUE


@settings(max_examples=100, deadline=None)
@given(start=DAYS, days=LIMITS, later=st.integers(0, 30))
def test_a_later_event_or_a_longer_limit_never_ends_earlier(start: date, days: int, later: int) -> None:
    """Order is kept."""
    due = add_working_days(start, days, CALENDAR).due
    assert add_working_days(start + later * DAY, days, CALENDAR).due >= due
    assert add_working_days(start, days + 1, CALENDAR).due > due


def test_the_library_is_taken_over_day_by_day() -> None:
    """Parts: chinese-calendar as seed."""
    day = date(2004, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_working_day(day) == works(day), day
        day += DAY


@pytest.mark.parametrize(
    ("start", "days", "words"),
    [
        (date(2026, 3, 6), 5, "3月6日 + 5 个工作日（跳过 3月7–8日 周末）→ 3月13日"),
        (date(2026, 3, 2), 2, "3月2日 + 2 个工作日 → 3月4日"),
        (
            date(2026, 9, 24),
            6,
            "9月24日 + 6 个工作日（跳过 9月25–27日 中秋节、10月1–7日 国庆节；计入 10月10日 国庆节调休上班）→ 10月10日",
        ),
        (
            date(2025, 12, 30),
            3,
            "12月30日 + 3 个工作日（跳过 2026年1月1–3日 元旦；计入 2026年1月4日 元旦调休上班）→ 2026年1月5日",
        ),
    ],
)
def test_the_words_say_how_a_due_date_came_about(start: date, days: int, words: str) -> None:
    """Pages: 3月6日 + 5 个工作日 (跳过 3月7–8日 周末)."""
    assert add_working_days(start, days, CALENDAR).words == words


def test_many_weekends_are_counted_together() -> None:
    """A limit of sixty working days is still one line."""
    said = add_working_days(date(2026, 3, 6), 60, CALENDAR).words
    assert "周末 " in said
    assert "劳动节" in said
    assert len(said) < 140


def test_a_limit_that_runs_into_2027_is_provisional_until_the_year_is_published() -> None:
    """docs/articles.md: provisional, shown as such, recomputed when it is published."""
    start = date(2026, 12, 28)
    found = add_working_days(start, 7, CALENDAR)
    assert (found.due, found.provisional, found.open_years) == (date(2027, 1, 6), True, (2027,))
    assert "暂定：2027年放假安排尚未公布" in found.words
    published = CALENDAR.with_years([Year(2027, {date(2027, 1, 1): "元旦"}, {date(2027, 1, 3): "元旦"}, "测试")])
    again = add_working_days(start, 7, published)
    assert (again.due, again.provisional) == (date(2027, 1, 6), False)
    assert "计入 2027年1月3日 元旦调休上班" in again.words


def test_a_limit_within_2026_is_not_provisional() -> None:
    """Only the years that it runs through count."""
    assert not add_working_days(date(2026, 12, 24), 5, CALENDAR).provisional
    assert add_working_days(date(2026, 12, 31), 1, CALENDAR).provisional


def test_the_notice_of_next_year_may_speak_of_this_december() -> None:
    """As that of 2012 did of 31 December 2011."""
    moved = CALENDAR.with_years(
        [Year(2027, {date(2026, 12, 31): "元旦"}, {date(2026, 12, 26): "元旦"}, "测试")],
    )
    assert not moved.is_working_day(date(2026, 12, 31))
    assert moved.is_working_day(date(2026, 12, 26))
    assert not CALENDAR.is_working_day(date(2026, 12, 26))


@pytest.mark.parametrize("days", [0, -1, 2501])
def test_a_limit_that_makes_no_sense_is_refused(days: int) -> None:
    """Errors are raised."""
    with pytest.raises(DomainError, match="期限应为"):
        add_working_days(date(2026, 3, 2), days, CALENDAR)


@pytest.mark.parametrize(
    "act",
    [
        lambda: add_working_days(datetime(2026, 3, 2, tzinfo=UTC), 5, CALENDAR),
        lambda: working_days_between(date(2026, 3, 3), date(2026, 3, 2), CALENDAR),
        lambda: add_working_days(date.max, 1, CALENDAR),
        lambda: law_date(datetime(2026, 3, 2)),  # noqa: DTZ001  that is what is refused
    ],
)
def test_moments_wrong_order_and_the_end_of_time_are_refused(act: Callable[[], object]) -> None:
    """Errors are raised; nothing is never returned for one."""
    with pytest.raises(DomainError):
        act()


def test_the_date_of_law_is_that_of_shanghai() -> None:
    """ARCHITECTURE.md: dates of law in Asia/Shanghai."""
    assert law_date(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert law_date(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_the_cards_are_said_in_words() -> None:
    """Pages: a word stands with the colour."""
    due = date(2026, 3, 13)
    said = [standing(due, date(2026, 3, day), CALENDAR, 2) for day in (9, 11, 13, 14, 17)]
    assert said == [
        "还剩 4 个工作日",
        "黄牌 · 还剩 2 个工作日",
        "黄牌 · 今天到期",
        "红牌 · 已超期 1 个工作日",
        "红牌 · 已超期 2 个工作日",
    ]


def test_an_empty_calendar_knows_weekends_only() -> None:
    """A calendar is a value: no database, no clock."""
    found = add_working_days(date(2026, 9, 30), 1, Calendar())
    assert (found.due, found.provisional) == (date(2026, 10, 1), True)
