"""Two divisions meet at one company, with nothing but the pages: one visit under settled leaders, and a reason where they go apart."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.models import EarlyWarning, JointPart, JointVisit
from mingqian.drawing.tests.joint import WORDS, both_sealed, opened, person, settled, three_sealed
from mingqian.drawing.warnings import services as warning_services
from mingqian.registry.models import Inspector
from mingqian.testing import DIGITS, Bureau
from tests.browser.inspection import faults_of
from tests.browser.visitors import DESKTOP, PHONE, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen(page: Page, what: str, heading: str) -> list[str]:
    """Wait for the page with this heading, then say what is wrong with it."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    page.wait_for_load_state()
    return faults_of(page, what)


def test_two_divisions_agree_after_the_opening_settle_leaders_and_tell_why_they_go_apart(
    door: Door, stocked: Bureau
) -> None:
    """A12.1, A12.2: the second opening finds two companies; one is visited together, the other apart, with the reason kept."""
    person(stocked, "zibo-safety", "安小全", "anquan")
    person(stocked, "zibo-safety-head", "安长全", "anquan", Role.DIVISION_HEAD)
    first, second, (one, two) = both_sealed(stocked)
    opened(first)
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, second, position=position, digits=digits)
    energy, safety, head, public = door(DESKTOP), door(PHONE), door(DESKTOP), door(PHONE)
    wrong = []

    page = energy.sign_in(stocked.officer.username)
    page = energy.go(f"/draws/{second.code}/open/")
    page.get_by_role("button", name="开签").click()
    # Another address at once would overtake the opening.
    page.wait_for_url("**/ceremony/**")
    page = energy.go(f"/draws/{second.code}/?tab=result")
    expect(page.get_by_text("2 家与其他科室联合检查")).to_be_visible()
    wrong += seen(page, "joint-draw", "节能监察")
    page = energy.go("/")
    wrong += seen(page, "joint-workbench", "工作台")
    expect(page.get_by_role("link", name="去答复")).to_have_count(2)
    page = energy.go("/draws/joint/?answer=waiting")
    wrong += seen(page, "joint-list", "联合检查")
    page.get_by_label(f"勾选 {one.name}").check()
    page.get_by_label(f"勾选 {two.name}").check()
    page.get_by_role("button", name="对勾选的一并同意").click()
    wrong += seen(page, "joint-agree", "一并同意")
    page.get_by_role("button", name="同意联合检查").click()
    expect(page.get_by_text("已同意 2 项联合检查")).to_be_visible()

    page = safety.sign_in("zibo-safety")
    page = safety.go("/draws/joint/")
    page.get_by_role("link", name=one.name).click()
    wrong += seen(page, "joint-proposed", "待科室答复")
    page.get_by_role("link", name="代安全科答复").click()
    wrong += seen(page, "joint-answer", "答复联合检查")
    page.get_by_role("button", name="同意联合检查").click()
    page.get_by_role("link", name="提议组长和日期").click()
    wrong += seen(page, "joint-leaders", "提议组长")
    page.get_by_label("说明").fill("两组同车前往")
    page.get_by_role("button", name="提出方案").click()
    expect(page.get_by_text("组长方案已提出")).to_be_visible()

    page = energy.go("/")
    page.get_by_role("link", name="去答复").click()
    page.get_by_role("link", name="代节能科答复组长方案").click()
    wrong += seen(page, "joint-consent", "答复组长方案")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("组长已商定")
    wrong += seen(page, "joint-settled", "组长已商定")

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
    wrong += seen(page, "warning-asked", "待说明理由")
    page.get_by_role("link", name="说明理由").click()
    page.get_by_label("理由", exact=True).select_option(label="检查内容不同，不能合并")
    page.get_by_label("具体说明").fill("有事")
    page.get_by_role("button", name="提交理由").click()
    expect(page.locator(".mq-errors")).to_contain_text("至少 6 个字")
    wrong += seen(page, "warning-answer", "说明预警的理由")
    page.get_by_label("具体说明").fill(WORDS)
    page.get_by_role("button", name="提交理由").click()
    expect(page.get_by_text("等待科室负责人确认")).to_be_visible()

    page = head.sign_in("zibo-safety-head")
    expect(page.get_by_role("link", name="去确认")).to_have_count(1)
    page = head.go("/draws/warnings/?state=answered")
    wrong += seen(page, "warnings", "预警")
    page.get_by_role("link", name=two.name).click()
    page.get_by_role("link", name="去确认").click()
    wrong += seen(page, "warning-decide", "确认预警理由")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已确认")
    wrong += seen(page, "warning-confirmed", "已确认")

    page = public.go(f"/public/draws/{second.code}/")
    expect(page.get_by_text("与安全科")).to_have_count(1)
    wrong += seen(page, "joint-public", "节能监察")
    second.refresh_from_db()
    team = teams_of(second)[one.number]
    Inspector.objects.filter(certificate_number=team[0]).update(user=stocked.user(Role.INSPECTOR))
    inspector = door(PHONE)
    inspector.sign_in(stocked.users[Role.INSPECTOR].username)
    page = inspector.go("/draws/mine/")
    expect(page.get_by_text("安全科牵头").first).to_be_visible()
    wrong += seen(page, "joint-mine", "我的检查任务")
    assert wrong == [], "\n".join(wrong)


