"""The record signed on paper: scanned back, replaced only by a later copy, and everything in one file (A9.4)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.papers.selectors import pages_of_scan
from mingqian.documents.uploads.tests.senders import Sender, jpeg, pdf, png
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.models import SignedCopy, SignedPage, WitnessInvite, WitnessSignature
from mingqian.drawing.record import services as record_services
from mingqian.drawing.signed import services as signed_services
from mingqian.drawing.tests.stages import PNG
from mingqian.drawing.witnesses import services as witness_services
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import DIGITS, WITNESSES, Bureau, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def sender(stocked: Bureau, sign_in: SignIn) -> Sender:
    """The officer at the numbered record of an opened draw."""
    draw = opened_draw(stocked)
    record_services.number_record(stocked.officer, draw)
    return Sender(sign_in(stocked.officer), draw, "signed")


def attach(sender: Sender, **more: object) -> str:
    """Confirm the scans that wait, as the page does."""
    seen = [page.pk for page in signed_services.tray_of(sender.draw)]
    told = {"seen": seen, "signers": [WITNESSES[0], WITNESSES[1]], "others": "", "why": "", **more}
    return sender.client.post(f"/draws/{sender.draw.code}/signed/", told, follow=True).content.decode()


def pages_in(content: bytes) -> int:
    """Return how many pages a PDF has."""
    return pages_of_scan(content, "pdf", 500)


def test_art09_the_scan_of_the_signed_record_is_attached_with_who_signed(sender: Sender) -> None:
    """A9.4: the page says who signed how; a later copy takes the place of the earlier, which is kept."""
    assert sender.send("签字件.pdf", pdf(2))["state"] == "stored"
    assert sender.send("末页.png", png())["state"] == "stored"
    text = sender.client.get(f"/draws/{sender.draw.code}/record/").content.decode()
    assert "待确认的扫描件" in text
    assert text.count("未签") == 4
    assert "第 1 份）已存档" in attach(sender, others="人事科 王明")
    text = sender.client.get(f"/draws/{sender.draw.code}/record/").content.decode()
    assert text.count("未签") == 2
    assert "人事科 王明" in text
    sender.send("重扫.pdf", pdf(3))
    assert "换件原因" in attach(sender)
    assert SignedCopy.objects.count() == 1
    assert "第 2 份）已存档" in attach(sender, why="原件缺一页", signers=list(WITNESSES))
    first, second = SignedCopy.objects.order_by("serial")
    assert [page.name for page in first.pages.all()] == ["签字件.pdf", "末页.png"]
    assert (second.signers, second.why) == (list(WITNESSES), "原件缺一页")
    text = sender.client.get(f"/draws/{sender.draw.code}/record/").content.decode()
    assert "已被替换" in text
    assert "签字件.pdf" in text
    assert text.count("未签") == 1
    assert Entry.objects.filter(verb="draw.signed").count() == 2
    assert verify_log().problems == []


def test_art09_all_materials_are_one_file(sender: Sender) -> None:
    """A9.4: the record, the list with digests, each signed page; with pictures alone it stays PDF/A."""
    media = Sender(sender.client, sender.draw)
    media.send("a.jpg", jpeg(), note="监督人献数")
    url = f"/draws/{sender.draw.code}/materials.pdf"
    plain = sender.client.get(url)
    assert plain["Content-Type"] == "application/pdf"
    record = pages_in(sender.client.get(f"/draws/{sender.draw.code}/record.pdf").content)
    before = pages_in(plain.content)
    assert before > record
    sender.send("签字件.png", png())
    attach(sender)
    one = sender.client.get(url).content
    assert pages_in(one) == before + 1
    assert b"pdfaid" in one
    sender.send("签字件.pdf", pdf(3))
    attach(sender, why="改为整本扫描")
    whole = sender.client.get(url).content
    assert pages_in(whole) == before + 3
    assert b"pdfaid" not in whole


def test_before_the_record_has_its_number_nothing_can_be_signed(stocked: Bureau, sign_in: SignIn) -> None:
    """Told before anything is sent."""
    client = sign_in(stocked.officer)
    draw = sealed_draw(stocked)
    early = Sender(client, draw, "signed").begin("a.pdf", pdf(1))
    assert early.status_code == 409
    assert "开签之后" in early.content.decode()
    for position, digits in enumerate(DIGITS, 1):
        ceremony_services.speak(stocked.officer, draw, position=position, digits=digits)
    draw_services.open_draw(stocked.officer, draw)
    unnumbered = Sender(client, draw, "signed").begin("a.pdf", pdf(1))
    assert "先给抽取记录取号" in unnumbered.content.decode()
    assert client.get(f"/draws/{draw.code}/materials.pdf").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7\n" + b"x" * 3000, "读不出来"),
        ("a.pdf", pdf(2)[:-900], "读不出来"),
        ("a.jpg", jpeg(4000), "读不出来"),
        ("a.webp", b"RIFF\x00\x10\x00\x00WEBPVP8 " + bytes(3000), "不能采用"),
    ],
)
def test_a_scan_that_cannot_be_read_is_refused(sender: Sender, name: str, content: bytes, words: str) -> None:
    """What could not be joined later is told now."""
    url = sender.begin(name, content)["Location"]
    sender.piece(url, 0, content)
    state = sender.state(url)
    assert state["state"] == "refused"
    assert words in state["message"]
    assert not SignedPage.objects.exists()


def test_pages_are_counted_and_limited(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole copy, not each file."""
    monkeypatch.setattr(signed_services, "MOST_PAGES", 5)
    assert sender.send("a.pdf", pdf(3))["state"] == "stored"
    assert SignedPage.objects.get().count == 3
    again = sender.send("b.pdf", pdf(3, "more"))
    assert "最多 5 页" in again["message"]
    assert "已经在待确认" in sender.send("c.pdf", pdf(3))["message"]


