"""The page of a plan's year: who sees it, what it says, that it says which figures are exact, the workbook, the short form (A8.2)."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine
from django.template.loader import render_to_string
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.planning.models import EntryRevision, Plan, YearPreview
from mingqian.planning.plans.services import PLANS
from mingqian.planning.plans.states import FlagMode
from mingqian.planning.tests import stages
from mingqian.planning.year import services as year_services
from mingqian.planning.year.states import YearPhase
from mingqian.registry.models import Subject
from mingqian.registry.parts import services as part_services
from mingqian.registry.parts.states import FlagKind
from mingqian.testing import Bureau, make_bureau, work_off

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def enqueued_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits for the end of the transaction happen at once: the test's own never ends."""
    monkeypatch.setattr("mingqian.planning.year.services.transaction.on_commit", lambda act: act())


@pytest.fixture
def drafted(stocked: Bureau) -> EntryRevision:
    """An entry of each of two divisions that meet the same subjects."""
    first, second = stages.listed_for_plan(stocked)
    officer = stages.safety_officer(stocked)
    stages.drafted_entry(stocked, second.item.code, title="储存安全抽查", division="anquan", officer=officer)
    return stages.drafted_entry(stocked, first.item.code, quota_value=1000)


def words(response: Any) -> str:
    """Return what a page says, without markup and blanks."""
    return re.sub(r"<[^>]*>|\s", "", response.content.decode())


