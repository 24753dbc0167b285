"""The witness never signs two histories, never goes backwards, and speaks as C2SP writes."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, strategies as st

from mingqian_witness import cli, ed25519, notes
from mingqian_witness.keeper import Keeper, Request, read_request
from mingqian_witness.refusal import RefusedError
from mingqian_witness.server import server
from mingqian_witness.tests.logs import LOG, LOG_KEY, Log

AT = 1_800_000_000


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    """A witness that has seen nothing."""
    Keeper.make(tmp_path / "w", "audit.example/w1", LOG_KEY)
    return Keeper(tmp_path / "w", lambda: AT)


def cosigned_at(note: str, key: str) -> int:
    """Return the time of a witness's signature on a note, read as the verifiers of draws do, with another implementation of Ed25519."""
    name, public = notes.read_key(key, notes.COSIGNER)
    line = next(line for line in note.splitlines() if line.startswith(f"— {name} "))
    raw, text = base64.b64decode(line.rpartition(" ")[2], validate=True), note.partition("\n\n")[0]
    at = int.from_bytes(raw[4:12], "big")
    Ed25519PublicKey.from_public_bytes(public).verify(raw[12:], f"cosignature/v1\ntime {at}\n{text}\n".encode())
    assert (raw[:4], len(raw)) == (notes.key_id(name, b"\x04", public), 76)
    return at


