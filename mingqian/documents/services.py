"""Keeping and reading stored files; reading tables that people bring, writing those that they take."""

import hashlib
from io import BytesIO
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from mingqian.common import clock, crypto
from mingqian.common.tables import Titles, book_response, disposition, respond, xlsx_response
from mingqian.documents.media_kinds import PICTURES, PNG, SCANS, VIDEOS, MediaKind, by_media_type
from mingqian.documents.models import StoredFile
from mingqian.documents.paper_services import give_number, paper_response, render, wording
from mingqian.documents.papers import blocks
from mingqian.documents.papers.blocks import Paper
from mingqian.documents.papers.kinds import NUMBER_NAMES, PaperKind, Part, fill, register
from mingqian.documents.papers.preview import preview
from mingqian.documents.papers.scans import pages_of_scan, pixels_of
from mingqian.documents.rotation import boxed_models, digests_first, renew_rows
from mingqian.documents.streams import FileDamagedError, check_stream
from mingqian.documents.tables.problems import MAX_CELL, UnreadableError
from mingqian.documents.tables.reading import Line, Table, open_table
from mingqian.documents.tables.sniff import kind_of
from mingqian.documents.upload_ending import (
    UploadError,
    clear_expired,
    note_waiting,
    refuse as refuse_upload,
    settle as settle_upload,
)
from mingqian.documents.upload_protocol import CREATING, GOING_ON, answer_creation, answer_upload
from mingqian.documents.uploading import Announced, Purpose, assemble, size_in_words
from mingqian.ledger import services as ledger

__all__ = [
    "CREATING",
    "GOING_ON",
    "MAX_CELL",
    "NUMBER_NAMES",
    "PICTURES",
    "PNG",
    "SCANS",
    "VIDEOS",
    "Announced",
    "FileDamagedError",
    "Line",
    "MediaKind",
    "Paper",
    "PaperKind",
    "Part",
    "Purpose",
    "Table",
    "Titles",
    "UnreadableError",
    "UploadError",
    "answer_creation",
    "answer_upload",
    "assemble",
    "blocks",
    "book_response",
    "boxed_models",
    "by_media_type",
    "check",
    "clear_expired",
    "digests_first",
    "disposition",
    "fill",
    "give_number",
    "kind_of",
    "note_waiting",
    "open_table",
    "pages_of_scan",
    "paper_response",
    "pixels_of",
    "preview",
    "read",
    "refuse_upload",
    "register",
    "render",
    "renew",
    "renew_rows",
    "respond",
    "settle_upload",
    "size_in_words",
    "store",
    "wording",
    "xlsx_response",
]


def store(actor: str, content: bytes, *, confidential: bool = False) -> StoredFile:
    """Keep `content` and return its row. Content that is there already is checked, not written again.

    Confidential content lies encrypted. The file is written before the row, so that a crash leaves at most a file that nothing speaks of.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = StoredFile.objects.filter(pk=digest).first()
    if found is not None:
        read(found)
        return found
    row = StoredFile(digest=digest, size=len(content), created_at=clock.now(), confidential=confidential)
    if not default_storage.exists(row.path):
        kept = crypto.encrypt_bytes(content, f"file/{digest}") if confidential else content
        default_storage.save(row.path, BytesIO(kept))
    with transaction.atomic():
        defaults = {"size": row.size, "created_at": row.created_at, "confidential": confidential}
        row, created = StoredFile.objects.get_or_create(digest=digest, defaults=defaults)
        if created:
            ledger.record(actor, "file.store", f"file/{digest}", digest=digest, rows=[row])
    read(row)
    return row


def renew(row: StoredFile) -> bool:
    """Encrypt a confidential file anew with the key in use; say whether that was needed. A stop in between loses nothing.

    The content stays, and with it the digest and the row; only the bytes on the disk change. The new ones are written and read back before
    the old ones go.
    """
    if not row.confidential:
        return False
    fresh = f"{row.path}.new"
    if default_storage.exists(fresh) and not default_storage.exists(row.path):
        _take_place(fresh, row.path)  # an earlier run stopped between the two
    with default_storage.open(row.path) as file:
        box: bytes = file.read()
    if crypto.is_current(box):
        return False
    context = f"file/{row.digest}"
    box = crypto.renewed(box, context)
    if default_storage.exists(fresh):
        default_storage.delete(fresh)
    default_storage.save(fresh, BytesIO(box))
    with default_storage.open(fresh) as file:
        content = crypto.decrypt_bytes(file.read(), context)
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise FileDamagedError(f"file {row.digest} has been changed")
    _take_place(fresh, row.path)
    return True


def _take_place(fresh: str, name: str) -> None:
    """Put a stored file in the place of another: at once where files lie in a folder, else one after the other."""
    try:
        Path(default_storage.path(fresh)).replace(default_storage.path(name))
    except NotImplementedError:
        with default_storage.open(fresh) as file:
            box = file.read()
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, BytesIO(box))
        default_storage.delete(fresh)


def read(row: StoredFile) -> bytes:
    """Return the content; raise FileDamagedError where it is missing or no longer has its digest."""
    try:
        with default_storage.open(row.path) as file:
            content: bytes = file.read()
        if row.confidential:
            content = crypto.decrypt_bytes(content, f"file/{row.digest}")
    except (OSError, ValueError) as error:
        raise FileDamagedError(f"file {row.digest} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise FileDamagedError(f"file {row.digest} has been changed")
    return content


def check(row: StoredFile) -> None:
    """Raise FileDamagedError where a file is missing or no longer has its digest, without holding a large one in memory."""
    if row.confidential:
        read(row)
    else:
        check_stream(row)
