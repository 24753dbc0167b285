"""The working-day calendar: reading the State Council's notice, publishing it, correcting it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mingqian.accounts import services as accounts
from mingqian.accounts.models import User
from mingqian.accounts.states import OrganKind, Role
from mingqian.casework.clocks.services import About
from mingqian.casework.clocks.states import KINDS, ClockKind
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.ledger.models import Entry
from mingqian.ledger.selectors import entries_on
from mingqian.ledger.verification.selectors import verify_log
from mingqian.rules.calendar import services as calendar_services
from mingqian.rules.calendar.notices import differences, read_notice
from mingqian.rules.calendar.selectors import calendar_for, current_calendar, library_calendar, year_of
from mingqian.rules.deadlines.selectors import deadline, light
from mingqian.rules.deadlines.services import run
from mingqian.rules.models import CalendarYear
from mingqian.rules.states import Light
from mingqian.rules.tests.notices import NOTICE_2027
from mingqian.testing import Bureau, make_bureau

#: 国办发明电〔2025〕7号, as it was published.
NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


def keeper(bureau: Bureau) -> User:
    """Return somebody who keeps the calendar."""
    return bureau.user(Role.SYSTEM_ADMIN)


def publish(bureau: Bureau, text: str = NOTICE_2027, **more: Any) -> CalendarYear:
    """Publish a notice."""
    values = {"year": 2027, "basis": "测试通知", "version": 1, **more}
    return calendar_services.publish_year(keeper(bureau), text=text, **values)


def test_the_notice_of_2026_is_read_as_the_library_has_it() -> None:
    """Two independent readings of one notice agree day by day."""
    reading = read_notice(NOTICE_2026, 2026)
    known = library_calendar().years[2026]
    assert (reading.problems, reading.warnings) == ([], [])
    assert (reading.off, reading.work) == (dict(known.off), dict(known.work))
    assert differences(reading, library_calendar()) == []


def test_rows_of_dates_are_read_too() -> None:
    """One holiday a row, ISO dates, full-width digits."""
    reading = read_notice("国庆节　２０２７－１０－０１至2027/10/3放假\n国庆节 2027-09-26 上班", 2027)
    assert reading.problems == []
    assert sorted(reading.off) == [date(2027, 10, day) for day in (1, 2, 3)]
    assert reading.work == {date(2027, 9, 26): "国庆节"}


def test_a_holiday_may_begin_in_the_december_before() -> None:
    """As that of 2018 did."""
    reading = read_notice("元旦：2026年12月31日至2027年1月2日放假，共3天。2026年12月26日（周六）上班。", 2027)
    assert reading.problems == []
    assert min(reading.off) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "没有读到任何放假日期"),
        ("元旦快乐", "没有日期"),
        ("1月1日放假", "节日名称"),
        ("元旦：1月1日（周四）放假", "实际是周五"),
        ("元旦：1月1日至3日放假，共4天", "共 4 天"),
        ("元旦：2月30日放假", "不存在"),
        ("元旦：1月1日", "没有写明"),
        ("元旦：1月3日至1日放假", "起止日期不对"),
        ("元旦：1月1日放假\n春节：1月1日放假", "重复"),
        ("元旦：1月2日放假。1月2日上班", "既写了放假，又写了上班"),
        ("元旦：1月1日放假。1月5日上班", "本来就上班"),
        ("元旦：2028年1月1日放假", "不在2027年"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused_with_the_row_and_the_reason(text: str, problem: str) -> None:
    """Conflicts are shown before anything is published."""
    assert any(problem in said for said in read_notice(text, 2027).problems)


def test_holidays_that_are_missing_are_pointed_out() -> None:
    """A notice that was pasted in part."""
    assert "劳动节" in read_notice(NOTICE_2027, 2027).warnings[0]


@pytest.mark.django_db
def test_a_provisional_limit_is_recomputed_when_the_year_is_published(bureau: Bureau) -> None:
    """docs/articles.md: provisional until published."""
    before = deadline(bureau.organ, "report_days", date(2027, 1, 28))
    assert (before.due, before.provisional) == (date(2027, 2, 4), True)
    publish(bureau)
    after = deadline(bureau.organ, "report_days", date(2027, 1, 28))
    assert (after.due, after.provisional) == (date(2027, 2, 3), False)
    assert "1月30日 春节调休上班" in after.words


@pytest.mark.django_db
def test_the_own_table_wins_over_the_library_for_a_year_that_it_holds(bureau: Bureau) -> None:
    """The administrator's table is the stronger one; the other years stay."""
    text = NOTICE_2026.replace("5日（周二）放假调休，共5天", "4日（周一）放假调休，共4天")
    publish(bureau, text, year=2026, reason="按补充通知更正")
    now = current_calendar()
    assert now.is_working_day(date(2026, 5, 5))
    assert not now.is_working_day(date(2025, 5, 5))
    assert calendar_for([2026]).is_working_day(date(2026, 5, 5))
    assert not library_calendar().is_working_day(date(2026, 5, 5))


