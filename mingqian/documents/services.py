"""Keeping and reading stored files."""

import hashlib
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import transaction

from mingqian.common import clock
from mingqian.documents.models import StoredFile
from mingqian.ledger import services as ledger


class FileDamagedError(Exception):
    """The storage no longer gives back what was put in."""


def store(actor: str, content: bytes) -> StoredFile:
    """Keep `content` and return its row. Content that is there already is checked, not written again.

    The file is written before the row, so that a crash leaves at most a file that nothing speaks of.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = StoredFile.objects.filter(pk=digest).first()
    if found is not None:
        read(found)
        return found
    path = StoredFile(digest=digest).path
    if not default_storage.exists(path):
        default_storage.save(path, BytesIO(content))
    with transaction.atomic():
        row, created = StoredFile.objects.get_or_create(
            digest=digest, defaults={"size": len(content), "created_at": clock.now()}
        )
        if created:
            ledger.record(actor, "file.store", f"file/{digest}", digest=digest, rows=[row])
    read(row)
    return row


def read(row: StoredFile) -> bytes:
    """Return the content; raise FileDamagedError where it is missing or no longer has its digest."""
    try:
        with default_storage.open(row.path) as file:
            content: bytes = file.read()
    except OSError as error:
        raise FileDamagedError(f"file {row.digest} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise FileDamagedError(f"file {row.digest} has been changed")
    return content
