"""Finding subjects with nothing but the page: by fragment, initials, code and filters together; filters kept; numbers shown in full."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mingqian.accounts.models import SavedFilter
from mingqian.registry.models import PersonalAccess, Subject
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.registry.tests.tables import credit_code
from mingqian.testing import Bureau, fill_registry
from tests.browser.inspection import faults_of
from tests.browser.visitors import DESKTOP, PHONE, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE_NUMBER = "13805331234"


@pytest.fixture
def officer(door: Door, bureau: Bureau) -> Visitor:
    """The officer in front of thirty subjects in three districts, and one with a telephone."""
    fill_registry(bureau, subjects=30, inspectors=2)
    values = SubjectValues(
        name="淄博鲁中恒泰化工有限公司",
        credit_code=credit_code(77),
        address="山东省淄博市张店区柳泉路7号",
        district="张店区",
        responsible_person="王建军",
        phone=PHONE_NUMBER,
        kind="company",
    )
    subject_services.add_subject(bureau.officer, values)
    visitor = door(DESKTOP)
    visitor.sign_in("zibo-division_officer")
    return visitor


def counted(page: Page, text: str) -> None:
    """Wait until the list above says so."""
    expect(page.locator(".mq-count").first).to_contain_text(text)


def test_art06_search_by_fragment_initials_code_and_filters_together(officer: Visitor) -> None:
    """A6.1: the list follows what is typed, the address keeps it, and going back undoes it."""
    page = officer.go("/registry/subjects/")
    counted(page, "31 家 · 3 个区县")
    box = page.get_by_label("名称、", exact=False).first
    for typed in ("恒泰", "lzht", credit_code(77)[8:16], "柳泉路7", "王建军"):
        box.fill(typed)
        counted(page, "1 家 · 1 个区县")
        expect(page.locator("#found tbody")).to_contain_text("淄博鲁中恒泰化工有限公司")
        assert "text=" in page.url
    box.fill("没有这一家")
    expect(page.get_by_role("heading", name="没有符合条件的抽查对象")).to_be_visible()
    box.fill("示例")
    counted(page, "30 家 · 3 个区县")
    with page.expect_response(lambda answer: "text=" in answer.url):
        box.blur()  # the box asks once more when it is left; the next click would cut that short
    page.get_by_role("checkbox", name=re.compile("张店区")).check()
    counted(page, "10 家 · 1 个区县")
    page.get_by_role("checkbox", name=re.compile("桓台县")).check()
    counted(page, "20 家 · 2 个区县")
    expect(page.locator(".reg-chip")).to_have_count(3)
    assert faults_of(page, "search-found") == []
    page.reload()
    counted(page, "20 家 · 2 个区县")
    expect(page.get_by_role("checkbox", name=re.compile("张店区"))).to_be_checked()
    page.get_by_role("link", name="去掉条件 区县 桓台县").click()
    counted(page, "10 家 · 1 个区县")


def test_filters_are_kept_under_a_name_and_used(officer: Visitor, tmp_path: Path) -> None:
    """Issue 3: saved, picked, used by itself, in the file, forgotten; one hand on a telephone."""
    page = officer.go("/registry/subjects/")
    page.get_by_role("checkbox", name=re.compile("张店区")).check()
    counted(page, "11 家 · 1 个区县")
    page.locator(".mq-saved summary").click()
    page.get_by_label("给现在的条件起名称").fill("张店企业")
    # The box lies over the list for as long as it is open: what it half covers is no target too small.
    assert faults_of(page, "search-saving", strict_axe=False) == []
    page.locator(".mq-saved").get_by_role("button", name="保存").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已保存常用筛选：张店企业")
    counted(page, "11 家 · 1 个区县")
    page.get_by_role("link", name="全部清除").click()
    counted(page, "31 家 · 3 个区县")
    page.locator(".mq-saved summary").click()
    page.locator(".mq-saved-box").get_by_role("link", name="张店企业").click()
    counted(page, "11 家 · 1 个区县")
    file = officer.download("CSV", tmp_path)
    lines = file.read_text("utf-8-sig").splitlines()
    assert len(lines) == 12
    assert all("张店区" in line for line in lines[1:])
    officer.go("/accounts/mine/filters/")
    page.get_by_role("button", name="自动使用", exact=True).click()
    expect(page.get_by_role("button", name="不再自动使用")).to_be_visible()
    assert faults_of(page, "search-filters") == []
    officer.go("/registry/subjects/")
    counted(page, "11 家 · 1 个区县")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.locator(".mq-saved summary").click()
    box = page.locator(".mq-saved-box").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0], "the box does not leave a telephone's screen"
    officer.go("/registry/subjects/?all=1")
    counted(page, "31 家 · 3 个区县")
    officer.go("/accounts/mine/filters/")
    page.get_by_role("button", name="删除张店企业").click()
    expect(page.get_by_role("heading", name="还没有保存过筛选条件")).to_be_visible()
    assert not SavedFilter.objects.exists()


def test_art20_a_number_is_shown_in_full_with_a_reason(officer: Visitor) -> None:
    """A20.1: masked on the page, shown once for a reason, and on record."""
    number = Subject.objects.get(name="淄博鲁中恒泰化工有限公司").number
    page = officer.go(f"/registry/subjects/{number}/")
    expect(page.locator("main")).not_to_contain_text(PHONE_NUMBER)
    expect(page.locator("main")).to_contain_text(re.compile(r"138\*+1234|138.*1234"))
    page.get_by_role("link", name="查看完整号码").click()
    page.get_by_role("button", name="查看并留痕").click()
    expect(page.locator(".mq-errors")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(PHONE_NUMBER)
    page.locator("form.mq-form textarea, form.mq-form input[type=text]").first.fill("电话通知企业到场，核对检查时间")
    page.get_by_role("button", name="查看并留痕").click()
    expect(page.locator("[data-revealed]")).to_contain_text(PHONE_NUMBER)
    assert faults_of(page, "search-revealed") == []
    assert PersonalAccess.objects.count() == 1


def test_art06_two_that_only_look_alike_leave_the_list(officer: Visitor) -> None:
    """A6.1: found to be two with a reason, shown below, taken back."""
    first = Subject.objects.order_by("number")[0]
    page = officer.go("/registry/subjects/duplicates/")
    expect(page.get_by_role("heading", name="没有疑似重复的对象")).to_be_visible()
    page.get_by_label("登记号一").fill(first.number)
    page.get_by_label("登记号二").fill(Subject.objects.order_by("number")[1].number)
    page.get_by_role("button", name="对比").click()
    page.get_by_label("理由", exact=True).fill("核对营业执照，是两家单位")
    page.get_by_role("button", name="不是同一对象", exact=True).click()
    expect(page.locator("#apart")).to_contain_text("核对营业执照，是两家单位")
    assert faults_of(page, "search-apart") == []
    page.locator("#apart input[name=why]").fill("执照看错")
    page.locator("#apart").get_by_role("button", name="撤销").click()
    expect(page.locator("#apart")).to_have_count(0)


def test_art12_a_subjects_page_leads_to_what_it_bears(officer: Visitor) -> None:
    """A12.1, A21.2: from the subject to its visits."""
    number = Subject.objects.order_by("number")[0].number
    page = officer.go(f"/registry/subjects/{number}/")
    page.get_by_role("link", name="受检记录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("受检")
