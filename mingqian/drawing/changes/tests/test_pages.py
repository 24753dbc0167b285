"""The way of a change through the pages: asked for, approved, sealed, witnessed, opened; nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.seal import preview
from mingqian.drawing.changes.states import ChangeState, Reason
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.tests.changes import STATEMENT, approved, asked, barred, first_place, outsiders, sealed
from mingqian.drawing.tests.stages import ask_at
from mingqian.registry.models import Inspector
from mingqian.testing import DIGITS, Bureau, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PDF = b"%PDF-1.7 signed"


def witnesses(draw: Draw) -> dict[str, str]:
    """Return the draw's witnesses as the form before the seal has them."""
    fields = {"open_by": (clock.now() + timedelta(days=1)).astimezone(clock.LAW_ZONE).strftime("%Y-%m-%dT%H:%M")}
    for index, line in enumerate(draw.plan["witnesses"]):
        fields[f"kind_{index}"], _, fields[f"name_{index}"] = line.partition(" ")
    return fields


def seen_on(client: Client, path: str) -> str:
    """Return what the page of a decision says of the facts that it shows."""
    return client.get(path).content.decode().partition('name="seen" value="')[2].partition('"')[0]


def test_art11_the_whole_way_through_the_pages(stocked: Bureau, sign_in: SignIn) -> None:
    """A11.1: from the result's link to the new team on the public page."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    client = sign_in(stocked.officer)
    assert f"/draws/{draw.code}/subjects/{subject}/" in client.get(f"/draws/{draw.code}/?tab=result").content.decode()
    assert "缺席或回避" in client.get(f"/draws/{draw.code}/subjects/{subject}/").content.decode()
    paper = SimpleUploadedFile("说明.pdf", PDF)
    answer = client.post(
        ask_at(draw, subject, gone), {"kind": "inspector", "reason": "work", "statement": STATEMENT, "file": paper}
    )
    row = Supplement.objects.get()
    base = f"/draws/{draw.code}/changes/{row.serial}/"
    assert answer["Location"] == base
    client = sign_in(stocked.leader)
    assert STATEMENT in client.get(f"{base}decide/").content.decode()
    agreed = {"decision": "approve", "remark": "同意"}
    answer = client.post(f"{base}decide/", {**agreed, "seen": "stale"})
    assert (answer.status_code, "名录库在您查看之后有变化" in answer.content.decode()) == (400, True)
    client.post(f"{base}decide/", {**agreed, "seen": seen_on(client, f"{base}decide/")})
    client = sign_in(stocked.officer)
    page = client.get(f"{base}seal/").content.decode()
    assert "10 人" in page
    assert b"".join(client.get(f"{base}statement/")) == PDF
    row.refresh_from_db()
    client.post(f"{base}seal/", {"reviewed": preview(row).digest(row), **witnesses(draw)})
    for position, digits in enumerate(DIGITS, 1):
        answer = client.post(f"{base}witness/", {"position": position, "digits": digits})
        assert answer["Location"] == f"{base}receipts/{position}/"
        assert row.seal_digest in client.get(answer["Location"]).content.decode()
        row.refresh_from_db()
    assert "开签只有一次" in client.get(f"{base}open/").content.decode()
    client.post(f"{base}open/")
    row.refresh_from_db()
    assert row.state == ChangeState.OPENED
    new = Inspector.objects.get(certificate_number=teams_of(draw)[subject][0]).name
    assert new in client.get(base).content.decode()
    client.logout()
    page = client.get(f"/public/draws/{draw.code}/").content.decode()
    assert "经第 2 号变更" in page
    assert STATEMENT not in page


def test_what_was_typed_is_shown_again_with_what_is_wrong(stocked: Bureau, sign_in: SignIn) -> None:
    """Bad input: no reason, no statement, an exchange for an absence, a file of another kind."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    client = sign_in(stocked.officer)
    answer = client.post(
        ask_at(draw, subject, gone), {"kind": "exchange", "reason": "work", "statement": "会议冲突的说明"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "互换检查对象只用于回避" in page
    assert "会议冲突的说明" in page
    bad = SimpleUploadedFile("说明.exe", b"MZ")
    answer = client.post(
        ask_at(draw, subject, gone), {"kind": "inspector", "reason": "", "statement": STATEMENT, "file": bad}
    )
    page = answer.content.decode()
    assert (answer.status_code, "只能上传 PDF" in page, "请选择规定的原因" in page) == (400, True, True)
    assert not Supplement.objects.exists()


def test_art10_a_lot_without_candidates_leads_to_article_10_and_its_form(stocked: Bureau, sign_in: SignIn) -> None:
    """A10.1: says so, and the way on is one click; decided by the principal leader."""
    (one, _other) = outsiders(stocked)
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    barred(stocked, draw, subject, leave=0)
    client = sign_in(stocked.officer)
    answer = client.post(ask_at(draw, subject, gone), {"kind": "inspector", "reason": "work", "statement": STATEMENT})
    page = answer.content.decode()
    assert (answer.status_code, "不足 2 人" in page, "way=shortage" in page) == (400, True, True)
    fields = {"kind": "appointment", "reason": "work", "statement": STATEMENT, "ground": "人员均已回避"}
    answer = client.post(ask_at(draw, subject, gone, "shortage"), fields)
    assert "请选择委派的人员" in answer.content.decode()
    answer = client.post(ask_at(draw, subject, gone, "shortage"), {**fields, "appointed": one.certificate_number})
    row = Supplement.objects.get()
    base = f"/draws/{draw.code}/changes/{row.serial}/"
    assert answer["Location"] == base
    client = sign_in(stocked.leader)
    assert "这项变更由主要领导审批" in client.get(f"{base}decide/").content.decode()
    assert client.post(f"{base}decide/", {"decision": "approve"}).status_code == 403
    client = sign_in(stocked.user(Role.PRINCIPAL_LEADER))
    client.post(f"{base}decide/", {"decision": "approve", "seen": seen_on(client, f"{base}decide/")})
    client = sign_in(stocked.officer)
    assert "委派不能撤回" in client.get(f"{base}seal/").content.decode()
    row.refresh_from_db()
    client.post(f"{base}seal/", {"reviewed": preview(row).digest(row)})
    page = client.get(base).content.decode()
    assert "非抽签产生（直接委派）" in page
    assert f"/draws/{draw.code}/training/" in page
    assert client.get(f"/draws/{draw.code}/training/").status_code == 200


def test_art11_an_inspector_hands_in_the_own_statement(stocked: Bureau, sign_in: SignIn) -> None:
    """A11.1: from the own list of visits; nobody else's visit is there."""
    draw = opened_draw(stocked)
    subject, gone = first_place(draw)
    Inspector.objects.filter(certificate_number=gone).update(user=stocked.user(Role.INSPECTOR))
    client = sign_in(stocked.user(Role.INSPECTOR))
    address = f"/draws/{draw.code}/mine/{subject}/"
    assert address in client.get("/draws/mine/").content.decode()
    assert client.post(address, {"reason": "work", "statement": "短"}).status_code == 400
    assert client.post(address, {"reason": "health", "statement": STATEMENT})["Location"] == "/draws/mine/"
    assert Supplement.objects.get().asked_as == "inspector"
    assert "待审批" in client.get("/draws/mine/").content.decode()
    other = next(s for s, team in teams_of(draw).items() if gone not in team)
    assert client.get(f"/draws/{draw.code}/mine/{other}/").status_code == 404


def test_a_stale_review_and_too_few_witnesses_keep_the_page(stocked: Bureau, sign_in: SignIn) -> None:
    """Bad input: nothing is sealed, what was typed stays."""
    draw = opened_draw(stocked)
    row = approved(stocked, asked(stocked, draw))
    client = sign_in(stocked.officer)
    address = f"/draws/{draw.code}/changes/{row.serial}/seal/"
    answer = client.post(address, {"reviewed": "stale", **witnesses(draw)})
    assert (answer.status_code, "重新核对" in answer.content.decode()) == (400, True)
    fields = {**witnesses(draw), "name_2": "", "kind_2": "", "name_1": "新来的"}
    answer = client.post(address, {"reviewed": preview(row).digest(row), **fields})
    page = answer.content.decode()
    assert (answer.status_code, "至少需要 3 位抽取监督人" in page, "新来的" in page) == (400, True, True)
    row.refresh_from_db()
    assert row.state == ChangeState.APPROVED


def test_a_supplement_under_way_is_voided_by_a_leader(stocked: Bureau, sign_in: SignIn) -> None:
    """draw-protocol.md, "void": asked for and decided on by two people."""
    draw = opened_draw(stocked)
    row = sealed(stocked, approved(stocked, asked(stocked, draw)))
    base = f"/draws/{draw.code}/changes/{row.serial}/"
    client = sign_in(stocked.officer)
    assert client.post(f"{base}void/", {"reason": ""}).status_code == 400
    client.post(f"{base}void/", {"reason": "现场停电"})
    client = sign_in(stocked.leader)
    decide = f"/draws/{draw.code}/void/{row.void_requests.get().pk}/"
    assert decide in client.get(base).content.decode()
    assert "现场停电" in client.get(decide).content.decode()
    answer = client.post(decide, {"decision": "decline", "remark": ""})
    assert (answer.status_code, "请写明理由" in answer.content.decode()) == (400, True)
    client.post(decide, {"decision": "approve"})
    row.refresh_from_db()
    assert row.state == ChangeState.VOIDED
    assert "现场停电" in client.get(f"/public/draws/{draw.code}/").content.decode()


def test_a20_the_statement_is_for_those_who_work_with_it(stocked: Bureau, sign_in: SignIn) -> None:
    """A20.1: a head of another division sees the change, not the ground."""
    draw = opened_draw(stocked)
    row = asked(stocked, draw, reason=Reason.HEALTH, file=PDF)
    head = stocked.user(Role.DIVISION_HEAD)
    User.objects.filter(pk=head.pk).update(division=stocked.divisions["anquan"])
    client = sign_in(User.objects.get(pk=head.pk))
    page = client.get(f"/draws/{draw.code}/changes/{row.serial}/").content.decode()
    assert (STATEMENT in page, "身体" in page, "个人原因" in page) == (False, False, True)
    assert client.get(f"/draws/{draw.code}/changes/{row.serial}/statement/").status_code == 403
