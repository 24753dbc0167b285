"""Witnesses on their own phones: identified, invited for this draw only, heard in their turn, with a receipt and a signature (A9.4)."""

import base64
import json
from collections.abc import Callable

import pytest
import segno
from django.http import Http404
from django.test import Client

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.addresses import qr_svg
from mingqian.drawing.bundle.selectors import late_of
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import Draw, WitnessInvite
from mingqian.drawing.tests.phones import Phone, words_of
from mingqian.drawing.tests.stages import PNG, verified
from mingqian.drawing.voids import services as void_services
from mingqian.drawing.witnesses import services as witness_services
from mingqian.ledger import selectors as ledger
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import DIGITS, WITNESSES, Bureau, make_bureau, sealed_draw

pytestmark = pytest.mark.django_db


def invited(bureau: Bureau, draw: Draw, position: int = 1) -> tuple[WitnessInvite, str]:
    """Invite a witness; return the invitation and its token."""
    row = witness_services.invite(bureau.officer, Lot(draw), position=position, credential="work-card")
    return row, witness_services.token_of(row)


def phones_of(bureau: Bureau, client: Client, draw: Draw, *positions: int) -> list[Phone]:
    """Invite witnesses and let each open the link."""
    return [Phone(client, invited(bureau, draw, position)[1], draw, position) for position in positions]


def test_art09_each_witness_commits_on_their_own_phone_and_opens_after_the_close(
    stocked: Bureau, client: Client
) -> None:
    """A9.4: nobody signs in, in any order; the last one closes; nothing is opened before; the record of the log goes with it."""
    draw = sealed_draw(stocked)
    phones = phones_of(stocked, client, draw, 3, 1)
    assert draw.seal_digest in client.get(phones[0].base).content.decode()
    for phone in phones:
        assert phone.commit() == {"ok": True}
        assert phone.commit() == {"ok": True}
    assert "现在不能公布" in phones[0].reveal()["error"]
    ceremony_services.speak(stocked.officer, draw, position=2, digits=DIGITS[1])
    draw.refresh_from_db()
    assert draw.state == "closed"
    told = phones[0].state()
    assert [set(one) for one in json.loads(told["close"])["contributions"]] == [{"commit"}, {"digits"}, {"commit"}]
    assert told["entry"]["digest"] == mq.digest(bytes(draw.close_json or b""))
    assert "对不上" in phones[0].reveal(digits=DIGITS[0][::-1])["error"]
    assert "还没有在自己的手机上公布" in words_of(lambda: draw_services.open_draw(stocked.officer, draw))
    for phone in phones:
        assert phone.reveal() == {"ok": True}
        assert phone.reveal() == {"ok": True}
    draw = draw_services.open_draw(stocked.officer, draw)
    report = verified(draw)
    assert report.census
    assert report.warnings == []
    assert [one[1] for one in report.census["lots"][0]["witnesses"]] == ["committed", "spoken", "committed"]
    assert verify_log().problems == []


def test_art09_who_withholds_a_commitment_is_named_and_may_open_it_later(stocked: Bureau, client: Client) -> None:
    """A9.4: a phone that dies is a void lot with its reason; what would have come is shown once it is opened after all."""
    draw = sealed_draw(stocked)
    first, second = phones_of(stocked, client, draw, 1, 2)
    first.commit()
    second.commit()
    ceremony_services.speak(stocked.officer, draw, position=3, digits=DIGITS[2])
    first.reveal()
    request = void_services.ask(stocked.officer, draw, reason="第 2 位监督人的手机没电，打不开")
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    draw = void_services.approve(stocked.leader, request).draw
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert f"献数截止之后没有公布承诺数字的：<b>{WITNESSES[1]}</b>" in page
    assert verified(draw).would == {}
    assert second.reveal() == {"ok": True}
    would = verified(draw, late=late_of(draw)).would
    assert [row["subject"] for row in would["0"]["assignments"]]
    assert "核验页会算出" in client.get(f"/public/draws/{draw.code}/").content.decode()


