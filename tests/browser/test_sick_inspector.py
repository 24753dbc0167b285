"""Nine visits of one sick inspector, one ceremony: two phones that commit, one witness who speaks, a cosigned log, three verifiers."""

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mingqian.drawing.bundle.selectors import bundle_files, ledger_json, teams_of
from mingqian.drawing.models import Supplement
from mingqian.drawing.tests.stages import verified_by_browser
from mingqian.ledger import selectors as ledger
from mingqian.ledger.cosigning import services as cosigning
from mingqian.ledger.cosigning.selectors import request_for
from mingqian.testing import WITNESSES, Bureau, opened_draw
from mingqian_witness.keeper import Keeper, read_request
from tests.browser.rites import approve, contribute, invite, play, seal
from tests.browser.verdicts import verify
from tests.browser.visitors import DESKTOP, PHONE, PROJECTOR, Door

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATEMENT = "因腰椎手术住院，检查期间都不能到场。"
PLACES = 9


def cosign(keeper: Keeper) -> None:
    """Have an outside party sign everything up to now."""
    seen = 0
    while seen < ledger.size():
        found = request_for(seen)
        assert found is not None
        request = read_request(found[1])
        cosigning.take(request.note + keeper.cosign(request))
        seen = found[0]


def test_art11_nine_visits_of_one_sick_inspector_change_in_one_ceremony(
    door: Door, stocked: Bureau, tmp_path: Path
) -> None:
    """A9.4, A11.1: one statement, one decision, one lot; complete for who holds the keys of the log and of a cosigner."""
    keeper = Keeper.make(tmp_path / "audit", "audit.example/w1", str(ledger.log_key()))
    cosigning.register("user/security", name="市审计局", key=keeper.key, address="")
    draw = opened_draw(stocked, quota_value=9000)
    teams = teams_of(draw)
    loads = Counter(number for team in teams.values() for number in team)
    sick = next(number for number, load in sorted(loads.items()) if load == PLACES)
    place = min(subject for subject, team in teams.items() if sick in team)

    officer, leader, screen = door(DESKTOP), door(DESKTOP), door(PROJECTOR)
    phones = [door(PHONE) for _witness in WITNESSES]
    officer.sign_in(stocked.officer.username)
    leader.sign_in(stocked.leader.username)
    screen.sign_in(stocked.officer.username)
    page = officer.go(f"/draws/{draw.code}/subjects/{place}/change/?inspector={sick}")
    page.get_by_label("原因").select_option(label="身体原因（第十一条）")
    page.get_by_label("说明", exact=True).fill(STATEMENT)
    page.get_by_label("检查期间对其他抽中的对象也不能参加").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status")).to_contain_text("已提交")
    change = page.url.removeprefix(officer.home)
    row = Supplement.objects.get()
    assert len(row.places) == PLACES
    approve(leader, change)
    seal(officer, change)
    screen.go(f"{change}ceremony/")
    invite(officer, phones, f"{change}invites/")
    contribute(phones, screen.page, officer, change)
    officer.go(f"{change}open/").get_by_role("button", name="开签").click()
    play(screen.page)
    expect(officer.go(change).locator(".mq-note-done p")).to_have_count(PLACES)
    after = teams_of(draw)
    assert not any(sick in team for team in after.values())
    assert Supplement.objects.count() == 1

    cosign(keeper)
    public = door(PHONE)
    public.go(f"/public/draws/{draw.code}/")
    bundle = public.download("下载全部文件", tmp_path)
    key = str(ledger.log_key())
    code, text = verify(bundle, key, keeper.key)
    assert (code, "没有缺少" in text) == (0, True), text
    files = {**bundle_files(draw), "ledger.json": ledger_json(draw)}
    (told,) = verified_by_browser([files], log_key=key, witnesses=[keeper.key], need=1)
    assert (told["status"], told["teams"]) == ("verified-complete", after)
    assert told["ledger"]["cosigners"] == 1