def test_a_third_is_asked_a_proposal_is_taken_back_and_silence_ends(door: Door, stocked: Bureau) -> None:
    """A12.1, A12.2: what two settled stands on the page; who is silent counts as not joining; every answer to a warning is read there."""
    safety = person(stocked, "zibo-safety", "安小全", "anquan")
    first, second, third = three_sealed(stocked)
    opened(first)
    opened(second)
    visit = settled(stocked, JointVisit.objects.get(), safety)
    opened(third)
    energy, regulations = door(PHONE), door(DESKTOP)
    wrong = []

    page = energy.sign_in(stocked.officer.username)
    page = energy.go(f"/draws/joint/{visit.code}/")
    expect(page.get_by_text("信息科也抽到这个对象，正在征求意见")).to_be_visible()
    wrong += seen(page, "joint-third", "组长已商定")
    page.get_by_role("link", name="另提组长方案").click()
    page.get_by_role("button", name="提出方案").click()
    wrong += seen(page, "joint-withdraw", "组长已商定")
    page.get_by_role("button", name="撤回方案").click()
    expect(page.get_by_text("已撤回组长方案，可以重新提议")).to_be_visible()

    page = regulations.sign_in(stocked.user(Role.REGULATIONS_OFFICER).username)
    page = regulations.go("/draws/joint/?answer=waiting")
    wrong += seen(page, "joint-waiting", "联合检查")
    JointPart.objects.filter(state="waiting").update(due=clock.today() - timedelta(days=1))
    page.get_by_role("link", name=visit.subject.name).click()
    expect(page.get_by_text("按不参加处理").first).to_be_visible()
    wrong += seen(page, "joint-silent-one", "组长已商定")
    page = regulations.go("/draws/joint/?answer=silent")
    expect(page.get_by_text("信息科 · 逾期未答复")).to_be_visible()
    wrong += seen(page, "joint-silent", "联合检查")

    row = warning_services.answer(
        User.objects.get(username="zibo-info"), EarlyWarning.objects.get(), reason="other-matter", words=WORDS
    )
    row = warning_services.decide(stocked.leader, row, confirm=False, remark="请写明错开的日期")
    warning_services.answer(User.objects.get(username="zibo-info"), row, reason="spread", words="改在下月上旬检查")
    page = regulations.go(f"/draws/warnings/{row.pk}/")
    expect(page.get_by_text("请写明错开的日期")).to_be_visible()
    wrong += seen(page, "warning-steps", "待确认")
    assert wrong == [], "\n".join(wrong)