def test_art09_a_request_from_before_the_close_voids_nothing_after_it(stocked: Bureau, client: Client) -> None:
    """A9.4: it cannot lie in a drawer until somebody has seen what the others gave."""
    draw = sealed_draw(stocked)
    (phone,) = phones_of(stocked, client, draw, 1)
    request = void_services.ask(stocked.officer, draw, reason="现场停电")
    phone.commit()
    for position in (2, 3):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=DIGITS[position - 1])
    with pytest.raises(DomainError, match="献数截止之前提出的"):
        void_services.approve(stocked.leader, request)
    request.refresh_from_db()
    void_services.decline(stocked.leader, request, remark="情况已变")
    again = void_services.ask(stocked.officer, draw, reason="第 1 位监督人的手机打不开")
    assert void_services.approve(stocked.leader, again).draw.state == "voided"


def test_art09_what_is_all_opened_cannot_be_voided_any_more(stocked: Bureau, client: Client) -> None:
    """A9.4: who has seen cannot void: everything is known, so the outcome stands and has to be opened."""
    draw = sealed_draw(stocked)
    phones = phones_of(stocked, client, draw, 1, 2, 3)
    for phone in phones:
        phone.commit()
    request = void_services.ask(stocked.officer, draw, reason="现场停电")
    for phone in phones:
        phone.reveal()
    with pytest.raises(DomainError, match="结果已经确定，不能作废"):
        void_services.approve(stocked.leader, request)
    draw.refresh_from_db()
    draw_services.open_draw(stocked.officer, draw)


def test_art09_a_device_without_network_is_scanned_at_the_projector(
    stocked: Bureau, client: Client, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: commitment and opening carried by hand; those of another lot or another witness are refused."""
    draw = sealed_draw(stocked)
    device = Phone(client, "-", draw, 1)
    officer, page = sign_in(stocked.officer), f"/draws/{draw.code}/witness/?position=1"
    assert "手机不能上网的监督人" in officer.get(page).content.decode()
    for wrong in ("123", f"MQ2-COMMIT {'0' * 64} 1 {device.hash}", f"MQ2-COMMIT {draw.seal_digest} 2 {device.hash}"):
        answer = officer.post(page, {"code": wrong})
        assert (answer.status_code, wrong in answer.content.decode()) == (400, True)
    officer.post(page, {"code": f"MQ2-COMMIT {draw.seal_digest} 1 {device.hash}"})
    for position in (2, 3):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=DIGITS[position - 1])
    assert "收下公布的数字" in officer.get(page).content.decode()
    officer.post(page, {"code": f"{device.digits}/{device.nonce}"})
    draw.refresh_from_db()
    assert verified(draw_services.open_draw(stocked.officer, draw)).warnings == []


def test_art09_a_link_is_good_on_the_device_that_opened_it_first_alone(
    stocked: Bureau, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: the officer who made it cannot act by it once the witness has it, and where he was first, the log says so."""
    draw = sealed_draw(stocked)
    (phone,) = phones_of(stocked, Client(), draw, 1)
    officer = sign_in(stocked.officer)
    for answer in (
        officer.get(phone.base),
        officer.get(f"{phone.base}state/"),
        officer.post(f"{phone.base}commit/", {"commit": "a" * 64}),
    ):
        assert (answer.status_code, "已在另一部手机上打开过" in answer.content.decode()) == (403, True)
    assert phone.commit() == {"ok": True}
    _row, second = invited(stocked, draw, 2)
    officer.get(f"/draws/phone/{second}/")
    assert Client().get(f"/draws/phone/{second}/").status_code == 403
    noted = ledger.entries_on(draw.ledger_subject).filter(verb="draw.witness-here").last()
    assert noted is not None
    assert ledger.details_of(noted)["signed_in"] == stocked.officer.username


def test_art09_a_link_used_twice_or_after_the_opening_changes_nothing(stocked: Bureau, client: Client) -> None:
    """A9.4: what was committed stays; a link that was never used says that it is over."""
    draw = sealed_draw(stocked)
    (phone,) = phones_of(stocked, client, draw, 1)
    phone.commit()
    assert "不能更改" in Phone(client, phone.base.split("/")[-2], draw, 1).commit()["error"]
    (other,) = phones_of(stocked, client, draw, 3)
    for position in (2, 3):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=DIGITS[position - 1])
    phone.reveal()
    draw.refresh_from_db()
    draw_services.open_draw(stocked.officer, draw)
    assert "献数" in client.get(other.base).content.decode()
    assert "不能更改" in other.commit()["error"]
    assert Lot(draw).contributions.count() == 3


