"""A plan's year before it is approved, with the worker in a process of its own: asked for, watched, read, taken along, stale (A8.2)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from mingqian.accounts.states import Role
from mingqian.planning.plans.services import PLANS
from mingqian.planning.tests import stages
from mingqian.testing import Bureau
from tests.browser.inspection import faults_of
from tests.browser.visitors import DESKTOP, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("worker")
def test_art08_the_year_is_seen_before_the_plan_is_approved(stocked: Bureau, door: Door, tmp_path: Path) -> None:
    """A8.2: the division's officer asks for it from the plan's page; the leader finds the version's own on the page of approval."""
    first, second = stages.listed_for_plan(stocked)
    row = stages.consulted_entry(stocked, first.item.code)
    anquan = {"division": "anquan", "officer": stages.safety_officer(stocked)}
    stages.drafted_entry(stocked, second.item.code, title="储存安全抽查", **anquan)
    plan = row.entry.plan

    officer = door(DESKTOP)
    page = officer.sign_in(f"zibo-{Role.DIVISION_OFFICER}")
    officer.go(f"/plans/{plan.code}/")
    page.get_by_role("link", name="去测算").click()
    page.get_by_role("button", name="开始测算").click()
    expect(page.get_by_role("heading", name="每家受检几次")).to_be_visible(timeout=60_000)
    expect(page.locator("#pairs")).to_contain_text("联合抽查")
    wrong = faults_of(page, "year")
    page.locator("#visits summary").click()
    expect(page.locator("#visits table")).to_contain_text("6 次及以上")
    assert officer.download("Excel", tmp_path).suffix == ".xlsx"

    version = PLANS.compose(stages.regulations(stocked), plan, title="计划", why="首次编制", taken=[row])
    leader = door(DESKTOP)
    page = leader.sign_in(f"zibo-{Role.LEADER}")
    leader.go(f"/plans/versions/{version.code}/decide/")
    expect(page.locator("main")).to_contain_text("还没有测算")
    page.get_by_role("link", name="去测算").click()
    page.get_by_role("button", name="开始测算").click()
    expect(page.locator("#pairs")).to_contain_text("没有任务在同一时段遇到相同对象", timeout=60_000)
    wrong += faults_of(leader.go(f"/plans/versions/{version.code}/decide/"), "decide-with-year")
    expect(page.locator(".mqp-year")).to_contain_text("60 家，3 家次")
    assert wrong == [], "\n".join(wrong)
