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

from mingqian.verifier.tests.harness import VECTORS, b64, canonical, files_of, note_of, options_of
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


def bundle_of(vector: str) -> bytes:
    """Return the zip of a vector that has to be read, or (`refuse/...`) refused."""
    place = VECTORS / vector if "/" in vector else VECTORS / "bundles" / vector
    return place.with_name(f"{place.name}.zip").read_bytes()


def zip_of(files: dict[str, bytes]) -> bytes:
    """Return files as a zip of the one exact form."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.create_system = 0
            archive.writestr(info, files[name])
    return out.getvalue()


def _choose(page: Page, content: bytes) -> None:
    page.set_input_files("#pick-zip", {"name": "bundle.zip", "mimeType": "application/zip", "buffer": content})


def _verdict(page: Page) -> str | None:
    page.wait_for_selector("[data-verdict]")
    return page.get_attribute("[data-verdict]", "data-verdict")


def test_a_bundle_chosen_from_disk_is_verified_in_a_worker_without_any_request(tab: Page, verify_page: Path) -> None:
    workers: list[str] = []
    tab.on("worker", lambda worker: workers.append(worker.url))
    tab.goto(verify_page.as_uri())
    tab.get_by_text("平台的留痕公钥").click()
    tab.fill("#log-key", options_of(VECTORS / "bundles" / "v22-ledger.zip")["log_key"])
    _choose(tab, bundle_of("v22-ledger"))
    assert _verdict(tab) == "verified-complete"
    expect(tab.locator(".mqv-verdict-word")).to_have_text("核验通过")
    seen = [url for url in tab.__dict__["seen"] if not url.startswith(("data:", "blob:"))]
    assert (seen, len(workers)) == ([verify_page.as_uri()], 1)
    assert tab.__dict__["errors"] == []


def test_without_the_logs_key_authenticity_is_unknown_until_it_is_pasted(tab: Page, verify_page: Path) -> None:
    """Issue 11, part 1: the headline says so; keys of the log and of cosigners are taken afterwards."""
    options = options_of(VECTORS / "bundles" / "v27-one-cosigner-is-enough.zip")
    tab.goto(verify_page.as_uri())
    _choose(tab, bundle_of("v27-one-cosigner-is-enough"))
    assert _verdict(tab) == "verified-unanchored"
    expect(tab.locator(".mqv-verdict")).to_contain_text("真伪未知")
    tab.get_by_text("公钥和保存的检查点", exact=True).click()
    tab.get_by_label("平台的留痕公钥", exact=True).fill(options["log_key"])
    tab.get_by_label("外部见证的公钥（").fill("\n".join(options["witnesses"]))
    tab.get_by_label("至少要有几家").fill(str(options["need"]))
    tab.get_by_role("button", name="用这些重新核验").click()
    expect(tab.locator("[data-verdict]")).to_have_attribute("data-verdict", "verified-complete")
    expect(tab.locator(".mqv-verdict")).to_contain_text("外部见证看到")


def test_nobody_committed_is_said_before_the_headline(tab: Page, verify_page: Path) -> None:
    """What a verifier says: unguarded lots first."""
    tab.goto(verify_page.as_uri())
    _choose(tab, bundle_of("v43-beacon-no-ledger"))
    _verdict(tab)
    first = tab.locator(".mqv-verdict > *").first
    expect(first).to_have_class("mqv-warning")
    expect(first).to_contain_text("经办人与最后一位发言者本可以选择结果")


def test_who_withheld_is_named(tab: Page, verify_page: Path) -> None:
    tab.goto(verify_page.as_uri())
    _choose(tab, bundle_of("v08-void-withheld"))
    _verdict(tab)
    expect(tab.locator(".mqv-notices").first).to_contain_text("Zhang San承诺之后没有公布自己的献数")
    expect(tab.locator(".mqv-verdict-word")).to_contain_text("已作废")


def test_a_tampered_bundle_is_refused_and_the_reason_told(tab: Page, verify_page: Path) -> None:
    files = files_of("v01-simple")
    files["subjects.tsv"] = files["subjects.tsv"].replace(b"\t1\tin", b"\t2\tin", 1)
    tab.goto(verify_page.as_uri())
    _choose(tab, zip_of(files))
    assert _verdict(tab) == "refused"
    expect(tab.locator(".mqv-verdict")).to_contain_text("对象名单 subjects.tsv 与封存时不同")
    assert tab.locator(".mqv-search").count() == 0


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"%PDF-1.7 no zip", "不是压缩包"), (b"", "文件是空的"), (zip_of({"a.txt": b"x"}), "没有封存文件")],
)
def test_a_file_that_is_no_bundle_is_called_that(tab: Page, verify_page: Path, content: bytes, text: str) -> None:
    """Issue 11, part 3; what is chosen later replaces what came before."""
    tab.goto(verify_page.as_uri())
    _choose(tab, bundle_of("v01-simple"))
    _verdict(tab)
    _choose(tab, content)
    expect(tab.locator("[data-verdict]")).to_have_attribute("data-verdict", "none")
    expect(tab.locator(".mqv-verdict")).to_contain_text("这不是抽取文件")
    expect(tab.locator(".mqv-verdict")).to_contain_text(text)


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
        b64(bundle_of("v02-strata")),
    )
    assert _verdict(tab) == "verified-unanchored"


@pytest.mark.parametrize("way", ["#pick-folder", "#pick-files"])
def test_a_folder_or_single_files_can_be_chosen(tab: Page, verify_page: Path, tmp_path: Path, way: str) -> None:
    files = files_of("v17-exchange" if way == "#pick-folder" else "v01-simple")
    for name, content in files.items():
        path = tmp_path / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    tab.goto(verify_page.as_uri())
    chosen = str(tmp_path / "bundle") if way == "#pick-folder" else [str(tmp_path / "bundle" / name) for name in files]
    tab.set_input_files(way, chosen)
    assert _verdict(tab) == "verified-unanchored"


def test_a_subject_is_looked_up_by_keyboard_and_the_answer_fits_a_phone(chromium: Browser, verify_page: Path) -> None:
    """Issue 11, part 3: drawn or not, by whom, when, what to check by hand, on one phone screen."""
    first = json.loads(files_of("v02-strata")["result.json"])["assignments"][0]
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(verify_page.as_uri())
    _choose(page, bundle_of("v02-strata"))
    _verdict(page)
    page.focus("#mqv-search")
    page.keyboard.type(first["subject"].lower())
    page.keyboard.press("Enter")
    found = page.locator(".mqv-found")
    expect(found.locator("h3")).to_have_text(first["subject"])
    expect(found.locator(".mqv-badge")).to_have_text("抽中了")
    for text in ("排第 1 位", first["leader"], "开签", "printf", "| sha256sum"):
        expect(found).to_contain_text(text)
    box = found.bounding_box()
    assert box
    assert box["height"] <= 844
    page.fill("#mqv-search", "没有这一家")
    page.keyboard.press("Enter")
    expect(page.locator(".mqv-notfound")).to_contain_text("没有这个编号或名称")
    page.close()


def test_text_from_a_bundle_never_becomes_markup(tab: Page, verify_page: Path) -> None:
    files = {name: content for name, content in files_of("v14-pending-draw").items() if name != "ledger.json"}
    seal = json.loads(files["seal.json"])
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    files["seal.json"] = canonical(seal | {"title": hostile})
    tab.goto(verify_page.as_uri())
    _choose(tab, zip_of(files))
    assert _verdict(tab) == "pending"
    expect(tab.locator(".mqv-facts")).to_contain_text(hostile)
    expect(tab.locator(".mqv-notices").first).to_contain_text("已逾期")
    assert tab.locator("img").count() == 0
    assert tab.locator("script").count() == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("vector", ["v11-joining", "v24-ledger-appointments", "refuse"])
def test_the_page_fits_and_is_accessible(
    chromium: Browser, verify_page: Path, width: int, height: int, vector: str
) -> None:
    refused = min(place for place in (VECTORS / "refuse").glob("*.zip") if note_of(place))
    content = refused.read_bytes() if vector == "refuse" else bundle_of(vector)
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(verify_page.as_uri())
    _choose(page, content)
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
    (folder / "v11-joining.zip").write_bytes(bundle_of("v11-joining"))
    (folder / "broken.zip").write_bytes(bundle_of("v01-simple")[:-100])
    (folder / "names").write_text(
        json.dumps({"names": {"S07": "山东示例化工", "S00": "山东样板机械"}}), encoding="utf-8"
    )
    names = '<script type="application/json" id="known">{"S05": "淄博甲厂", "I22": "王强"}</script>'
    named = 'data-bundle-url="/v11-joining.zip" data-names="known" data-names-url="/names"'
    for name, attributes in {
        "good": f'{named} data-subject="S05"',
        "broken": 'data-bundle-url="/broken.zip"',
        "missing": 'data-bundle-url="/none.zip"',
        "elsewhere": 'data-bundle-url="https://example.invalid/v1-simple.zip"',
    }.items():
        (folder / f"{name}.html").write_text(
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>核验</title>'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="/verifier/page/verifier.css">'
            f'{names}<script type="module" src="/verifier/page/page.js"></script></head>'
            f"<body><main><div data-mq-verify {attributes}></div></main></body></html>",
            encoding="utf-8",
        )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_platform_page_checks_in_a_worker_and_answers_for_a_subject_first(tab: Page, site: int) -> None:
    workers: list[str] = []
    tab.on("worker", lambda worker: workers.append(worker.url))
    tab.goto(f"http://127.0.0.1:{site}/good.html")
    assert _verdict(tab) == "verified-unanchored"
    expect(tab.locator(".mqv-found h3")).to_have_text("淄博甲厂")
    expect(tab.locator(".mqv-found")).to_contain_text("王强（I22）")
    assert tab.evaluate(
        "!!(document.querySelector('.mqv-found').compareDocumentPosition(document.querySelector('.mqv-verdict')) & 4)"
    )
    assert [url.rsplit("/", 1)[1] for url in workers] == ["worker.js"]
    assert tab.__dict__["errors"] == []


def test_a_name_instead_of_a_code_is_understood(tab: Page, site: int) -> None:
    """Issue 11, part 3."""
    tab.goto(f"http://127.0.0.1:{site}/good.html")
    _verdict(tab)
    tab.fill("#mqv-search", "示例化工")
    tab.keyboard.press("Enter")
    expect(tab.locator(".mqv-found h3")).to_have_text("山东示例化工")
    tab.fill("#mqv-search", "山东")
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="山东样板机械（S00）").click()
    expect(tab.locator(".mqv-found h3")).to_have_text("山东样板机械")


def test_plain_http_checks_as_well(tab: Page, site: int) -> None:
    """A bureau's plain-http host is no secure context: nothing of WebCrypto is used."""
    tab.goto(f"http://bureau.test:{site}/good.html")
    assert tab.evaluate("isSecureContext") is False
    assert _verdict(tab) == "verified-unanchored"


@pytest.mark.parametrize(
    ("name", "verdict", "text"),
    [
        ("broken", "refused", "压缩包不完整"),
        ("missing", "none", "下载抽取文件失败（404）"),
        ("elsewhere", "none", "抽取文件不在本网站上"),
    ],
)
def test_what_cannot_be_read_or_fetched_is_said(tab: Page, site: int, name: str, verdict: str, text: str) -> None:
    tab.goto(f"http://127.0.0.1:{site}/{name}.html")
    assert _verdict(tab) == verdict
    expect(tab.locator("main")).to_contain_text(text)
    assert [url for url in tab.__dict__["seen"] if "example.invalid" in url] == []
