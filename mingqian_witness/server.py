"""`tlog-witness` over HTTP: the log sends a checkpoint, the answer is the signature line."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mingqian_witness.keeper import Keeper, read_request
from mingqian_witness.refusal import RefusedError

_MOST = 200_000


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; the server's class of its own knows the keeper."""

    keeper: Keeper
    server_version = "mingqian_witness"
    timeout = 20

    def do_POST(self) -> None:
        """Take a checkpoint."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._answer(404, "not found\n")
        elif not length.isdigit() or int(length) > _MOST:
            self._answer(413, "too large\n")
        else:
            self._cosign(self.rfile.read(int(length)))

    def _cosign(self, body: bytes) -> None:
        try:
            self._answer(200, self.keeper.cosign(read_request(body.decode())))
        except RefusedError as error:
            if error.status == 409:
                self._answer(409, f"{error.size}\n", "text/x.tlog.size")
            else:
                self._answer(error.status, f"{error}\n")
        except UnicodeDecodeError:
            self._answer(400, "not text\n")
        except (OSError, ValueError) as error:
            self._answer(500, f"{error}\n")

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def server(keeper: Keeper, host: str, port: int, certificate: Path | None = None) -> ThreadingHTTPServer:
    """Return a server that answers `POST /add-checkpoint`; `certificate` is a PEM file with key and chain: then by HTTPS."""
    made = ThreadingHTTPServer((host, port), type("Handler", (_Handler,), {"keeper": keeper}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    return made
