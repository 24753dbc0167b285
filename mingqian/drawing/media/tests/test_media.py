"""Pictures and videos of a draw: shown, played from any place, described, withdrawn and never deleted; told in public by their digests."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.uploads.tests.senders import Sender, jpeg, mp4
from mingqian.drawing.media import services as media_services
from mingqian.drawing.models import DrawMedia
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, make_bureau, opened_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def sender(stocked: Bureau, sign_in: SignIn) -> Sender:
    """The officer at the page of an opened draw."""
    return Sender(sign_in(stocked.officer), opened_draw(stocked))


def body(answer: object) -> bytes:
    """Return all of an answer, whether streamed or not."""
    return b"".join(getattr(answer, "streaming_content", None) or [getattr(answer, "content", b"")])


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("", 200, (0, 4999)),
        ("bytes=0-", 206, (0, 4999)),
        ("bytes=0-99", 206, (0, 99)),
        ("bytes=4990-9999999", 206, (4990, 4999)),
        ("bytes=-10", 206, (4990, 4999)),
        ("bytes=-99999", 206, (0, 4999)),
        ("bytes=0-1,5-6", 200, (0, 4999)),
        ("bytes=9-3", 200, (0, 4999)),
        ("bytes=", 200, (0, 4999)),
        ("lines=1-2", 200, (0, 4999)),
        ("bytes=5000-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(
    sender: Sender, asked: str, status: int, span: tuple[int, int] | None
) -> None:
    """RFC 9110, 14: one part, open at either end; several or none to be read: the whole; outside: 416 with the size."""
    content = mp4(5000)
    sender.send("a.mp4", content)
    url = f"/draws/{sender.draw.code}/media/1/file"
    answer = sender.client.get(url, headers={"Range": asked} if asked else {})
    assert answer.status_code == status
    assert answer["Accept-Ranges"] == "bytes"
    if span is None:
        assert answer["Content-Range"] == "bytes */5000"
        return
    first, last = span
    assert body(answer) == content[first : last + 1]
    assert answer["Content-Length"] == str(last - first + 1)
    assert answer.get("Content-Range") == (f"bytes {first}-{last}/5000" if status == 206 else None)
    assert answer["Content-Type"] == "video/mp4"


def test_a_file_is_for_who_may_see_the_draw_and_no_cache_on_the_way(sender: Sender, stocked: Bureau) -> None:
    """A20.1: as the draw itself; its type is never guessed; a copy in the browser is asked for again each time."""
    content = jpeg(4000)
    sender.send("现场 1.jpg", content)
    url = f"/draws/{sender.draw.code}/media/1/file"
    answer = sender.client.get(url)
    assert body(answer) == content
    told = {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Vary")}
    assert told["Content-Type"] == "image/jpeg"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "private, no-cache"
    assert "Cookie" in told["Vary"]
    assert answer["Content-Disposition"].startswith("inline; ")
    assert sender.client.get(f"{url}?download")["Content-Disposition"].startswith("attachment; ")
    known = sender.client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (known.status_code, body(known)) == (304, b"")
    other = sender.client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (other.status_code, len(body(other))) == (200, 4000)
    bureau = make_bureau("zhoucun", "周村区工业和信息化局", "周村区工信局")
    stranger = Client()
    stranger.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(url).status_code == 404
    inspector = Client()
    inspector.force_login(stocked.user(Role.INSPECTOR), backend="django.contrib.auth.backends.ModelBackend")
    assert inspector.get(url).status_code == 403
    assert Client().get(url).status_code == 302
    assert sender.client.get(f"/draws/{sender.draw.code}/media/2/file").status_code == 404


def test_a_file_that_was_changed_or_lost_is_found(sender: Sender) -> None:
    """`verify_everything` reads every file; the page says that it is missing instead of failing."""
    sender.send("a.mp4", mp4(5000))
    path = Path(default_storage.path(DrawMedia.objects.get().file.path))
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + b"?")
    with pytest.raises(CommandError, match="缺失或被改动"):
        call_command("verify_everything")
    path.unlink()
    answer = sender.client.get(f"/draws/{sender.draw.code}/media/1/file")
    assert answer.status_code == 404
    assert "存储里缺失" in answer.content.decode()


def test_art09_the_gallery_shows_what_when_who_and_the_digest(sender: Sender, stocked: Bureau) -> None:
    """A9.4"""
    content = jpeg(4000)
    sender.send("a.jpg", content, note="监督人献数")
    sender.send("b.mp4", mp4(5000))
    text = sender.client.get(f"/draws/{sender.draw.code}/?tab=media").content.decode()
    assert "照片 1 张，录像 1 段" in text
    for words in ("监督人献数", "b.mp4", hashlib.sha256(content).hexdigest(), stocked.officer.name):
        assert words in text
    assert f'src="/draws/{sender.draw.code}/media/2/file"' in text
    assert "<video" in text
    assert "监督人献数" in sender.client.get(f"/draws/{sender.draw.code}/media/").content.decode()
    assert "上传影像" in sender.client.get(f"/draws/{sender.draw.code}/?tab=trace").content.decode()


def test_art09_a_mistake_is_withdrawn_with_a_reason_and_stays(sender: Sender, stocked: Bureau) -> None:
    """A9.4, A20.2: nothing is deleted; the same may come again; it cannot be withdrawn twice."""
    content = jpeg(4000)
    sender.send("a.jpg", content)
    url = f"/draws/{sender.draw.code}/media/1/withdraw/"
    short = sender.client.post(url, {"why": "错"})
    assert short.status_code == 400
    assert "至少 4 个字" in short.content.decode()
    assert "仍然留存" in sender.client.post(url, {"why": "拍到了无关人员"}, follow=True).content.decode()
    row = DrawMedia.objects.get()
    assert (row.withdrawn_why, row.withdrawn_by) == ("拍到了无关人员", stocked.officer)
    file = f"/draws/{sender.draw.code}/media/1/file"
    assert sender.client.get(file).status_code == 403
    leader = Client()
    leader.force_login(stocked.leader, backend="django.contrib.auth.backends.ModelBackend")
    assert body(leader.get(file)) == content
    with pytest.raises(DomainError, match="已经撤下"):
        media_services.withdraw(stocked.officer, row, why="再撤一次")
    with pytest.raises(DomainError, match="已经撤下"):
        media_services.describe(stocked.officer, row, caption="x")
    text = sender.client.get(f"/draws/{sender.draw.code}/?tab=media").content.decode()
    assert "照片 0 张" in text
    assert "拍到了无关人员" in text
    assert sender.send("a.jpg", content)["state"] == "stored"
    assert [r.serial for r in sender.draw.media.all()] == [1, 2]
    assert Entry.objects.get(verb="draw.media-withdraw").digest == hashlib.sha256(content).hexdigest()
    assert verify_log().problems == []


def test_a_caption_is_worded_anew_and_the_earlier_one_is_on_the_ledger(sender: Sender, stocked: Bureau) -> None:
    """A20.2"""
    sender.send("a.jpg", jpeg(4000), note="开签")
    page = sender.client.post(f"/draws/{sender.draw.code}/media/1/", {"caption": "监督人 献数"}, follow=True)
    assert "说明已保存" in page.content.decode()
    assert DrawMedia.objects.get().caption == "监督人 献数"
    assert Entry.objects.filter(verb="draw.media-describe").count() == 1
    media_services.describe(stocked.officer, DrawMedia.objects.get(), caption="监督人 献数")
    assert Entry.objects.filter(verb="draw.media-describe").count() == 1
    with pytest.raises(NotAllowedError):
        media_services.describe(stocked.leader, DrawMedia.objects.get(), caption="x")
    assert verify_log().problems == []


def test_art09_the_public_sees_how_many_and_which_digests_and_no_face(sender: Sender, client: Client) -> None:
    """A9.4, A20.1: a swap would show; pictures of witnesses are nobody's business."""
    content = jpeg(4000)
    sender.send("孙立群签字.jpg", content, note="孙立群签字")
    sender.send("b.mp4", mp4(5000))
    sender.client.post(f"/draws/{sender.draw.code}/media/2/withdraw/", {"why": "传错了抽取"})
    text = Client().get(f"/public/draws/{sender.draw.code}/").content.decode()
    assert "照片 1 张、录像 0 段" in text
    assert hashlib.sha256(content).hexdigest() in text
    assert "已撤下" in text
    for words in ("孙立群签字", "传错了抽取", "/media/", '<img src="/draws'):
        assert words not in text


@pytest.mark.parametrize("wanted", ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "9" * 5000])
def test_a_range_of_endless_digits_is_no_fault_of_the_server(
    stocked: Bureau, sign_in: Callable[[User], Client], wanted: str
) -> None:
    """RFC 9110: a range that nobody can read is passed over."""
    draw = opened_draw(stocked)
    client = sign_in(stocked.officer)
    Sender(client, draw).send("现场.jpg", jpeg())
    answer = client.get(f"/draws/{draw.code}/media/1/file", headers={"range": wanted})
    assert answer.status_code == 200
