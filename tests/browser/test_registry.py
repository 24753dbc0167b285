"""The subject registry with nothing but its pages: fields, parts, libraries, a table of flags, merge, as of a day, completeness."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mingqian.common import clock
from mingqian.registry.models import Subject, SubjectChange
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectValues
from mingqian.testing import Bureau, fill_registry
from tests.browser.inspection import faults_of
from tests.browser.visitors import DESKTOP, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "核对营业执照，系同一企业"


@pytest.fixture
def officer(door: Door, bureau: Bureau) -> Visitor:
    """The officer in front of a registry of nine subjects, one of them there twice."""
    fill_registry(bureau, subjects=9, inspectors=2)
    first = Subject.objects.order_by("number")[0]
    subject_services.add_subject(bureau.officer, SubjectValues(name=first.name, address="示例路0号", industry="C26"))
    visitor = door(DESKTOP)
    visitor.sign_in("zibo-division_officer")
    return visitor


def sound(page: Page, what: str) -> None:
    """Look at the page in every size."""
    assert faults_of(page, f"registry-{what}") == []


def save(page: Page) -> None:
    """Press the button of a form."""
    page.get_by_role("button", name="保存", exact=True).click()


def choose(page: Page, label: str) -> None:
    """Tick or choose by label."""
    page.get_by_label(label, exact=True).check()


def test_art06_a_library_and_the_new_fields_of_a_subject(officer: Visitor) -> None:
    """A6.1, A6.3: an unknown industry is named; a new status asks for its day and ground; the change log tells all."""
    page = officer.go("/registry/subjects/libraries/")
    page.get_by_role("link", name="新建专项库").first.click()
    page.get_by_label("专项库代码").fill("minbao")
    page.get_by_label("专项库名称").fill("民爆器材企业")
    page.get_by_label("建库依据").fill("民用爆炸物品安全管理条例")
    save(page)
    expect(page.locator("table")).to_contain_text("0 家")
    number = Subject.objects.order_by("number")[1].number
    page.get_by_role("link", name="批量加入").click()
    page.get_by_label("代码").fill(f"{number}\n91370303XXXXXXXXXX")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator(".mq-note-soon")).to_contain_text("91370303XXXXXXXXXX")
    sound(page, "put-in")
    page.get_by_role("button", name="将这 1 家加入").click()
    expect(page.locator("table")).to_contain_text("1 家")
    officer.go(f"/registry/subjects/{number}/edit/")
    page.get_by_label("行业", exact=False).first.fill("A26")
    page.get_by_label("标签").fill("外资、出口")
    page.get_by_label("登记状态").select_option("closed")
    save(page)
    expect(page.locator(".mq-errors")).to_contain_text("应为 C26")
    expect(page.locator(".mq-errors")).to_contain_text("请填写从哪一天起")
    expect(page.get_by_label("标签")).to_have_value("外资、出口")
    sound(page, "form")
    page.get_by_label("行业", exact=False).first.fill("2611")
    page.get_by_label("状态变更日期").fill("2026-03-02")
    page.get_by_label("修改原因或依据").fill("停业登记第1号")
    save(page)
    expect(page.locator("main")).to_contain_text("C2611 化学原料和化学制品制造业")
    expect(page.locator("main")).to_contain_text("存续 → 停业")
    sound(page, "facts")
    page.get_by_role("link", name="变更", exact=True).click()
    expect(page.locator("table")).to_contain_text("停业登记第1号")
    expect(page.locator("table")).to_contain_text("民爆器材企业")
    sound(page, "changes")


def test_art12_a_flag_without_source_is_sent_back_on_the_page(officer: Visitor) -> None:
    """A6.1, A9.2, A12.3: permit, flag (first without its source), exemption; the lists have them."""
    number = Subject.objects.order_by("number")[2].number
    today = clock.today()
    page = officer.go(f"/registry/subjects/{number}/?tab=parts")
    page.get_by_role("link", name="登记许可").click()
    page.get_by_label("许可名称").fill("民用爆炸物品销售许可证")
    page.get_by_label("许可证编号").fill("鲁-001")
    page.get_by_label("有效期自").fill("2026-01-01")
    page.get_by_label("有效期至").fill("2025-01-01")
    save(page)
    expect(page.locator(".mq-errors")).to_contain_text("结束日期早于开始日期")
    page.get_by_label("有效期至").fill("2031-01-01")
    save(page)
    page.get_by_role("link", name="登记标记").click()
    choose(page, "列入经营异常名录")
    page.get_by_label("自", exact=True).fill(str(today - timedelta(days=3)))
    page.get_by_label("文号或编号").fill("淄市监异列〔2026〕17号")
    save(page)
    expect(page.locator(".mq-errors")).to_contain_text("没有来源的标记不能登记")
    expect(page.get_by_label("文号或编号")).to_have_value("淄市监异列〔2026〕17号")
    sound(page, "flag-form")
    page.get_by_label("来源", exact=True).fill("市市场监管局")
    save(page)
    expect(page.locator(".mq-note-soon").first).to_contain_text("重点监管（第十二条）")
    page.get_by_role("link", name="列入名单").click()
    page.get_by_label("名单代码").fill("miansao-2026")
    page.get_by_label("免检依据").fill("鲁政办发〔2025〕9号")
    page.get_by_label("名单来源").fill("市发改委")
    page.get_by_label("自", exact=True).fill(str(today))
    save(page)
    expect(page.locator("main")).to_contain_text("在免检免扰名单上（第九条）")
    sound(page, "parts")
    page.locator("section", has_text="重点监管标记").get_by_role("link", name="提前结束").click()
    page.get_by_label("到哪一天为止").fill(str(today - timedelta(days=1)))
    page.get_by_label("原因或依据").fill("移出名录")
    save(page)
    officer.go("/registry/subjects/flags/")
    expect(page.get_by_role("heading", name="今日没有有效的重点监管标记")).to_be_visible()
    officer.go("/registry/subjects/exemptions/")
    expect(page.locator(".mq-count")).to_contain_text("今日有效 1 条")
    sound(page, "exemptions")


def test_art12_a_table_of_flags_is_brought_in(officer: Visitor, worker: int) -> None:
    """A12.3: a row whose subject is unknown and one without source are refused, with the reason before anything is written."""
    known = Subject.objects.order_by("number")[3]
    rows = [
        "企业名称,统一社会信用代码,标记,信息来源,列入日期",
        f"{known.name},{known.number},经营异常,市市场监管局,2026-01-05",
        "不在名录库公司,,失信,市中院,2026-01-05",
        f"{known.name},{known.number},失信,,2026-01-05",
    ]
    page = officer.go("/registry/subjects/flags/")
    page.get_by_role("link", name="从表格导入").first.click()
    expect(page.get_by_label("重点监管标记", exact=True)).to_be_checked()
    file = {"name": "标记.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="将这样写入")).to_be_visible(timeout=60_000)
    expect(page.locator("#rows")).to_contain_text("名录库里没有“不在名录库公司”")
    expect(page.locator("#rows")).to_contain_text("标记的来源未填")
    sound(page, "import-flags")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".mq-note-done")).to_contain_text("新增 1", timeout=60_000)
    page.get_by_role("link", name="查看名录库").click()
    expect(page.locator(".mq-count")).to_contain_text("1 项 · 1 家")
    sound(page, "flags")


def test_art06_duplicates_are_merged_and_the_registry_looked_back_on(officer: Visitor) -> None:
    """A6.1, A6.3: list, side by side, irrevocable act; then as of yesterday, and the figures of completeness."""
    survivor = Subject.objects.order_by("number")[0]
    Subject.objects.update(registered_at=None)
    page = officer.go("/registry/subjects/duplicates/")
    sound(page, "duplicates")
    page.get_by_role("link", name="与第一家对比").click()
    expect(page.get_by_label("保留这一个").first).to_be_checked()
    sound(page, "compare")
    page.get_by_label("理由", exact=True).fill(REASON)
    page.get_by_role("button", name=re.compile("下一步")).click()
    expect(page.locator(".mq-irrevocable")).to_contain_text(REASON)
    sound(page, "merge")
    page.get_by_role("button", name="确认合并，不能撤回").click()
    expect(page.locator(".mq-note").first).to_contain_text("已合并")
    expect(page.locator("main")).to_contain_text("已并入本对象的")
    page.get_by_role("link", name=re.compile("DJ-")).click()
    expect(page.locator(".mq-note-sealed")).to_contain_text("本对象已并入")
    yesterday = clock.today() - timedelta(days=1)
    page.get_by_label("查看哪一天的内容").fill(str(yesterday))
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".mq-note-soon").first).to_contain_text("不是现在的")
    sound(page, "on-a-day")
    officer.go("/registry/subjects/as-of/")
    expect(page.locator(".mq-count")).to_contain_text("9 家")
    page.get_by_label("截至（含当日）").fill(str(yesterday))
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".mq-count")).to_contain_text("10 家")
    sound(page, "as-of")
    officer.go("/registry/subjects/completeness/")
    row = page.locator("tr", has_text="行业").first
    expect(row).to_contain_text("8")
    sound(page, "completeness")
    row.get_by_role("link").click()
    expect(page.locator(".mq-count").first).to_contain_text("8 家")
    assert SubjectChange.objects.filter(subject=survivor, field="industry").exists()