def test_art08_the_year_is_asked_for_watched_and_read(stocked: Bureau, drafted: EntryRevision, sign_in: SignIn) -> None:
    """A8.2: empty, at work with progress, result; one page for officers and leaders."""
    plan = drafted.entry.plan
    client = sign_in(stocked.officer)
    assert "还没有测算" in words(client.get(f"/plans/{plan.code}/year/"))
    assert client.get(f"/plans/{plan.code}/year/export.xlsx").status_code == 404
    busy = client.post(f"/plans/{plan.code}/year/measure/", follow=True)
    assert "等待处理" in words(busy)
    assert "可以关闭本页" in words(busy)
    piece = client.get(f"/plans/{plan.code}/year/", headers={"HX-Request": "true"})
    assert "hx-trigger" in piece.content.decode()
    YearPreview.objects.update(phase=YearPhase.REHEARSING, done=1200, total=5000)
    assert "1,200/5,000张签" in words(client.get(f"/plans/{plan.code}/year/"))
    YearPreview.objects.update(phase=YearPhase.WAITING)
    work_off()
    assert client.get(f"/plans/{plan.code}/year/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    client = sign_in(stocked.leader)
    text = words(client.get(f"/plans/{plan.code}/year/"))
    assert "9家次" in text
    assert "安全科、节能科联合抽查" in text
    assert "同一时段可能遇到多项检查" in text


def test_art08_every_figure_says_whether_it_is_exact_or_rehearsed(
    stocked: Bureau, drafted: EntryRevision, sign_in: SignIn
) -> None:
    """A8.2: exact without extra lots; with them rehearsed, with the reason; seeds have nothing to do with real draws."""
    plan = drafted.entry.plan
    client = sign_in(stocked.officer)
    year_services.ask_year(stocked.officer, plan)
    work_off()
    text = words(client.get(f"/plans/{plan.code}/year/"))
    assert "精确计算的平均家数" in text
    assert "所用种子与正式抽取无关" in text
    subject = Subject.objects.order_by("number")[0]
    part_services.add_flag(stocked.officer, subject, kind=FlagKind.SERIOUS, source="市应急局", since=clock.today())
    assert "名录库、受检记录、放假安排或规则有变动，请重新测算" in words(client.get(f"/plans/{plan.code}/year/"))
    year_services.ask_year(stocked.officer, plan)
    work_off()
    text = words(client.get(f"/plans/{plan.code}/year/"))
    assert "模拟200次的平均，竖线为最少到最多" in text
    assert "重点监管对象一家多签（第十二条第三款）" in text
    assert subject.name in text


def test_art08_the_chart_says_in_words_what_it_shows(stocked: Bureau, drafted: EntryRevision, sign_in: SignIn) -> None:
    """A8.2: for those who do not see it; the table stands behind it."""
    year_services.ask_year(stocked.officer, drafted.entry.plan)
    work_off()
    page = sign_in(stocked.officer).get(f"/plans/{drafted.entry.plan.code}/year/").content.decode()
    told = re.search(r'role="img"\s+aria-label="每家全年受检几次（家数）。([^"]*)"', page)
    assert told is not None
    assert told[1].startswith("0 次：51")
    assert "查看数据表" in page
    assert page.count("<rect") >= 7 + 12


def test_art08_a_changed_plan_asks_to_be_reckoned_anew(
    stocked: Bureau, drafted: EntryRevision, sign_in: SignIn
) -> None:
    """A8.2: the old figures stay, marked."""
    plan, client = drafted.entry.plan, sign_in(stocked.officer)
    year_services.ask_year(stocked.officer, plan)
    work_off()
    assert "计划已变动" not in words(client.get(f"/plans/{plan.code}/year/"))
    PLANS.write(stocked.officer, drafted, stages.entry_values(*drafted.items, flag_mode=FlagMode.NONE))
    assert "计划已变动，请重新测算" in words(client.get(f"/plans/{plan.code}/year/"))


def test_art08_the_workbook_holds_what_the_page_shows(stocked: Bureau, drafted: EntryRevision, sign_in: SignIn) -> None:
    """A8.2: distribution, burdened, pairs, load, windows, each on a sheet."""
    plan, client = drafted.entry.plan, sign_in(stocked.officer)
    year_services.ask_year(stocked.officer, plan)
    work_off()
    answer = client.get(f"/plans/{plan.code}/year/export.xlsx")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert book.sheet_names == ["受检次数", "负担最重", "同一时段", "各月人次", "检查时间"]
    spread = book.get_sheet_by_name("受检次数").to_python()
    assert [row[0] for row in spread[1:]] == ["0 次", "1 次", "2 次", "3 次", "4 次", "5 次", "6 次及以上"]
    assert len(book.get_sheet_by_name("负担最重").to_python()) == 51
    windows = book.get_sheet_by_name("检查时间").to_python()
    assert {str(row[10]) for row in windows[1:]} == {"3", "6"}


def test_art08_the_short_form_stands_on_the_pages_of_plan_and_approval(stocked: Bureau, drafted: EntryRevision) -> None:
    """A8.2: without a result it says what to do; with one the numbers that matter, of the version that is to be approved."""
    row = stages.consulted_entry(stocked, *drafted.items, title="送审的条目")
    plan = row.entry.plan
    version = PLANS.compose(stages.regulations(stocked), plan, title="计划", why="编制", taken=[row])

    def short(**context: object) -> str:
        return re.sub(
            r"<[^>]*>|\s", "", render_to_string("planning/year/_year_summary.html", {"plan": plan, **context})
        )

    assert "还没有测算" in short()
    year_services.ask_year(stocked.leader, plan, version)
    assert "正在测算" in short(of_version=version)
    work_off()
    assert "60家，3家次" in short(of_version=version)
    assert "还没有测算" in short()


def test_another_bureau_and_a_version_of_another_plan_see_nothing(
    stocked: Bureau, drafted: EntryRevision, sign_in: SignIn
) -> None:
    """404; what is being drafted is no business of organs above either."""
    plan = drafted.entry.plan
    assert sign_in(stocked.officer).get(f"/plans/{plan.code}/year/?version=weifang-V1").status_code == 404
    stranger = make_bureau(code="weifang", name="潍坊市工业和信息化局", short_name="潍坊市工信局")
    client = sign_in(stranger.user(Role.DIVISION_OFFICER))
    for address in ("", "export.xlsx"):
        assert client.get(f"/plans/{plan.code}/year/{address}").status_code == 404
    assert client.post(f"/plans/{plan.code}/year/measure/").status_code == 404
    Plan.objects.filter(pk=plan.pk).update(organ=stranger.organ)
    stocked.organ.parent, stranger.organ.parent = None, stocked.organ
    stranger.organ.save()
    row = EntryRevision.objects.get(pk=drafted.pk)
    assert row.entry.plan.organ == stranger.organ
    assert sign_in(stocked.officer).get(f"/plans/{plan.code}/year/").status_code == 404
