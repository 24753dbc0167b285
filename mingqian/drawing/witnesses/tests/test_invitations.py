"""Witnesses on their own phones: identified, invited for this draw only, heard in their turn, with a receipt and a signature (A9.4)."""

import base64
from collections.abc import Callable

import pytest
import segno
from django.http import Http404
from django.test import Client

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.addresses import qr_svg
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import Draw, WitnessInvite
from mingqian.drawing.tests.stages import PNG
from mingqian.drawing.witnesses import services as witness_services
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import DIGITS, WITNESSES, Bureau, make_bureau, sealed_draw

pytestmark = pytest.mark.django_db


def invited(bureau: Bureau, draw: Draw, position: int = 1) -> tuple[WitnessInvite, str]:
    """Invite a witness; return the invitation and its token."""
    row = witness_services.invite(bureau.officer, Lot(draw), position=position, credential="work-card")
    return row, witness_services.token_of(row)


def test_art09_each_witness_contributes_on_their_own_phone_in_turn(stocked: Bureau, client: Client) -> None:
    """A9.4: nobody signs in; whoever's turn it is not waits; the last one closes; the receipt is that of the protocol."""
    draw = sealed_draw(stocked)
    tokens = [invited(stocked, draw, position)[1] for position in (1, 2, 3)]
    assert len(set(tokens)) == 3
    waiting = client.get(f"/draws/phone/{tokens[1]}/").content.decode()
    assert "前面还有 1 位" in waiting
    early = client.post(f"/draws/phone/{tokens[1]}/", {"digits": DIGITS[1], "position": 2})
    assert early.status_code == 400
    assert "现在轮到第 1 位" in early.content.decode()
    for position, token in enumerate(tokens, 1):
        answer = client.post(
            f"/draws/phone/{token}/", {"digits": DIGITS[position - 1], "position": position}, follow=True
        )
        receipt = mq.receipt(bytes(draw.seal_json), position, DIGITS[position - 1])[:16]
        assert " ".join(receipt[i : i + 4] for i in range(0, 16, 4)) in answer.content.decode()
    draw.refresh_from_db()
    assert draw.state == "closed"
    assert [row.witness for row in draw.contributions.all()] == list(WITNESSES)
    assert verify_log().problems == []


def test_art09_a_link_used_twice_or_after_the_opening_changes_nothing(stocked: Bureau, client: Client) -> None:
    """A9.4: the receipt is shown again; a link that was never used says that it is over."""
    draw = sealed_draw(stocked)
    row, token = invited(stocked, draw)
    witness_services.contribute_invited(row, digits=DIGITS[0])
    again = client.post(f"/draws/phone/{token}/", {"digits": DIGITS[1], "position": 1})
    assert "您已经献数，不能更改" in again.content.decode()
    assert draw.contributions.get().digits == DIGITS[0]
    _late, other = invited(stocked, draw, 3)
    for position in (2, 3):
        ceremony_services.contribute(stocked.officer, draw, position=position, digits=DIGITS[position - 1])
    draw_services.open_draw(stocked.officer, draw)
    assert "献数" in client.get(f"/draws/phone/{other}/").content.decode()
    assert client.post(f"/draws/phone/{other}/", {"digits": DIGITS[0], "position": 3}).status_code == 400
    assert draw.contributions.count() == 3


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
        witness_services.contribute_invited(row, digits=DIGITS[0])
    assert invited(stocked, draw)[1] != token


def test_art09_a_signature_on_the_phone_stands_in_the_record(
    stocked: Bureau, client: Client, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: signed by all present; only a picture is taken, once, after the opening."""
    draw = sealed_draw(stocked)
    row, token = invited(stocked, draw)
    data = {"image": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    early = client.post(f"/draws/phone/{token}/sign/", data, follow=True)
    assert "开签之后才能" in early.content.decode()
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.contribute(stocked.officer, draw, position=position, digits=digits)
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
        ceremony_services.contribute(stocked.officer, draw, position=position, digits=digits)
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
