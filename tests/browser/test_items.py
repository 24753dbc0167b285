"""An item list from the law to the public, with nothing but the pages: enter, draft, join, approve and publish, read, adjust."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mingqian.accounts.states import Role
from mingqian.testing import Bureau
from tests.browser.visitors import DESKTOP, PHONE, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAW = "第一章 总则\n第一条　为了节能，制定本法。\n第二条　主管部门应当加强监督检查。\n第三条　用能单位应当每年报告。"


def enter_law(regulations: Visitor) -> None:
    """Paste a law, look at how it was split, keep it."""
    page = regulations.page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="事项清单").click()
    page.get_by_role("link", name="法律法规库").click()
    page.get_by_role("link", name="录入法律").first.click()
    page.get_by_label("法律名称").fill("测试节能法")
    page.get_by_label("简码").fill("CSJN")
    page.get_by_label("制定机关").fill("全国人大常委会")
    page.get_by_label("版本名称").fill("2019年公布")
    page.get_by_label("施行日期").fill("2020-01-01")
    page.get_by_label("条文", exact=True).fill(LAW)
    page.get_by_role("button", name="预览拆分结果").click()
    expect(page.get_by_role("heading", name="拆分为 3 条")).to_be_visible()
    page.get_by_role("button", name="保存 3 条").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("测试节能法")


def draft_item(officer: Visitor) -> Page:
    """Draft an item; what lacks is told, more rows lose nothing, then it goes to the other side."""
    page = officer.page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="事项清单").click()
    page.get_by_role("link", name="起草事项").first.click()
    page.get_by_label("抽查类别").fill("节能监察")
    page.get_by_label("抽查事项", exact=True).fill("能源利用状况报告检查")
    page.get_by_label("抽查依据").fill("《测试节能法》第二条、第三条第一款")
    page.get_by_label("检查要点 1", exact=True).fill("是否按期报送")
    page.get_by_label("检查要点 1的材料").fill("报告、回执")
    page.get_by_role("button", name="再加三行").click()
    expect(page.get_by_label("检查要点 6", exact=True)).to_be_visible()
    expect(page.get_by_label("检查要点 1", exact=True)).to_have_value("是否按期报送")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("main")).to_contain_text("还没有填写抽查比例")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("抽查内容").fill("报告的报送情况")
    page.get_by_role("textbox", name="抽查对象").fill("重点用能单位")
    page.get_by_label("书面检查").check()
    page.get_by_label("抽查比例上限").fill("5")
    page.get_by_label("年抽查频次").fill("1")
    page.get_by_label("合规提示").fill("每年按时报送报告，备好回执。")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="送会同审核").click()
    expect(page.locator(".mq-state").first).to_contain_text("待会同审核")
    return page


def join_and_compose(regulations: Visitor, code: str, number: int, why: str) -> None:
    """Agree after looking at the bases, then send a version to the leader."""
    page = regulations.go(f"/planning/items/{code}/{number}/")
    page.get_by_role("link", name="会同审核", exact=True).click()
    expect(page.locator("main")).to_contain_text("抽查依据逐条核对")
    page.get_by_role("button", name="同意，会同通过").click()
    page.get_by_role("link", name="在办修订").first.click()
    page.get_by_role("link", name="编制新版清单").click()
    page.get_by_label("编制或调整理由").fill(why)
    page.get_by_role("button", name="报领导批准").click()
    expect(page.locator(".mq-state").first).to_contain_text("待领导批准")


def publish(leader: Visitor) -> None:
    """Approve what waits."""
    page = leader.go("/planning/lists/")
    page.locator("tr", has_text="待领导批准").get_by_role("link").first.click()
    page.get_by_role("link", name="审批").click()
    expect(page.locator(".mq-irrevocable")).to_contain_text("批准即公布，不能撤回")
    page.get_by_role("button", name="批准并公布").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已批准并公布")


def test_a_list_is_drafted_consulted_on_approved_published_read_and_adjusted(
    door: Door, bureau: Bureau, tmp_path: Path
) -> None:
    """A5.1, A5.3: four people, two versions."""
    regulations, officer, leader, public = door(DESKTOP), door(DESKTOP), door(DESKTOP), door(PHONE)
    regulations.sign_in(bureau.user(Role.REGULATIONS_OFFICER).username)
    officer.sign_in(bureau.officer.username)
    leader.sign_in(bureau.leader.username)
    enter_law(regulations)
    draft_item(officer)
    join_and_compose(regulations, "zibo-001", 1, "首次编制")
    publish(leader)

    stranger = public.go("/public/items/")
    stranger.get_by_role("link", name="能源利用状况报告检查").click()
    expect(stranger.locator("main")).to_contain_text("每年按时报送报告，备好回执。")

    page = officer.go("/planning/items/zibo-001/1/")
    page.get_by_role("button", name="起草调整").click()
    page.get_by_label("调整理由").fill("新要求")
    page.get_by_label("抽查内容").fill("报告的报送情况和质量")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("ins")).to_have_text("和质量")
    page.get_by_role("button", name="送会同审核").click()
    join_and_compose(regulations, "zibo-001", 2, "按新要求调整")
    publish(leader)

    stranger = public.go("/public/items/zibo/2/")
    expect(stranger.locator("ins")).to_have_text("和质量")
    digest = stranger.locator(".mq-facts button[data-copy]").get_attribute("data-copy")
    content = public.download("开放数据", tmp_path).read_bytes()
    assert sha256(content).hexdigest() == digest
    assert [item["content"] for item in json.loads(content)["items"]] == ["报告的报送情况和质量"]
    stranger = public.go("/public/items/zibo/1/zibo-001/")
    expect(stranger.locator("main")).not_to_contain_text("和质量")
