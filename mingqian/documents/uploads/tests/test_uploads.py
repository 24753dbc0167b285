"""Files about a draw come in pieces, checked, in order, from one person, and go on after the line broke (A9.4)."""

import errno
import hashlib
import os
import shutil
import threading
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.documents.files.services import on_disk, read
from mingqian.documents.models import StoredFile, Upload, UploadPart
from mingqian.documents.uploads import services as upload_services
from mingqian.documents.uploads.services import UploadError, clear_upload
from mingqian.documents.uploads.tests.senders import PIECE, ObjectStore, Sender, checksum, jpeg, mp4, png
from mingqian.drawing.media import selectors as media_selectors, services as media_services, tasks as media_tasks
from mingqian.drawing.models import Draw
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, make_bureau, opened_draw, sealed_draw, work_off

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def sender(stocked: Bureau, sign_in: SignIn) -> Sender:
    """The officer at the page of an opened draw."""
    return Sender(sign_in(stocked.officer), opened_draw(stocked))


def pieces_kept() -> list[str]:
    """Return the pieces that lie in the storage."""
    folder = on_disk("uploads")
    return [] if folder is None else [str(path) for path in folder.rglob("*") if path.is_file()]


def test_art09_a_video_in_pieces_is_put_together_and_its_digest_is_on_the_ledger(
    sender: Sender, stocked: Bureau, django_capture_on_commit_callbacks: Any
) -> None:
    """A9.4: who, when, what; the pieces are gone afterwards; the file has its digest."""
    content = mp4(3_000_000)
    digest = hashlib.sha256(content).hexdigest()
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.send("抽取录像.mp4", content, note="监督人献数")["state"] == "stored"
    row = sender.draw.media.get()
    assert (row.kind, row.serial, row.caption, row.file_id) == ("video", 1, "监督人献数", digest)
    assert row.added_by == stocked.officer
    assert read(row.file) == content
    entry = Entry.objects.get(verb="draw.media")
    assert (entry.subject, entry.digest, entry.actor) == (sender.draw.ledger_subject, digest, stocked.officer.actor)
    assert pieces_kept() == []
    assert UploadPart.objects.count() == 0
    assert verify_log().problems == []


def test_art09_the_same_file_chosen_again_goes_on_where_it_stopped(sender: Sender) -> None:
    """A9.4: cut at 90 %, the tab closed; name, size and first bytes tell the file; only the rest is sent."""
    content = mp4(2_000_000)
    cut = 1_800_000
    first = sender.begin("a.mp4", content)
    assert first.status_code == 201
    url = first["Location"]
    assert sender.piece(url, 0, content[:1_000_000]).status_code == 204
    assert sender.piece(url, 1_000_000, content[1_000_000:cut]).status_code == 204
    again = sender.begin("a.mp4", content)
    assert (again.status_code, again["Location"], again["Upload-Offset"]) == (200, url, str(cut))
    assert sender.offset(url) == cut
    assert "90%" in sender.client.get(f"/draws/{sender.draw.code}/?tab=media").content.decode()
    assert sender.piece(url, cut, content[cut:]).status_code == 204
    assert sender.state(url)["state"] == "stored"
    assert read(sender.draw.media.get().file) == content
    other = sender.begin("a.mp4", mp4(2_000_000, seed=9))
    assert (other.status_code, other["Location"] == url) == (201, False)


def test_a_piece_out_of_order_or_sent_twice_by_two_tabs_is_not_taken(sender: Sender) -> None:
    """tus: 409, and the server says how far it is; the file comes out right all the same."""
    content = mp4(1_500_000)
    url = sender.begin("a.mp4", content)["Location"]
    assert sender.piece(url, 500_000, content[500_000:]).status_code == 409
    assert sender.piece(url, 0, content[:500_000]).status_code == 204
    twice = sender.piece(url, 0, content[:500_000])
    assert twice.status_code == 409
    assert "已收到 500000 字节" in twice.content.decode()
    assert sender.offset(url) == 500_000
    assert sender.piece(url, 500_000, content[500_000:]).status_code == 204
    assert sender.piece(url, 500_000, content[500_000:]).status_code == 409
    assert read(sender.draw.media.get().file) == content


