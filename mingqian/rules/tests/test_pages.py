"""Pages of rules, calendar and limits, as people use them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.rules.models import CalendarYear, RuleSet
from mingqian.rules.states import SetState
from mingqian.rules.tests.notices import NOTICE_2027
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def text_of(client: Client, url: str, status: int = 200) -> str:
    """Return what a page says."""
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def head(**more: str) -> dict[str, str]:
    """Return the head of a version as it is typed."""
    begin = clock.today() + timedelta(days=10)
    return {
        "name": "节能监察细化规定",
        "basis": "淄工信发〔2026〕31号",
        "why": "专业性强",
        "effective_from": begin.isoformat(),
        "valid_until": "",
        **more,
    }


def begun(client: Client) -> RuleSet:
    """Begin a version through the page."""
    response = client.post(reverse("rules:new"), {**head(), "division": "jieneng", "kind": "refinement"})
    assert response.status_code == 302
    return RuleSet.objects.get()


def test_art22_the_page_shows_the_numbers_in_force_on_a_day_and_that_the_regulation_has_ended(
    bureau: Bureau, sign_in: SignIn
) -> None:
    """art. 22"""
    client = sign_in(bureau.user(Role.INSPECTOR))
    then, now = text_of(client, "/rules/?on=2021-03-01"), text_of(client, "/rules/")
    for page in (then, now):
        assert "第九条第三款" in page
        assert "60 个工作日" in page
        assert "来自工作实践，不是条文规定" in page
    assert "待续期" in now
    assert "待续期" not in then


def test_a_day_before_any_rules_and_a_day_that_is_none_are_answered_in_words(bureau: Bureau, sign_in: SignIn) -> None:
    """Bad input."""
    client = sign_in(bureau.officer)
    assert "2019年1月1日还没有生效的规则集" in text_of(client, "/rules/?on=2019-01-01")
    assert "日期不正确" in text_of(client, "/rules/?on=2021-02-30")
    assert "没有找到这个机关" in text_of(client, "/rules/?organ=nowhere", 404)
    text_of(client, "/rules/?division=nowhere", 404)


def test_art21_a_refinement_is_drafted_submitted_approved_and_shown_with_its_difference(
    bureau: Bureau, sign_in: SignIn
) -> None:
    """A21.1: the whole way through the pages."""
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    thing = begun(client)
    page = reverse("rules:set", args=[thing.code])
    typed = {**head(), "revision": "0", "value_team_size": "３", "reason_team_size": "测试需要三人"}
    assert client.post(page + "edit/", typed)["Location"] == page
    assert "上级规定" in text_of(client, page)
    client.post(page + "submit/", {"revision": "1"})
    leader = sign_in(bureau.leader)
    assert "批准后不能修改" in text_of(leader, page + "decide/")
    leader.post(page + "decide/", {"revision": "1", "decision": "approve", "remark": ""})
    thing.refresh_from_db()
    assert thing.state == SetState.APPROVED
    shown = text_of(leader, f"/rules/?division=jieneng&on={thing.effective_from.isoformat()}")
    assert "3 人" in shown
    assert "上级规定 2 人" in shown
    assert "测试需要三人" in shown
    assert "已批准、尚未生效" in text_of(leader, "/rules/?division=jieneng")
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    assert "已批准的版本不能修改" in client.get(page + "edit/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value_team_size": "1", "reason_team_size": "人手不足"}, "应在 2 人至 20 人之间"),
        ({"value_report_days": "8", "reason_report_days": "忙"}, "不能改为 8 个工作日"),
        ({"value_report_days": "三天", "reason_report_days": "忙"}, "请填写数字"),
        ({"value_report_days": "3.5", "reason_report_days": "忙"}, "请填写整数"),
        ({"value_general_ratio": "4.555", "reason_general_ratio": "忙"}, "最多两位小数"),
        ({"value_general_ratio": "NaN", "reason_general_ratio": "忙"}, "数字太大"),
        ({"value_report_days": "3"}, "请填写理由"),
        ({"reason_report_days": "只写了理由"}, "没有数值"),
        ({}, "还没有细化任何一项"),
        ({"value_team_size": "3", "reason_team_size": "多", "effective_from": "2020-01-01"}, "不溯及既往"),
        ({"value_team_size": "3", "reason_team_size": "多", "valid_until": "2020-01-01"}, "早于生效日期"),
        ({"value_team_size": "3", "reason_team_size": "多", "revision": "7"}, "保存过这份草稿"),
    ],
)
def test_what_may_not_stand_is_refused_at_its_place_and_nothing_typed_is_lost(
    bureau: Bureau, sign_in: SignIn, typed: dict[str, str], said: str
) -> None:
    """Pages: errors at the field, nothing typed is ever lost."""
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    thing = begun(client)
    sent = {**head(name="改过的名称"), "revision": "0", **typed}
    response = client.post(reverse("rules:edit", args=[thing.code]), sent)
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    for value in (value for key, value in sent.items() if key.startswith(("value_", "reason_", "name"))):
        assert f'value="{value}"' in page
    thing.refresh_from_db()
    assert (thing.stated, thing.revision) == ({}, 0)


def test_a_division_gets_no_regulation_of_its_own(bureau: Bureau, sign_in: SignIn) -> None:
    """art. 21"""
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    response = client.post(reverse("rules:new"), {**head(), "division": "jieneng", "kind": "regulation"})
    assert response.status_code == 400
    assert "科室只能细化" in response.content.decode()
    assert not RuleSet.objects.exists()


def test_a_leader_returns_with_a_remark_only(bureau: Bureau, sign_in: SignIn) -> None:
    """The author must know what to change."""
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    thing = begun(client)
    page = reverse("rules:set", args=[thing.code])
    typed = {**head(), "revision": "0", "value_team_size": "3", "reason_team_size": "需要"}
    client.post(page + "edit/", typed)
    client.post(page + "submit/", {"revision": "1"})
    leader = sign_in(bureau.leader)
    refused = leader.post(page + "decide/", {"revision": "1", "decision": "return", "remark": ""})
    assert "退回修改须写明意见" in refused.content.decode()
    leader.post(page + "decide/", {"revision": "1", "decision": "return", "remark": "理由不充分"})
    client = sign_in(bureau.user(Role.REGULATIONS_OFFICER))
    assert "理由不充分" in text_of(client, page + "edit/")


def test_a_notice_is_previewed_then_published(bureau: Bureau, sign_in: SignIn) -> None:
    """Preview, conflicts, publish."""
    client = sign_in(bureau.user(Role.SYSTEM_ADMIN))
    url = reverse("rules:calendar-edit", args=[2027])
    typed = {"version": "1", "basis": "国办发明电〔2026〕5号", "text": NOTICE_2027, "act": "preview"}
    page = client.post(url, typed).content.decode()
    assert "公布后立即生效" in page
    assert "2027年2月13日" in page
    assert not CalendarYear.objects.exists()
    wrong = client.post(url, {**typed, "text": "元旦：1月1日（周四）放假"}).content.decode()
    assert "实际是周五" in wrong
    assert "公布后立即生效" not in wrong
    assert "暂定" in text_of(client, "/rules/calendar/?year=2027")
    client.post(url, {**typed, "act": "publish"})
    assert "国办发明电〔2026〕5号" in text_of(client, "/rules/calendar/?year=2027")


def test_the_page_of_limits_says_how_a_due_date_came_about(bureau: Bureau, sign_in: SignIn) -> None:
    """Pages: a number with how it came about."""
    client = sign_in(bureau.user(Role.INSPECTOR))
    page = text_of(client, "/rules/deadline/?key=report_days&start=2026-03-06")
    assert "3月6日 + 5 个工作日（跳过 3月7–8日 周末）→ 3月13日" in page
    assert "第十五条第四款" in page
    assert "暂定" in text_of(client, "/rules/deadline/?key=report_days&start=2026-12-30")
    assert "2026年3月9日" in text_of(client, "/rules/deadline/?key=report_days&days=１&start=2026-03-06")


@pytest.mark.parametrize(
    "query", ["key=&start=2026-03-06", "key=report_days&start=x", "days=0&start=2026-03-06", "days=a&start=2026-03-06"]
)
def test_a_limit_that_cannot_be_reckoned_is_refused_in_words(bureau: Bureau, sign_in: SignIn, query: str) -> None:
    """Bad input."""
    page = text_of(sign_in(bureau.officer), f"/rules/deadline/?{query}", 400)
    assert "有内容需要改正" in page


def test_every_year_can_be_looked_at(bureau: Bureau, sign_in: SignIn) -> None:
    """Odd years lead somewhere."""
    client = sign_in(bureau.officer)
    for year in ("1900", "2004", "2026", "9999", "x", "２０２６"):
        assert "工作日历" in text_of(client, f"/rules/calendar/?year={year}")