def test_art09_only_officers_invite_after_identification_and_one_link_counts(stocked: Bureau) -> None:
    """A9.4: bad input, another organ, a second link, one taken back."""
    draw = sealed_draw(stocked)
    with pytest.raises(NotAllowedError):
        witness_services.invite(stocked.leader, Lot(draw), position=1, credential="work-card")
    neighbour = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    with pytest.raises(NotAllowedError):
        witness_services.invite(neighbour.officer, Lot(draw), position=1, credential="work-card")
    with pytest.raises(DomainError, match="哪一种证件"):
        witness_services.invite(stocked.officer, Lot(draw), position=1, credential="熟人")
    with pytest.raises(DomainError, match="不能再邀请"):
        witness_services.invite(stocked.officer, Lot(draw), position=9, credential="work-card")
    row, token = invited(stocked, draw)
    with pytest.raises(DomainError, match="请先收回"):
        invited(stocked, draw)
    with pytest.raises(DomainError, match="写明收回"):
        witness_services.revoke(stocked.officer, row, why=" ")
    witness_services.revoke(stocked.officer, row, why="更换手机")
    with pytest.raises(Http404):
        witness_services.invitation_for(token)
    with pytest.raises(DomainError, match="已被收回"):
        witness_services.commit_invited(row, commit="a" * 64)
    assert invited(stocked, draw)[1] != token


def test_art09_a_signature_on_the_phone_stands_in_the_record(
    stocked: Bureau, client: Client, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: signed by all present; only a picture is taken, once, after the opening."""
    draw = sealed_draw(stocked)
    row, token = invited(stocked, draw)
    data = {"image": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    assert client.post(f"/draws/phone/{token}/sign/", data).status_code == 403
    client.get(f"/draws/phone/{token}/")
    early = client.post(f"/draws/phone/{token}/sign/", data, follow=True)
    assert "开签之后才能" in early.content.decode()
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    draw_services.open_draw(stocked.officer, draw)
    for wrong in ("", "data:image/png;base64,AAAA", "data:text/html;base64," + base64.b64encode(b"<b>").decode()):
        assert (
            "请在框内重新签名"
            in client.post(f"/draws/phone/{token}/sign/", {"image": wrong}, follow=True).content.decode()
        )
    assert "签名已收到" in client.post(f"/draws/phone/{token}/sign/", data, follow=True).content.decode()
    with pytest.raises(DomainError, match="已经签过名"):
        witness_services.sign(row, image=PNG)
    page = sign_in(stocked.officer)
    assert page.get(f"/draws/{draw.code}/signatures/1/").content == PNG
    assert page.get(f"/draws/{draw.code}/record/").status_code == 200
    assert verify_log().problems == []


def test_art09_who_has_no_phone_signs_on_the_screen_of_the_room(
    stocked: Bureau, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: on the officer's device, after the opening, once; who did not contribute signs nothing."""
    draw = sealed_draw(stocked)
    client = sign_in(stocked.officer)
    data = {"image": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    assert "还没有献数" in client.get(f"/draws/{draw.code}/sign/1/").content.decode()
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    assert "开签之后才能" in client.post(f"/draws/{draw.code}/sign/1/", data, follow=True).content.decode()
    draw_services.open_draw(stocked.officer, draw)
    assert "在本机签名" in client.get(f"/draws/{draw.code}/invites/").content.decode()
    assert "重新签名" in client.post(f"/draws/{draw.code}/sign/1/", {"image": ""}, follow=True).content.decode()
    client.post(f"/draws/{draw.code}/sign/1/", data)
    assert draw.signatures.get().witness == WITNESSES[0]
    assert "已经签过名" in client.post(f"/draws/{draw.code}/sign/1/", data, follow=True).content.decode()
    assert client.get(f"/draws/{draw.code}/sign/9/").status_code == 404
    with pytest.raises(NotAllowedError):
        witness_services.sign_here(stocked.leader, Lot(draw), position=2, image=PNG)
    assert verify_log().problems == []


def test_a_qr_code_is_scaled_and_never_cropped() -> None:
    """Pages: the code of a long address fits the place that the page gives it."""
    for text in ("https://a.cn", "https://shuangsuiji.gxj.zibo.gov.example.cn/draws/phone/" + "x" * 60):
        svg = qr_svg(text)
        side = len(segno.make(text, error="m").matrix) + 6
        assert f'viewBox="0 0 {side} {side}"' in svg
        assert "width=" not in svg