def test_of_two_tabs_that_send_the_same_piece_at_once_one_is_refused(sender: Sender) -> None:
    """The second one holds the row as it was before the first one came; what it wrote is taken away again."""
    content = mp4(900_000)
    url = sender.begin("a.mp4", content)["Location"]
    row = Upload.objects.get()
    kinds = media_selectors.purposes()["media"].kinds
    assert sender.piece(url, 0, content[:500_000]).status_code == 204
    with pytest.raises(UploadError, match="不接着") as refused:
        upload_services.add(row, kinds, offset=0, content=content[:500_000], checksum=checksum(content[:500_000]))
    assert refused.value.status == 409
    assert UploadPart.objects.count() == 1
    assert len(pieces_kept()) == 1


def test_a_piece_that_was_damaged_on_its_way_is_not_taken(sender: Sender) -> None:
    """tus, checksum: 460; sha1 is understood too; none at all or an unknown one is no request."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content)["Location"]
    damaged = content[:2000].replace(b"J", b"K")
    assert sender.piece(url, 0, damaged, **{"Upload-Checksum": checksum(content[:2000])}).status_code == 460
    assert sender.offset(url) == 0
    assert sender.piece(url, 0, content[:2000], **{"Upload-Checksum": "md5 AAAA"}).status_code == 400
    assert sender.piece(url, 0, content[:2000], **{"Upload-Checksum": "sha256 !"}).status_code == 400
    sha1 = {"Upload-Checksum": checksum(content[:2000], "sha1")}
    assert sender.piece(url, 0, content[:2000], **sha1).status_code == 204


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"<!DOCTYPE html><script>alert(1)</script>" + bytes(600), "网页"),
        ("a.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>' + bytes(600), "SVG"),
        ("a.mp4", b"  \n<svg onload='x'/>" + bytes(600), "SVG"),
        ("a.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(600), "兼容性最佳"),
        ("a.mp4", b"PK\x03\x04" + bytes(600), "压缩包"),
        ("a.jpg", b"%PDF-1.7\n" + bytes(600), "PDF"),
        ("a.jpg", os.urandom(16).hex().encode() * 40, "认不出"),
    ],
)
def test_what_is_no_picture_or_video_is_refused_with_its_first_piece(
    sender: Sender, name: str, content: bytes, words: str
) -> None:
    """A9.4: told by the content, never by the name; nothing of it stays, and the reason is on record."""
    url = sender.begin(name, content)["Location"]
    answer = sender.piece(url, 0, content)
    assert answer.status_code == 415
    assert words in answer.content.decode()
    assert "JPEG 照片" in answer.content.decode()
    assert sender.state(url)["state"] == "refused"
    assert sender.piece(url, 0, content).status_code == 410
    assert sender.client.head(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 410
    assert not sender.draw.media.exists()
    assert Entry.objects.filter(verb="upload.refuse").count() == 1


def test_a_first_piece_too_small_to_tell_the_kind_is_sent_again_larger(sender: Sender) -> None:
    """Else a web page could come in behind the first two bytes of a photo."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content)["Location"]
    assert sender.piece(url, 0, content[:3]).status_code == 400
    assert sender.offset(url) == 0


def test_a_size_that_was_not_declared_is_refused(sender: Sender, settings: Settings) -> None:
    """Larger than said, than allowed, empty, or no number."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content, size=3000)["Location"]
    more = sender.piece(url, 0, content)
    assert more.status_code == 413
    assert "正在被改写" in more.content.decode()
    assert sender.offset(url) == 0
    assert sender.begin("b.jpg", b"").status_code == 400
    assert sender.begin("b.jpg", content, size="-1").status_code == 400
    settings.MINGQIAN_MAX_MEDIA = 1 << 20
    large = sender.begin("c.mp4", content, size=(1 << 20) + 1)
    assert large.status_code == 413
    assert "超过 1 MB 的上限" in large.content.decode()


def test_a_file_that_changed_while_it_was_sent_is_refused(sender: Sender) -> None:
    """The first bytes are no longer those that were chosen."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content, head=hashlib.sha256(b"other").hexdigest())["Location"]
    assert sender.piece(url, 0, content).status_code == 204
    assert sender.state(url)["state"] == "refused"
    assert "被改写" in sender.state(url)["message"]
    assert not StoredFile.objects.filter(pk=hashlib.sha256(content).hexdigest()).exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", mp4(5000)[:4000]),
        ("a.mp4", mp4(5000).replace(b"moov", b"free")),
        ("a.jpg", jpeg(4000)[:-2]),
        ("a.png", png()[:-6]),
    ],
)
def test_a_picture_or_video_that_was_cut_off_at_its_source_is_refused(
    sender: Sender, name: str, content: bytes
) -> None:
    """A9.4: what nobody can play is no evidence; better told now than found out in a year."""
    state = sender.send(name, content)
    assert state["state"] == "refused"
    assert "没有收尾" in state["message"]


