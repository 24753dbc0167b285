"""What a watcher asks, and what a page says when another holds the log (issue 12)."""

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from mingqian.accounts.states import Role
from mingqian.documents.files import services as file_services
from mingqian.documents.files.folder_store import MARKER
from mingqian.ledger import selectors, services
from mingqian.ledger.models import Verification
from mingqian.ledger.verification.tasks import run_verification
from mingqian.testing import make_bureau


@pytest.mark.django_db
def test_ready_tells_what_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by itself; nothing of anybody's data."""
    client = Client()
    file_services.store("system", b"content")
    assert client.get("/ready/").json() == dict.fromkeys(
        ("status", "database", "storage", "disk", "worker", "log"), "ok"
    )
    marker = Path(default_storage.path("")) / MARKER
    marker.rename(marker.with_name("away"))
    answer = client.get("/ready/")
    assert (answer.status_code, answer.json()["storage"]) == (503, "not the storage folder")
    marker.with_name("away").rename(marker)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _folder: type("Room", (), {"free": 1000}))
        assert client.get("/ready/").json()["disk"] == "0 MiB free"
    run_verification.enqueue(1)
    assert client.get("/ready/").status_code == 200
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))
    assert client.get("/ready/").json()["worker"] == "1 tasks wait"
    DBTaskResult.objects.all().delete()
    run_verification.using(run_after=timezone.now() + timedelta(days=1)).enqueue(1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))
    assert client.get("/ready/").status_code == 200
    now = timezone.now()
    run = Verification.objects.create(asked_by="system", started_at=now, finished_at=now, outcome="damaged")
    assert client.get("/ready/").status_code == 503
    run.answer = "查明是误报"
    run.save()
    assert client.get("/ready/").status_code == 200


@pytest.fixture
def held() -> Iterator[None]:
    """Somebody else holds the log."""
    taken, end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            services.record("system", "test.act", "test/1")
            taken.set()
            end.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(20)
    yield
    end.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_waiting_for_the_log_has_an_end_and_public_pages_do_not_wait(request: pytest.FixtureRequest) -> None:
    """Issue 12: one slow holder of the log's lock made the public side time out."""
    bureau = make_bureau()
    client = Client()
    client.force_login(bureau.user(Role.AUDIT_ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")
    size = selectors.size()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 300" if connection.vendor == "sqlite" else "SET lock_timeout = 300")
    request.getfixturevalue("held")
    answer = client.post("/ledger/verify/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "系统正忙" in answer.content.decode()
    for page in ("", "log/", "draws/", "items/", "plans/", "inspectors/", "log/checkpoint/", "tools/"):
        assert Client().get(f"/public/{page}").status_code == 200
    assert Client().get("/health/").status_code == 200
    assert selectors.size() == size
    connection.close()
