"""Keeping, reading and checking stored files; large ones piece by piece, never whole in memory."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from mingqian.common import clock, crypto
from mingqian.documents.models.files import StoredFile
from mingqian.ledger import services as ledger


def store(actor: str, content: bytes, *, confidential: bool = False) -> StoredFile:
    """Keep `content` and return its row. Content that is there already is checked; what was damaged since is put in order.

    Confidential content lies encrypted. The file is written before the row, so that a crash leaves at most a file that nothing speaks of.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = StoredFile.objects.filter(pk=digest).first()
    row = found or StoredFile(digest=digest, size=len(content), created_at=clock.now(), confidential=confidential)
    whole = _lies_there(row)
    if not whole:
        kept = crypto.encrypt_bytes(content, f"file/{digest}") if row.confidential else content
        _write(row.path, BytesIO(kept))
        read(row)
    return _known(actor, row, mended=found is not None and not whole)


def _known(actor: str, row: StoredFile, *, mended: bool) -> StoredFile:
    """Put the row of a file that lies in the storage on record, where it is not yet; note that a damaged one was put in order."""
    with transaction.atomic():
        defaults = {"size": row.size, "created_at": row.created_at, "confidential": row.confidential}
        row, created = StoredFile.objects.get_or_create(digest=row.digest, defaults=defaults)
        if created:
            ledger.record(actor, "file.store", f"file/{row.digest}", digest=row.digest, rows=[row])
        elif mended:
            ledger.record(actor, "file.mend", f"file/{row.digest}", digest=row.digest)
    return row


def _write(path: str, content: Any) -> None:
    """Keep `content` under `path` in the place of what is there, so that no reader ever finds half of it."""
    put = getattr(default_storage, "put", None)
    if put is not None:
        put(path, content)
    else:
        default_storage.save(path, File(content))  # an object store overwrites, and shows an object when it is whole


