"""What is typed into a long form is not lost: the page is left, the session ends, a second window is opened."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from mingqian.accounts.states import Role
from mingqian.casework.models import FormDraft
from mingqian.testing import PASSWORD, Bureau
from tests.browser.visitors import DESKTOP, PHONE, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = "/registry/subjects/new/"


def test_a_form_that_was_left_is_there_again_filled(stocked: Bureau, door: Door) -> None:
    """Two seconds after the last key it is on the server; another window shows it; who does not want it gets an empty one."""
    officer = door(DESKTOP)
    officer.sign_in(f"zibo-{Role.DIVISION_OFFICER}")
    page = officer.go(FORM)
    with page.expect_response(lambda answer: "/drafts/keep/" in answer.url) as kept:
        page.get_by_label("名称", exact=True).fill("淄博半途有限公司")
    assert kept.value.status == 204
    other = officer.new_tab()
    other.goto(f"{officer.home}{FORM}")
    expect(other.get_by_label("名称", exact=True)).to_have_value("淄博半途有限公司")
    expect(other.get_by_role("status").first).to_contain_text("还没有提交的内容")
    other.get_by_role("button", name="不要这些内容，重新填写").click()
    expect(other.get_by_label("名称", exact=True)).to_have_value("")
    assert not FormDraft.objects.exists()


def test_a_form_sent_after_the_sessions_end_is_there_after_signing_in(stocked: Bureau, door: Door) -> None:
    """The post lands on the sign-in page; signing in leads back to the form, filled, and it can be sent."""
    officer = door(PHONE)
    officer.sign_in(f"zibo-{Role.DIVISION_OFFICER}")
    page = officer.go(FORM)
    page.get_by_label("名称", exact=True).fill("淄博过期有限公司")
    page.locator("#id_address").fill("示例路九号")
    Session.objects.all().delete()
    page.get_by_role("button", name="保存").click()
    page.get_by_label("用户名").fill(f"zibo-{Role.DIVISION_OFFICER}")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("名称", exact=True)).to_have_value("淄博过期有限公司")
    expect(page.locator("#id_address")).to_have_value("示例路九号")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("淄博过期有限公司")
    assert not FormDraft.objects.exists()
