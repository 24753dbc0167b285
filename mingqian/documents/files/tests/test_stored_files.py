"""Files by content: stored once, never overwritten, damage found."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from mingqian.documents.files import services as file_services
from mingqian.documents.models import StoredFile

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
