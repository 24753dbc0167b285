"""The verifier in a real browser: `verify.html` from disk; `page.js` and its worker under a strict policy."""

import functools
import http.server
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mingqian.verifier.tests.harness import b64, canonical, files_of, folder_of
from mingqian.verifier.verify_page import build as builder

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"
SIZES = [(1366, 768), (390, 844), (1920, 1080)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    # The second name stands for a bureau's plain-http host: not a secure context, so without WebCrypto.
    arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP bureau.test 127.0.0.1"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    # Every request and every error of the page, to be held against what it may do.
    page.__dict__["seen"] = []
    page.__dict__["errors"] = []
    page.on("request", lambda request: page.__dict__["seen"].append(request.url))
    page.on("pageerror", lambda error: page.__dict__["errors"].append(str(error)))
    page.on(
        "console", lambda message: page.__dict__["errors"].append(message.text) if message.type == "error" else None
    )
    yield page
    page.close()


@pytest.fixture(scope="module")
def verify_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_bytes(builder.build())
    return path


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"抽查数据包/{name}", content)
    return out.getvalue()


def _choose(page: Page, content: bytes) -> None:
    page.set_input_files("#pick-zip", {"name": "bundle.zip", "mimeType": "application/zip", "buffer": content})


def _verdict(page: Page) -> str | None:
    page.wait_for_selector("[data-verdict]")
    return page.get_attribute("[data-verdict]", "data-verdict")


