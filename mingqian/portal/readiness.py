"""Whether this installation can work: database, storage, room on the disk, the worker, the last verification of the log."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from mingqian.common.errors import StorageError
from mingqian.documents.files.services import on_disk
from mingqian.ledger.models import Verification
from mingqian.pages import access

#: Bytes that must be free where files lie.
_ROOM = 1 << 30
#: A task that waits longer than this is waited for by nobody.
_PATIENCE = timedelta(minutes=5)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _storage() -> str:
    folder = on_disk("")
    if folder is None:
        return ""
    storage: Any = default_storage
    storage.require()
    return "" if os.access(folder, os.W_OK | os.X_OK) else "not writable"


def _disk() -> str:
    folder = on_disk("")
    free = shutil.disk_usage(folder).free if folder is not None and folder.exists() else _ROOM
    return "" if free >= _ROOM else f"{free >> 20} MiB free"


def _worker() -> str:
    """Say so where a task waits although its time has come: a worker takes the next within seconds."""
    late = timezone.now() - _PATIENCE
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, enqueued_at__lt=late)
    count = waiting.filter(Q(run_after__lt=late) | Q(run_after=get_date_max())).count()  # the latter: at once
    return f"{count} tasks wait" if count else ""


def _log() -> str:
    last = Verification.objects.exclude(finished_at=None).order_by("-finished_at").first()
    damaged = last is not None and last.outcome == Verification.Outcome.DAMAGED and not last.answer
    return "the last verification found changes" if damaged else ""


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "storage": _storage,
    "disk": _disk,
    "worker": _worker,
    "log": _log,
}


@require_GET
@access.public
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 where everything works, else 503; each check with "ok" or what is wrong, without any person's data."""
    found = {}
    for name, check in _CHECKS.items():
        try:
            found[name] = check() or "ok"
        except StorageError:
            found[name] = "not the storage folder"
        except (DatabaseError, OSError) as error:
            found[name] = type(error).__name__
    fine = set(found.values()) == {"ok"}
    return JsonResponse({"status": "ok" if fine else "not ready", **found}, status=200 if fine else 503)
