"""Writing a bundle: whole or not at all, and never over anything.

New files are written beside the bundle, synced, and then linked to their names, which fails where a name is taken. A
lock on ``seal.json`` that the operating system gives back by itself keeps two commands on one bundle apart.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mingqian_draw.bundle import read_file
from mingqian_draw.errors import DrawError
from mingqian_draw.grammar import hash_ok

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the bundle in ``folder`` for oneself. Raises :class:`DrawError` where it has no seal."""
    try:
        handle = os.open(folder / "seal.json", os.O_RDONLY)
    except OSError as error:
        raise DrawError("files-missing", str(folder / "seal.json")) from error
    try:
        if sys.platform == "win32":
            # A byte far behind the end: locking it keeps nobody from reading the file.
            os.lseek(handle, 1 << 30, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder for unfinished files on the same file system, gone afterwards."""
    try:
        shop = Path(tempfile.mkdtemp(prefix=".mingqian-", dir=folder))
    except OSError as error:
        raise DrawError("write", str(folder), reason=error.strerror or type(error).__name__) from error
    try:
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)


def _write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that must not exist; nothing of it stays where that fails."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Make names durable, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _link(source: Path, target: Path) -> None:
    """Give a finished file its name unless that is taken."""
    try:
        os.link(source, target)
    except FileExistsError as error:
        raise DrawError("exists", str(target)) from error
    except OSError:
        # A file system without hard links: the lock on the bundle keeps others away between the two steps.
        if target.exists():
            raise DrawError("exists", str(target)) from None
        source.rename(target)


def create_folder(folder: Path, files: Mapping[str, bytes], shop: Path | None = None) -> None:
    """Make a folder with files, all at once. It must not exist, or be empty. Raises :class:`DrawError`.

    ``shop`` is where it is prepared, on the same file system; beside it where nothing is said.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise DrawError("exists", str(folder))
        with _workshop(shop or folder.resolve().parent) as place:
            made = place / "new"
            made.mkdir()
            for name, data in files.items():
                _write(made / name, data)
            _sync(made)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        code = "exists" if folder.exists() and any(folder.iterdir()) else "write"
        raise DrawError(code, str(folder), reason=error.strerror or type(error).__name__) from error


def write_new(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that must not exist. Raises :class:`DrawError`."""
    try:
        _write(path, data, mode)
    except FileExistsError as error:
        raise DrawError("exists", str(path)) from error
    except OSError as error:
        raise DrawError("write", str(path), reason=error.strerror or type(error).__name__) from error


def add_files(bundle: Path, files: Mapping[str, bytes], *, resume: bool = False) -> None:
    """Add files to a bundle that the caller has locked, all or none. Raises :class:`DrawError`.

    With ``resume`` a file that is there already with the very same bytes stays: a power cut between two names leaves
    one.
    """
    missing = {}
    for name, data in files.items():
        target = bundle / name
        if resume and target.is_file() and read_file(target) == data:
            continue
        if os.path.lexists(target):
            raise DrawError("exists", str(target))
        missing[name] = data
    done: list[Path] = []
    try:
        with _workshop(bundle.resolve().parent) as shop:
            for number, data in enumerate(missing.values()):
                _write(shop / str(number), data)
            for number, name in enumerate(missing):
                _link(shop / str(number), bundle / name)
                done.append(bundle / name)
        for folder in {path.parent for path in done}:
            _sync(folder)
    except BaseException as error:
        for path in done:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise DrawError("write", str(bundle), reason=error.strerror or type(error).__name__) from error
        raise


@contextlib.contextmanager
def new_secret_file(path: Path, secret: str, bundle: Path) -> Iterator[None]:
    """Write a secret for its owner only; it is taken back where the block fails. Raises :class:`DrawError`."""
    if path.resolve().is_relative_to(bundle.resolve()):
        raise DrawError("secret-inside", str(path))
    write_new(path, f"{secret}\n".encode(), 0o600)
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_secret(path: Path) -> str:
    """The secret in a file. Raises :class:`DrawError`."""
    text = read_file(path.resolve(), 1000).decode("ascii", "replace").removesuffix("\n").removesuffix("\r")
    if not hash_ok(text):
        raise DrawError("secret-file", str(path))
    return text