def test_a_bundle_chosen_from_disk_is_verified_without_any_request(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    _choose(tab, _zip(files_of("v4-supplements")))
    assert _verdict(tab) == "verified"
    expect(tab.locator(".mqv-verdict-word")).to_have_text("核验通过")
    expect(tab.locator(".mqv-step")).to_have_count(20)
    assert [url for url in tab.__dict__["seen"] if not url.startswith("data:")] == [verify_page.as_uri()]
    assert tab.__dict__["errors"] == []


def test_a_tampered_bundle_is_refused_and_the_problem_named(tab: Page, verify_page: Path) -> None:
    files = files_of("v1-simple")
    files["subjects.tsv"] = files["subjects.tsv"].replace(b"\t1\tin", b"\t2\tin", 1)
    tab.goto(verify_page.as_uri())
    _choose(tab, _zip(files))
    assert _verdict(tab) == "refused"
    expect(tab.locator(".mqv-problems")).to_contain_text("检查对象名册的总指纹与封存时不同")
    expect(tab.locator(".mqv-step-false .mqv-badge")).to_have_text("不符")
    assert tab.locator(".mqv-search").count() == 0


def test_a_second_choice_replaces_the_first(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    _choose(tab, _zip(files_of("v1-simple")))
    assert _verdict(tab) == "verified"
    _choose(tab, b"no zip at all")
    expect(tab.locator("[data-verdict]")).to_have_attribute("data-verdict", "refused")
    expect(tab.locator(".mqv-problems")).to_contain_text("不是有效的 zip 压缩包")
    assert tab.locator(".mqv-step").count() == 0


def test_a_bundle_can_be_dropped(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    tab.evaluate(
        """(content) => {
          const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], 'bundle.zip'));
          const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
          document.getElementById('drop').dispatchEvent(event);
        }""",
        b64(_zip(files_of("v2-strata"))),
    )
    assert _verdict(tab) == "verified"


def test_a_folder_with_supplements_can_be_chosen(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    tab.set_input_files("#pick-folder", folder_of("v7-teams-supplement"))
    assert _verdict(tab) == "verified"


def test_single_files_can_be_chosen(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    tab.set_input_files("#pick-files", [str(Path(folder_of("v1-simple")) / name) for name in files_of("v1-simple")])
    assert _verdict(tab) == "verified"


def test_a_subject_is_looked_up_by_keyboard(tab: Page, verify_page: Path) -> None:
    subject = json.loads(files_of("v2-strata")["result.json"])["assignments"][0]["subject"]
    tab.goto(verify_page.as_uri())
    _choose(tab, _zip(files_of("v2-strata")))
    _verdict(tab)
    tab.focus("#mqv-search")
    tab.keyboard.type(subject.lower())
    tab.keyboard.press("Enter")
    expect(tab.locator(".mqv-found h3")).to_have_text(subject)
    expect(tab.locator(".mqv-found .mqv-badge")).to_have_text("抽中")
    expect(tab.locator(".mqv-found")).to_contain_text("从小到大排第 1 位")
    tab.fill("#mqv-search", "没有这一家")
    tab.keyboard.press("Enter")
    expect(tab.locator(".mqv-notfound")).to_contain_text("没有这个编号")


def test_text_from_a_bundle_never_becomes_markup(tab: Page, verify_page: Path) -> None:
    files = {
        name: content for name, content in files_of("v1-simple").items() if name not in {"reveal.json", "result.json"}
    }
    seal = json.loads(files["seal.json"])
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    files["seal.json"] = canonical(seal | {"title": hostile, "witnesses": [hostile]})
    tab.goto(verify_page.as_uri())
    _choose(tab, _zip(files))
    assert _verdict(tab) == "pending"
    expect(tab.locator(".mqv-facts")).to_contain_text(hostile)
    expect(tab.locator(".mqv-facts")).to_contain_text("已逾期")
    assert tab.locator("img").count() == 0
    assert tab.locator("script").count() == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("vector", ["v8-long", "refuse/r26-crlf"])
def test_the_page_fits_and_is_accessible(
    chromium: Browser, verify_page: Path, width: int, height: int, vector: str
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(verify_page.as_uri())
    _choose(page, _zip(files_of(vector)))
    _verdict(page)
    for summary in page.locator("main summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder under the platform's policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(builder.MODULES, folder / "verifier")
    for vector in ("v4-supplements", "v1-simple"):
        (folder / f"{vector}.zip").write_bytes(_zip(files_of(vector)))
    (folder / "broken.zip").write_bytes(_zip(files_of("v1-simple"))[:-100])
    for name, attributes in {
        "good": 'data-bundle-url="/v4-supplements.zip" data-subject="91370300199769218G"',
        "broken": 'data-bundle-url="/broken.zip"',
        "missing": 'data-bundle-url="/none.zip"',
        "elsewhere": 'data-bundle-url="https://example.invalid/v1-simple.zip"',
    }.items():
        (folder / f"{name}.html").write_text(
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>核验</title>'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="/verifier/page/verifier.css">'
            '<script type="module" src="/verifier/page/page.js"></script></head>'
            f"<body><main><div data-mq-verify {attributes}></div></main></body></html>",
            encoding="utf-8",
        )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_platform_page_checks_in_a_worker_and_answers_for_a_subject(tab: Page, site: int) -> None:
    workers: list[str] = []
    tab.on("worker", lambda worker: workers.append(worker.url))
    tab.goto(f"http://127.0.0.1:{site}/good.html")
    assert _verdict(tab) == "verified"
    expect(tab.locator(".mqv-found h3")).to_have_text("91370300199769218G")
    expect(tab.locator(".mqv-found")).to_contain_text("补充抽取 2")
    assert [url.rsplit("/", 1)[1] for url in workers] == ["worker.js"]
    assert tab.__dict__["errors"] == []


def test_plain_http_has_no_webcrypto_and_the_page_says_so(tab: Page, site: int) -> None:
    tab.goto(f"http://bureau.test:{site}/good.html")
    assert tab.evaluate("isSecureContext") is False
    assert _verdict(tab) == "verified"
    expect(tab.locator(".mqv-notices").first).to_contain_text("不是安全连接")


@pytest.mark.parametrize(
    ("name", "verdict", "text"),
    [
        ("broken", "refused", "不是有效的 zip 压缩包"),
        ("missing", "none", "下载数据包失败（404）"),
        ("elsewhere", "none", "数据包不在本网站上"),
    ],
)
def test_what_cannot_be_read_or_fetched_is_said(tab: Page, site: int, name: str, verdict: str, text: str) -> None:
    tab.goto(f"http://127.0.0.1:{site}/{name}.html")
    assert _verdict(tab) == verdict
    expect(tab.locator("main")).to_contain_text(text)
    assert [url for url in tab.__dict__["seen"] if "example.invalid" in url] == []