def refused(keeper: Keeper, request: Request) -> int:
    """Return the status with which a request is refused."""
    with pytest.raises(RefusedError) as caught:
        keeper.cosign(request)
    return caught.value.status


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_signatures_are_those_of_rfc_8032(seed: bytes, message: bytes) -> None:
    """Another implementation gives the same bytes."""
    other = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = ed25519.public_key(seed), ed25519.sign(seed, message)
    assert public == other.public_key().public_bytes_raw()
    assert signature == other.sign(message)
    assert ed25519.verify(public, message, signature)
    assert not ed25519.verify(public, message + b"x", signature)
    assert not ed25519.verify(public, message, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_the_line_is_what_the_verifier_of_draws_counts(keeper: Keeper) -> None:
    """Draw protocol, cosigners: key type 0x04, timestamp, signature over `cosignature/v1`."""
    request = Log(5).request(0)
    note = request.note + keeper.cosign(request)
    assert cosigned_at(note, keeper.key) == AT


def test_it_follows_a_log_that_only_grows(keeper: Keeper, tmp_path: Path) -> None:
    """A proof from each size to each later one; the state outlives the process."""
    before = 0
    for size in (1, 2, 3, 7, 8, 33, 64, 100):
        keeper.cosign(Log(size).request(before))
        before = size
        last = Keeper(tmp_path / "w").last()
        assert last is not None
        assert last.size == size
    keeper.cosign(Log(100).request(100))


def test_two_histories_are_never_signed_and_are_kept_as_evidence(keeper: Keeper, tmp_path: Path) -> None:
    """Draw protocol: holder of the log's key, two histories."""
    keeper.cosign(Log(10).request(0))
    fork = Log(12, changed=3)
    assert refused(keeper, fork.request(10)) == 422
    assert refused(keeper, Log(10, changed=3).request(10)) == 409
    kept = sorted((tmp_path / "w").glob("evidence-*"))
    assert len(kept) == 2
    assert any(fork.note() in path.read_text() for path in kept)
    last = keeper.last()
    assert last is not None
    assert last.root == Log(10).root(10)
    keeper.cosign(Log(12).request(10))


def test_it_never_goes_backwards(keeper: Keeper) -> None:
    """A log whose tail was cut off."""
    keeper.cosign(Log(10).request(0))
    for request in (Log(9).request(0), Log(9).request(5), Log(10).request(0), Log(12).request(9)):
        assert refused(keeper, request) == 409
    assert refused(keeper, Request(13, [], Log(12).note())) == 400


def test_only_what_the_log_signed_is_cosigned(keeper: Keeper) -> None:
    """C2SP tlog-witness: 404 for another origin, 403 without the log's signature."""
    other = Log(3, name="other.example/log")
    assert refused(keeper, other.request(0)) == 404
    assert refused(keeper, Request(0, [], Log(3, seed=bytes(32)).note())) == 403
    assert refused(keeper, Request(0, [], Log(3).note().replace("\n3\n", "\n4\n"))) == 403
    assert keeper.last() is None
    for body in ("", "old 1\n", "old 01\n\nx", "old x\n\nx", "old 1\nzz\n\nx", "new 1\n\nx", "old 1\nAAAA\n\nx"):
        with pytest.raises(RefusedError):
            keeper.cosign(read_request(body))


def test_a_damaged_state_signs_nothing(keeper: Keeper, tmp_path: Path) -> None:
    """Who lost the state might sign a second history."""
    keeper.cosign(Log(10).request(0))
    state = tmp_path / "w" / "state.json"
    state.write_text(json.dumps({"checkpoint": Log(9, seed=bytes(32)).note()}))
    with pytest.raises(ValueError, match="不再签名"):
        keeper.cosign(Log(11).request(10))


def test_of_racing_requests_every_signature_is_of_one_history(keeper: Keeper) -> None:
    """C2SP tlog-witness: comparing and writing are one step."""
    keeper.cosign(Log(4).request(0))
    answers: list[int] = []

    def ask(size: int, changed: int) -> None:
        try:
            keeper.cosign(Log(size, changed=changed).request(4))
            answers.append(changed)
        except RefusedError:
            pass

    threads = [threading.Thread(target=ask, args=(5 + i % 2, 4 + i % 2)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1


@pytest.fixture
def address(keeper: Keeper) -> Iterator[str]:
    """The address of a witness that serves."""
    made = server(keeper, "127.0.0.1", 0)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/add-checkpoint"
    made.shutdown()
    made.server_close()
    thread.join()


def post(address: str, body: str) -> tuple[int, str, str]:
    """Return status, type and text of an answer."""
    try:
        with urllib.request.urlopen(address, body.encode(), timeout=20) as answer:  # noqa: S310  of this test
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_it_serves_tlog_witness(address: str, keeper: Keeper) -> None:
    """C2SP tlog-witness, add-checkpoint."""
    status, _kind, line = post(address, Log(5).body(0))
    assert status == 200
    assert line.startswith("— audit.example/w1 ")
    assert post(address, Log(9).body(3))[:3] == (409, "text/x.tlog.size", "5\n")
    assert post(address, Log(9, changed=1).body(5))[0] == 422
    assert post(address, Log(5, name="other.example/log").body(0))[0] == 404
    assert post(address, "nonsense")[0] == 400
    assert post(f"{address}x", "x")[0] == 404
    assert post(address, "x" * 300_000)[0] == 413


def test_a_request_carried_by_hand_comes_back_as_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Keys, cosign and show on the command line."""
    folder, request, out = tmp_path / "w", tmp_path / "ask.txt", tmp_path / "answer.txt"
    assert cli.main(["keys", str(folder), "审计局", LOG_KEY]) == 2
    assert cli.main(["keys", str(folder), "audit.example/w1", LOG_KEY]) == 0
    key = capsys.readouterr().out.strip()
    assert notes.read_key(key, notes.COSIGNER)[0] == "audit.example/w1"
    assert (folder / "key.json").stat().st_mode & 0o077 == 0
    assert cli.main(["keys", str(folder), "audit.example/w1", LOG_KEY]) == 2
    request.write_text(Log(5).body(0))
    assert cli.main(["cosign", str(folder), str(request), "--out", str(out)]) == 0
    assert cosigned_at(out.read_text(), key)
    request.write_text(Log(6, changed=2).body(5))
    assert cli.main(["cosign", str(folder), str(request)]) == 1
    assert "对不上" in capsys.readouterr().err
    assert cli.main(["show", str(folder)]) == 0
    assert "第 5 条" in capsys.readouterr().out
    assert cli.main(["show", str(tmp_path)]) == 2


def test_it_polls_a_log_that_cannot_reach_it(keeper: Keeper, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that waits, one after another; the notes are handed in."""
    handed: list[str] = []

    class Platform(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Give the next checkpoint."""
            size = int(self.path.split("/")[-2])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(Log({0: 3, 3: 8}.get(size, 8)).body(size).encode())

        def do_POST(self) -> None:
            """Take a note."""
            handed.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

    platform = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=platform.serve_forever)
    thread.start()
    try:
        at = f"http://127.0.0.1:{platform.server_port}/public"
        assert cli.main(["poll", str(keeper.folder), at]) == 0
    finally:
        platform.shutdown()
        platform.server_close()
        thread.join()
    assert "第 8 条" in capsys.readouterr().out
    assert [notes.read_checkpoint(note)[0].size for note in handed] == [3, 8, 8]
    assert notes.read_checkpoint(handed[0])[0].origin == LOG
    assert cli.main(["poll", str(keeper.folder), "file:///etc"]) == 2
