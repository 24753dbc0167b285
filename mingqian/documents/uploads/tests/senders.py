"""Stages for tests of uploads: small files of every kind, and a sender that speaks tus as the page does."""

import base64
import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import typst
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.test import Client

from mingqian.documents.uploads.services import HEAD_BYTES
from mingqian.drawing.models import Draw

PIECE = "application/offset+octet-stream"


def _filled(size: int, seed: int) -> bytes:
    """Return bytes that do not repeat, so that a piece in the wrong place shows."""
    return hashlib.shake_256(str(seed).encode()).digest(size)


def jpeg(size: int = 5000, seed: int = 1) -> bytes:
    """Return what has the outside of a photo."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + _filled(size - 13, seed).replace(b"\xff", b"\xfe") + b"\xff\xd9"


def mp4(size: int = 5000, seed: int = 2) -> bytes:
    """Return what has the boxes of a video."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + struct.pack(">I4s", 24, b"moov") + bytes(16)
    return head + struct.pack(">I4s", size - len(head), b"mdat") + _filled(size - len(head) - 8, seed)


def png(width: int = 40, height: int = 30, shade: int = 90) -> bytes:
    """Return a picture that every browser shows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(
        b"\x00" + bytes((x * 5 % 256, y * 7 % 256, shade)[i] for x in range(width) for i in range(3))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(pages: int = 2, text: str = "signed") -> bytes:
    """Return a scan of several pages, the same bytes each time."""
    code = "\n#pagebreak()\n".join(f"= {text} {page}" for page in range(1, pages + 1))
    made = typst.compile(code.encode(), format="pdf", timestamp=1_700_000_000)
    assert isinstance(made, bytes)
    return made


class ObjectStore(Storage):
    """A storage as object stores are: no folders, no paths, an object is there when it is whole, and none is ever written on."""

    def __init__(self) -> None:
        """Begin empty."""
        self.objects: dict[str, bytes] = {}

    def _save(self, name: str, content: File[bytes]) -> str:
        content.seek(0)
        self.objects[name] = b"".join(content.chunks())
        return name

    def _open(self, name: str, _mode: str = "rb") -> File[bytes]:
        if name not in self.objects:
            raise FileNotFoundError(name)
        return ContentFile(self.objects[name], name)

    def exists(self, name: str) -> bool:
        """Say whether there is an object."""
        return name in self.objects

    def delete(self, name: str) -> None:
        """Delete an object; none that is not there is missed."""
        self.objects.pop(name, None)

    def size(self, name: str) -> int:
        """Return the bytes of an object."""
        with self.open(name) as file:
            return len(file.read())


def checksum(piece: bytes, algorithm: str = "sha256") -> str:
    """Return the header that goes with a piece."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"


@dataclass
class Sender:
    """A browser that sends files about a draw."""

    client: Client
    draw: Draw
    purpose: str = "media"

    def begin(self, name: str, content: bytes, *, note: str = "", **wrong: Any) -> Any:
        """Say what will come; `wrong` replaces what is said."""
        told = {
            "filename": name,
            "purpose": self.purpose,
            "head": hashlib.sha256(content[:HEAD_BYTES]).hexdigest(),
            "note": note,
            **{key: value for key, value in wrong.items() if key != "size"},
        }
        pairs = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in told.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(wrong.get("size", len(content)))}
        url = f"/draws/{self.draw.code}/uploads/"
        return self.client.post(url, headers={**headers, "Upload-Metadata": pairs})

    def piece(self, url: str, offset: int, piece: bytes, **headers: str) -> Any:
        """Send a piece."""
        told = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Upload-Checksum": checksum(piece), **headers}
        # Given apart, since Django's client leaves it out where there is nothing to send.
        return self.client.generic("PATCH", url, piece, headers=told, CONTENT_TYPE=PIECE)

    def offset(self, url: str) -> int:
        """Ask how far the server is."""
        answer = self.client.head(url, headers={"Tus-Resumable": "1.0.0"})
        assert answer.status_code == 200
        return int(answer["Upload-Offset"])

    def state(self, url: str) -> Any:
        """Ask what became of it."""
        return self.client.get(url).json()

    def send(self, name: str, content: bytes, *, note: str = "", step: int = 1 << 20) -> Any:
        """Send a whole file, and return what became of it."""
        url = self.begin(name, content, note=note)["Location"]
        for start in range(0, len(content), step):
            answer = self.piece(url, start, content[start : start + step])
            assert answer.status_code == 204, answer.content.decode()
        return self.state(url)
