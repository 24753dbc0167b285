"""Witnesses of a supplement: on their own phones and on the projector like those of a draw; the record of a change (A9.4)."""

import base64
import io
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
from mingqian.drawing.draw.selectors import bundle_files
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.tests.changes import appointed, approved, asked, barred, first_place, opened, outsiders, sealed
from mingqian.drawing.tests.stages import PNG
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


def test_art09_witnesses_of_a_change_contribute_and_sign_on_their_own_phones(
    stocked: Bureau, change: Supplement, client: Client
) -> None:
    """A9.4: each in turn, with the receipt of the supplement's own seal; a link of the change is none of the draw."""
    tokens = [token(stocked, change, position) for position in (1, 2, 3)]
    assert "第 1 号变更" in client.get(f"/draws/phone/{tokens[0]}/").content.decode()
    assert "前面还有 1 位" in client.get(f"/draws/phone/{tokens[1]}/").content.decode()
    assert client.post(f"/draws/phone/{tokens[1]}/", {"digits": DIGITS[1], "position": 2}).status_code == 400
    for position, one in enumerate(tokens, 1):
        client.post(f"/draws/phone/{one}/", {"digits": DIGITS[position - 1], "position": position})
    change.refresh_from_db()
    assert change.state == ChangeState.CLOSED
    given = change.contributions.get(position=1)
    assert given.receipt == mq.receipt(bytes(change.seal_json or b""), 1, DIGITS[0])
    again = client.post(f"/draws/phone/{tokens[0]}/", {"digits": DIGITS[1], "position": 1})
    assert "您已经献数，不能更改" in again.content.decode()
    picture = {"image": "data:image/png;base64," + base64.b64encode(PNG).decode()}
    early = client.post(f"/draws/phone/{tokens[0]}/sign/", picture, follow=True)
    assert "开签之后才能" in early.content.decode()
    change_services.open_supplement(stocked.officer, change)
    client.post(f"/draws/phone/{tokens[0]}/sign/", picture)
    assert change.signatures.get().witness == WITNESSES[0]
    assert not Lot(Draw.objects.get(pk=change.draw_id)).signatures.exists()
    assert verify_log().problems == []
    assert mq.verify(bundle_files(change.draw)).ok


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
        ceremony_services.contribute(stocked.officer, change, position=position, digits=digits)
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
    ceremony_services.contribute(stocked.officer, change, position=1, digits=DIGITS[0])
    assert "请献数" in client.get(f"{base}ceremony/state/").content.decode()
    for position in (2, 3):
        ceremony_services.contribute(stocked.officer, change, position=position, digits=DIGITS[position - 1])
    answer = client.post(f"{base}open/")
    assert answer["Location"] == f"{base}ceremony/?play=1"
    opened(stocked, asked(stocked, change.draw))
    data = client.get(f"{base}ceremony/data/").json()
    assert data["number"] == 1
    assert "supplement-1/result.json" in data["files"]
    assert not any(name.startswith("supplement-2") for name in data["files"])
    assert mq.verify({name: text.encode() for name, text in data["files"].items()}).ok


def test_art11_the_record_of_a_change_tells_the_lot_and_who_signed(
    stocked: Bureau, change: Supplement, client: Client, sign_in: SignIn
) -> None:
    """A11.1: reason, approval, candidates, witnesses with their digits, outcome; numbered once, as PDF and Word."""
    phone = token(stocked, change, 1)
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.contribute(stocked.officer, change, position=position, digits=digits)
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
    draw = opened_draw(stocked)
    barred(stocked, draw, first_place(draw)[0], leave=0)
    ground = "本科室可抽人员均已回避"
    row = appointed(
        stocked, asked(stocked, draw, Kind.APPOINTMENT, Reason.WORK, ground=ground, coming=outsiders(stocked, 1))
    )
    page = sign_in(stocked.officer).get(f"/draws/{draw.code}/changes/{row.serial}/record/").content.decode()
    for words in ("直接委派记录", "非抽签产生", ground, "主要领导"):
        assert words in page
    assert "抽签经过" not in page
    assert sign_in(stocked.officer).get(f"/draws/{draw.code}/changes/{row.serial}/ceremony/").status_code == 404
