"""Witnesses of a supplement: on their own phones and on the projector like those of a draw; the record of a change (A9.4)."""

import base64
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.http import Http404
from django.test import Client

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.changes import services as change_services
from mingqian.drawing.changes.states import ChangeState, Kind, Reason
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.tests.changes import appointed, approved, asked, barred, first_place, opened, outsiders, sealed
from mingqian.drawing.tests.phones import Phone, words_of
from mingqian.drawing.tests.stages import PNG, verified
from mingqian.drawing.witnesses import services as witness_services
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import DIGITS, WITNESSES, Bureau, make_bureau, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def change(stocked: Bureau) -> Supplement:
    """A sealed supplement, to which nobody has contributed."""
    return sealed(stocked, approved(stocked, asked(stocked, opened_draw(stocked))))


def token(bureau: Bureau, row: Supplement, position: int) -> str:
    """Invite a witness of the supplement and return the token of the link."""
    made = witness_services.invite(bureau.officer, Lot(row.draw, row), position=position, credential="work-card")
    return witness_services.token_of(made)


def test_art09_witnesses_of_a_change_commit_open_and_sign_on_their_own_phones(
    stocked: Bureau, change: Supplement, client: Client
) -> None:
    """A9.4: in any order, opened only after the close; a link of the change is none of the draw."""
    tokens = [token(stocked, change, position) for position in (1, 2, 3)]
    assert "第 2 号变更" in client.get(f"/draws/phone/{tokens[0]}/").content.decode()
    phones = [Phone(client, one, change, position) for position, one in enumerate(tokens, 1)]
    for phone in reversed(phones):
        assert phone.commit() == {"ok": True}
    change.refresh_from_db()
    assert change.state == ChangeState.CLOSED
    assert "还没有在自己的手机上公布" in words_of(lambda: change_services.open_supplement(stocked.officer, change))
    told = phones[0].state()
    assert json.loads(told["close"])["contributions"][0] == {"commit": phones[0].hash}
    assert told["entry"]["digest"] == mq.digest(bytes(change.close_json or b""))
    for phone in phones:
        assert phone.reveal() == {"ok": True}
    picture = {"image": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    early = client.post(f"/draws/phone/{tokens[0]}/sign/", picture, follow=True)
    assert "开签之后才能" in early.content.decode()
    change.refresh_from_db()
    change_services.open_supplement(stocked.officer, change)
    client.post(f"/draws/phone/{tokens[0]}/sign/", picture)
    assert change.signatures.get().witness == WITNESSES[0]
    assert not Lot(Draw.objects.get(pk=change.draw_id)).signatures.exists()
    assert verify_log().problems == []
    assert verified(change.draw).warnings == ["unguarded 0"]


def test_art09_only_who_carries_the_change_invites_and_not_after_the_opening(
    stocked: Bureau, change: Supplement
) -> None:
    """A9.4: bad input: another bureau, a second link, a link taken back, a change that is opened."""
    neighbour = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    lot = Lot(change.draw, change)
    with pytest.raises(NotAllowedError):
        witness_services.invite(neighbour.officer, lot, position=1, credential="work-card")
    first = witness_services.invite(stocked.officer, lot, position=1, credential="work-card")
    with pytest.raises(DomainError, match="请先收回"):
        witness_services.invite(stocked.officer, lot, position=1, credential="work-card")
    witness_services.revoke(stocked.officer, first, why="换了手机")
    with pytest.raises(Http404):
        witness_services.invitation_for(witness_services.token_of(first))
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, change, position=position, digits=digits)
    change_services.open_supplement(stocked.officer, change)
    with pytest.raises(DomainError, match="献数已经截止"):
        witness_services.invite(stocked.officer, lot, position=2, credential="work-card")


def test_art09_the_projector_shows_a_change_and_gives_nothing_away_before_the_opening(
    stocked: Bureau, change: Supplement, sign_in: SignIn
) -> None:
    """A9.4: who has spoken; the files up to this supplement once it is opened, and none of later ones."""
    base = f"/draws/{change.draw.code}/changes/{change.serial}/"
    client = sign_in(stocked.officer)
    assert "已经封存，不能改动" in client.get(f"{base}ceremony/").content.decode()
    assert client.get(f"{base}ceremony/data/").json() == {"state": "sealed"}
    ceremony_services.speak(stocked.officer, change, position=1, digits=DIGITS[0])
    assert "请用手机承诺，或当众报数" in client.get(f"{base}ceremony/state/").content.decode()
    for position in (2, 3):
        ceremony_services.speak(stocked.officer, change, position=position, digits=DIGITS[position - 1])
    answer = client.post(f"{base}open/")
    assert answer["Location"] == f"{base}ceremony/?play=1"
    opened(stocked, asked(stocked, change.draw))
    data = client.get(f"{base}ceremony/data/").json()
    assert data["lot"] == 2
    assert "supplement-2/result.json" in data["files"]
    assert not any(name.startswith("supplement-3") for name in data["files"])
    report = mq.verify({name: text.encode() for name, text in data["files"].items()})
    assert report.status == "verified-unanchored"


def test_art11_the_record_of_a_change_tells_the_lot_and_who_signed(
    stocked: Bureau, change: Supplement, client: Client, sign_in: SignIn
) -> None:
    """A11.1: reason, approval, candidates, witnesses with their digits, outcome; numbered once, as PDF and Word."""
    phone = token(stocked, change, 1)
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, change, position=position, digits=digits)
    base = f"/draws/{change.draw.code}/changes/{change.serial}/"
    officer = sign_in(stocked.officer)
    assert officer.get(f"{base}record/").status_code == 404
    change_services.open_supplement(stocked.officer, change)
    witness_services.sign(witness_services.invitation_for(phone), image=PNG)
    page = officer.get(f"{base}record/").content.decode()
    for words in ("随机抽取变更记录", "工作冲突（第十一条）", "当选签号", DIGITS[2], WITNESSES[1]):
        assert words in page
    assert officer.get(f"{base}record.pdf").status_code == 404
    officer.post(f"{base}record/")
    assert "变记〔" in officer.get(f"{base}record/").content.decode()
    assert b"".join(officer.get(f"{base}record.pdf")).startswith(b"%PDF")
    word = zipfile.ZipFile(io.BytesIO(b"".join(officer.get(f"{base}record.docx"))))
    assert any(name.startswith("word/media/") for name in word.namelist())
    assert officer.get(f"{base}signatures/1/").content == PNG


def test_art10_the_record_of_an_appointment_says_that_it_was_no_lot(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.1: ground, decision of the principal leader, no witnesses, no lot."""
    (one,) = outsiders(stocked, 1)
    draw = opened_draw(stocked)
    barred(stocked, draw, first_place(draw)[0], leave=0)
    ground = "本科室可抽人员均已回避"
    fields = {"ground": ground, "appointed": one.certificate_number}
    row = appointed(stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, **fields))
    page = sign_in(stocked.officer).get(f"/draws/{draw.code}/changes/{row.serial}/record/").content.decode()
    for words in ("直接委派记录", "非抽签产生", ground, "主要领导"):
        assert words in page
    assert "抽签经过" not in page
    assert sign_in(stocked.officer).get(f"/draws/{draw.code}/changes/{row.serial}/ceremony/").status_code == 404