def test_the_same_content_is_on_file_once(sender: Sender) -> None:
    """Under the same name that is told before it is sent, under another when it is put together; what was withdrawn may come again."""
    content = jpeg(4000)
    assert sender.send("a.jpg", content)["state"] == "stored"
    early = sender.begin("a.jpg", content)
    assert (early.status_code, early.content.decode()) == (409, "这个文件已经在档：照片 1。")
    again = sender.send("b.jpg", content)
    assert again["state"] == "refused"
    assert "已经在档" in again["message"]
    assert sender.draw.media.count() == 1


def test_an_upload_belongs_to_who_began_it_and_to_its_draw(sender: Sender, stocked: Bureau) -> None:
    """A20.1: a colleague, another draw, another organ; csrf stays on."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content)["Location"]
    colleague = Client()
    colleague.force_login(stocked.user(Role.REGULATIONS_OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    assert Sender(colleague, sender.draw).piece(url, 0, content).status_code == 404
    assert colleague.delete(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    other = sealed_draw(stocked, scope="2026-02")
    key = url.rstrip("/").rpartition("/")[2]
    assert sender.piece(f"/draws/{other.code}/uploads/{key}/", 0, content).status_code == 404
    stranger = Client()
    bureau = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    stranger.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert Sender(stranger, sender.draw).begin("a.jpg", content).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert Sender(strict, sender.draw).begin("a.jpg", content).status_code == 403
    assert Sender(strict, sender.draw).piece(url, 0, content).status_code == 403
    assert sender.offset(url) == 0


def test_a_leader_and_an_organ_above_see_but_do_not_send(stocked: Bureau, sign_in: SignIn) -> None:
    """A4.2, A9.4"""
    draw = opened_draw(stocked)
    assert Sender(sign_in(stocked.leader), draw).begin("a.jpg", jpeg()).status_code == 403
    assert "选择文件" not in sign_in(stocked.leader).get(f"/draws/{draw.code}/?tab=media").content.decode()


def test_given_up_is_cleared_and_on_record(sender: Sender, django_capture_on_commit_callbacks: Any) -> None:
    """tus, termination."""
    content = mp4(900_000)
    url = sender.begin("a.mp4", content)["Location"]
    sender.piece(url, 0, content[:500_000])
    assert len(pieces_kept()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.client.delete(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert pieces_kept() == []
    assert sender.client.delete(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 410
    assert Entry.objects.filter(verb="upload.drop").count() == 1
    assert verify_log().problems == []


def test_what_nobody_goes_on_with_is_cleared_after_a_week_and_said(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """By the worker's own plan; a piece more moves the day; the row, the ledger and the page tell what became of it."""
    content = mp4(900_000)
    with django_capture_on_commit_callbacks(execute=True):
        url = sender.begin("会场录像.mp4", content)["Location"]
    sender.piece(url, 0, content[:500_000])
    work_off()
    call_command("clear_uploads")
    assert sender.offset(url) == 500_000
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=6, hours=23))
    call_command("clear_uploads")
    assert sender.offset(url) == 500_000
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=7, seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("clear_uploads")
    assert pieces_kept() == []
    assert sender.state(url)["state"] == "expired"
    page = sender.client.get(f"/draws/{sender.draw.code}/?tab=media").content.decode()
    assert "会场录像.mp4" in page
    assert "逾期清除" in page
    assert Entry.objects.filter(verb="upload.expire", actor="system").count() == 1
    assert verify_log().problems == []


def test_the_clearing_is_planned_with_the_upload_itself(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """No daily job is needed: the worker has the day in its queue, and looks again when it has moved."""
    content = mp4(900_000)
    sender.begin("a.mp4", content)
    row = Upload.objects.get()
    clear_upload.call(row.pk)
    row.refresh_from_db()
    assert row.state == "running"
    late = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: late)
    clear_upload.call(row.pk)
    clear_upload.call(row.pk)
    row.refresh_from_db()
    assert row.state == "expired"


