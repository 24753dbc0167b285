"""The workbench says what waits; errors say what to do; the page of components is behind its setting."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.tests import changes
from mingqian.drawing.voids import services as void_services
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Inspector
from mingqian.rules.calendar import services as calendar_services
from mingqian.rules.sets import services as rule_services
from mingqian.rules.sets.states import Stated
from mingqian.rules.states import SetKind
from mingqian.testing import Bureau, contributed_draw, make_draft, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db


def test_an_empty_bureau_is_told_what_to_do_first(bureau: Bureau, sign_in: object) -> None:
    """Pages: an empty state says what to do first."""
    client: Client = sign_in(bureau.officer)  # type: ignore[operator]
    assert "先导入抽查对象名录库" in client.get("/").content.decode()


def test_the_officer_sees_drafts_live_draws_and_openings_that_wait(stocked: Bureau, sign_in: object) -> None:
    """Practice: to-do lists."""
    contributed_draw(stocked, scope="A", title="甲")
    sealed_draw(stocked, scope="B", title="乙")
    make_draft(stocked, scope="C", title="丙")
    text = sign_in(stocked.officer).get("/").content.decode()  # type: ignore[operator]
    for line in ("开签：甲", "组织献数：乙", "准备抽取：丙"):
        assert line in text


def test_the_leader_sees_requests_to_void_and_nobody_elses_work(stocked: Bureau, sign_in: object) -> None:
    """Practice: to-do lists."""
    draw = sealed_draw(stocked, title="甲")
    void_services.ask(stocked.officer, draw, reason="停电")
    make_draft(stocked, scope="C", title="丙")
    text = sign_in(stocked.leader).get("/").content.decode()  # type: ignore[operator]
    assert "审批作废申请：甲" in text
    assert "丙" not in text


def test_a_leader_is_asked_to_decide_on_a_rule_set_that_others_wrote(bureau: Bureau, sign_in: object) -> None:
    """A21.1"""
    officer = bureau.user(Role.REGULATIONS_OFFICER)
    head: dict[str, Any] = {"name": "节能监察细化规定", "basis": "", "why": "工作需要", "valid_until": None}
    head["effective_from"] = clock.today() + timedelta(days=9)
    row = rule_services.begin(officer, division=None, kind=SetKind.REFINEMENT, **head)
    row = rule_services.change(officer, row, revision=0, stated={"team_size": Stated(3, "第三条", "工作需要")}, **head)
    rule_services.submit(officer, row, revision=row.revision)
    assert "审批规则集：节能监察细化规定" in sign_in(bureau.leader).get("/").content.decode()  # type: ignore[operator]
    assert "审批规则集" not in sign_in(officer).get("/").content.decode()  # type: ignore[operator]


def test_art07_certificates_that_have_ended_or_end_soon_are_on_the_workbench(stocked: Bureau, sign_in: object) -> None:
    """A7.1"""
    client: Client = sign_in(stocked.officer)  # type: ignore[operator]
    assert "执法证" not in client.get("/").content.decode().split("我最近的操作")[0].split("待办")[1]
    today = clock.today()
    for number, ends in (("15030001", -1), ("15030002", 0), ("15030003", 60), ("15030004", 61)):
        people = Inspector.objects.filter(certificate_number=number)
        assert people.update(valid_until=today + timedelta(days=ends)) == 1
    text = client.get("/").content.decode()
    assert "1 人的执法证已过期" in text
    assert "2 人的执法证即将到期" in text


def test_the_calendar_of_next_year_is_asked_for_from_november_on(
    bureau: Bureau, sign_in: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/articles.md: a day in a year without calendar is provisional, until somebody enters the notice."""
    client: Client = sign_in(bureau.user(Role.SYSTEM_ADMIN))  # type: ignore[operator]
    monkeypatch.setattr(clock, "today", lambda: date(2026, 10, 31))
    assert "录入 2027 年放假安排" not in client.get("/").content.decode()
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 1))
    assert "录入 2027 年放假安排" in client.get("/").content.decode()
    text = "元旦 2027-01-01 至 2027-01-03 放假"
    calendar_services.publish_year(
        bureau.user(Role.SYSTEM_ADMIN), year=2027, basis="国办发明电〔2026〕7号", text=text, version=1
    )
    assert "录入 2027 年放假安排" not in client.get("/").content.decode()


