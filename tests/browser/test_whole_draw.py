"""The main job from end to end, with nothing but the pages: import, seal, contribute, open, check, and check a forged bundle."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from mingqian.accounts.states import Role
from mingqian.testing import Bureau, make_task
from mingqian_draw import write_zip
from tests.browser.tables import INSPECTORS, inspectors_workbook
from tests.browser.verdicts import ROOT, offline_verdict, verify
from tests.browser.visitors import DESKTOP, PHONE, PROJECTOR, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REAL = ROOT.parent / "shared" / "data" / "zibo-enterprises.csv"
COMPANIES = 2122
GROUND = "节能科可抽人员不足，需要安全科支援"
WITNESSES = (("综合法规科", "孙立群"), ("法律顾问", "陶静"), ("企业代表", "马国庆"))
#: The first ones are pressed on the pad of dice faces; the others are typed, grouped, and with a Chinese keyboard's full-width digits.
DIGITS = ("3164521364512", "621 543 6124", "４４５５６６１１２２３３")


def menu(page: Page, place: str) -> None:
    """Go somewhere by the main navigation."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=place, exact=True).click()


def import_table(officer: Visitor, target: str, name: str, content: bytes) -> Page:
    """Bring a table in: upload, preview, confirm, report."""
    page = officer.page
    menu(page, "导入")
    page.get_by_role("link", name="新的导入").first.click()
    page.get_by_label(target, exact=True).check()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="将这样写入")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".mq-note-done")).to_contain_text("写入名录库", timeout=60_000)
    return page


def prepare(officer: Visitor, conflict: tuple[str, str]) -> None:
    """Carry the draw of the task that waits to the last step before sealing: two inspectors each, three witnesses."""
    page = officer.page
    menu(page, "抽取")
    page.get_by_role("link", name="新的抽取").first.click()
    page.get_by_role("button", name="准备抽取").click()
    expect(page.locator(".mq-count")).to_contain_text(f"参加抽取 {COMPANIES:,} 家")
    page.get_by_role("button", name="下一步：人员").click()
    page.get_by_label("逐个对象抽人").check()
    page.get_by_label("每组人数").fill("2")
    page.get_by_label("节能科").check()
    page.get_by_label("安全科").check()
    page.get_by_role("button", name="保存并刷新名单").click()
    expect(page.locator(".mq-count")).to_contain_text(f"可抽 {INSPECTORS - 1} 人")
    page.get_by_role("link", name="说明理由，提请审定").click()
    page.get_by_label("书面说明").fill(GROUND)
    page.get_by_role("button", name="提请审定").click()
    expect(page.locator("main")).to_contain_text("审定之后才能封存")
    page.get_by_role("button", name="下一步：回避").click()
    page.get_by_label("抽查对象").fill(conflict[0])
    page.get_by_label("执法检查人员").fill(conflict[1])
    page.get_by_label("利害关系").fill("近亲属任职")
    page.get_by_role("button", name="登记这一对").click()
    expect(page.locator(".mq-count").last).to_contain_text("1 对")
    page.get_by_role("link", name="下一步：见证与时间").click()
    for index, (kind, name) in enumerate(WITNESSES, 1):
        page.get_by_label(f"第 {index} 位所属").select_option(kind)
        page.get_by_label(f"第 {index} 位姓名").fill(name)
    page.get_by_label("开签后立即公布名单").check()
    page.get_by_role("button", name="下一步：核对并封存").click()


def decide_people(officer: Visitor, principal: Visitor, bureau: Bureau) -> None:
    """Nothing is sealed with another division's people before the principal leader has agreed (A10.1)."""
    button = officer.page.get_by_role("button", name="封存这次抽取")
    expect(button).to_be_disabled()
    expect(officer.page.get_by_role("alert")).to_contain_text("等待主要领导审定（第十条）")
    page = principal.sign_in(bureau.user(Role.PRINCIPAL_LEADER).username)
    page.get_by_role("link", name="去审批").click()
    expect(page.locator("main")).to_contain_text(GROUND)
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator("main")).to_contain_text("已批准，由经办人封存")
    officer.page.reload()
    expect(button).to_be_enabled()