def test_a_full_disk_is_told_and_loses_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """507 with words; before anything is sent, in the middle, and when the whole is put together."""
    content = jpeg(4000)
    url = sender.begin("a.jpg", content)["Location"]
    assert sender.piece(url, 0, content[:2000]).status_code == 204

    def full(*_args: object, **_kwargs: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "save", full)
        answer = sender.piece(url, 2000, content[2000:])
    assert answer.status_code == 507
    assert "存储空间已满" in answer.content.decode()
    assert sender.offset(url) == 2000
    with monkeypatch.context() as patch:
        patch.setattr(upload_services, "store_pieces", full)
        assert sender.piece(url, 2000, content[2000:]).status_code == 507
    assert sender.state(url)["state"] == "running"
    assert sender.piece(url, 4000, b"").status_code == 204
    assert sender.state(url)["state"] == "stored"
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: type("Room", (), {"free": 1000}))
    assert sender.begin("b.jpg", jpeg(4000, 7)).status_code == 507


def test_nobody_has_more_than_thirty_uploads_under_way(sender: Sender) -> None:
    """A limit that no honest day meets."""
    for index in range(upload_services.MOST_OPEN):
        assert sender.begin(f"{index}.jpg", jpeg(4000, index)).status_code == 201
    answer = sender.begin("one-more.jpg", jpeg(4000, 99))
    assert answer.status_code == 409
    assert "还没有传完" in answer.content.decode()


