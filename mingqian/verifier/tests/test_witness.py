"""A witness's own device, on the invitation's page and as `witness.html`: commits, keeps, checks the close, and only then opens."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from mingqian.verifier.tests.bureau import PLACE, SEAL, Bureau, commit_of, log_key, served
from mingqian.verifier.tests.harness import run_jobs
from mingqian.verifier.verify_page import build as builder

pytestmark = pytest.mark.browser
FACES = "1234561234"
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone of its own, with nothing kept yet."""
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    yield context
    context.close()


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def address(bureau: Bureau) -> Iterator[str]:
    with served(bureau) as place:
        yield place


def roll(page: Page) -> None:
    for face in FACES:
        page.get_by_role("button", name=f"{face} 点", exact=True).click()


def commit(page: Page) -> None:
    """Roll and hand in the commit."""
    roll(page)
    page.get_by_role("button", name="生成并交出承诺").click()
    expect(page.locator(".mqw")).to_contain_text("承诺已经交出")


def kept(page: Page) -> dict[str, str]:
    found: dict[str, str] = json.loads(page.evaluate(f"localStorage.getItem('mq2-witness/{SEAL}/{PLACE}')"))
    return found


def test_only_the_commit_leaves_the_phone_and_the_opening_follows_the_close(
    phone: BrowserContext, bureau: Bureau, address: str
) -> None:
    """docs/draw-protocol.md, steps 3 to 5."""
    page = phone.new_page()
    page.goto(address)
    commit(page)
    assert [path for path, _fields in bureau.posts] == ["/commit"]
    assert bureau.posts[0][1] == {"commit": bureau.commit}
    assert bureau.commit == commit_of(FACES, kept(page)["nonce"])
    bureau.close()
    expect(page.locator(".mqw")).to_contain_text("您的数字已经公布", timeout=10_000)
    assert bureau.opening == {"digits": FACES, "nonce": kept(page)["nonce"]}
    assert (kept(page)["close"], kept(page)["checkpoint"]) == (bureau.told["close"], bureau.told["checkpoint"])
    bureau.state = "opened"
    expect(page.locator(".mqw")).to_contain_text("已经开签", timeout=10_000)


def test_digits_that_are_too_few_or_too_alike_are_not_taken(phone: BrowserContext, address: str) -> None:
    """Step 3: 10 to 100, at least four different ones."""
    page = phone.new_page()
    page.goto(address)
    hand = page.get_by_role("button", name="生成并交出承诺")
    for digits, text in (
        ("", "还差 10 位"),
        ("123456123", "还差 1 位"),
        ("1212121212", "不同的数字"),
        ("12a", "只能是数字"),
    ):
        page.get_by_label("您的数字").fill(digits)
        expect(page.locator(".mqw-state")).to_contain_text(text)
        expect(hand).to_be_disabled()