def test_a_scan_by_mistake_is_taken_out_before_it_is_confirmed(sender: Sender, stocked: Bureau) -> None:
    """Afterwards only a later copy replaces it."""
    sender.send("a.pdf", pdf(2))
    sender.send("b.pdf", pdf(1, "b"))
    page = SignedPage.objects.get(name="a.pdf")
    assert "已移出" in sender.client.post(f"/draws/{sender.draw.code}/signed/1/remove/", follow=True).content.decode()
    assert "有变动" in attach(sender, seen=[page.pk])
    attach(sender)
    kept = SignedCopy.objects.get().pages.get()
    assert kept.name == "b.pdf"
    for row in (page, kept):
        with pytest.raises(DomainError, match="不能再移"):
            signed_services.remove_page(stocked.officer, row)
    answer = sender.client.get(f"/draws/{sender.draw.code}/signed/2/file")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.getvalue() == pdf(1, "b")
    assert sender.client.get(f"/draws/{sender.draw.code}/signed/9/file").status_code == 404
    assert verify_log().problems == []


def test_who_signed_is_asked_and_only_officers_attach(sender: Sender, stocked: Bureau) -> None:
    """A9.4: signed by all present, so it is said who did."""
    assert "还没有扫描件" in sender.client.get(f"/draws/{sender.draw.code}/signed/").content.decode()
    sender.send("a.pdf", pdf(1))
    assert "勾选" in attach(sender, signers=[])
    page = SignedPage.objects.get()
    seen = [page.pk]
    with pytest.raises(DomainError, match="请勾选"):
        signed_services.attach(stocked.officer, sender.draw, signers=["路人"], others="", why="", seen=seen)
    with pytest.raises(NotAllowedError):
        signed_services.attach(stocked.leader, sender.draw, signers=[WITNESSES[0]], others="", why="", seen=seen)
    with pytest.raises(NotAllowedError):
        signed_services.remove_page(stocked.user(Role.LEADER), page)


def test_art09_a_signature_by_phone_and_one_on_paper_stand_beside_each_other(sender: Sender, stocked: Bureau) -> None:
    """A9.4: signatures put in, and the scan."""
    invitation = WitnessInvite(draw=sender.draw, position=1, witness=WITNESSES[0])
    witness_services.sign(invitation, image=PNG)
    assert WitnessSignature.objects.count() == 1
    sender.send("a.pdf", pdf(1))
    attach(sender, signers=[WITNESSES[0], WITNESSES[1]])
    text = sender.client.get(f"/draws/{sender.draw.code}/record/").content.decode()
    table = text.split("签字方式")[1].split("</table>")[0]
    ways = re.findall(r"本人手机签名|纸面签字|未签", table)
    assert ways == ["未签", "本人手机签名", "纸面签字", "纸面签字", "未签"]
    shown = [
        (one.name, one.is_done)
        for one in signed_services.signers_of(sender.draw, signed_services.copies_of(sender.draw))
    ]
    assert shown[1:] == [(WITNESSES[0], True), (WITNESSES[1], True), (WITNESSES[2], False)]
    assert sender.client.get(f"/draws/{sender.draw.code}/materials.pdf").status_code == 200