def test_a_large_file_is_put_together_in_the_background(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Longer than a line lives; asked for again by an empty piece, it is still taken once."""
    monkeypatch.setattr(media_tasks, "AT_ONCE", 1000)
    content = mp4(5000)
    with django_capture_on_commit_callbacks(execute=True):
        url = sender.begin("a.mp4", content)["Location"]
        assert sender.piece(url, 0, content).status_code == 204
        assert sender.state(url) == {"state": "running", "offset": 5000, "size": 5000, "message": ""}
        assert sender.piece(url, 5000, b"").status_code == 204
    work_off()
    assert sender.state(url)["state"] == "stored"
    assert sender.draw.media.count() == 1


def test_a_piece_that_was_lost_on_the_server_is_found_out(sender: Sender) -> None:
    """Nothing is put on file that is not what arrived."""
    content = mp4(3000)
    url = sender.begin("a.mp4", content)["Location"]
    sender.piece(url, 0, content[:2000])
    path = Path(default_storage.path(UploadPart.objects.get().path))
    path.write_bytes(b"x" * 2000)
    sender.piece(url, 2000, content[2000:])
    assert sender.state(url)["state"] == "refused"
    assert "损坏" in sender.state(url)["message"]


def test_who_does_not_speak_the_protocol_is_told(sender: Sender) -> None:
    """tus: version 412, options, length of a piece, type of a piece."""
    content = jpeg(4000)
    base = f"/draws/{sender.draw.code}/uploads/"
    assert sender.client.post(base).status_code == 412
    told = sender.client.options(base)
    assert told["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert int(told["Tus-Max-Size"]) == media_selectors.purposes()["media"].most
    answer = sender.begin("a.jpg", content)
    assert answer["Upload-Expires"].endswith("GMT")
    url = answer["Location"]
    assert sender.piece(url, 0, bytes((8 << 20) + 1)).status_code == 413
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Checksum": checksum(content)}
    assert sender.client.patch(url, content, content_type="text/plain", headers=headers).status_code == 415
    assert sender.piece(url, 0, content, **{"Upload-Offset": "x"}).status_code == 400
    assert sender.client.patch(url, content, content_type=PIECE).status_code == 412
    assert sender.client.get(f"{base}nobody/").status_code == 404
    assert sender.begin("a.jpg", content, purpose="poem").status_code == 400
    assert sender.client.options(url)["Tus-Version"] == "1.0.0"


def test_art09_pictures_may_come_before_the_opening_and_of_a_void_draw(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.4: they are taken while the draw goes on, and a draw that failed has its record too."""
    draw: Draw = sealed_draw(stocked)
    assert Sender(sign_in(stocked.officer), draw).send("a.jpg", jpeg())["state"] == "stored"


def test_any_storage_will_do(sender: Sender, settings: Settings, django_capture_on_commit_callbacks: Any) -> None:
    """Served mode keeps files in an object store, which has no folders and renames nothing: pieces, joining, playing from the middle."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "mingqian.documents.uploads.tests.senders.ObjectStore"},
    }
    content = mp4(2_500_000)
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.send("a.mp4", content)["state"] == "stored"
    assert read(sender.draw.media.get().file) == content
    store = storages["default"]
    assert isinstance(store, ObjectStore)
    assert [name for name in store.objects if "uploads" in name] == []
    assert sender.draw.media.get().file.path in store.objects
    url = f"/draws/{sender.draw.code}/media/1/file"
    part = sender.client.get(url, headers={"Range": "bytes=1200000-1200099"})
    assert part.status_code == 206
    assert part.getvalue() == content[1_200_000:1_200_100]


def test_a_large_file_is_never_whole_in_memory(sender: Sender) -> None:
    """What is read at once is a step, however long the file is; the digest is that of the whole."""
    content = mp4(30_000_000)
    url = sender.begin("a.mp4", content)["Location"]
    size = 4 << 20
    rest = len(content) - len(content) % size
    for start in range(0, rest, size):
        sender.piece(url, start, content[start : start + size])
    last, digest = content[rest:], hashlib.sha256(content).hexdigest()
    del content
    tracemalloc.start()
    sender.piece(url, rest, last)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sender.draw.media.get().file_id == digest
    assert peak < 12 << 20


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_file(stocked: Bureau) -> None:
    """Both send all pieces, in threads of their own; each place is taken once, and one picture is on file."""
    draw = opened_draw(stocked)
    content = mp4(600_000)
    step = 100_000
    answers: list[int] = []

    def tab() -> None:
        try:
            client = Client()
            client.force_login(stocked.officer, backend="django.contrib.auth.backends.ModelBackend")
            one = Sender(client, draw)
            url = one.begin("a.mp4", content)["Location"]
            while one.state(url)["state"] == "running" and (at := one.state(url)["offset"]) < len(content):
                answers.append(one.piece(url, at, content[at : at + step]).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tab) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(204) == 6
    assert set(answers) <= {204, 409}
    assert read(draw.media.get().file) == content
    assert Upload.objects.count() == 1
    assert verify_log().problems == []


def test_headers_that_are_no_ascii_are_told_and_no_fault_of_the_server(sender: Sender) -> None:
    """What a broken browser sends gets an answer of 4xx."""
    url = sender.begin("a.jpg", jpeg())["Location"]
    assert sender.piece(url, 0, jpeg(), **{"Upload-Checksum": "sha256 校验值"}).status_code == 400
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "filename 甲乙"}
    assert sender.client.post(f"/draws/{sender.draw.code}/uploads/", headers=headers).status_code == 400


def test_a_caption_typed_when_going_on_is_kept(sender: Sender) -> None:
    """A11: what was typed last counts; nothing typed leaves what was there."""
    first = sender.begin("a.jpg", jpeg(), note="监督人献数")["Location"]
    assert sender.begin("a.jpg", jpeg())["Location"] == first
    assert Upload.objects.get().note == "监督人献数"
    sender.begin("a.jpg", jpeg(), note="开签现场")
    assert Upload.objects.get().note == "开签现场"
    assert verify_log().problems == []


def test_a_whole_upload_waits_for_room_and_is_never_cleared(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """A full storage: the reason is told, it is tried again, and what is all there is not cleared after its week."""
    content = jpeg()
    url = sender.begin("a.jpg", content)["Location"]
    monkeypatch.setattr(media_services, "finish", full)
    monkeypatch.setattr(media_tasks, "AT_ONCE", 0)
    with django_capture_on_commit_callbacks(execute=True):
        sender.piece(url, 0, content)
    work_off()
    row = Upload.objects.get()
    assert (row.state, row.is_complete, "剩余空间" in row.why) == ("running", True, True)
    Upload.objects.update(seen_at=clock.now() - timedelta(days=30))
    assert upload_services.clear_expired() == 0
    clear_upload.func(row.pk)
    assert Upload.objects.get().state == "running"
    assert verify_log().problems == []


def full(_upload: Upload) -> None:
    """Find no room."""
    raise UploadError(507, "服务器剩余空间不够。")
