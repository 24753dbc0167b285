"""Two divisions meet at one company, with nothing but the pages: one visit under settled leaders, and a reason where they go apart."""

import pytest
from playwright.sync_api import expect

from mingqian.accounts.states import Role
from mingqian.drawing import services
from mingqian.drawing.supplement_facts import teams_of
from mingqian.drawing.tests.meeting import WORDS, both_sealed, opened, person
from mingqian.registry.models import Inspector
from mingqian.testing import DIGITS, Bureau
from tests.browser.inspection import faults_of
from tests.browser.visitors import DESKTOP, PHONE, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_divisions_agree_after_the_opening_settle_leaders_and_tell_why_they_go_apart(
    door: Door, stocked: Bureau
) -> None:
    """A12.1, A12.2: the second opening finds two companies; one is visited together, the other apart, with the reason kept."""
    person(stocked, "zibo-safety", "安小全", "anquan")
    person(stocked, "zibo-safety-head", "安长全", "anquan", Role.DIVISION_HEAD)
    first, second, (one, two) = both_sealed(stocked)
    opened(stocked, first)
    for position, digits in enumerate(DIGITS, 1):
        services.contribute(stocked.officer, second, position=position, digits=digits)
    energy, safety, head, public = door(DESKTOP), door(PHONE), door(DESKTOP), door(PHONE)
    wrong = []

    page = energy.sign_in(stocked.officer.username)
    page = energy.go(f"/draws/{second.code}/open/")
    page.get_by_role("button", name="开签").click()
    # Another address at once would overtake the opening.
    page.wait_for_url("**/ceremony/**")
    page = energy.go(f"/draws/{second.code}/?tab=result")
    expect(page.get_by_text("2 家与其他科室联合检查")).to_be_visible()
    wrong += faults_of(page, "joint-draw")
    page = energy.go("/")
    wrong += faults_of(page, "joint-workbench")
    page.get_by_role("link", name="去答复").click()
    wrong += faults_of(page, "joint-list")
    page.get_by_label(f"勾选 {one.name}").check()
    page.get_by_label(f"勾选 {two.name}").check()
    page.get_by_role("button", name="对勾选的一并同意").click()
    wrong += faults_of(page, "joint-agree")
    page.get_by_role("button", name="同意联合检查").click()
    expect(page.get_by_text("已同意 2 项联合检查")).to_be_visible()

    page = safety.sign_in("zibo-safety")
    page = safety.go("/draws/joint/")
    page.get_by_role("link", name=one.name).click()
    wrong += faults_of(page, "joint-proposed")
    page.get_by_role("link", name="代安全科答复").click()
    wrong += faults_of(page, "joint-answer")
    page.get_by_role("button", name="同意联合检查").click()
    page.get_by_role("link", name="提议组长和日期").click()
    wrong += faults_of(page, "joint-leaders")
    page.get_by_label("说明").fill("两组同车前往")
    page.get_by_role("button", name="提出方案").click()
    expect(page.get_by_text("组长方案已提出")).to_be_visible()

    page = energy.go("/")
    page.get_by_role("link", name="去答复").click()
    page.get_by_role("link", name="代节能科答复组长方案").click()
    wrong += faults_of(page, "joint-consent")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("组长已商定")
    wrong += faults_of(page, "joint-settled")

    page = safety.go("/draws/joint/?state=proposed")
    page.get_by_role("link", name=two.name).click()
    page.get_by_role("link", name="代安全科答复").click()
    page.get_by_role("button", name="不同意").click()
    expect(page.locator(".mq-errors")).to_contain_text("请写明原因")
    page.get_by_label("说明").fill("检查方式不同，只作书面检查")
    page.get_by_role("button", name="不同意").click()
    expect(page.get_by_text("安全科不同意联合检查").first).to_be_visible()
    page = safety.go("/")
    page.get_by_role("link", name="去说明").click()
    wrong += faults_of(page, "warning-asked")
    page.get_by_role("link", name="说明理由").click()
    page.get_by_label("理由", exact=True).select_option(label="检查内容不同，不能合并")
    page.get_by_label("具体说明").fill("有事")
    page.get_by_role("button", name="提交理由").click()
    expect(page.locator(".mq-errors")).to_contain_text("至少 6 个字")
    wrong += faults_of(page, "warning-answer")
    page.get_by_label("具体说明").fill(WORDS)
    page.get_by_role("button", name="提交理由").click()
    expect(page.get_by_text("等待科室负责人确认")).to_be_visible()

    page = head.sign_in("zibo-safety-head")
    page.get_by_role("link", name="去确认").click()
    wrong += faults_of(page, "warnings")
    page.get_by_role("link", name=two.name).click()
    page.get_by_role("link", name="去确认").click()
    wrong += faults_of(page, "warning-decide")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已确认")
    wrong += faults_of(page, "warning-confirmed")

    page = public.go(f"/public/draws/{second.code}/")
    expect(page.get_by_text("与安全科")).to_have_count(1)
    wrong += faults_of(page, "joint-public")
    second.refresh_from_db()
    team = teams_of(second)[one.number]
    Inspector.objects.filter(certificate_number=team[0]).update(user=stocked.user(Role.INSPECTOR))
    inspector = door(PHONE)
    inspector.sign_in(stocked.users[Role.INSPECTOR].username)
    page = inspector.go("/draws/mine/")
    expect(page.get_by_text("安全科牵头").first).to_be_visible()
    wrong += faults_of(page, "joint-mine")
    assert wrong == [], "\n".join(wrong)
