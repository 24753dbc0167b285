"""Files by content: stored once, never overwritten, damage found."""

import errno
import hashlib
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from mingqian.common import clock
from mingqian.common.errors import StorageError
from mingqian.documents.files import services as file_services
from mingqian.documents.files.folder_store import MARKER
from mingqian.documents.models import StoredFile
from mingqian.ledger import selectors

pytestmark = pytest.mark.django_db


def test_content_comes_back_byte_for_byte_and_is_stored_once() -> None:
    """ARCHITECTURE.md: stored files by content hash."""
    first = file_services.store("system", b"\x00\xff content")
    again = file_services.store("system", b"\x00\xff content")
    assert first.pk == again.pk
    assert file_services.read(first) == b"\x00\xff content"
    assert StoredFile.objects.count() == 1


def test_a_file_that_was_changed_on_disk_is_noticed() -> None:
    """What is kept is checked when it is read."""
    row = file_services.store("system", b"original")
    Path(default_storage.path(row.path)).write_bytes(b"forged!!")
    with pytest.raises(file_services.FileDamagedError):
        file_services.read(row)


def test_a_file_that_is_missing_is_noticed() -> None:
    """What is kept is checked when it is read."""
    row = file_services.store("system", b"original")
    default_storage.delete(row.path)
    with pytest.raises(file_services.FileDamagedError):
        file_services.read(row)


def test_confidential_content_lies_encrypted_and_comes_back() -> None:
    """A20.1: encrypted at rest."""
    row = file_services.store("system", "身份证 11010519491231002X".encode(), confidential=True)
    raw = Path(default_storage.path(row.path)).read_bytes()
    assert b"11010519491231002X" not in raw
    assert file_services.read(row).decode().endswith("002X")
    Path(default_storage.path(row.path)).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(file_services.FileDamagedError):
        file_services.read(row)


def test_a_half_written_file_is_not_taken_for_whole() -> None:
    """Issue 12: what a crash or a full disk left behind does not block its content for ever."""
    content = b"whole content" * 1000
    row = StoredFile(digest=hashlib.sha256(content).hexdigest(), size=len(content), created_at=clock.now())
    half = Path(default_storage.path(row.path))
    half.parent.mkdir(parents=True)
    half.write_bytes(content[:100])
    assert file_services.read(file_services.store("system", content)) == content
    half.write_bytes(content[:100])
    assert file_services.read(file_services.store("system", content)) == content
    assert selectors.newest(1)[0].verb == "file.mend"


@pytest.mark.parametrize("broken", ["write", "fsync", "replace"])
def test_a_write_that_breaks_off_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Issue 12: beside, flushed, renamed."""
    storage: Any = default_storage
    storage.put("a/b", ContentFile(b"old"))

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    content = ContentFile(b"new")
    with monkeypatch.context() as patch:
        if broken == "fsync":
            patch.setattr(os, "fsync", full)
        elif broken == "replace":
            patch.setattr(Path, "replace", full)
        else:
            patch.setattr(content, "chunks", full)
        with pytest.raises(OSError, match="No space"):
            storage.put("a/b", content)
    assert [path.name for path in Path(storage.path("a")).iterdir()] == ["b"]
    assert Path(storage.path("a/b")).read_bytes() == b"old"
    storage.put("a/b", content)
    assert Path(storage.path("a/b")).read_bytes() == b"new"


def test_stored_files_are_for_the_account_of_the_service_alone() -> None:
    """Issue 12: 0600 and 0700."""
    path = Path(default_storage.path(file_services.store("system", b"content").path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_without_its_marker_is_refused_until_somebody_says_that_it_is_the_one() -> None:
    """Issue 12: a disk that is not mounted looks like an empty folder; nothing is begun anew there."""
    row = file_services.store("system", b"content")
    folder = Path(default_storage.path(""))
    (folder / MARKER).unlink()
    with pytest.raises(StorageError, match="磁盘没有挂上"):
        file_services.store("system", b"other content")
    assert file_services.read(row) == b"content"
    moved = folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(StorageError):
        file_services.read(row)
    with pytest.raises(CommandError, match="缺少 1 个"):
        call_command("mark_storage")
    assert not folder.exists()
    moved.rename(folder)
    call_command("mark_storage", stdout=StringIO())
    assert file_services.read(file_services.store("system", b"other content")) == b"other content"