def seal(officer: Visitor) -> tuple[str, str]:
    """Seal what is prepared; return the draw's code and the seal's digest."""
    page = officer.page
    page.get_by_role("button", name="封存这次抽取").click()
    expect(page.locator(".mq-note-done")).to_contain_text("已封存")
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    page.get_by_role("link", name="文件", exact=True).click()
    digest = page.locator("dd:has(button[data-copy])").first.locator("button").get_attribute("data-copy")
    assert digest
    page.get_by_role("link", name="概况", exact=True).click()
    return code, digest


def contribute(officer: Visitor, position: int, *, dice: bool) -> str:
    """Let a witness speak; return the receipt that the screen shows."""
    page = officer.page
    expect(page.get_by_role("heading", level=1)).to_contain_text(" ".join(WITNESSES[position - 1]))
    if dice:
        for face in DIGITS[position - 1]:
            page.get_by_role("button", name=f"{face} 点", exact=True).click()
    else:
        page.get_by_label("您的数字").fill(DIGITS[position - 1])
    page.get_by_role("button", name="交出献数，领取回执").click()
    receipt = page.locator(".mq-receipt-code").inner_text()
    assert re.fullmatch(r"([0-9a-f]{4} ){3}[0-9a-f]{4}", receipt)
    return receipt


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], path: Path) -> Path:
    path.write_bytes(write_zip(files))
    return path


def swapped(files: dict[str, bytes]) -> dict[str, bytes]:
    """Put another company of the same district in the place of a selected one, everywhere in `result.json`."""
    result = json.loads(files["result.json"])
    stratum = result["strata"][0]
    chosen = {row["subject"] for part in result["strata"] for row in part["selected"]}
    rows = [line.split("\t") for line in files["subjects.tsv"].decode().splitlines()]
    lucky = next(row[0] for row in rows if row[1] == stratum["stratum"] and row[3] == "in" and row[0] not in chosen)
    unlucky = stratum["selected"][0]["subject"]
    forged = json.loads(files["result.json"].decode().replace(f'"{unlucky}"', f'"{lucky}"'))
    assert canonical(result) == files["result.json"]
    assert sum(row["subject"] == lucky for row in forged["assignments"]) == 1
    return {**files, "result.json": canonical(forged)}


