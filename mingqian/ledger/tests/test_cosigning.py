"""Outside parties cosign checkpoints: asked, polling, by hand (issue 11, 2; draw protocol, cosigners)."""

import base64
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.ledger import notes, selectors, services
from mingqian.ledger.cosigning import services as cosigning
from mingqian.ledger.cosigning.selectors import request_for
from mingqian.ledger.cosigning.tasks import ask, ask_cosigners
from mingqian.ledger.models import Checkpoint, Cosignature, Cosigner
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import Bureau, work_off
from mingqian_witness.keeper import Keeper, read_request
from mingqian_witness.polling import poll
from mingqian_witness.server import server

pytestmark = pytest.mark.django_db


def act(verb: str = "test.act") -> int:
    """Make an act, and return the log's size."""
    with transaction.atomic():
        return services.record("system", verb, "test/1").index + 1


def witness(folder: Path, name: str = "audit.example/w1") -> Keeper:
    """Make an outside party."""
    return Keeper.make(folder / name.replace("/", "-"), name, str(selectors.log_key()))


def registered(keeper: Keeper, address: str = "") -> Cosigner:
    """Register it."""
    return cosigning.register("user/security", name="淄博市审计局", key=keeper.key, address=address)


def signed(keeper: Keeper, seen: int) -> str:
    """Return the note that comes back when a request is carried by hand."""
    found = request_for(seen)
    assert found is not None
    request = read_request(found[1])
    return request.note + keeper.cosign(request)


def test_a_cosignature_goes_under_the_checkpoint_wherever_it_is_handed_out(tmp_path: Path) -> None:
    """The log's own note stays as it was signed, so that the verification sees no change."""
    size = act()
    one, two = witness(tmp_path), witness(tmp_path, "notary.example/w1")
    registered(one)
    registered(two)
    size = selectors.size()
    (taken,) = cosigning.take(signed(one, 0))
    assert taken.size == size
    latest = selectors.latest_checkpoint()
    assert latest is not None
    assert latest.note == Checkpoint.objects.get(size=size).note + taken.line + "\n"
    assert notes.read(latest.note, selectors.log_key()).size == size
    assert notes.cosigned_at(latest.note, notes.read_cosigner_key(one.key)) == (taken.at, taken.line)
    assert (selectors.cosigned(latest), selectors.cosigned_by(size), selectors.cosigned_by(size + 1)) == (1, 1, 0)
    cosigning.take(signed(two, 0))
    cosigning.take(signed(two, size))
    assert Cosignature.objects.count() == 2
    later = act()
    assert selectors.cosigned_by(1) == 2
    assert selectors.checkpoint_after(0).size == 1
    assert selectors.checkpoint_after(0, k=2).size == size
    assert selectors.checkpoint_after(0, k=2).note.count("\n— ") == 3
    assert selectors.checkpoint_after(0, k=2, until=1).size == 1
    assert selectors.checkpoint_after(0, k=3).size == 1
    kept = selectors.latest_cosigned(2)
    assert kept is not None
    assert (kept.size, later) == (size, size + 1)
    assert selectors.latest_cosigned(3) is None
    assert verify_log().sound


def test_only_true_signatures_of_registered_parties_on_this_log_are_taken(tmp_path: Path) -> None:
    """Nobody is signed in; the signature is what counts."""
    act()
    known, unknown = witness(tmp_path), witness(tmp_path, "stranger.example")
    row = registered(known)
    with pytest.raises(DomainError, match="已登记"):
        cosigning.take(signed(unknown, 0))
    note = signed(known, 0)
    head, _, tail = note.rpartition(" ")
    raw = bytearray(base64.b64decode(tail))
    raw[6] ^= 1
    for wrong in (f"{head} {base64.b64encode(raw).decode()}\n", note.replace("\n2\n", "\n3\n"), "x", note * 400):
        with pytest.raises(DomainError):
            cosigning.take(wrong)
    assert cosigning.take(note.replace("\n", "\r\n"))
    cosigning.end("user/security", row, "不再承担")
    assert selectors.cosigned_by(1) == 0
    with pytest.raises(DomainError, match="已经停用"):
        cosigning.end("user/security", row, "不再承担")


def test_a_key_is_registered_once_and_is_a_cosigners(tmp_path: Path) -> None:
    """Counted by public key: the same key under two names is one party."""
    keeper = witness(tmp_path)
    registered(keeper)
    for key in (keeper.key, str(selectors.log_key()), "nonsense", f"{keeper.key}x"):
        with pytest.raises(DomainError):
            cosigning.register("user/security", name="公证处", key=key, address="")
    assert Cosigner.objects.count() == 1