def test_a_reload_and_a_second_tab_show_the_same_commit(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    """A phone that was locked or a page that was closed goes on where it was."""
    page, other = phone.new_page(), phone.new_page()
    page.goto(address)
    other.goto(address)
    expect(other.get_by_role("button", name="生成并交出承诺")).to_be_visible()
    commit(page)
    before = kept(page)
    expect(other.locator(".mqw")).to_contain_text("承诺已经交出")
    page.reload()
    expect(page.locator(".mqw")).to_contain_text("承诺已经交出")
    assert kept(page) == before
    assert {fields["commit"] for _path, fields in bureau.posts} == {before["commit"]}


def test_a_commit_that_did_not_arrive_is_sent_again(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    """A broken line between making and handing in."""
    page = phone.new_page()
    page.goto(address)
    bureau.deaf = True
    roll(page)
    page.get_by_role("button", name="生成并交出承诺").click()
    expect(page.get_by_role("alert")).to_contain_text("连不上服务器")
    made = kept(page)["commit"]
    bureau.deaf = False
    expect(page.locator(".mqw")).to_contain_text("承诺已经交出", timeout=10_000)
    assert bureau.commit == made


@pytest.mark.parametrize(
    ("own", "logged", "text"),
    [(False, True, "您的承诺不在献数截止记录里"), (True, False, "留痕里的条目不是这份献数截止文件")],
)
def test_a_wrong_close_is_never_opened_for(
    phone: BrowserContext, bureau: Bureau, address: str, own: bool, logged: bool, text: str
) -> None:
    """Step 4: opens only after it has seen the close with its own commit in it, and that it is on the log."""
    page = phone.new_page()
    page.goto(address)
    commit(page)
    bureau.close(own=own, logged=logged)
    expect(page.get_by_role("alert")).to_contain_text(text, timeout=10_000)
    page.wait_for_timeout(3500)
    assert bureau.opening == {}


def test_after_one_close_on_the_log_no_other_is_opened_for(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    """Step 4: keeps both, opens for no other; two closes of one lot convict the log."""
    page = phone.new_page()
    page.goto(address)
    commit(page)
    bureau.close(own=False)
    expect(page.get_by_role("alert")).to_contain_text("您的承诺不在献数截止记录里", timeout=10_000)
    bureau.close(at="2026-03-02T00:21:00Z")
    expect(page.get_by_role("alert")).to_contain_text("另一份献数截止文件", timeout=10_000)
    assert bureau.opening == {}


def test_a_dead_phone_is_told_what_to_do(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    """Issue 11, part 2: a phone that dies after committing is a lot voided with that reason."""
    bureau.commit = commit_of(FACES, "0" * 64)
    page = phone.new_page()
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("这次抽签以“设备损坏”作废，几分钟内可以重新开始")
    assert page.get_by_role("button", name="生成并交出承诺").count() == 0


def test_a_void_is_told(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    commit(page)
    bureau.state = "voided"
    expect(page.locator(".mqw")).to_contain_text("已经作废", timeout=10_000)
    assert bureau.opening == {}


def test_the_offline_page_does_the_same_by_texts(phone: BrowserContext, bureau: Bureau, tmp_path: Path) -> None:
    """Issue 11, part 2: `witness.html` where no phone reaches the closed network; what it shows as QR is the text beside it."""
    place = tmp_path / "witness.html"
    place.write_bytes(builder.build(builder.WITNESS))
    page = phone.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(place.as_uri())
    page.get_by_role("textbox").fill(f"MQ2-SEAL {SEAL} {PLACE} {log_key()} 李 强")
    page.get_by_role("button", name="读取上面的内容").click()
    expect(page.locator(".mqw-who")).to_have_text("第 2 位监督人　李 强")
    roll(page)
    page.get_by_role("button", name="生成并交出承诺").click()
    bureau.commit = kept(page)["commit"]
    expect(page.locator(".mqw-text").first).to_have_text(f"MQ2-COMMIT {SEAL} {PLACE} {bureau.commit}")
    expect(page.locator("svg.mqw-qr").first).to_be_visible()
    page.reload()
    bureau.close()
    [parts] = run_jobs([{"parts": bureau.told}])
    assert len(parts) > 1
    for part in reversed(parts):
        page.get_by_role("textbox").fill(part + "\r\n")
        page.get_by_role("button", name="读取上面的内容").click()
    expect(page.locator(".mqw-text").first).to_have_text(f"MQ2-OPEN {SEAL} {PLACE} {FACES} {kept(page)['nonce']}")
    assert [url for url in seen if not url.startswith("data:")] == [place.as_uri()] * 2


def test_the_offline_page_refuses_a_wrong_close(phone: BrowserContext, bureau: Bureau, tmp_path: Path) -> None:
    place = tmp_path / "witness.html"
    place.write_bytes(builder.build(builder.WITNESS))
    page = phone.new_page()
    page.goto(place.as_uri())
    page.get_by_role("textbox").fill(f"MQ2-SEAL {SEAL} {PLACE} {log_key()} 李强")
    page.get_by_role("button", name="读取上面的内容").click()
    roll(page)
    page.get_by_role("button", name="生成并交出承诺").click()
    bureau.close(own=False)
    [parts] = run_jobs([{"parts": bureau.told}])
    page.get_by_role("textbox").fill("\n".join(parts))
    page.get_by_role("button", name="读取上面的内容").click()
    expect(page.locator(".mqw-bad")).to_contain_text("不要公布您的数字")
    assert page.get_by_text("MQ2-OPEN").count() == 0


def test_a_camera_fills_a_field_of_the_console(phone: BrowserContext, address: str) -> None:
    """Issue 11, part 2: the console scans by camera where the browser can; the browser's reader is played here."""
    page = phone.new_page()
    page.add_init_script(
        """globalThis.BarcodeDetector = class { async detect() { return [{ rawValue: 'MQ2-COMMIT' }]; } };
        navigator.mediaDevices.getUserMedia = async () => new MediaStream();
        HTMLMediaElement.prototype.play = async () => {};"""
    )
    page.goto(address)
    page.evaluate(
        """async () => {
          document.querySelector('main').append(Object.assign(document.createElement('textarea'), { id: 'field' }));
          document.getElementById('field').setAttribute('data-mq-scan', '');
          await import('/verifier/witness/scan.js');
        }"""
    )
    page.get_by_role("button", name="用摄像头扫码").click()
    expect(page.locator("#field")).to_have_value("MQ2-COMMIT")


def test_the_device_fits_a_phone_and_is_accessible(phone: BrowserContext, bureau: Bureau, address: str) -> None:
    page = phone.new_page()
    page.goto(address)
    for step in ("pad", "waiting"):
        if step == "waiting":
            commit(page)
        else:
            expect(page.get_by_role("button", name="生成并交出承诺")).to_be_in_viewport()
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        found = Axe().run(page).response["violations"]
        assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []
