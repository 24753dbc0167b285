"""What a file is, by its content; its name proves nothing. Standard library only: runs before any table reader touches the file."""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from typing import Literal

from mingqian.documents.tables.states import MAX_AREA, MAX_COLUMNS, MAX_ROWS, UnreadableError

Kind = Literal["xlsx", "xls", "csv"]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: First bytes of what people upload by mistake.
_MAGIC = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"%PDF", "pdf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "document"),
)
#: Bytes that a workbook may unfold to, all parts together, and how much more than its file that may be.
MAX_UNFOLDED = 400 * 1024 * 1024
MAX_RATIO = 200
_BLOCK = 256 * 1024
#: A cell with content: its reference, and neither closed at once nor empty.
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*?(?<!/)>(?!</)')


def kind_of(content: bytes, *, measured: bool = False) -> Kind:
    """Return what `content` is; raise UnreadableError where it is no table that can be read.

    A workbook is unfolded once to see how large it really is, unless it has been `measured` before.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableError("empty")
    for magic, code in _MAGIC:
        if content.startswith(magic) and (magic != b"BM" or b"\x00" in content[:64]):
            raise UnreadableError(code)
    if content.startswith(b"PK"):
        members = _members(content)
        if not measured:
            _measure_all(content, members)
        return "xlsx"
    if content.startswith(_OLE2):
        return _check_ole2(content)
    return _check_text(content)


def _check_text(content: bytes) -> Kind:
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")) or b"<html" in start:
        raise UnreadableError("html")
    if start.startswith(b"<?xml"):
        raise UnreadableError("xml")
    if b"\x00" in content[:65536] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("binary")
    return "csv"


def _check_ole2(content: bytes) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError("encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise UnreadableError("document")
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise UnreadableError("other-workbook")
    return "xls"


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
        raise UnreadableError("broken") from error
    _check_names({member.filename.replace("\\", "/").lower() for member in members})
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableError("encrypted")
    return members


def _check_names(names: set[str]) -> None:
    """Refuse an archive that is no workbook, saying what it is."""
    if "xl/workbook.xml" in names:
        return
    if any(name.startswith("word/") for name in names):
        raise UnreadableError("document")
    known = any(name.startswith(("xl/", "ppt/")) or name == "mimetype" for name in names)
    raise UnreadableError("other-workbook" if known else "archive")


def _measure_all(content: bytes, members: list[zipfile.ZipInfo]) -> None:
    limit = min(MAX_UNFOLDED, max(len(content) * MAX_RATIO, 20 * 1024 * 1024))
    if len(members) > 5000 or sum(member.file_size for member in members) > limit:
        raise UnreadableError("bomb")
    for member in members:
        limit -= _measure(content, member, limit)


def _measure(content: bytes, member: zipfile.ZipInfo, limit: int) -> int:
    """Return how many bytes `member` really unfolds to (its entry may lie), and look how far its cells spread."""
    is_sheet = member.filename.lower().startswith("xl/worksheets/") and member.filename.lower().endswith(".xml")
    name_length, extra_length = struct.unpack_from(
        "<HH", content.ljust(member.header_offset + 30, b"\0"), member.header_offset + 26
    )
    start = member.header_offset + 30 + name_length + extra_length
    packed = content[start : start + member.compress_size]
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableError("broken")
    size, spread, tail = 0, Spread(), b""
    for block in [packed] if member.compress_type == zipfile.ZIP_STORED else _Unfolding(packed):
        size += len(block)
        if size > limit:
            raise UnreadableError("bomb")
        if is_sheet:
            spread.look(tail + block)
            tail = block[-200:]
    return size


class _Unfolding:
    """Inflate in blocks, so that no part of a bomb is ever held whole."""

    def __init__(self, packed: bytes) -> None:
        self._machine = zlib.decompressobj(-15)
        self._rest = packed

    def __iter__(self) -> "_Unfolding":
        return self

    def __next__(self) -> bytes:
        if self._machine.eof or not self._rest:
            raise StopIteration
        try:
            block = self._machine.decompress(self._rest, _BLOCK)
        except zlib.error as error:
            raise UnreadableError("broken") from error
        self._rest = self._machine.unconsumed_tail
        return block


class Spread:
    """How far the cells with content reach, as the cells themselves say; the sheet's own dimension may lie."""

    def __init__(self) -> None:
        self._rows = self._columns = 0

    def look(self, block: bytes) -> None:
        """Take note of the cells in `block`; raise UnreadableError where they reach too far."""
        found = _CELL.findall(block)
        if found:
            letters, rows = {cell[0] for cell in found}, {cell[1] for cell in found}
            self._columns = max(self._columns, *map(column_number, letters))
            self._rows = max(self._rows, *map(int, rows))
            check_spread(self._rows, self._columns)


def column_number(letters: bytes) -> int:
    """Return the number of a column, A being 1.

    >>> column_number(b"A"), column_number(b"AA"), column_number(b"XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_spread(rows: int, columns: int) -> None:
    """Raise UnreadableError where a table of this size would not be read."""
    if rows > MAX_ROWS + 1000 and columns > MAX_COLUMNS:
        raise UnreadableError("spread")
    if columns > MAX_COLUMNS:
        raise UnreadableError("columns" if columns < 2000 else "spread")
    if rows > MAX_ROWS + 1000:
        raise UnreadableError("rows" if rows < 1_000_000 else "spread")
    if rows * columns > MAX_AREA:
        raise UnreadableError("spread")