@pytest.mark.django_db
def test_a_published_year_is_corrected_by_a_new_version_with_a_reason_only(bureau: Bureau) -> None:
    """Nothing is overwritten."""
    first = publish(bureau)
    text = NOTICE_2027 + "\n清明节：4月3日至5日放假"
    with pytest.raises(DomainError, match="写明理由"):
        publish(bureau, text, version=2)
    second = publish(bureau, text, version=2, reason="补录清明节")
    assert [row.version for row in CalendarYear.objects.filter(year=2027)] == [2, 1]
    first.refresh_from_db()
    assert date(2027, 4, 5) not in year_of(first).off
    assert not current_calendar().is_working_day(date(2027, 4, 5))
    assert [entry.verb for entry in entries_on(second.ledger_subject)] == ["calendar.publish"] * 2


@pytest.mark.django_db
def test_publishing_twice_from_two_pages_is_refused(bureau: Bureau) -> None:
    """The second one is told; nothing is published over the first."""
    publish(bureau)
    with pytest.raises(DomainError, match="已有人公布"):
        publish(bureau, NOTICE_2027 + "\n清明节：4月3日至5日放假", reason="补录")
    with pytest.raises(DomainError, match="完全一致"):
        publish(bureau, version=2, reason="再来一次")
    assert CalendarYear.objects.count() == 1


@pytest.mark.django_db
def test_a_faulty_notice_publishes_nothing(bureau: Bureau) -> None:
    """Problems forbid publishing, also past the page."""
    with pytest.raises(DomainError, match="1 处问题"):
        publish(bureau, "元旦：1月1日（周四）放假")
    with pytest.raises(DomainError, match="年份"):
        publish(bureau, "元旦：1月1日放假", year=1999)
    assert not CalendarYear.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.LEADER, Role.DIVISION_OFFICER, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN])
def test_others_do_not_publish_the_calendar(bureau: Bureau, role: Role) -> None:
    """The system administrator and the regulations officer keep it."""
    with pytest.raises(NotAllowedError):
        calendar_services.publish_year(bureau.user(role), year=2027, basis="通知", text=NOTICE_2027, version=1)
    assert calendar_services.may_keep_calendar(bureau.user(Role.REGULATIONS_OFFICER))


@pytest.mark.django_db
def test_an_organ_below_others_does_not_publish_for_all(bureau: Bureau) -> None:
    """One calendar for the installation: the organ at the top keeps it."""
    below = make_bureau(code="zhangdian", name="张店区工业和信息化局", short_name="张店区工信局")
    accounts.change_organ("system", below.organ, parent=bureau.organ, name=below.organ.name, kind=OrganKind.DISTRICT)
    with pytest.raises(NotAllowedError):
        calendar_services.publish_year(keeper(below), year=2027, basis="通知", text=NOTICE_2027, version=1)


@pytest.mark.django_db
def test_the_calendar_is_read_with_one_query(bureau: Bureau, django_assert_num_queries: Any) -> None:
    """Cheap: however many years there are."""
    publish(bureau)
    with django_assert_num_queries(1):
        found = current_calendar()
    assert found.is_published(2027)
    assert sum(found.is_working_day(date(2027, 1, 1) + timedelta(days=n)) for n in range(31)) == 21


def test_limits_that_waited_for_the_calendar_are_reckoned_anew_when_it_is_published(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """deadlines: provisional until the year is published; then the due day, its working and the ledger are put right; others stay."""
    kind = ClockKind("test-limit", "测试期限", article="A9.4", cited="第九条", owner="科室")
    monkeypatch.setitem(KINDS, kind.name, kind)
    about = About("thing/1", "跨年的事项", "/", bureau.organ)
    waiting = run("system", kind, about, "report_days", date(2026, 12, 31))
    known = run("system", kind, replace(about, thing="thing/2"), "filing_days", date(2026, 3, 6))
    assert (waiting.provisional, known.provisional) == (True, False)
    assert "暂定" in waiting.working
    before = waiting.due
    publish(bureau)
    waiting.refresh_from_db()
    known.refresh_from_db()
    assert waiting.provisional is False
    assert waiting.due != before
    assert "暂定" not in waiting.working
    assert known.due == date(2026, 3, 9)
    (entry,) = Entry.objects.filter(verb="clock.reckon")
    assert entry.subject == "thing/1"
    assert verify_log().problems == []


def test_a_clock_is_yellow_from_the_first_day_that_its_limit_is(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """deadlines: `soon` of the clock and `light` of the limit say the same, on every day."""
    kind = ClockKind("test-limit", "测试期限", article="A9.4", cited="第九条", owner="科室")
    monkeypatch.setitem(KINDS, kind.name, kind)
    row = run("system", kind, About("thing/1", "事项", "/", bureau.organ), "answer_days", date(2026, 9, 24))
    calendar, day = current_calendar(), row.started
    while day <= row.due:
        assert (day >= row.soon) == (light(row.due, day, calendar, 2) == Light.SOON)
        day += timedelta(days=1)
