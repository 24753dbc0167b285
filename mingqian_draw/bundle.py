"""Bundles from a folder or a ZIP archive. Whatever lies there, the answer is files and problems, never an exception."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import Path

from mingqian_draw.errors import DrawError, Problems

LIMIT = 1 << 30
"""Most bytes that a bundle may hold, all files together. A million subjects take some 50 million."""
MANY = 20_000
"""Most files that a bundle may hold."""

_FOLDER = re.compile(r"supplement-[1-9][0-9]{0,8}")
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
)


def read_file(path: Path, limit: int = LIMIT) -> bytes:
    """A regular file, not through a link. Raises :class:`DrawError`, also where it has more than ``limit`` bytes."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise DrawError("path-unreadable", path.name, reason=error.strerror or type(error).__name__) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise DrawError("path-kind", path.name)
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise DrawError("path-unreadable", path.name, reason=error.strerror or type(error).__name__) from error
    if len(data) > limit:
        raise DrawError("path-large", path.name, limit=limit)
    return data


def read_bundle(path: Path, problems: Problems) -> dict[str, bytes]:
    """The files of the bundle at ``path``, by name; what cannot be read or has no place is left out and noted."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        problems.add("path-unreadable", str(path), reason=reason or type(error).__name__)
        return {}
    if stat.S_ISDIR(mode):
        files: dict[str, bytes] = {}
        _read_folder(path, "", files, problems)
        return files
    if stat.S_ISREG(mode):
        try:
            return _read_archive(path, problems)
        except _BROKEN as error:
            problems.add("zip-broken", path.name, reason=str(error) or type(error).__name__)
            return {}
    problems.add("path-kind", path.name)
    return {}


def _read_folder(folder: Path, prefix: str, files: dict[str, bytes], problems: Problems) -> None:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names are wanted, also those that are no UTF-8
    except OSError as error:
        problems.add("path-unreadable", prefix or folder.name, reason=error.strerror or type(error).__name__)
        return
    if prefix and not names:
        problems.add("path-empty", prefix)
    for name in names:
        if len(files) >= MANY:
            problems.add("path-many", prefix, limit=MANY)
            return
        _read_entry(folder / name, prefix + name, files, problems)


def _read_entry(path: Path, name: str, files: dict[str, bytes], problems: Problems) -> None:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            problems.add("path-link", name)
        elif stat.S_ISDIR(mode) and _FOLDER.fullmatch(name):
            _read_folder(path, name + "/", files, problems)
        elif stat.S_ISREG(mode):
            files[name] = read_file(path, LIMIT)
        else:
            problems.add("path-kind", name)
    except DrawError as error:
        problems.add(error.code, name, error.row, **error.params)
    except OSError as error:
        problems.add("path-unreadable", name, reason=error.strerror or type(error).__name__)
    if name in files and sum(map(len, files.values())) > LIMIT:
        problems.add("path-large", name, limit=LIMIT)
        del files[name]


def _read_archive(path: Path, problems: Problems) -> dict[str, bytes]:
    if path.stat().st_size > LIMIT:
        problems.add("path-large", path.name, limit=LIMIT)
        return {}
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MANY:
            problems.add("path-many", path.name, limit=MANY)
            return {}
        if sum(entry.file_size for entry in entries) > LIMIT:
            problems.add("zip-large", path.name, limit=LIMIT)
            return {}
        wrapped = _folder_around([entry.orig_filename for entry in entries])
        inside = [(entry, entry.orig_filename[len(wrapped) :]) for entry in entries if entry.orig_filename != wrapped]
        names = [name for _entry, name in inside]
        for name in sorted(name for name, count in Counter(names).items() if count > 1):
            problems.add("zip-twice", name)
        files = {}
        for entry, name in inside:
            data = _read_member(archive, entry, name, names, problems)
            if data is not None:
                files[name] = data
        return files


def _folder_around(names: list[str]) -> str:
    """The one folder (with its slash) in which everything lies, as people pack who unpacked a bundle; ``""`` without.

    A supplement's folder is part of the bundle, and a name without one stays as it is, to be refused.
    """
    tops = {name.partition("/")[0] for name in names}
    top = min(tops, default="")
    plain = len(tops) == 1 and top not in {"", ".", ".."} and not _FOLDER.fullmatch(top)
    return f"{top}/" if plain and all("/" in name for name in names) else ""


def _read_member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, names: list[str], problems: Problems
) -> bytes | None:
    """The bytes of one entry, ``None`` where it is a folder or has no place."""
    parts = name.rstrip("/").split("/")
    if "\0" in name or "\\" in name or ":" in name or not all(part not in {"", ".", ".."} for part in parts):
        problems.add("zip-name", name)
    elif stat.S_ISLNK(entry.external_attr >> 16):
        problems.add("path-link", name)
    elif name.endswith("/"):
        if not _FOLDER.fullmatch(parts[0]) or len(parts) > 1:
            problems.add("path-kind", name)
        elif sum(other.startswith(name) for other in names) < 2:
            problems.add("path-empty", name)
    elif entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        problems.add("zip-method", name)
    else:
        try:
            with archive.open(entry) as file:
                return file.read(entry.file_size)
        except _BROKEN as error:
            problems.add("zip-broken", name, reason=str(error) or type(error).__name__)
    return None
