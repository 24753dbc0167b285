"""A whole ceremony with three phones and a projector, then every change that the regulation knows, and three verifiers that agree."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.models import Draw
from mingqian.drawing.tests.changes import barred, outsiders
from mingqian.ledger import selectors as ledger
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.parts import services as part_services
from mingqian.testing import DIGITS, WITNESSES, Bureau, opened_draw, sealed_draw
from tests.browser.rites import approve, contribute, invite, play, seal
from tests.browser.verdicts import offline_verdict, verify
from tests.browser.visitors import DESKTOP, PHONE, PROJECTOR, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATEMENT = "检查期间参加省里组织的专项行动，不能到场。"
GROUND = "本科室可抽人员均已回避"


def sign(phone: Visitor) -> None:
    """Draw a signature with a finger."""
    canvas = phone.page.locator("canvas.mq-sign")
    box = canvas.bounding_box()
    assert box
    phone.page.mouse.move(box["x"] + 30, box["y"] + 60)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 140, box["y"] + 30, steps=6)
    phone.page.mouse.move(box["x"] + 200, box["y"] + 90, steps=6)
    phone.page.mouse.up()
    phone.page.get_by_role("button", name="提交签名").click()
    expect(phone.page.locator("main")).to_contain_text("记录上签名")


def ask(officer: Visitor, draw: Draw, subject: str, query: str, reason: str, way: str = "") -> str:
    """Ask for a change through its form; return the address of the request."""
    page = officer.go(f"/draws/{draw.code}/subjects/{subject}/change/?{query}")
    if way:
        page.get_by_label(way).check()
    page.get_by_label("原因").select_option(label=reason)
    page.get_by_label("说明", exact=True).fill(STATEMENT)
    if "回避" in reason:
        page.get_by_label("回避的利害关系").select_option(index=1)
    if "shortage" in query:
        page.get_by_label("人员不足的书面说明").fill(GROUND)
        page.get_by_label("综合法规科").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_contain_text("已提交")
    return page.url.removeprefix(officer.home)


def carry_out(officer: Visitor, leader: Visitor, change: str) -> Page:
    """Agree, seal, let the witnesses speak on the officer's own screen, open; return the page of the outcome."""
    approve(leader, change)
    seal(officer, change)
    for position, digits in enumerate(DIGITS, 1):
        page = officer.go(f"{change}witness/?position={position}")
        page.get_by_label("您的数字").fill(digits)
        page.get_by_role("button", name="交出献数，领取回执").click()
        expect(page.locator(".mq-receipt-code")).to_be_visible()
    officer.go(f"{change}open/").get_by_role("button", name="开签").click()
    play(officer.page)
    return officer.go(change)


def exempt(bureau: Bureau, number: str) -> None:
    """Put a company on the list of those exempt."""
    subject = Subject.objects.get(number=number)
    part_services.add_exemption(
        bureau.officer, subject, code="miansao", basis="鲁政办〔2026〕1号", source="市发改委", since=clock.today()
    )


def test_art09_a_ceremony_with_phones_and_projector_then_every_change(
    door: Door, stocked: Bureau, tmp_path: Path
) -> None:
    """A9.2, A9.4, A10.1, A11.1, A11.2: with nothing but the pages; the lead division is in every team."""
    outsiders(stocked)
    draw = sealed_draw(stocked, lead_present=True)
    officer, leader, principal, screen = door(DESKTOP), door(DESKTOP), door(DESKTOP), door(PROJECTOR)
    phones = [door(PHONE) for _witness in WITNESSES]
    officer.sign_in(stocked.officer.username)
    leader.sign_in(stocked.leader.username)
    principal.sign_in(stocked.user(Role.PRINCIPAL_LEADER).username)
    screen.sign_in(stocked.user(Role.DIVISION_HEAD).username)
    screen.go(f"/draws/{draw.code}/ceremony/")

    invite(officer, phones, f"/draws/{draw.code}/invites/")
    contribute(phones, screen.page, officer, f"/draws/{draw.code}/")
    officer.go(f"/draws/{draw.code}/open/").get_by_role("button", name="开签").click()
    play(screen.page)
    for phone in phones:
        sign(phone)
    expect(officer.go(f"/draws/{draw.code}/record/").locator("main")).to_contain_text("随机抽取记录")

    draw.refresh_from_db()
    places = sorted(teams_of(draw))
    gone = teams_of(draw)[places[0]][1]
    replaced = ask(officer, draw, places[0], f"inspector={gone}", "工作冲突（第十一条）")
    approve(leader, replaced)
    seal(officer, replaced)
    screen.go(f"{replaced}ceremony/")
    invite(officer, phones, f"{replaced}invites/")
    contribute(phones, screen.page, officer, replaced)
    officer.go(f"{replaced}open/").get_by_role("button", name="开签").click()
    play(screen.page)
    came = Inspector.objects.get(certificate_number=teams_of(draw)[places[0]][1]).name
    expect(screen.page.locator("#mqc-step")).to_contain_text(f"{came} 接替")
    sign(phones[0])
    expect(officer.go(f"{replaced}record/").locator("main")).to_contain_text("随机抽取变更记录")

    exempt(stocked, places[1])
    change = ask(officer, draw, places[1], "way=subject", "抽后查明属免检免扰（第九条）")
    expect(carry_out(officer, leader, change).locator(".mq-note-done")).to_contain_text("替补")

    aside = teams_of(draw)[places[2]][1]
    change = ask(officer, draw, places[2], f"inspector={aside}", "本人申请回避（第十一条）", "与另一名检查人员互换")
    expect(carry_out(officer, leader, change).locator(".mq-note-done")).to_contain_text("改去")

    barred(stocked, draw, places[3], leave=0)
    last = teams_of(draw)[places[3]][1]
    change = ask(officer, draw, places[3], f"inspector={last}&way=shortage", "工作冲突（第十一条）", "跨科室随机抽取")
    expect(carry_out(officer, principal, change).locator(".mq-note-done")).to_contain_text("外援")

    check(door(PHONE), draw, tmp_path)


def check(public: Visitor, draw: Draw, folder: Path) -> None:
    """All four changes are public, no statement is, and all three verifiers accept the bundle with them."""
    page = public.go(f"/public/draws/{draw.code}/")
    for change in draw.supplements.all():
        expect(page.locator("main")).to_contain_text(f"第 {change.number} 号")
    expect(page.get_by_text(STATEMENT)).to_have_count(0)
    bundle = public.download("下载全部文件", folder)
    key = str(ledger.log_key())
    code, text = verify(bundle, key)
    assert code == 0, text
    page.get_by_role("link", name="自己核验").click()
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")
    public.go("/public/tools/")
    disk = offline_verdict(public, public.download("verify.html", folder), bundle, key)
    expect(disk.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")


def test_art11_an_inspector_hands_in_a_statement_on_the_phone(door: Door, stocked: Bureau) -> None:
    """A11.1: from the workbench of who was drawn to that of who decides."""
    draw = opened_draw(stocked)
    subject, team = min(teams_of(draw).items())
    Inspector.objects.filter(certificate_number=team[0]).update(user=stocked.user(Role.INSPECTOR))
    inspector, leader = door(PHONE), door(DESKTOP)
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
    expect(page.get_by_role("status")).to_contain_text("已批准")