@pytest.mark.realdata
def test_the_whole_draw_on_the_real_register(door: Door, bureau: Bureau, worker: int, tmp_path: Path) -> None:
    """Issue 2, "done when"."""
    if not REAL.is_file():
        pytest.skip(f"no real register at {REAL}")
    officer, public, screen = door(DESKTOP), door(PHONE), door(PROJECTOR)

    officer.sign_in(bureau.officer.username)
    page = import_table(officer, "抽查对象", REAL.name, REAL.read_bytes())
    assert f"新增 {COMPANIES:,}" in page.locator(".mq-note-done").inner_text()
    page = import_table(officer, "执法检查人员", "执法人员名单.xlsx", inspectors_workbook())
    assert f"新增 {INSPECTORS}，" in page.locator(".mq-note-done").inner_text()
    assert "未采用 1" in page.locator(".mq-note-done").inner_text()

    make_task(bureau, title="2026年度节能监察随机抽查", quota_value=500)
    prepare(officer, ("千城汽车销售有限公司", "15030370001"))
    decide_people(officer, door(DESKTOP), bureau)
    planned = officer.page.locator(".mq-stat", has_text="将抽出").locator("b").inner_text()
    code, digest = seal(officer)

    stranger = public.go("/public/")
    stranger.get_by_role("link", name="淄博市工信局抽〔").first.click()
    assert stranger.locator(f"[data-copy='{digest}']").count() == 1
    expect(stranger.locator("main")).to_contain_text("已封存，待献数")
    expect(stranger.locator("main")).to_contain_text(GROUND)
    public_page = stranger.url

    screen.sign_in(bureau.leader.username)
    screen.go(f"/draws/{code}/ceremony/")
    expect(screen.page.locator("#ceremony-state li.done")).to_have_count(0)

    receipts = []
    officer.page.get_by_role("link", name="在大屏上献数").click()
    officer.page.get_by_role("link", name="当众报数").click()
    for position in (1, 2, 3):
        receipts.append(contribute(officer, position, dice=position == 1))
        expect(screen.page.locator("#ceremony-state li.done")).to_have_count(position)
        expect(screen.page.locator("#ceremony-state")).to_contain_text(receipts[-1])
        if position < 3:
            officer.page.get_by_role("link", name="下一位当众报数").click()
    expect(screen.page.locator("#ceremony-state")).to_contain_text("可以开签")

    open_once(officer, code)
    watch_the_ceremony(screen, planned)
    officer.page.get_by_role("button", name="直接看结果").click()
    expect(officer.page.locator("#stage")).to_have_attribute("data-verdict", "same")

    stranger.goto(public_page)
    for receipt in receipts:
        assert receipt in stranger.locator(".mq-timeline").inner_text()
    key = stranger.request.get(f"{public.home}/public/log/key/").text().strip()
    bundle = public.download("下载全部文件", tmp_path)
    files = contents(bundle)
    result = json.loads(files["result.json"])
    selected = [row["subject"] for stratum in result["strata"] for row in stratum["selected"]]
    assert f"{len(selected)} 家" == planned
    assert sorted(stranger.locator("td.mono:not(.nowrap)").all_inner_texts()) == sorted(selected)
    assert {len(row["team"]) for row in result["assignments"]} == {2}
    check_that_all_three_agree(public, bundle, key, selected[0], tmp_path)
    check_that_all_three_refuse(public, public_page, packed(swapped(files), tmp_path / "forged.zip"), key, tmp_path)

    without_log = {name: content for name, content in swapped(files).items() if name != "ledger.json"}
    code_of_exit, text = verify(packed(without_log, tmp_path / "forged-without-log.zip"), None)
    assert (code_of_exit, "与重新计算的不一致" in text) == (1, True)


def open_once(officer: Visitor, code: str) -> None:
    """Open with a double click while another window has the same page; neither it nor a refresh nor going back gives anything else."""
    page = officer.page
    page.get_by_role("link", name="回到大屏").click()
    page.get_by_role("link", name="开签", exact=True).click()
    other = officer.new_tab()
    other.goto(page.url)
    page.get_by_role("button", name="开签").dblclick()
    expect(page.locator("#stage")).to_be_visible()
    first = page.request.get(f"{officer.home}/draws/{code}/ceremony/data/").body()
    other.get_by_role("button", name="开签").click()
    expect(other.locator("main")).to_contain_text("已开签")
    expect(other.get_by_role("status")).to_contain_text("结果不会改变")
    other.goto(f"{officer.home}/draws/{code}/open/")
    expect(other.locator("#stage")).to_be_visible()
    other.reload()
    other.close()
    page.reload()
    expect(page.locator("#stage")).to_be_visible()
    assert page.request.get(f"{officer.home}/draws/{code}/ceremony/data/").body() == first


def watch_the_ceremony(screen: Visitor, planned: str) -> None:
    """The projector goes on by itself, shows the seed and tickets being sorted, and can be skipped to its own verdict."""
    page = screen.page
    expect(page.locator(".mqc-seed")).to_contain_text("种子")
    expect(page.locator(".mqc-board li").first).to_be_visible()
    page.get_by_role("button", name="直接看结果").click()
    expect(page.locator("#stage")).to_have_attribute("data-verdict", "same")
    expect(page.locator("#mqc-verdict")).to_contain_text("重新计算的结果与系统记录完全一致。")
    expect(page.locator("#mqc-step")).to_contain_text(planned)