def test_art22_an_expired_regulation_is_on_the_regulations_officers_workbench(bureau: Bureau, sign_in: object) -> None:
    """A21.1: it is applied on with a remark; somebody must renew it."""
    assert "待续期" in sign_in(bureau.user(Role.REGULATIONS_OFFICER)).get("/").content.decode()  # type: ignore[operator]
    assert "待续期" not in sign_in(bureau.officer).get("/").content.decode()  # type: ignore[operator]


def test_an_administrator_sees_no_figures_of_the_bureau(stocked: Bureau, sign_in: object) -> None:
    """A20.1"""
    text = sign_in(stocked.user(Role.SYSTEM_ADMIN)).get("/").content.decode()  # type: ignore[operator]
    assert "抽查对象 ·" not in text
    text = sign_in(stocked.user(Role.SECURITY_ADMIN)).get("/").content.decode()  # type: ignore[operator]
    assert "没有待办" in text


@pytest.mark.parametrize(
    ("path", "status", "words"), [("/nowhere/", 404, "没有找到"), ("/draws/zibo-2026-77/", 404, "没有找到这次抽取")]
)
def test_what_is_not_there_is_said_in_chinese(
    bureau: Bureau, sign_in: object, path: str, status: int, words: str
) -> None:
    """Pages: clear words."""
    response = sign_in(bureau.officer).get(path)  # type: ignore[operator]
    assert response.status_code == status
    assert words in response.content.decode()


def test_a_form_without_its_token_is_refused_in_chinese(bureau: Bureau) -> None:
    """CSRF."""
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/sign-in/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "提交未被接受" in response.content.decode()


def test_the_page_of_components_can_be_switched_off(client: Client, bureau: Bureau, settings: object) -> None:
    """Pages: behind a setting."""
    assert client.get("/components/").status_code == 200
    settings.MINGQIAN_COMPONENTS_PAGE = False  # type: ignore[attr-defined]
    assert client.get("/components/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_demo_bureau_loads_through_the_real_services_and_verifies() -> None:
    """The demo bureau is made through the real services, and everything verifies."""
    call_command("load_demo", stdout=StringIO())
    findings = verify_log()
    assert findings.problems == []
    assert findings.rows > 300
    with pytest.raises(CommandError, match="已有机关"):
        call_command("load_demo")


def test_the_command_finds_a_forged_file_behind_a_draw(stocked: Bureau) -> None:
    """File hashes, ledger tree, every draw."""
    draw = contributed_draw(stocked)
    draw_services.open_draw(stocked.officer, draw)
    sealed_draw(stocked, scope="B")
    call_command("verify_everything", stdout=StringIO())
    Path(default_storage.path(draw.subjects_file.path)).write_bytes(b"forged")
    with pytest.raises(CommandError, match="缺失或被改动"):
        call_command("verify_everything")


def test_changes_wait_for_who_decides_and_then_for_the_division(stocked: Bureau, sign_in: object) -> None:
    """A11.1: to-do lists; what inspectors ask for themselves is not lost."""
    draw = opened_draw(stocked, title="甲")
    row = changes.asked(stocked, draw)
    assert "审批变更申请：甲" in sign_in(stocked.leader).get("/").content.decode()  # type: ignore[operator]
    assert "审批变更申请" not in sign_in(stocked.officer).get("/").content.decode()  # type: ignore[operator]
    changes.approved(stocked, row)
    assert "办理变更：甲" in sign_in(stocked.officer).get("/").content.decode()  # type: ignore[operator]
