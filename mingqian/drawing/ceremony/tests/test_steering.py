"""Ways to steer a lot around its protocol, each of which ends in a "no" or in a sentence for all to see (issue 11)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.lots import Lot
from mingqian.drawing.tests.phones import Phone
from mingqian.drawing.tests.stages import verified
from mingqian.drawing.voids import services as void_services
from mingqian.drawing.witnesses import services as witness_services
from mingqian.testing import DIGITS, Bureau, sealed_draw

pytestmark = pytest.mark.django_db


def test_art09_no_office_makes_an_honest_witness_withhold(
    stocked: Bureau, client: Client, sign_in: Callable[[User], Client]
) -> None:
    """A9.4: the link is not taken back from who has committed; else the office voids what it saw, under that person's name.

    Nor does a page for staff show what was opened before everything is.
    """
    draw = sealed_draw(stocked)
    links = [
        witness_services.invite(stocked.officer, Lot(draw), position=position, credential="work-card")
        for position in (1, 2)
    ]
    phones = [Phone(client, witness_services.token_of(row), draw, at) for at, row in enumerate(links, 1)]
    for at, (phone, row) in enumerate(zip(phones, links, strict=True), 1):
        assert phone.commit() == {"ok": True}
        with pytest.raises(DomainError, match="现在不能收回"):
            witness_services.revoke(stocked.officer, row, why=f"第 {at} 位的链接外泄")
    ceremony_services.speak(stocked.officer, draw, position=3, digits=DIGITS[2])
    assert phones[0].reveal() == {"ok": True}
    with pytest.raises(DomainError, match="现在不能收回"):
        witness_services.revoke(stocked.officer, links[1], why="换了手机")
    staff, base = sign_in(stocked.officer), f"/draws/{draw.code}/"
    assert staff.get(f"{base}receipts/1/").status_code == 404
    for page in ("", "?tab=trace", "ceremony/", "ceremony/state/", "ceremony/close/", "ceremony/data/", "open/"):
        told = staff.get(base + page).content.decode().replace(" ", "")
        assert (phones[0].digits in told, phones[0].nonce in told) == (False, False), page
    assert phones[1].reveal() == {"ok": True}
    witness_services.revoke(stocked.officer, links[1], why="链接外泄")
    draw.refresh_from_db()
    assert verified(draw_services.open_draw(stocked.officer, draw)).warnings == []


def test_a_clock_that_was_put_back_spoils_no_draw(stocked: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw protocol, public log: stated time ≤ time of the entry ≤ stated time + 60 s, also where the clock runs backwards."""
    draw, real = sealed_draw(stocked), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() - timedelta(minutes=10))
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    draw.refresh_from_db()
    assert verified(draw_services.open_draw(stocked.officer, draw)).status == "verified-complete"


def test_a_clock_that_was_put_back_spoils_no_void(stocked: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw protocol, "void": not before the seal, and stated as the log has it."""
    draw, real = sealed_draw(stocked), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() - timedelta(minutes=10))
    request = void_services.ask(stocked.officer, draw, reason="现场停电")
    assert verified(void_services.approve(stocked.leader, request).draw).status == "verified-complete"
