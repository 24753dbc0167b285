"""From a province's real item list to an opened task (art. 2, 5, 8): bring in, join, publish, plan, approve, open."""

import json
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.testing import Bureau, fill_registry
from tests.browser.visitors import DESKTOP, PHONE, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "hainan-inspection-items-2020.xlsx"
ITEM = "民用爆破物仓储情况的检查"
ARTICLES = "".join(
    f"第{number}条　为测试而写的一条。\n" for number in ("四十一", "四十二", "四十三", "四十四", "四十九")
)


def menu(page: Page, place: str) -> None:
    """Go somewhere by the main navigation."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=place, exact=True).click()


def enter_law(regulations: Visitor) -> None:
    """Enter the law that the real item cites."""
    page = regulations.go("/planning/laws/new/")
    page.get_by_label("法律名称").fill("民用爆炸物品安全管理条例")
    page.get_by_label("简码").fill("MBTL")
    page.get_by_label("制定机关").fill("国务院")
    page.get_by_label("效力层级").select_option(label="行政法规")
    page.get_by_label("版本名称").fill("2014年修订")
    page.get_by_label("施行日期").fill("2014-07-29")
    page.get_by_label("条文", exact=True).fill(ARTICLES)
    page.get_by_role("button", name="预览拆分结果").click()
    page.get_by_role("button", name="保存 5 条").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("民用爆炸物品安全管理条例")


def bring_in(officer: Visitor) -> None:
    """Bring in the real list: 387 rows become 293 drafts; what the table does not say is set for all."""
    page = officer.go("/planning/imports/new/")
    page.locator("input[type=file]").set_input_files(REAL)
    page.get_by_role("button", name="上传并预览").click()
    expect(page.locator(".mq-stats")).to_contain_text("293 个", timeout=60_000)
    page.get_by_text("表格里没有的，统一填上").click()
    page.locator("#id_ratio").fill("5")
    page.locator("#id_frequency").fill("2")
    page.get_by_label("合规提示").fill("请备好相关台账和证件。")
    page.get_by_role("button", name="按以上方式重新读取").click()
    page.get_by_role("button", name="生成草稿").click()
    expect(page.locator("main")).to_contain_text("293", timeout=60_000)


def together(person: Visitor, answer: str) -> None:
    """Take the next step with the item's draft, out of the list of what is under way."""
    page = person.go(f"/planning/items/drafts/?q={ITEM}")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="办理勾选的").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已办理 1 份")
    expect(page.locator("main")).to_contain_text(answer)


def publish_list(regulations: Visitor, leader: Visitor) -> None:
    """Send the first version to the leader, who publishes it."""
    page = regulations.go("/planning/lists/compose/")
    page.get_by_label("编制或调整理由").fill("首次编制")
    page.get_by_role("button", name="报领导批准").click()
    page = leader.go("/planning/lists/")
    page.locator("tr", has_text="待领导批准").get_by_role("link").first.click()
    page.get_by_role("link", name="审批").click()
    page.get_by_role("button", name="批准并公布").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已批准并公布第 1 版清单")


def draft_entry(officer: Visitor, until: date) -> str:
    """Draft an entry while the page counts; a wrong window loses nothing; return its address."""
    page = officer.page
    menu(page, "年度计划")
    page.get_by_role("button", name="编制计划").click()
    page.get_by_role("link", name="起草条目").first.click()
    page.get_by_label("抽查任务名称").fill("民用爆炸物品仓储安全抽查")
    page.get_by_label(ITEM).check()
    expect(page.locator("#estimate")).to_contain_text("60 家")
    page.get_by_label("张店区", exact=True).check()
    expect(page.locator("#estimate")).to_contain_text("20 家")
    page.get_by_label("比例（%）或数量").fill("10")
    expect(page.locator("#estimate")).to_contain_text("10 % × 20 → 2")
    page.get_by_label("第 1 次检查时间起").fill(clock.today().isoformat())
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".mq-errors")).to_contain_text("起止日期都要填写")
    expect(page.get_by_label("抽查任务名称")).to_have_value("民用爆炸物品仓储安全抽查")
    page.get_by_label("第 1 次检查时间止").fill(until.isoformat())
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("main")).to_contain_text("一般检查事项的抽查比例上限是 5%")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("比例（%）或数量").fill("5")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="送会同审核").click()
    expect(page.locator(".mq-state").first).to_contain_text("待会同审核")
    return page.url


def publish_plan(regulations: Visitor, leader: Visitor, address: str) -> None:
    """Agree, send the plan to the leader, publish it."""
    page = regulations.page
    page.goto(address)
    page.get_by_role("link", name="会同审核", exact=True).click()
    page.get_by_role("button", name="同意，会同通过").click()
    page.get_by_role("link", name="年度", exact=False).last.click()
    menu(page, "年度计划")
    page.locator("tr", has_text="尚未公布").get_by_role("link").click()
    page.get_by_role("link", name="编制新版计划").click()
    page.get_by_label("编制或调整理由").fill("首次编制")
    page.get_by_role("button", name="报领导批准").click()
    expect(page.locator(".mq-state").first).to_contain_text("待领导批准")
    page = leader.page
    menu(page, "年度计划")
    page.locator("tr", has_text="尚未公布").get_by_role("link").click()
    page.locator(".mq-note-soon").get_by_role("link").click()
    page.get_by_role("link", name="审批").click()
    expect(page.locator(".mq-irrevocable")).to_contain_text("批准即公布，不能撤回")
    page.get_by_role("button", name="批准并公布").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已批准并公布第 1 版计划")


@pytest.mark.realdata
def test_from_the_real_list_to_a_plan_and_an_opened_task(door: Door, bureau: Bureau, tmp_path: Path) -> None:
    """A2.1, A2.2, A5.1, A8.1: four people and the public."""
    if not REAL.is_file():
        pytest.skip(f"no real list at {REAL}")
    fill_registry(bureau)
    regulations, officer, leader, public = door(DESKTOP), door(DESKTOP), door(DESKTOP), door(PHONE)
    regulations.sign_in(bureau.user(Role.REGULATIONS_OFFICER).username)
    officer.sign_in(bureau.officer.username)
    leader.sign_in(bureau.leader.username)
    enter_law(regulations)
    bring_in(officer)
    together(officer, "待会同审核")
    together(regulations, "待编入清单")
    publish_list(regulations, leader)
    today = clock.today()
    address = draft_entry(officer, min(today + timedelta(days=20), date(today.year, 12, 31)))
    publish_plan(regulations, leader, address)

    page = officer.page
    page.goto(address)
    page.get_by_role("button", name="开立抽查任务").click()
    expect(page.locator(".mq-note-done")).to_contain_text(f"淄博市工信局节能科抽查〔{today.year}〕1号")
    page.get_by_role("link", name="逐家查看").click()
    expect(page.locator(".mq-count")).to_contain_text("20 家")

    stranger = public.go(f"/public/plans/zibo/{today.year}/1/")
    expect(stranger.locator("main")).to_contain_text("民用爆炸物品仓储安全抽查")
    digest = stranger.locator(".mq-facts button[data-copy]").get_attribute("data-copy")
    content = public.download("开放数据", tmp_path).read_bytes()
    assert sha256(content).hexdigest() == digest
    assert [entry["estimated"] for entry in json.loads(content)["entries"]] == [20]