def read(row: StoredFile) -> bytes:
    """Return the content; raise FileDamagedError where it is missing or no longer has its digest."""
    try:
        with default_storage.open(row.path) as file:
            content: bytes = file.read()
        if row.confidential:
            content = crypto.decrypt_bytes(content, f"file/{row.digest}")
    except (OSError, ValueError) as error:
        raise FileDamagedError(f"file {row.digest} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise FileDamagedError(f"file {row.digest} has been changed")
    return content


def check(row: StoredFile) -> None:
    """Raise FileDamagedError where a file is missing or no longer has its digest, without holding a large one in memory."""
    if row.confidential:
        read(row)
    else:
        check_stream(row)


_STEP = 1 << 20


class FileDamagedError(Exception):
    """The storage no longer gives back what was put in."""


class Piece(NamedTuple):
    """A file of the storage that is a part of another: where, how many bytes, SHA-256."""

    path: str
    size: int
    digest: str


class Joined(io.RawIOBase):
    """Several files of the storage read as one, from the start or from any place."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """Take the pieces in their order; nothing is opened yet."""
        super().__init__()
        self._pieces = pieces
        self.size = sum(piece.size for piece in pieces)
        self._index, self._inside = 0, 0
        self._open: Any = None

    def readable(self) -> bool:
        """Say that one can read."""
        return True

    def seekable(self) -> bool:
        """Say that one can begin anywhere."""
        return True

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def close(self) -> None:
        """Close the piece that is open."""
        self._drop()
        super().close()

    def tell(self) -> int:
        """Return the place."""
        return sum(piece.size for piece in self._pieces[: self._index]) + self._inside

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.size}[whence]
        place = max(0, min(base + offset, self.size))
        self._drop()
        self._index, self._inside = 0, place
        while self._index < len(self._pieces) and self._inside >= self._pieces[self._index].size:
            self._inside -= self._pieces[self._index].size
            self._index += 1
        return place

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from one piece; raise FileDamagedError where one is missing or short."""
        if self._index == len(self._pieces):
            return 0
        piece = self._pieces[self._index]
        try:
            if self._open is None:
                self._open = default_storage.open(piece.path)
                self._open.seek(self._inside)
            data = self._open.read(min(len(buffer), piece.size - self._inside))
        except OSError as error:
            raise FileDamagedError(f"piece {piece.path} cannot be read") from error
        if not data:
            raise FileDamagedError(f"piece {piece.path} is shorter than it was")
        buffer[: len(data)] = data
        self._inside += len(data)
        if self._inside == piece.size:
            self._drop()
            self._index, self._inside = self._index + 1, 0
        return len(data)


def join(pieces: Sequence[Piece]) -> io.BufferedReader:
    """Return the pieces as one readable file."""
    return io.BufferedReader(Joined(pieces), _STEP)


def digest_of_file(file: Any) -> tuple[str, int]:
    """Return SHA-256 and the number of bytes of a readable file, from where it stands."""
    whole, size = hashlib.sha256(), 0
    while data := file.read(_STEP):
        whole.update(data)
        size += len(data)
    return whole.hexdigest(), size


def digest_of_pieces(pieces: Sequence[Piece], head: int) -> tuple[str, str]:
    """Return SHA-256 of the whole and of its first `head` bytes; raise FileDamagedError where a piece is not what arrived."""
    whole, first, size = hashlib.sha256(), hashlib.sha256(), 0
    for piece in pieces:
        own = hashlib.sha256()
        with join([piece]) as file:
            while data := file.read(_STEP):
                own.update(data)
                whole.update(data)
                first.update(data[: max(0, head - size)])
                size += len(data)
        if own.hexdigest() != piece.digest:
            raise FileDamagedError(f"piece {piece.path} has been changed")
    return whole.hexdigest(), first.hexdigest()


def check_stream(row: StoredFile) -> None:
    """Raise FileDamagedError where an open file is missing or no longer has its digest."""
    try:
        with default_storage.open(row.path) as file:
            found = digest_of_file(file)
    except OSError as error:
        raise FileDamagedError(f"file {row.digest} cannot be read") from error
    if found != (row.digest, row.size):
        raise FileDamagedError(f"file {row.digest} has been changed")


def on_disk(path: str) -> Path | None:
    """Return where a stored file lies in a folder; None where files lie in an object store, which knows no folders.

    A storage says so by the exception that Django's `Storage.path` raises.
    """
    try:
        return Path(default_storage.path(path))
    except NotImplementedError:
        return None


def store_pieces(actor: str, pieces: Sequence[Piece], digest: str) -> StoredFile:
    """Keep what the pieces make together, whose SHA-256 is `digest`, and return its row; the pieces stay.

    Large files lie unencrypted, since they are read from any place. Content that is there already is checked; what was damaged since is
    put in order.
    """
    found = StoredFile.objects.filter(pk=digest).first()
    size = sum(piece.size for piece in pieces)
    row = found or StoredFile(digest=digest, size=size, created_at=clock.now())
    whole = _lies_there(row)
    if not whole:
        if row.confidential:
            raise FileDamagedError(f"file {digest} cannot be read")
        with join(pieces) as source:
            _write(row.path, source)
        check_stream(row)
    return _known(actor, row, mended=found is not None and not whole)


def _lies_there(row: StoredFile) -> bool:
    try:
        check(row)
    except FileDamagedError:
        return False
    return True


def slice_of(row: StoredFile, start: int, length: int) -> Iterator[bytes]:
    """Yield `length` bytes of an open file from `start`, in pieces; a storage that can gives just these (`ObjectStore.part`)."""
    part = getattr(default_storage, "part", None)
    if part is not None:
        yield from part(row.path, start, length)
        return
    with default_storage.open(row.path) as file:
        file.seek(start)
        while length > 0 and (data := file.read(min(length, 1 << 18))):
            length -= len(data)
            yield data


def stored_size(row: StoredFile) -> int:
    """Return how many bytes the storage has of an open file; raise FileDamagedError where it has none."""
    try:
        return default_storage.size(row.path)
    except OSError as error:
        raise FileDamagedError(f"file {row.digest} cannot be read") from error