def check_that_all_three_agree(public: Visitor, bundle: Path, key: str, company: str, folder: Path) -> None:
    """The command, the platform's page, where a company looks itself up, and the page from disk."""
    code, text = verify(bundle, key)
    assert code == 0, text
    page = public.page
    page.get_by_label("我的企业抽中了吗").fill(f" {company.lower()} ")
    page.get_by_role("button", name="查询并核验").click()
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")
    expect(page.locator(".mqv-verdict-word")).to_have_text("核验通过")
    expect(page.locator(".mqv-found")).to_contain_text(company)
    expect(page.locator(".mqv-found .mqv-badge")).to_contain_text("抽中")
    public.go("/public/tools/")
    verifier = public.download("verify.html", folder)
    disk = offline_verdict(public, verifier, bundle, key)
    expect(disk.locator(".mqv-verdict-word")).to_have_text("核验通过")
    disk.close()


def check_that_all_three_refuse(public: Visitor, public_page: str, forged: Path, key: str, folder: Path) -> None:
    """The same bundle with one selected company swapped, handed to each of the three."""
    code, text = verify(forged, key)
    assert code == 1
    assert "与重新计算的不一致" in text, text
    page = public.new_tab()

    def hand_out(route: Route) -> None:
        route.fulfill(body=forged.read_bytes(), content_type="application/zip")

    page.route("**/bundle.zip", hand_out)
    page.goto(f"{public_page}check/")
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "refused")
    expect(page.locator(".mqv-verdict")).to_contain_text("result.json")
    page.close()
    disk = offline_verdict(public, folder / "verify.html", forged, key)
    expect(disk.locator("[data-verdict]")).to_have_attribute("data-verdict", "refused")
    expect(disk.locator(".mqv-verdict")).to_contain_text("result.json")
    disk.close()


def test_a_draw_is_voided_for_all_to_see(door: Door, stocked: Bureau, tmp_path: Path) -> None:
    """The officer asks, the leader approves; reason, approver and secret are public, and the bundle is verified as void."""
    officer, leader, public = door(DESKTOP), door(DESKTOP), door(PHONE)
    make_task(stocked, title="2026年度安全生产随机抽查")
    officer.sign_in(stocked.officer.username)
    page = officer.page
    page.get_by_role("link", name="新的抽取").first.click()
    page.get_by_role("button", name="准备抽取").click()
    page.get_by_role("button", name="下一步：人员").click()
    page.get_by_role("button", name="下一步：回避").click()
    page.get_by_role("link", name="下一步：见证与时间").click()
    page.get_by_label("第 1 位所属").select_option("法律顾问")
    page.get_by_label("第 1 位姓名").fill("陶静")
    page.get_by_role("button", name="下一步：核对并封存").click()
    code, digest = seal(officer)
    page.get_by_role("link", name="申请作废").click()
    page.get_by_label("作废理由").fill("现场停电，抽取监督人未能献数")
    page.get_by_role("button", name="提交作废申请").click()
    expect(page.locator("main")).to_contain_text("等待分管领导或主要领导审批")

    page = leader.sign_in(stocked.leader.username)
    page.get_by_role("link", name="去审批").click()
    page.get_by_label("意见").fill("同意")
    page.get_by_role("button", name="批准作废").click()
    expect(page.locator("main")).to_contain_text("已批准作废")

    page = public.go(f"/public/draws/{code}/")
    expect(page.locator(".mq-note-sealed")).to_contain_text("现场停电，抽取监督人未能献数")
    expect(page.locator(".mq-note-sealed")).to_contain_text("分管领导")
    secret = page.locator(".mq-note-sealed [data-copy]").get_attribute("data-copy")
    assert page.locator(f"[data-copy='{digest}']").count() == 1
    key = page.request.get(f"{public.home}/public/log/key/").text().strip()
    bundle = public.download("下载全部文件", tmp_path)
    assert json.loads(contents(bundle)["void.json"])["secret"] == secret
    exit_code, text = verify(bundle, key)
    assert (exit_code, "作废" in text) == (0, True)
    page.get_by_role("link", name="自己核验").click()
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")
    expect(page.locator(".mqv-verdict-text")).to_contain_text("作废")
