"""Notices: own ones only, seen once followed, as mail where an address is kept and a server is named."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from mingqian.accounts.models import MailAddress, Notice, User
from mingqian.accounts.notices import mail as notice_mail, services as notice_services
from mingqian.accounts.notices.services import tell
from mingqian.common.errors import DomainError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, work_off

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ADDRESS = "li.ming@gxj.example.cn"


def told(user: User) -> Notice:
    """Tell somebody something."""
    (row,) = tell([user, user], title="抽取已开签", detail="节能监察：样例有限公司", path="/draws/")
    return row


def test_a_notice_is_for_one_user_and_seen_once_followed(bureau: Bureau, sign_in: SignIn) -> None:
    """Issue 5: notices on the workbench."""
    row = told(bureau.officer)
    assert sign_in(bureau.leader).get(f"/accounts/mine/notices/{row.pk}/").status_code == 404
    client = sign_in(bureau.officer)
    assert "样例有限公司" in client.get("/").content.decode()
    assert client.get(f"/accounts/mine/notices/{row.pk}/")["Location"] == "/draws/"
    assert "样例有限公司" not in client.get("/").content.decode()
    assert "已阅" in client.get("/accounts/mine/notices/").content.decode()
    told(bureau.officer)
    client.post("/accounts/mine/notices/seen/")
    assert not bureau.officer.notices.filter(seen_at=None).exists()


def test_a_notice_goes_out_as_mail_without_names_of_subjects(
    bureau: Bureau, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Issue 5: optionally by e-mail; the address is encrypted and on the ledger only as a fact."""
    settings.MINGQIAN_MAIL = True
    settings.MINGQIAN_PUBLIC_URL = "https://gxj.example.cn"
    with django_capture_on_commit_callbacks(execute=True):
        told(bureau.officer)
    work_off()
    assert mail.outbox == []
    notice_services.set_address(bureau.officer, ADDRESS)
    assert ADDRESS.encode() not in bytes(MailAddress.objects.get().box)
    with django_capture_on_commit_callbacks(execute=True):
        row = told(bureau.officer)
    work_off()
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS]
    assert "https://gxj.example.cn/draws/" in sent.body
    assert "样例有限公司" not in f"{sent.subject} {sent.body}"
    row.refresh_from_db()
    assert row.mailed_at is not None
    assert notice_mail.send(row.pk) is False
    assert len(mail.outbox) == 1
    assert verify_log().problems == []


def test_a_server_that_does_not_answer_loses_no_notice(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice stays on the workbench and says that the mail did not go out."""

    def broken(*_arguments: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(notice_mail, "send_mail", broken)
    notice_services.set_address(bureau.officer, ADDRESS)
    row = told(bureau.officer)
    assert notice_mail.send(row.pk) is False
    row.refresh_from_db()
    assert (row.seen_at, row.mailed_at) == (None, None)
    assert "邮件服务器没有接受" in row.mail_problem


def test_addresses_are_checked_changed_and_taken_back(bureau: Bureau, settings: Settings, sign_in: SignIn) -> None:
    """Bad input keeps what was typed; an empty address ends it."""
    settings.MINGQIAN_MAIL = True
    client = sign_in(bureau.officer)
    page = client.post("/accounts/mine/notices/", {"address": "李明"})
    assert (page.status_code, "邮箱地址不正确" in page.content.decode()) == (400, True)
    with pytest.raises(DomainError):
        notice_services.set_address(bureau.officer, "a b@c")
    client.post("/accounts/mine/notices/", {"address": ADDRESS})
    assert notice_mail.address_of(bureau.officer) == ADDRESS
    client.post("/accounts/mine/notices/", {"address": ""})
    assert notice_mail.address_of(bureau.officer) == ""
    assert verify_log().problems == []