def test_all_are_asked_for_the_same_sizes_those_behind_the_steps_of_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw protocol: an anchor's checkpoint needs k signatures within an hour."""
    act()
    seal = act("draw.seal")
    act()
    close = act("draw.close")
    last = act()
    sizes, seen = [], 0
    while seen < last:
        found = request_for(seen)
        assert found is not None
        seen = found[0]
        sizes.append(seen)
    assert sizes == [seal, close, last]
    assert request_for(last) == (last, f"old {last}\n\n{Checkpoint.objects.get(size=last).note}")
    late = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: late)
    found = request_for(0)
    assert found is not None
    assert found[0] == last
    with pytest.raises(ValueError, match="shorter"):
        request_for(last + 1)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Keeper, str]]:
    """A party that serves."""
    keeper = witness(tmp_path)
    made = server(keeper, "127.0.0.1", 0)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield keeper, f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


def test_a_party_with_an_address_is_asked_after_each_step(
    serving: tuple[Keeper, str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """In the background; also where it has seen more than we know, or nothing of late."""
    keeper, address = serving
    row = registered(keeper, address)
    keeper.cosign(read_request(str((request_for(0) or (0, ""))[1])))
    with django_capture_on_commit_callbacks(execute=True):
        seal = act("draw.seal")
    act()
    work_off()
    assert list(row.signatures.values_list("size", flat=True)) == [seal, seal + 1]
    row.refresh_from_db()
    assert row.trouble == ""
    assert verify_log().sound


def test_a_party_that_saw_a_longer_log_tells_that_ours_was_rolled_back(serving: tuple[Keeper, str]) -> None:
    """A backup put back hides what came after it; the witness remembers."""
    keeper, address = serving
    row = registered(keeper, address)
    act()
    with transaction.atomic():
        act()
        keeper.cosign(read_request(str((request_for(0) or (0, ""))[1])))
        transaction.set_rollback(True)
    assert ask(row) == 0
    row.refresh_from_db()
    assert "留痕被回退过" in row.trouble


def test_a_party_that_cannot_be_reached_is_noted_and_asked_again(tmp_path: Path) -> None:
    """Nothing waits for it for ever."""
    row = registered(witness(tmp_path), "http://127.0.0.1:9")
    ask_cosigners.call(5)
    row.refresh_from_db()
    assert row.trouble
    assert verify_log().sound


@pytest.mark.django_db(transaction=True)
def test_a_party_that_nobody_can_reach_polls_the_public_side(tmp_path: Path, live_server: object) -> None:
    """Everything over two public addresses."""
    keeper = witness(tmp_path)
    row = registered(keeper)
    seal = act("draw.seal")
    last = act()
    assert poll(keeper, f"{live_server}/public/") == [seal, last]
    assert list(row.signatures.values_list("size", flat=True)) == [seal, last]
    assert poll(keeper, f"{live_server}/public/") == []


def test_the_pages_register_and_take_what_was_carried_by_hand(bureau: Bureau, client: Client, tmp_path: Path) -> None:
    """Staff see up to where each has signed; the public page does too."""
    keeper = witness(tmp_path)
    client.force_login(bureau.user(Role.SECURITY_ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    data = {"name": "淄博市审计局", "key": "nonsense", "address": ""}
    assert client.post("/ledger/cosigners/new/", data).status_code == 400
    page = client.post("/ledger/cosigners/new/", data | {"key": keeper.key}, follow=True).content.decode()
    assert "还没有签过" in page
    request = read_request(client.get("/public/log/cosign/0/").content.decode())
    note = (request.note + keeper.cosign(request)).encode()
    assert client.post("/ledger/cosigners/upload/", {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 400
    assert client.post("/ledger/cosigners/upload/", {"file": SimpleUploadedFile("a.txt", b"\xff")}).status_code == 400
    answer = client.post("/ledger/cosigners/upload/", {"file": SimpleUploadedFile("a.txt", note)}, follow=True)
    assert "淄博市审计局见证到" in answer.content.decode()
    public = Client().get("/public/log/").content.decode()
    assert "淄博市审计局" in public
    assert keeper.key in public
    assert note.decode() == selectors.checkpoint_after(read_size(note) - 1).note
    pk = Cosigner.objects.get().pk
    client.post(f"/ledger/cosigners/{pk}/end/", {"why": "不再承担见证"})
    assert "淄博市审计局" not in Client().get("/public/log/").content.decode()


def read_size(note: bytes) -> int:
    """Return the size in a note."""
    return int(note.split(b"\n")[1])


def test_what_is_handed_in_without_sign_in_is_bounded() -> None:
    """Large or malformed: refused in words."""
    client = Client(enforce_csrf_checks=True)
    for body, status in ((b"x" * 200_000, 413), (b"\xff\xfe", 400), (b"nonsense", 400)):
        answer = client.post("/public/log/cosignatures/", body, content_type="text/plain")
        assert answer.status_code == status
