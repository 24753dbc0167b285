"""A bundle as a folder or a zip of one exact form: the same files, byte for byte, either way."""

from __future__ import annotations

import itertools
import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mingqian_draw.chain import LARGE, MOST_LARGE, MOST_SMALL
from mingqian_draw.refusal import RefusedError, check, within
from mingqian_draw.tables import MOST_ROWS, TABLES

MOST_UNPACKED, MOST_ZIP, MOST_ENTRIES = 400 << 20, 401 << 20, 4096
_LOT_FILES = ("seal.json", "close.json", "reveal.json", "result.json", "void.json")
_END = struct.Struct("<IHHHHIIH")
_DIRECTORY = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_DATE = 33


def is_name(name: str) -> bool:
    """Whether a bundle may hold a file of this name."""
    folder, slash, own = name.rpartition("/")
    if not slash:
        return own in (*TABLES, *_LOT_FILES, "ledger.json")
    number = folder.removeprefix("supplement-")
    known = folder.startswith("supplement-") and number.isascii() and number.isdigit() and len(number) < 4
    return known and number[0] != "0" and own in _LOT_FILES


def limit_of(name: str) -> int:
    """How many bytes a file of this name may have."""
    return MOST_LARGE if name in TABLES or name.rpartition("/")[2] in LARGE else MOST_SMALL


def _check_size(name: str, size: int) -> None:
    within(size, limit_of(name), "too large")


@dataclass(frozen=True)
class _Entry:
    name: str
    flags: int
    method: int
    version: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    offset: int


def _entries(data: bytes, start: int, end: int) -> Iterator[_Entry]:
    place = start
    while place < end:
        check(place + _DIRECTORY.size <= end, "zip: directory record")
        fields = _DIRECTORY.unpack_from(data, place)
        (
            sign,
            made,
            version,
            flags,
            method,
            time,
            date,
            crc,
            packed,
            size,
            length,
            extra,
            comment,
            disk,
            _inside,
            outside,
            offset,
        ) = fields
        place += _DIRECTORY.size
        plain = extra == 0 and comment == 0 and disk == 0 and sign == 0x02014B50
        known = (
            flags in (0, 0x800)
            and method in (0, 8)
            and version in (10, 20)
            and 0xFFFFFFFF not in (packed, size, offset)
        )
        check(plain and known and place + length <= end, "zip: directory record")
        check(outside >> 28 in (0, 8) and not outside & 0x10, "zip: not a plain file")
        del made
        try:
            name = data[place : place + length].decode()
        except UnicodeDecodeError as error:
            raise RefusedError("zip: name") from error
        check(is_name(name), "zip: name")
        place += length
        yield _Entry(name, flags, method, version, time, date, crc, packed, size, offset)


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a zip; refused where it is not of the one exact form. Sizes are looked at before anything is unpacked."""
    check(len(data) >= _END.size, "zip: size")
    within(len(data), MOST_ZIP, "zip: size")
    sign, disk, start_disk, here, count, size, start, comment = _END.unpack_from(data, len(data) - _END.size)
    end = len(data) - _END.size
    whole = sign == 0x06054B50 and disk == 0 and start_disk == 0 and here == count and comment == 0
    check(whole and start + size == end, "zip: end record")
    check(count >= 1, "zip: entries")
    within(count, MOST_ENTRIES, "zip: entries")
    entries = list(_entries(data, start, end))
    names = [entry.name for entry in entries]
    ordered = all(one.encode() < other.encode() for one, other in itertools.pairwise(names))
    check(ordered, "zip: names are not sorted and unique")
    check(len(entries) == count, "zip: entries are not back to back")
    for entry in entries:
        _check_size(entry.name, entry.size)
    within(sum(entry.size for entry in entries), MOST_UNPACKED, "too large")
    files: dict[str, bytes] = {}
    place = 0
    for entry in entries:
        check(entry.offset == place, "zip: entries are not back to back")
        place = _local(data, entry, place, start)
        files[entry.name] = _unpacked(data[place : place + entry.packed], entry)
        place += entry.packed
    check(place == start, "zip: entries are not back to back")
    return files


def _local(data: bytes, entry: _Entry, place: int, start: int) -> int:
    """Hold a local header against the directory; return where its content begins."""
    check(place + _LOCAL.size <= start, "zip: entries are not back to back")
    name = entry.name.encode()
    wanted = _LOCAL.pack(
        0x04034B50, entry.version, entry.flags, entry.method, entry.time, entry.date, entry.crc, entry.packed, entry.size, len(name), 0
    )  # fmt: skip
    found = data[place : place + len(wanted) + len(name)]
    check(found == wanted + name, "zip: local header differs")
    place += len(found)
    check(place + entry.packed <= start, "zip: entries are not back to back")
    return place


def _unpacked(packed: bytes, entry: _Entry) -> bytes:
    if entry.method == 0:
        content = packed
    else:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise RefusedError("zip: deflate") from error
        check(len(content) <= entry.size and stream.eof and not stream.unused_data, "zip: deflate")
    check(len(content) == entry.size and zlib.crc32(content) == entry.crc, "zip: size or checksum")
    return content


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The zip of a bundle: stored, without times, so that it is a function of the files."""
    body, directory, names = bytearray(), bytearray(), sorted(files, key=str.encode)
    for name in names:
        data, told = files[name], name.encode()
        common = (20, 0, 0, 0, _DATE, zlib.crc32(data), len(data), len(data), len(told), 0)
        directory += _DIRECTORY.pack(0x02014B50, 20, *common, 0, 0, 0, 0, len(body)) + told
        body += _LOCAL.pack(0x04034B50, *common) + told + data
    end = _END.pack(0x06054B50, 0, 0, len(names), len(names), len(directory), len(body), 0)
    return bytes(body + directory + end)


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder: plain files under the bundle's names, folders of supplements that are not empty, nothing else."""
    files: dict[str, bytes] = {}
    total = 0
    for name, path in sorted(_walk(folder)):
        check(is_name(name), f"no file of a bundle: {name!r}")
        size = path.stat().st_size
        within(size, limit_of(name), f"{name}: too large")
        total += size
        within(total, MOST_UNPACKED, "too large")
        files[name] = path.read_bytes()
    return files


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for entry in os.scandir(folder):
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            yield entry.name, Path(entry.path)
            continue
        inside = list(os.scandir(entry.path)) if stat.S_ISDIR(mode) else []
        check(stat.S_ISDIR(mode) and bool(inside), f"no file of a bundle: {entry.name!r}")
        for one in inside:
            check(
                stat.S_ISREG(one.stat(follow_symlinks=False).st_mode), f"no file of a bundle: {entry.name}/{one.name}"
            )
            yield f"{entry.name}/{one.name}", Path(one.path)


def read(place: Path) -> dict[str, bytes]:
    """The files of a bundle, from a folder or a zip."""
    if place.is_dir():
        return read_folder(place)
    within(place.stat().st_size, MOST_ZIP, "zip: size")
    return read_zip(place.read_bytes())


__all__ = ["MOST_ROWS", "is_name", "limit_of", "read", "read_folder", "read_zip", "write_zip"]
