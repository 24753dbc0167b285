"""After the draw, with nothing but the pages: an inspector cannot come, is replaced by lot before witnesses, and all can check it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from mingqian.accounts.states import Role
from mingqian.drawing.supplement_facts import teams_of
from mingqian.ledger import selectors as ledger
from mingqian.registry.models import Inspector
from mingqian.testing import DIGITS, Bureau, opened_draw
from tests.browser.test_whole_draw import offline_verdict, verify
from tests.browser.visitors import DESKTOP, PHONE, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATEMENT = "检查期间参加省里组织的专项行动，不能到场。"


def test_an_absent_inspector_is_replaced_before_witnesses_and_three_verifiers_agree(
    door: Door, stocked: Bureau, tmp_path: Path
) -> None:
    """A11.1: the inspector's own statement on a phone, the leader's approval, three witnesses on the dice pad, the check."""
    draw = opened_draw(stocked)
    subject, team = min(teams_of(draw).items())
    Inspector.objects.filter(certificate_number=team[0]).update(user=stocked.user(Role.INSPECTOR))
    inspector, leader, officer, public = door(PHONE), door(DESKTOP), door(DESKTOP), door(PHONE)

    inspector.sign_in(stocked.users[Role.INSPECTOR].username)
    page = inspector.go("/draws/mine/")
    page.get_by_role("row").filter(has_text=subject).get_by_role("link", name="缺席说明或申请回避").click()
    page.get_by_label("原因").select_option(label="工作冲突（第十一条）")
    page.get_by_label("说明", exact=True).fill(STATEMENT)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("cell", name="待审批")).to_be_visible()

    page = leader.sign_in(stocked.leader.username)
    page.get_by_role("link", name="去审批").first.click()
    expect(page.get_by_text(STATEMENT)).to_be_visible()
    page.get_by_role("button", name="批准", exact=True).click()

    page = officer.sign_in(stocked.officer.username)
    page.get_by_role("link", name="去办理").first.click()
    page.get_by_role("link", name="核对并封存").click()
    page.get_by_role("button", name="封存第 1 号变更").click()
    page.get_by_role("link", name="第 1 位献数").click()
    for digits in DIGITS:
        for face in digits:
            page.get_by_role("button", name=f"{face} 点", exact=True).click()
        page.get_by_role("button", name="交出献数，领取回执").click()
        expect(page.locator(".mq-receipt-code")).to_be_visible()
        if digits != DIGITS[-1]:
            page.get_by_role("link", name="献数").last.click()
    page.get_by_role("link", name="去开签").click()
    page.get_by_role("button", name="开签").click()
    came = Inspector.objects.get(certificate_number=teams_of(draw)[subject][0]).name
    expect(page.locator(".mq-note-done")).to_contain_text(came)

    page = public.go(f"/public/draws/{draw.code}/")
    expect(page.get_by_text("第 1 号 更换检查人员")).to_be_visible()
    expect(page.get_by_text(STATEMENT)).to_have_count(0)
    bundle = public.download("下载全部文件", tmp_path)
    key = str(ledger.log_key())
    code, text = verify(bundle, key)
    assert code == 0, text
    page.get_by_role("link", name="自己核验").click()
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified")
    public.go("/public/tools/")
    disk = offline_verdict(public, public.download("verify.html", tmp_path), bundle, key)
    expect(disk.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified")
