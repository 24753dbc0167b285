"""The steps of an import: upload, columns, confirm, discard; and giving up those whose worker died."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.processes import is_dead
from mingqian.common.text import clean
from mingqian.documents.files import services as file_services
from mingqian.documents.imports import tasks, writers
from mingqian.documents.imports.columns import missing_columns
from mingqian.documents.imports.procedure import IMPORTS
from mingqian.documents.imports.states import BUSY_STATES, ImportPhase, ImportState, RowOutcome, kind_named
from mingqian.documents.models.imports import Import, ImportRow, ImportWork
from mingqian.documents.tables.selectors import kind_of
from mingqian.ledger.services import StateConflictError

#: A worker on another machine, or a hung one, is given up after this long without a note; writing gives none.
SILENCE = timedelta(minutes=30)


def upload(user: User, *, kind: str, file_name: str, content: bytes) -> Import:
    """Keep an uploaded table and have it checked in the background; raise UnreadableError (a ValueError) where it is no table.

    `kind` is the name of one that a room registered.
    """
    organ = user.organ
    refuse(kind_named(kind).why_not(user, organ))
    kind_of(content)
    file = file_services.store(user.actor, content, confidential=True)
    with transaction.atomic():
        serial = next_number(Import.objects.filter(organ=organ), under=organ)
        batch = Import(
            organ=organ,
            serial=serial,
            number=f"DR-{serial:05d}",
            kind_name=kind,
            file=file,
            file_name=clean(PurePath(file_name).name)[-200:] or "未命名",
            created_by=user.actor,
            created_at=clock.now(),
        )
        IMPORTS.begin(user, batch, "upload", details={"target": str(kind), "file": file.digest}, digest=file.digest)
        _wait(batch)
        transaction.on_commit(partial(tasks.analyse_import.enqueue, batch.pk))
    return batch


def _wait(batch: Import) -> None:
    now = timezone.now()
    values = {"phase": ImportPhase.WAITING, "done": 0, "total": 0, "worker": "", "phase_at": now, "beat_at": now}
    ImportWork.objects.update_or_create(of=batch, defaults=values)


def remap(
    user: User, batch: Import, *, sheet: str, header_row: int, mapping: Mapping[str, int], update_existing: bool
) -> Import:
    """Read the table differently, and check it again. An empty mapping lets the columns be recognised anew."""
    known = {column.key for column in batch.kind.columns}
    if not set(mapping) <= known or len(set(mapping.values())) != len(mapping):
        raise DomainError("同一列只能对应一个栏目，请检查列的对应。")
    if sheet and sheet not in batch.work.sheets:
        raise DomainError("工作簿里没有所选的工作表，请重新选择。")
    with transaction.atomic():
        ImportRow.objects.filter(of=batch).delete()
        writers.clear(batch)
        changes: dict[str, Any] = {str(outcome): 0 for outcome in RowOutcome}
        changes |= {"total": 0, "sheet": sheet[:100], "header_row": header_row, "mapping": dict(mapping)}
        batch = IMPORTS.take(user, batch, "remap", update_existing=update_existing, **changes)
        _wait(batch)
        transaction.on_commit(partial(tasks.analyse_import.enqueue, batch.pk))
    return batch


def confirm(user: User, batch: Import, *, all_or_nothing: bool) -> Import:
    """Have a checked table brought in."""
    refuse(IMPORTS.forbids(user, batch, "confirm"))
    missing = missing_columns(batch.kind, batch.mapping)
    if missing:
        raise DomainError(f"还没有指定“{'、'.join(missing)}”在哪一列，请先设置列的对应。")
    if all_or_nothing and batch.refused:
        raise DomainError(
            f"有 {batch.refused:,} 行未通过检查，不能按“全部正确才导入”导入。请下载未采用的行，改正后重新上传，或改选“有错不影响其余”。"
        )
    if batch.state == ImportState.READY and batch.refused == batch.total:
        raise DomainError("没有一行通过检查，没有可以导入的内容。请下载未采用的行查看原因。")
    with transaction.atomic():
        batch = IMPORTS.take(user, batch, "confirm", all_or_nothing=all_or_nothing)
        _wait(batch)
        transaction.on_commit(partial(tasks.run_import.enqueue, batch.pk))
    return batch


def discard(user: User, batch: Import) -> Import:
    """Give up a checked table; nothing of it was written."""
    with transaction.atomic():
        batch = IMPORTS.take(user, batch, "discard", finished_at=clock.now())
        ImportRow.objects.filter(of=batch).delete()
        writers.clear(batch)
        ImportWork.objects.filter(of=batch).update(phase=ImportPhase.ENDED, preview=[], sample=[])
    return batch


def reap() -> list[Import]:
    """Mark imports whose worker has died as broken off, and return them. The pages that show imports call it."""
    given_up = []
    for batch in Import.objects.filter(state__in=BUSY_STATES).select_related("organ", "work"):
        work = batch.work
        if work.phase == ImportPhase.WAITING:
            continue
        dead = is_dead(work.worker)
        if dead or timezone.now() - work.beat_at > SILENCE:
            try:
                tasks.fail(batch, "后台程序中途停止，没有导入任何一行。请重新上传导入。")
            except StateConflictError:
                continue
            given_up.append(batch)
    return given_up
