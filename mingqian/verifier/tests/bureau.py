"""A bureau that a witness's phone talks to: one lot with three witnesses, a log of its own, and pages with the device on them."""

import base64
import functools
import hashlib
import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingqian.verifier.tests.harness import canonical, inclusion_path, sha256_hex, tree_hash
from mingqian.verifier.verify_page.build import MODULES

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"
NAME = "mq.example/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEAL = sha256_hex("the seal of a lot")
TOKEN = "token-of-the-form"
PLACE = 2


def log_key() -> str:
    """Return the log's key as C2SP writes it."""
    raw = b"\x01" + PRIVATE.public_key().public_bytes_raw()
    mark = sha256_hex(f"{NAME}\n".encode() + raw)[:8]
    return f"{NAME}+{mark}+{base64.b64encode(raw).decode()}"


def checkpoint_of(leaves: list[bytes]) -> str:
    """Return a signed checkpoint of a log."""
    text = f"{NAME}\n{len(leaves)}\n{base64.b64encode(tree_hash(leaves)).decode()}\n"
    signature = bytes.fromhex(log_key().split("+")[1]) + PRIVATE.sign(text.encode())
    return f"{text}\n— {NAME} {base64.b64encode(signature).decode()}\n"


class Bureau:
    """The lot as it stands; `dropped`: the close has another commit in the witness's place."""

    def __init__(self) -> None:
        self.state, self.commit = "sealed", ""
        self.opening: dict[str, str] = {}
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.leaves = [b"an entry before"]
        self.told: dict[str, Any] = {}
        self.deaf = False

    def close(self, *, own: bool = True, logged: bool = True, at: str = "2026-03-02T00:20:00Z") -> None:
        """Close the contributions; `own`: with the witness's commit; `logged`: the entry names this close."""
        commit = self.commit if own else sha256_hex("of somebody else")
        given = [{"digits": "1234561234"}, {"commit": commit}, {"commit": sha256_hex("of a third")}]
        row = {"protocol": "MQ2", "draw_id": "D-1", "number": 0, "seal": SEAL, "contributions": given, "closed_at": at}
        close = canonical(row)
        digest = sha256_hex(close if logged else b"another")
        head = {"actor": "系统", "rows": sha256_hex("rows"), "subject": "draw/S/1", "verb": "draw.close"}
        entry = head | {"digest": digest, "time": at}
        self.leaves.append(canonical(entry))
        index = len(self.leaves) - 1
        self.leaves.append(b"an entry after")
        self.told = {
            "close": close.decode(),
            "entry": entry,
            "index": index,
            "checkpoint": checkpoint_of(self.leaves),
            "inclusion": [one.hex() for one in inclusion_path(index, self.leaves)],
        }
        self.state = "closed"

    def answer(self) -> dict[str, Any]:
        """Return what `data-state-url` answers."""
        empty = {"close": "", "entry": {}, "index": 0, "checkpoint": "", "inclusion": []}
        head = {"state": self.state, "commit": self.commit, "opened": bool(self.opening)}
        return empty | self.told | head

    def post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """Take a form."""
        self.posts.append((path, fields))
        if fields.pop("csrfmiddlewaretoken") != TOKEN:
            return {"error": "页面已过期"}
        if path == "/commit":
            self.commit = self.commit or fields["commit"]
        else:
            self.opening = fields
        return {"ok": True}


def page() -> str:
    """Return the invitation's page."""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<title>监督人</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/verifier/witness/witness.css">'
        '<script type="module" src="/verifier/witness/device.js"></script></head><body><main><h1>抽取监督人</h1>'
        f'<div data-mq-witness data-seal="{SEAL}" data-position="{PLACE}" data-name="李强" data-log-key="{log_key()}"'
        ' data-commit-url="/commit" data-state-url="/state" data-open-url="/open">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{TOKEN}"></div></main></body></html>'
    )


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, bureau: Bureau, **more: Any) -> None:
        self.bureau = bureau
        super().__init__(*args, directory=str(MODULES.parent), **more)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _say(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        if self.path == "/":
            self._say(page().encode(), "text/html; charset=utf-8")
        elif self.path == "/state":
            self._say(json.dumps(self.bureau.answer()).encode(), "application/json")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.bureau.deaf:
            self.close_connection = True
            return
        fields = dict(urllib.parse.parse_qsl(body))
        self._say(json.dumps(self.bureau.post(self.path, fields)).encode(), "application/json")


@contextmanager
def served(bureau: Bureau) -> Iterator[str]:
    """Serve a bureau on this machine; yield the address of the invitation's page."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, bureau=bureau))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def commit_of(digits: str, nonce: str) -> str:
    """Return the commit of the protocol's step 3, written anew."""
    return hashlib.sha256(f"MQ2/witness\n{SEAL}\n{PLACE}\n{digits}\n{nonce}".encode()).hexdigest()
