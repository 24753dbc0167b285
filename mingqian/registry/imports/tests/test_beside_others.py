"""A long import goes through while others save (issue 12), and a full disk ends an upload in words."""

import errno
import os
import threading
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from mingqian.accounts.models import Organ
from mingqian.documents.files import services as file_services
from mingqian.documents.files.folder_store import MARKER
from mingqian.documents.imports import progress, tasks as import_tasks
from mingqian.documents.models import Import, StoredFile
from mingqian.ledger import services as ledger
from mingqian.registry.models import Subject
from mingqian.registry.tests.tables import credit_code, csv_file, imported
from mingqian.testing import Bureau, make_bureau

HEAD = ["企业名称", "统一社会信用代码", "地址"]


def rows(count: int) -> list[list[str]]:
    """Return a table of that many companies."""
    return [HEAD, *([f"淄博示例{i}公司", credit_code(i), f"张店区示例路{i}号"] for i in range(1, count + 1))]


@pytest.mark.django_db(transaction=True)
def test_an_import_of_many_chunks_goes_through_while_others_save(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 12: on SQLite it failed as soon as anybody saved, since a read stayed open across its own writes (4 of 4)."""
    monkeypatch.setattr(import_tasks, "CHUNK", 5)  # of 1,000 rows in real life: more than ten thousand rows
    monkeypatch.setattr(progress, "INTERVAL", 0)
    bureau, end, saved = make_bureau(), threading.Event(), list[int]()

    def save() -> None:
        organ = Organ.objects.get(pk=bureau.organ.pk)
        while not end.wait(0.005):
            with transaction.atomic():
                organ.short_name = f"局{len(saved)}"
                organ.save()
                ledger.record("system", "test.act", "test/1", rows=[organ])
            saved.append(1)
        connection.close()

    other = threading.Thread(target=save)
    other.start()
    try:
        assert imported(bureau.officer, csv_file(rows(150))).taken == 150
    finally:
        end.set()
        other.join()
    assert Subject.objects.count() == 150
    assert saved


@pytest.mark.django_db
def test_a_full_disk_is_told_and_the_same_act_succeeds_when_there_is_room(
    bureau: Bureau, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 12: 507 in words, nothing stays half."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")

    def post() -> int:
        file = SimpleUploadedFile("名录.csv", csv_file(rows(3)))
        answer = client.post("/imports/new/", {"kind": "subjects", "file": file})
        assert answer.status_code == 302 or "存储空间已满" in answer.content.decode()
        return answer.status_code

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    files = StoredFile.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert post() == 507
    assert (Import.objects.count(), StoredFile.objects.count()) == (0, files)
    assert list(Path(default_storage.path("")).rglob("*.new")) == []
    assert post() == 302
    assert file_services.read(Import.objects.get().file) == csv_file(rows(3))


@pytest.mark.django_db
def test_a_storage_that_is_not_mounted_is_told(bureau: Bureau, client: Client) -> None:
    """Issue 12: a folder without its marker is refused, not made anew; 507 in words."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    file_services.store("system", b"content")
    (Path(default_storage.path("")) / MARKER).unlink()
    file = SimpleUploadedFile("名录.csv", csv_file(rows(3)))
    answer = client.post("/imports/new/", {"kind": "subjects", "file": file})
    assert answer.status_code == 507
    assert MARKER in answer.content.decode()
    assert Import.objects.count() == 0
