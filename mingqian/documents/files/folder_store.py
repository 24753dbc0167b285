"""Files in a folder: whole or not at all, safe on the disk before anybody speaks of them, private, and in the right folder."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from mingqian.common.errors import StorageError
from mingqian.documents.models.files import StoredFile

#: Lies in the folder from its first day; a folder without it is a disk that is not mounted, or somebody else's.
MARKER = ".mingqian-files"
_WORDS = "明签的存储文件夹。请勿删除本文件：没有它，系统不会在这里读写。\n"


def _sync(folder: Path) -> None:
    """Let the disk keep what was renamed or made in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    """Make a folder with those above it, each kept by the disk."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _write(target: Path, content: Any) -> None:
    """Write beside the target, flush, and rename; a failure leaves what was there before."""
    fresh = target.with_name(f".{target.name}.{uuid4().hex}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for chunk in content.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync(target.parent)


class FolderStore(FileSystemStorage):
    """The storage of the embedded mode, and of the served mode with a shared folder."""

    def put(self, name: str, content: Any) -> None:
        """Keep `content` under `name`, in the place of what was there; StorageError where the folder is not ours, OSError when full."""
        self.require()
        target = Path(self.path(name))
        _make(target.parent)
        _write(target, content if hasattr(content, "chunks") else File(content))

    def mark(self) -> None:
        """Make the folder ours."""
        folder = Path(self.location)
        _make(folder)
        marker = folder / MARKER
        if not marker.exists():
            marker.write_text(_WORDS)
            _sync(folder)

    def require(self) -> None:
        """Make the folder where nothing was ever stored; raise StorageError where it was, and this is not it."""
        if (Path(self.location) / MARKER).exists():
            return
        if StoredFile.objects.exists():
            raise StorageError(
                f"存储文件夹 {self.location} 里没有标记文件 {MARKER}，多半是磁盘没有挂上，或者路径设错了。"
                "请联系系统管理员处理后重试；确认就是这个文件夹时，运行 manage.py mark_storage。"
            )
        self.mark()

    def _save(self, name: str, content: Any) -> str:
        self.put(name, content)
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        try:
            return File(Path(self.path(name)).open(mode))
        except FileNotFoundError:
            self.require()
            raise
