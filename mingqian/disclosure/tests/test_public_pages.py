"""The public side: what everybody must be able to see, and what nobody may see yet. Leak tests name both."""

import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

import mingqian_draw as mq
from mingqian.common import clock
from mingqian.drawing.bundle import selectors as bundle_selectors
from mingqian.drawing.ceremony import services as ceremony_services
from mingqian.drawing.draw import services as draw_services
from mingqian.drawing.draw.states import Publication
from mingqian.drawing.models import Draw
from mingqian.drawing.voids import services as void_services
from mingqian.ledger import models as ledger_models, notes, selectors as ledger
from mingqian.ledger.tree import selectors as tree_selectors
from mingqian.registry.models import Subject
from mingqian.registry.subjects.states import SubjectKind
from mingqian.testing import DIGITS, Bureau, contributed_draw, noted, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db


def page(client: Client, draw: Draw, rest: str = "") -> str:
    """Return the text of a public page of the draw."""
    response = client.get(f"/public/draws/{draw.code}/{rest}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_seal_is_public_at_once_with_its_digests_and_witnesses(stocked: Bureau, client: Client) -> None:
    """Issue: the seal is on the public page at once."""
    draw = sealed_draw(stocked)
    text = page(client, draw).replace(" ", "")
    seal = json.loads(bytes(draw.seal_json))
    for visible in (draw.seal_digest, seal["commitment"], seal["subjects"]["root"], "法律顾问陶静", draw.draw_id):
        assert visible in text
    assert client.get(f"/public/draws/{draw.code}/seal.json").content == bytes(draw.seal_json)


def test_before_the_opening_neither_tables_nor_digits_are_handed_out(stocked: Bureau, client: Client) -> None:
    """Leak test: a live draw."""
    draw = sealed_draw(stocked)
    ceremony_services.speak(stocked.officer, draw, position=1, digits=DIGITS[0])
    text = page(client, draw)
    assert "回执" in text
    assert DIGITS[0] not in text.replace(" ", "")
    assert "淄博示例001有限公司" not in text
    for rest in ("bundle.zip", "check/", "subject/?number=1"):
        assert client.get(f"/public/draws/{draw.code}/{rest}").status_code == 404


def test_an_opened_draw_shows_the_list_with_names_and_its_bundle_verifies(stocked: Bureau, client: Client) -> None:
    """A9.1, draw-protocol.md."""
    draw = opened_draw(stocked)
    text = page(client, draw)
    for name in ("抽取结果", "检查员", "淄博示例"):
        assert name in text
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/public/draws/{draw.code}/bundle.zip").content))
    files = {name: archive.read(name) for name in archive.namelist()}
    report = mq.verify(files, mq.Options(log_key=client.get("/public/log/key/").content.decode().strip()))
    assert (report.status, report.reason) == ("verified-complete", "")


def test_a_list_kept_back_shows_digests_but_no_names(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md: nobody is warned; the digests are public at once."""
    draw = opened_draw(stocked, publication=Publication.LATER)
    text = page(client, draw)
    assert draw.seal_digest in text.replace(" ", "")
    assert "淄博示例" not in text
    # Secret, seal and digits together give the list away, also to somebody who computes it alone.
    secret = json.loads(bytes(draw.reveal_json or b""))["secret"]
    served = text + "".join(
        client.get(f"/public/draws/{draw.code}/{part}").content.decode() for part in ("seal.json", "ledger.json")
    )
    assert secret not in served.replace(" ", "")
    assert client.get(f"/public/draws/{draw.code}/bundle.zip").status_code == 404
    draw_services.publish(stocked.leader, draw)
    assert "淄博示例" in page(client, draw)


def test_a_void_stays_with_its_reason_approver_and_secret(stocked: Bureau, client: Client) -> None:
    """draw-protocol.md, "void": nothing disappears."""
    first = sealed_draw(stocked)
    request = void_services.ask(stocked.officer, first, reason="现场停电")
    first = void_services.approve(stocked.leader, request).draw
    second = sealed_draw(stocked)
    text = page(client, first)
    secret = json.loads(bytes(first.void_json or b""))["secret"]
    for visible in ("现场停电", "分管领导", "已作废", second.draw_id):
        assert visible in text
    assert secret in text
    assert text.count("没有未公开的承诺") == 2, "the page says no more than verifiers do of a void before the close"
    assert "当众报数" not in text
    assert "没有人算得出" not in text
    assert first.draw_id in client.get(f"/public/draws/?scope={second.scope}").content.decode()


def test_natural_persons_appear_by_registry_number_and_not_by_id_number_or_full_name(
    stocked: Bureau, client: Client
) -> None:
    """A20.1, issue: natural persons appear by registry number."""
    person = Subject(
        organ=stocked.organ, number="DJ-000001", name="欧阳示范", kind=SubjectKind.PERSON, district="博山区"
    )
    person.set_id_number("11010519491231002X")
    person.save()
    noted(person)
    draw = opened_draw(stocked, quotas={"博山区": 1})
    text = page(client, draw)
    assert "DJ-000001" in text
    assert "欧某" in text
    bundle = zipfile.ZipFile(io.BytesIO(client.get(f"/public/draws/{draw.code}/bundle.zip").content))
    everything = text.encode() + b"".join(bundle.read(name) for name in bundle.namelist())
    for hidden in ("欧阳示范", "11010519491231002X", "11010519491231"):
        assert hidden.encode() not in everything


def test_the_log_hands_out_proofs_that_verify(stocked: Bureau, client: Client) -> None:
    """A20.2: inclusion and consistency proofs."""
    draw = opened_draw(stocked)
    key = notes.own_key()
    index = ledger.entries_on(draw.ledger_subject)[0].index
    proof = client.get(f"/public/log/entries/{index}/").json()
    head = notes.read(proof["checkpoint"], key)
    leaf = tree_selectors.leaf_hash(ledger_models.canonical(proof["entry"]))
    assert tree_selectors.verify_inclusion(
        leaf, index, head.size, [bytes.fromhex(h) for h in proof["inclusion"]], head.root
    )
    assert proof["leaf"] == leaf.hex()
    assert "entry" not in client.get("/public/log/entries/0/").json(), "who was given an account is not for the public"
    old = notes.read(ledger.checkpoint_after(3).note, key)
    path = client.get(f"/public/log/consistency/{old.size}/{head.size}/").json()["consistency"]
    assert tree_selectors.verify_consistency(old.size, head.size, old.root, head.root, [bytes.fromhex(h) for h in path])
    assert client.get("/public/log/checkpoint/").content.decode() == proof["checkpoint"]
    for wrong in ("/public/log/entries/99999/", "/public/log/consistency/0/3/", "/public/log/consistency/5/3/"):
        assert client.get(wrong).status_code == 404


def test_the_tools_come_with_their_digests(client: Client, bureau: Bureau) -> None:
    """Issue: a self-contained verify.html; one downloadable file."""
    text = client.get("/public/tools/").content.decode().replace(" ", "")
    for name in ("verify.html", "witness.html", "mingqian_draw.pyz"):
        response = client.get(f"/public/tools/{name}")
        assert mq.digest(response.content) in text
        assert "attachment" in response["Content-Disposition"]
    assert b"<script src" not in client.get("/public/tools/verify.html").content


def test_a_company_is_taken_to_its_own_row(stocked: Bureau, client: Client) -> None:
    """Issue: a company enters its credit code; full-width digits and blanks do no harm."""
    draw = opened_draw(stocked)
    response = client.get(f"/public/draws/{draw.code}/subject/", {"number": " ９１３７ 0303ma "})
    assert response["Location"].endswith("?subject=91370303MA")
    response = client.get(f"/public/draws/{draw.code}/subject/", {"number": '"><script>'})
    assert "script" not in response["Location"]


def test_a_company_looks_itself_up_by_name(stocked: Bureau, client: Client) -> None:
    """Issue 11, part 3: a name instead of a code is understood, drawn or not; inspectors are not searched."""
    draw = opened_draw(stocked)
    place = f"/public/draws/{draw.code}"
    drawn = min(bundle_selectors.teams_of(draw))
    names = bundle_selectors.names_of(draw)
    other, inspector = (
        next(one for one in sorted(names) if one != drawn and names[one][1] == names[drawn][1]),
        bundle_selectors.teams_of(draw)[drawn][0],
    )
    assert f'"{drawn}": "' in client.get(f"{place}/check/").content.decode()
    response = client.get(f"{place}/subject/", {"number": names[other][0]})
    assert response["Location"].endswith("?" + urlencode({"subject": names[other][0]}))
    assert client.get(f"{place}/names/", {"q": names[other][0]}).json()["names"][other] == names[other][0]
    assert inspector not in client.get(f"{place}/names/", {"q": names[inspector][0]}).json()["names"]
    assert client.get(f"{place}/names/", {"q": names[other][0][0]}).json() == {"names": {}}


def test_lateness_is_shown(stocked: Bureau, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """draw-protocol.md: a seal neither opened nor voided by open_by is shown as overdue, and opened later as late."""
    draw = contributed_draw(stocked)
    assert "超期未开签" not in page(client, draw)
    later = draw.open_by + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "超期未开签" in page(client, draw)
    draw_services.open_draw(stocked.officer, draw)
    assert "逾期开签" in page(client, draw)


def test_no_page_sets_a_script_or_style_from_elsewhere(stocked: Bureau, client: Client) -> None:
    """ARCHITECTURE.md: closed networks; a strict content security policy."""
    draw = opened_draw(stocked)
    for path in (
        "/public/",
        f"/public/draws/{draw.code}/",
        f"/public/draws/{draw.code}/check/",
        "/public/log/",
        "/accounts/sign-in/",
    ):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "http" not in policy
