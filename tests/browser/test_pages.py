"""Every page in every state, as a browser shows it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from playwright.sync_api import Page, expect

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.documents.uploads.tests.senders import Sender, png
from mingqian.drawing.lots import Lot
from mingqian.drawing.models import PeopleRequest
from mingqian.drawing.record import services as record_services
from mingqian.drawing.witnesses import services as witness_services
from mingqian.ledger.models import Verification
from mingqian.testing import Bureau
from tests.arguments import (
    change_arguments,
    make_rule_set,
    media_arguments,
    plan_arguments,
    planning_arguments,
    special_arguments,
    subject_arguments,
)
from tests.browser.inspection import PICTURES, faults_of, picture
from tests.browser.stages import Stage, full_stage
from tests.browser.visitors import DESKTOP, PROJECTOR, Door, Visitor
from tests.matrix import ADDRESSES, MATRIX, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Who looks at a page, the first of them that may.
PERSONAS = ("anonymous", Role.DIVISION_OFFICER, *Role)

#: So many workers can share the walk through the pages.
PARTS = 4
#: Names of what stands on the projector in letters too small for the last row.
SMALL_TEXT = """() => [...document.querySelectorAll('main *')].filter(
  (e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
    && parseFloat(getComputedStyle(e).fontSize) < 26,
).map((e) => e.className || e.tagName)"""
#: How many tables are not shown whole.
CUT_OFF = """[...document.querySelectorAll('.mq-table-wrap')].filter(
  (e) => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2,
).length"""


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """A bureau in which everything has happened."""
    return full_stage()


class Gate:
    """Lets visitors in by persona, one window for each."""

    def __init__(self, door: Door, bureau: Bureau) -> None:
        """Keep who is there."""
        self.door, self.bureau = door, bureau
        self.visitors: dict[str, Visitor] = {}

    def cookie(self, persona: str) -> str:
        """Return a session of the persona."""
        client = Client()
        user: User = self.bureau.user(Role(persona))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def as_(self, persona: str) -> Visitor:
        """Return the persona's visitor, signed in."""
        if persona not in self.visitors:
            visitor = self.door(DESKTOP)
            if persona != "anonymous":
                name = settings.SESSION_COOKIE_NAME
                visitor.context.add_cookies([{"name": name, "value": self.cookie(persona), "url": visitor.home}])
            self.visitors[persona] = visitor
        return self.visitors[persona]


@pytest.fixture
def gate(door: Door, stage: Stage) -> Gate:
    """The gate of the bureau."""
    return Gate(door, stage.bureau)


def arguments_of(stage: Stage) -> dict[str, dict[str, object]]:
    """Return the arguments with which the addresses lead somewhere (see the access matrix)."""
    subject, inspector = stage.bureau.organ.subjects.first(), stage.bureau.organ.inspectors.first()
    run = Verification.objects.first()
    assert subject
    assert inspector
    assert run
    named: dict[str, dict[str, object]] = {
        "draft": {"pk": stage.draft.pk},
        "drawing:people-decide": {"pk": PeopleRequest.objects.get(draft_number=stage.draft.pk).pk},
        "drawing": {"code": stage.sealed.code},
        "disclosure": {"code": stage.opened.code},
        "rules": {"code": make_rule_set(stage.bureau).code},
        "documents:paper": {"key": "draw-record"},
        "documents:sample": {"key": "draw-record", "form": "docx"},
        "drawing:record": {"code": stage.opened.code},
        "drawing:record-file": {"code": stage.opened.code, "form": "docx"},
        "drawing:receipt": {"code": stage.opened.code, "position": 1},
        "drawing:open": {"code": stage.closed.code},
        "drawing:void": {"code": stage.overdue.code},
        "drawing:void-decide": {"code": stage.sealed.code, "pk": stage.asked.pk},
        "drawing:beacon-ask": {"code": stage.closed.code},
        **{f"drawing:beacon-{name}": {"code": stage.closed.code, "pk": 99} for name in ("confirm", "picture")},
        "drawing:joint-answer": {"code": "nobody", "pk": 99},
        "drawing:joint-consent": {"code": "nobody", "serial": 1, "pk": 99},
        "drawing:joint-withdraw": {"code": "nobody", "serial": 1},
        "disclosure:entry-proof": {"index": 0},
        "disclosure:consistency": {"old": 1, "new": 2},
        "portal:ledger-verification": {"pk": run.pk},
    }
    named |= subject_arguments(stage.bureau, subject)
    named |= special_arguments(stage.bureau, subject)
    named |= planning_arguments(stage.bureau)
    named |= plan_arguments(stage.bureau)
    named |= change_arguments(stage.bureau, stage.opened)
    invitation = witness_services.invite(stage.bureau.officer, Lot(stage.sealed), position=2, credential="work-card")
    token: dict[str, object] = {"token": witness_services.token_of(invitation)}
    named |= {f"drawing:phone{tail}": token for tail in ("", "-state", "-commit", "-open", "-sign")}
    named |= media_arguments(stage.opened)
    evidence_of(stage)
    named |= {f"drawing:{name}": {"code": stage.opened.code, "position": 1} for name in ("sign", "signature")}
    named |= {f"registry:inspector{tail}": {"number": inspector.certificate_number} for tail in ("", "-edit")}
    named |= {
        f"imports:import{tail}": {"number": stage.waiting.number} for tail in ("", "-columns", "-report", "-refused")
    }
    return named


def evidence_of(stage: Stage) -> None:
    """Put a picture and a scan on file, through the page's own addresses."""
    client = Client()
    client.force_login(stage.bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    record_services.number_record(stage.bureau.officer, stage.opened)
    assert Sender(client, stage.opened).send("签到.png", png(400, 300), note="监督人献数")["state"] == "stored"
    assert Sender(client, stage.opened, "signed").send("签字件.png", png(400, 560))["state"] == "stored"


def is_page(response: HttpResponseBase) -> bool:
    """Say whether this is a page of its own: no part of one, no file, no redirect."""
    whole = response["Content-Type"].startswith("text/html") and not response.has_header("Content-Disposition")
    return whole and response.status_code == 200 and b"<html" in getattr(response, "content", b"")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_that_is_a_page(gate: Gate, stage: Stage, part: int) -> None:
    """Opened by the first persona that may, in the sizes of a desktop and a phone."""
    arguments = arguments_of(stage)
    wrong, seen = [], set()
    for name, route in ADDRESSES[part::PARTS]:
        persona = next(persona for persona in PERSONAS if persona in MATRIX.get(name, MATRIX["portal:health"]))
        path = address(name, route, arguments)
        client = Client()
        if persona != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = gate.cookie(persona)
        response = client.get(path)
        if not is_page(response):
            continue
        seen.add(name)
        visitor = gate.as_(persona)
        # A witness's link is good on the device that opened it first: that is this visitor's from here on.
        kept = {key: morsel.value for key, morsel in response.cookies.items() if key.startswith("mingqian-witness")}
        visitor.context.add_cookies([{"name": key, "value": value, "url": visitor.home} for key, value in kept.items()])
        page = visitor.go(path)
        wrong += faults_of(page, name.replace(":", "-"))
    assert wrong == [], "\n".join(wrong)
    assert len(seen) > 25, sorted(seen)


def test_every_state_of_a_draw(gate: Gate, stage: Stage) -> None:
    """Inside and outside, with all tabs."""
    officer, public = gate.as_(Role.DIVISION_OFFICER), gate.as_("anonymous")
    wrong = []
    for state in ("sealed", "overdue", "closed", "opened", "unpublished", "voided"):
        code = getattr(stage, state).code
        wrong += faults_of(officer.go(f"/draws/{code}/"), f"draw-{state}")
        wrong += faults_of(public.go(f"/public/draws/{code}/"), f"public-draw-{state}")
    for tab in ("result", "media", "files", "trace"):
        wrong += faults_of(officer.go(f"/draws/{stage.opened.code}/?tab={tab}"), f"draw-tab-{tab}")
    wrong += faults_of(officer.go(f"/draws/{stage.closed.code}/?tab=result"), "draw-tab-result-none")
    for state in ("done", "refused"):
        wrong += faults_of(officer.go(f"/imports/{getattr(stage, state).number}/"), f"import-{state}")
    wrong += faults_of(officer.go(f"/draws/{stage.voided.code}/open/"), "open-voided")
    wrong += faults_of(officer.go(f"/draws/{stage.opened.code}/void/"), "void-opened")
    for draw in ("opened", "voided"):
        page = public.go(f"/public/draws/{getattr(stage, draw).code}/check/")
        expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")
        wrong += faults_of(page, f"check-{draw}")
    page = public.go(f"/public/draws/{stage.opened.code}/subject/?number=91370303000000000A")
    expect(page.locator(".mqv-notfound")).to_be_visible()
    wrong += faults_of(page, "check-not-found")
    assert wrong == [], "\n".join(wrong)


def test_the_projector(gate: Gate, stage: Stage) -> None:
    """Before, during and after the opening, at the size of a projector, where nothing may need scrolling."""
    leader = gate.as_(Role.LEADER)
    page = leader.page
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    wrong = []

    def look(what: str) -> None:
        sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        if sizes != list(PROJECTOR):
            wrong.append(f"{what}: the document has {sizes}")
        small = page.evaluate(SMALL_TEXT)
        if small:
            wrong.append(f"{what}: too small to read: {sorted(set(small))}")
        if PICTURES:
            picture(page, f"projector-{what}", [PROJECTOR])
            page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})

    for state in ("sealed", "closed", "voided"):
        leader.go(f"/draws/{getattr(stage, state).code}/ceremony/")
        look(state)
    leader.go(f"/draws/{stage.opened.code}/ceremony/?play=1")
    expect(page.locator(".mqc-seed")).to_be_visible()
    look("seed")
    page.get_by_role("button", name="加快").click()
    expect(page.locator(".mqc-board li").first).to_be_visible()
    page.get_by_role("button", name="暂停").click()
    look("race")
    page.get_by_role("button", name="继续").click()
    expect(page.locator(".mqc-result tr").nth(2)).to_be_visible()
    look("deal")
    page.get_by_role("button", name="直接看结果").click()
    expect(page.locator("#stage")).to_have_attribute("data-verdict", "same")
    look("result")
    wrong += faults_of(page, "projector-result-accessible")
    assert wrong == [], "\n".join(wrong)


