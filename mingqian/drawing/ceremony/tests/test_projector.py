"""The projector's script computes everything itself, and shows where it cannot agree."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[4]
STATIC = [ROOT / "mingqian" / room / "static" for room in ("drawing", "verifier")]
BUNDLES = ROOT / "tests" / "vectors" / "bundles"
PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>大屏</title>
<link rel="stylesheet" href="/static/drawing/ceremony.css">
<script type="module" src="/static/drawing/projector.js"></script></head><body class="mqc">
<div id="stage" class="mqc-stage" data-url="/data"{play}><p id="mqc-step" class="mqc-step"></p>
<button data-act="pause" hidden>暂停</button><button data-act="fast" hidden>加快</button>
<button data-act="skip" hidden>直接看结果</button><button data-act="replay" hidden>重放开签过程</button>
<div id="mqc-view"></div><p id="mqc-verdict"></p></div></body></html>"""


def payload_of(vector: str, lot: int) -> dict[str, Any]:
    """Return what the projector gets for a lot of a vector: all files as texts, names by id."""
    with zipfile.ZipFile(io.BytesIO((BUNDLES / f"{vector}.zip").read_bytes())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if name != "ledger.json"}
    rows = (files["subjects.tsv"] + files["inspectors.tsv"]).splitlines()
    ids = [row.split("\t")[0] for row in rows]
    return {"state": "opened", "lot": lot, "files": files, "names": {one: [f"名{one}", "区"] for one in ids}}


@pytest.fixture(scope="module")
def screen() -> Iterator[Page]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page(viewport={"width": 1920, "height": 1080})
        browser.close()


def show(page: Page, payload: dict[str, Any], *, play: bool) -> list[str]:
    """Show a lot; return the list into which the page's errors go."""
    errors: list[str] = []
    kinds = {".js": "text/javascript", ".css": "text/css"}

    def answer(route: Route) -> None:
        address = route.request.url.split("screen.test", 1)[1]
        if address == "/data":
            route.fulfill(body=json.dumps(payload), content_type="application/json")
        elif address.startswith("/static/"):
            name = address.removeprefix("/static/")
            place = next(folder / name for folder in STATIC if (folder / name).is_file())
            route.fulfill(body=place.read_text(), content_type=kinds[place.suffix])
        else:
            route.fulfill(body=PAGE.replace("{play}", " data-play" if play else ""), content_type="text/html")

    page.unroute_all()
    page.route("**/*", answer)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("http://screen.test/")
    return errors


def test_a_draw_is_played_and_agrees(screen: Page) -> None:
    """Seed with who committed and who spoke, the race, the dealing, the outcome by stratum."""
    errors = show(screen, payload_of("v02-strata", 0), play=True)
    expect(screen.locator(".mqc-seed")).to_contain_text("先承诺")
    expect(screen.locator("#mqc-view")).to_contain_text("位监督人")
    screen.get_by_role("button", name="直接看结果").click()
    expect(screen.locator("#stage")).to_have_attribute("data-verdict", "same")
    result = json.loads(payload_of("v02-strata", 0)["files"]["result.json"])
    expect(screen.locator("#mqc-step")).to_have_text(f"抽取结果：共 {len(result['assignments'])} 家")
    expect(screen.get_by_role("tab")).to_have_count(len(result["strata"]))
    expect(screen.locator(".mqc-result")).to_contain_text(f"名{result['strata'][0]['selected'][0]['subject']}")
    screen.get_by_role("button", name="重放开签过程").click()
    expect(screen.locator(".mqc-seed")).to_be_visible()
    assert errors == []


def test_without_play_the_outcome_stands_at_once(screen: Page) -> None:
    errors = show(screen, payload_of("v03-teams", 0), play=False)
    expect(screen.locator("#stage")).to_have_attribute("data-verdict", "same")
    expect(screen.locator("#mqc-verdict")).to_contain_text("重新计算的结果与系统记录完全一致。")
    assert errors == []


@pytest.mark.parametrize(
    ("vector", "number"), [("v11-joining", 7), ("v11-joining", 9), ("v17-exchange", 2), ("v10-batch", 2)]
)
def test_a_lot_of_changes_is_played_one_after_the_other(screen: Page, vector: str, number: int) -> None:
    """A supplement may hold many changes at once; later supplements in the files do not matter."""
    payload = payload_of(vector, number)
    done = json.loads(payload["files"][f"supplement-{number}/result.json"])["changes"]
    errors = show(screen, payload, play=True)
    expect(screen.locator(".mqc-seed")).to_contain_text("种子")
    expect(screen.locator(".mqc-board li").first).to_be_visible(timeout=15_000)
    screen.get_by_role("button", name="直接看结果").click()
    expect(screen.locator("#stage")).to_have_attribute("data-verdict", "same")
    expect(screen.locator(".mqc-result tbody tr")).to_have_count(len(done))
    comes = done[0]["to"][1] or done[0]["to"][0]
    expect(screen.locator(".mqc-result tbody tr").first).to_contain_text(f"名{comes}")
    expect(screen.locator("#mqc-step")).to_contain_text(f"名{comes}" if len(done) == 1 else f"共 {len(done)} 处变更")
    assert errors == []


def test_what_does_not_follow_from_the_files_is_said_aloud(screen: Page) -> None:
    """The screen is a check, not a show."""
    payload = payload_of("v01-simple", 0)
    result = json.loads(payload["files"]["result.json"])
    result["strata"][0]["selected"][0]["lot"] = 9
    payload["files"]["result.json"] = json.dumps(result, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    show(screen, payload, play=True)
    expect(screen.locator("#stage")).to_have_attribute("data-verdict", "different")
    expect(screen.locator("#mqc-verdict")).to_contain_text("公布的结果不是抽出来的")
