"""Pictures, video and the signed copy of a draw, with nothing but the pages: the line breaks twice, the tab closes, it is all there."""

import base64
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import Page, Route, expect

from mingqian.documents.papers.selectors import pages_of_scan
from mingqian.documents.uploads.tests.senders import pdf, png
from mingqian.drawing.models import DrawMedia
from mingqian.drawing.record import services as record_services
from mingqian.testing import Bureau, opened_draw
from tests.browser.inspection import PICTURES, faults_of, picture
from tests.browser.visitors import DESKTOP, PHONE, Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Two seconds of a square that moves, as the browser's own camera would give them.
RECORD = """async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: 'video/webm' });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const done = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let turn = 0; turn < 20; turn += 1) {
    pen.fillStyle = '#1f4e8c';
    pen.fillRect(0, 0, 320, 240);
    pen.fillStyle = '#c8321e';
    pen.fillRect(turn * 12, 90, 60, 60);
    await new Promise((resolve) => { setTimeout(resolve, 60); });
  }
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""

#: Play what is shown, from its middle too; gives the width of the picture.
PLAY = """async () => {
  const video = document.querySelector('#gallery video');
  video.muted = true;
  await video.play();
  video.currentTime = 0.5;
  await new Promise((resolve) => { video.onseeked = resolve; });
  return video.videoWidth;
}"""


class Line:
    """The line between a page and the platform, which can be cut: pieces get through while it is whole."""

    def __init__(self, page: Page, pieces: int) -> None:
        """Let so many pieces through, then break."""
        self.left = pieces
        self.offsets: list[int] = []
        page.route("**/uploads/*/", self.pass_on)

    def pass_on(self, route: Route) -> None:
        """Pass a request on, or drop it as a broken line does."""
        if self.left <= 0:
            route.abort("connectionfailed")
            return
        if route.request.method == "PATCH":
            self.left -= 1
            self.offsets.append(int(route.request.headers["upload-offset"]))
        route.continue_()


def video_of(page: Page, size: int) -> bytes:
    """Return a video that plays, made longer by an element that players pass over (EBML Void)."""
    content = base64.b64decode(page.evaluate(RECORD))
    filling = hashlib.sha512(b"filling").digest() * (size // 64)
    return content + b"\xec" + (len(filling) | 1 << 56).to_bytes(8, "big") + filling


def choose(page: Page, name: str, media_type: str, content: bytes) -> None:
    """Choose a file as people do."""
    page.locator("[data-upload-input]").first.set_input_files({"name": name, "mimeType": media_type, "buffer": content})


def send_video(officer: Visitor, code: str) -> bytes:
    """Send a video over a line that breaks, comes back, breaks again; then from a new tab."""
    page = officer.go(f"/draws/{code}/?tab=media")
    expect(page.get_by_text("还没有照片或录像")).to_be_visible()
    content = video_of(page, 9_000_000)
    line = Line(page, 2)
    page.get_by_label("说明").fill("监督人献数")
    choose(page, "会场.webm", "video/webm", content)
    expect(page.locator(".mq-uploads")).to_contain_text("线路中断")
    line.left = 1
    for _turn in range(100):
        if len(line.offsets) == 3:
            break
        page.wait_for_timeout(200)
    assert line.offsets == sorted(set(line.offsets))
    assert line.offsets[-1] > 0
    expect(page.locator(".mq-uploads")).to_contain_text("线路中断")
    if PICTURES:
        picture(page, "media-broken-line")
    page.close()

    page = officer.page = officer.new_tab()
    officer.go(f"/draws/{code}/?tab=media")
    expect(page.get_by_text("还没有传完")).to_be_visible()
    expect(page.locator("[data-upload-waiting]")).to_contain_text("会场.webm")
    whole = Line(page, 1000)
    choose(page, "会场.webm", "video/webm", content)
    expect(page.locator("[data-upload-list]")).to_contain_text("已存档", timeout=30_000)
    # The last piece before the tab closed may have come through, or not.
    assert whole.offsets[0] >= line.offsets[-1] > 0
    return content


def test_a_video_over_a_broken_line_and_the_signed_copy(door: Door, stocked: Bureau, tmp_path: Path) -> None:
    """A9.4: sent, broken off, gone on with, shown, played; the scan of the signed record; all in one file; digests in public."""
    draw = opened_draw(stocked)
    record_services.number_record(stocked.officer, draw)
    officer, public = door(DESKTOP), door(PHONE)
    officer.sign_in(stocked.officer.username)
    expect(officer.page.get_by_text("补传照片或录像")).to_be_visible()
    content = send_video(officer, draw.code)
    officer.faults[:] = [fault for fault in officer.faults if "net::ERR_CONNECTION_FAILED" not in fault]
    page = officer.page

    row = DrawMedia.objects.get()
    digest = hashlib.sha256(content).hexdigest()
    assert row.file_id == digest
    assert Path(default_storage.path(row.file.path)).read_bytes() == content
    video = page.locator("#gallery video")
    expect(video).to_have_attribute("src", f"/draws/{draw.code}/media/1/file")
    assert page.evaluate(PLAY) == 320
    expect(page.locator("#gallery")).to_contain_text("监督人献数")
    expect(page.locator(f"[data-copy='{digest}']")).to_be_visible()

    choose(page, "网页.jpg", "image/jpeg", b"<!DOCTYPE html><script>alert(1)</script>" * 40)
    expect(page.locator("[data-upload-list]")).to_contain_text("这个文件的内容是网页，不能采用")
    choose(page, "签到.png", "image/png", png(400, 300))
    expect(page.locator("#gallery img")).to_be_visible()
    wrong = faults_of(page, "media")
    page.locator("#gallery a", has_text="详情").last.click()
    wrong += faults_of(page, "media-one")
    page.get_by_role("link", name="传错了，撤下").click()
    wrong += faults_of(page, "media-withdraw")
    page.get_by_label("撤下原因").fill("拍到了无关人员")
    page.get_by_role("button", name="撤下这份影像").click()
    expect(page.get_by_role("heading", name="已撤下")).to_be_visible()
    wrong += faults_of(page, "media-withdrawn")
    wrong += attach_scan(officer, draw.code)

    whole = officer.download("全部材料", tmp_path)
    assert pages_of_scan(whole.read_bytes(), "pdf", 100) > 5
    if PICTURES:
        (Path(PICTURES) / "materials.pdf").write_bytes(whole.read_bytes())
    page = public.go(f"/public/draws/{draw.code}/")
    expect(page.get_by_text("存档照片 0 张、录像 1 段")).to_be_visible()
    expect(page.locator(f"[data-copy='{digest}']")).to_be_visible()
    expect(page.get_by_text("监督人献数")).to_have_count(0)
    wrong += faults_of(page, "media-public")
    assert wrong == []


def attach_scan(officer: Visitor, code: str) -> list[str]:
    """Send the signed record back as a scan and confirm it; return what is wrong with the pages."""
    page = officer.go(f"/draws/{code}/record/")
    choose(page, "签字件.pdf", "application/pdf", pdf(2))
    expect(page.locator("#signing")).to_contain_text("待确认的扫描件", timeout=30_000)
    wrong = faults_of(page, "record-tray")
    page.get_by_role("link", name="确认为签字件").click()
    wrong += faults_of(page, "signed-attach")
    page.get_by_role("button", name="存档为签字件").click()
    expect(page.locator(".mq-errors")).to_contain_text("请勾选")
    page.get_by_label("法律顾问 陶静").check()
    page.get_by_label("其他签字人").fill("人事科 王明")
    page.get_by_role("button", name="存档为签字件").click()
    expect(page.locator(".mq-note-done")).to_contain_text("签字件（第 1 份）已存档")
    expect(page.locator("#signing")).to_contain_text("签字件.pdf")
    return wrong + faults_of(page, "record-signed")
