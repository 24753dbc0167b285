"""Writing a bundle: whole or not at all, and never over anything.

New files are written beside the bundle, synced, and then linked to their names, which fails where a name is taken. A lock on `seal.json`
that the operating system gives back by itself keeps two commands on one bundle apart.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from mingqian_draw.grammar import is_hash
from mingqian_draw.refusal import RefusedError, check

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the bundle in `folder` for oneself; refused where it has no seal."""
    try:
        handle = os.open(folder / "seal.json", os.O_RDONLY)
    except OSError as error:
        raise RefusedError("seal.json is missing") from error
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
    shop = Path(tempfile.mkdtemp(prefix=".mingqian-", dir=folder))
    try:
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)


def write_new(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that must not exist; nothing of it stays where that fails."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    except FileExistsError as error:
        raise RefusedError("already there") from error
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
        raise RefusedError("already there") from error
    except OSError:
        # A file system without hard links: the lock on the bundle keeps others away between the two steps.
        check(not target.exists(), "already there")
        source.rename(target)


def _is_taken(folder: Path) -> bool:
    return folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir())))


def create_folder(folder: Path, files: Mapping[str, bytes], shop: Path | None = None) -> None:
    """Make a folder with files, all at once; it must not exist, or be empty.

    `shop` is where it is prepared, on the same file system; beside it where nothing is said.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    check(not _is_taken(folder), "already there")
    with _workshop(shop or folder.resolve().parent) as place:
        made = place / "new"
        made.mkdir()
        for name, data in files.items():
            write_new(made / name, data)
        _sync(made)
        if folder.exists():
            folder.rmdir()
        try:
            made.rename(folder)
        except OSError as error:
            check(not _is_taken(folder), "already there")
            raise error from None
    _sync(folder.parent)


def add_files(bundle: Path, files: Mapping[str, bytes]) -> None:
    """Add files to a bundle that the caller has locked, all or none; a supplement's first file makes its folder."""
    check(not any(os.path.lexists(bundle / name) for name in files), "another step was taken")
    folder = bundle / Path(next(iter(files))).parent
    if not folder.exists():
        create_folder(folder, {Path(name).name: data for name, data in files.items()}, bundle.resolve().parent)
        return
    done: list[Path] = []
    try:
        with _workshop(bundle.resolve().parent) as shop:
            for number, data in enumerate(files.values()):
                write_new(shop / str(number), data)
            for number, name in enumerate(files):
                _link(shop / str(number), bundle / name)
                done.append(bundle / name)
        _sync(folder)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_secret_file(path: Path, secret: str, bundle: Path) -> Iterator[None]:
    """Write a secret for its owner only, outside the bundle; it is taken back where the block fails."""
    check(not path.resolve().is_relative_to(bundle.resolve()), "secret file inside the bundle")
    write_new(path, f"{secret}\n".encode(), 0o600)
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_secret(path: Path) -> str:
    """The secret in a file."""
    with path.open("rb") as file:
        text = file.read(1000).decode("ascii", "replace").removesuffix("\n").removesuffix("\r")
    check(is_hash(text), "secret file")
    return text