def send(button: str, **fields: str) -> Callable[[Page], None]:
    """Return an act: fill in fields by their names and press a button."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"[name='{name}']").first.fill(value)
        page.get_by_role("button", name=button).click()

    return act


def test_wrong_input_is_named_at_the_field_and_on_top(gate: Gate, stage: Stage) -> None:
    """Each form answers with a summary that takes the focus and links to the fields; what was typed is still there."""
    draft = stage.draft.pk
    officer, system = Role.DIVISION_OFFICER, Role.SYSTEM_ADMIN
    forms: list[tuple[str, str, Callable[[Page], None], str]] = [
        (
            officer,
            "/accounts/password/",
            send("修改密码", old_password="x", new_password1="123", new_password2="124"),
            "旧密码",
        ),
        ("anonymous", "/accounts/sign-in/", send("登录", username="zibo-leader", password="wrong"), "用户名"),
        (officer, f"/draws/drafts/{draft}/pool/", send("下一步：人员", batches="0"), "批次"),
        (officer, f"/draws/drafts/{draft}/people/", send("下一步：回避", team_size="1"), "每组"),
        (
            officer,
            f"/draws/drafts/{draft}/conflicts/",
            send("登记这一对", subject="没有这一家", inspector="无此人"),
            "抽查对象",
        ),
        (
            officer,
            f"/draws/drafts/{draft}/witnesses/",
            send("下一步：核对并封存", name_4="只有姓名", open_by="2020-01-01T00:00"),
            "最迟",
        ),
        (officer, f"/draws/{stage.overdue.code}/witness/", send("交出献数", digits="1111111111"), "您的数字"),
        (officer, f"/draws/{stage.overdue.code}/void/", send("提交作废申请", reason=""), "作废理由"),
        (officer, "/registry/subjects/new/", send("保存"), ""),
        (officer, "/registry/inspectors/new/", send("保存"), ""),
        (system, "/accounts/users/new/", send("保存"), ""),
    ]
    wrong = []
    for persona, path, act, label in forms:
        page = gate.as_(persona).go(path)
        page.locator("form[method=post]").last.evaluate("(form) => { form.noValidate = true; }")
        act(page)
        errors = page.locator(".mq-errors")
        expect(errors).to_be_focused()
        if label not in errors.inner_text():
            wrong.append(f"{path}: {errors.inner_text()!r}")
        wrong += faults_of(page, "wrong" + path.replace(str(draft), "n").rstrip("/"))
    assert wrong == [], "\n".join(wrong)


def test_an_empty_bureau_is_told_what_to_do_first(door: Door, bureau: Bureau) -> None:
    """Pages: an empty state that says what to do first; and pages that are not there, or not for this role."""
    gate = Gate(door, bureau)
    wrong = []
    for persona, path in (
        (Role.DIVISION_OFFICER, "/"),
        (Role.INSPECTOR, "/"),
        (Role.DIVISION_OFFICER, "/draws/"),
        (Role.DIVISION_OFFICER, "/registry/subjects/"),
        (Role.DIVISION_OFFICER, "/registry/inspectors/"),
        (Role.DIVISION_OFFICER, "/imports/"),
        ("anonymous", "/public/"),
        ("anonymous", "/public/draws/?q=没有"),
    ):
        page = gate.as_(persona).go(path)
        expect(page.locator(".mq-empty").first).to_be_visible()
        wrong += faults_of(page, f"empty-{persona}{re.sub('[?].*', '', path)}")
    for persona, path, word in (
        ("anonymous", "/nowhere/", "没有找到"),
        (Role.DIVISION_OFFICER, "/draws/zibo-2026-99/", "没有找到"),
        (Role.INSPECTOR, "/draws/", "没有权限"),
    ):
        page = gate.as_(persona).go(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(word)
        wrong += faults_of(page, f"problem-{persona}{path}")
    assert wrong == [], "\n".join(wrong)


def test_the_public_page_prints_on_paper(gate: Gate, stage: Stage, tmp_path: Path) -> None:
    """Pages: every page prints well on A4 without navigation; tables are whole, nothing lies beside the sheet."""
    page = gate.as_("anonymous").go(f"/public/draws/{stage.opened.code}/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # what A4 with 15 mm of margin leaves, in CSS pixels
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    for hidden in (".mq-top", ".mq-foot", ".mq-filters", ".btn", ".mq-copy"):
        assert not [item for item in page.locator(hidden).all() if item.is_visible()], hidden
    cut_off = page.evaluate(CUT_OFF)
    assert cut_off == 0
    target = Path(PICTURES) / "print.pdf" if PICTURES else tmp_path / "print.pdf"
    page.pdf(path=target, format="A4")
    assert target.read_bytes().startswith(b"%PDF")
