"""Encrypting columns and files anew after a change of the data key (A20.1): each batch on the ledger, resumable at any point."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from mingqian.common import crypto
from mingqian.documents.files.services import FileDamagedError, on_disk
from mingqian.documents.models.files import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.ledger.services import record

_BATCH = 500


def boxed_models() -> list[Any]:
    """Return every model with encrypted columns, those with keyed digests first: until they are anew, look-ups by digest find nothing."""
    found = [model for model in apps.get_models() if getattr(model, "BOXES", None)]
    return sorted(found, key=lambda model: (not getattr(model, "BOX_DIGESTS", {}), model._meta.label_lower))


def digests_first(model: Any) -> Q:
    """Return the condition of the rows that have a keyed digest, none where the model keeps none."""
    wanted = Q(pk__in=())
    for column in getattr(model, "BOX_DIGESTS", {}).values():
        wanted |= Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})
    return wanted


def _context(row: models.Model, pattern: str) -> str:
    return pattern.format_map(vars(row)) if "{" in pattern else pattern


def _renew(row: Any) -> dict[str, Any]:
    """Return the columns of a row as they must become, empty where it is done."""
    changes: dict[str, Any] = {}
    for column, pattern in row.BOXES.items():
        box = getattr(row, column)
        if box is None or crypto.is_current(bytes(box)):
            continue
        context = _context(row, pattern)
        changes[column] = crypto.renewed(bytes(box), context)
        digest = getattr(row, "BOX_DIGESTS", {}).get(column)
        if digest:
            text = crypto.decrypt(changes[column], context)
            if column in (texts := getattr(row, "DIGEST_TEXTS", {})):
                text = texts[column](text)
            changes[digest] = crypto.keyed_digest(text, context) if text else ""
    return changes


def renew_rows(actor: str, model: Any, only: Q | None = None) -> Iterator[tuple[int, int]]:
    """Encrypt the rows of a model anew, in batches of a transaction each; yield (rows looked at, rows written) after each.

    Raise ValueError where a box opens with none of the keys: then nothing of its batch is written.
    """
    held = Q()
    for column in model.BOXES:
        held |= Q(**{f"{column}__isnull": False})
    rows = model._base_manager.filter(held, only or Q()).order_by("pk")
    last: Any = None
    while True:
        with transaction.atomic():
            batch = list((rows if last is None else rows.filter(pk__gt=last)).select_for_update(of=("self",))[:_BATCH])
            if not batch:
                return
            written = _write(actor, model, batch)
        last = batch[-1].pk
        yield len(batch), written


def _write(actor: str, model: Any, batch: list[Any]) -> int:
    """Write what of a batch is encrypted anew, with its entry on the ledger; return how many rows that are."""
    written = [(row, changes) for row in batch if (changes := _renew(row))]
    for row, changes in written:
        for name, value in changes.items():
            setattr(row, name, value)
        model._base_manager.filter(pk=row.pk).update(**changes)
    if written:
        _note(actor, model, [row for row, _changes in written])
    return len(written)


def _note(actor: str, model: Any, rows: list[Any]) -> None:
    details = {"key": crypto.key_id(), "rows": str(len(rows))}
    states = [(row.ledger_key(), row.ledger_digest()) for row in rows] if issubclass(model, Recorded) else []
    record(actor, "data.rotate", f"data/{model._meta.label_lower}", details=details, states=states)


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
    source, target = on_disk(fresh), on_disk(name)
    if source is not None and target is not None:
        source.replace(target)
    else:
        with default_storage.open(fresh) as file:
            box = file.read()
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, BytesIO(box))
        default_storage.delete(fresh)
