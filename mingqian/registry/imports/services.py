"""The steps of an import: upload, columns, confirm, discard."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.documents.files import services as file_services
from mingqian.documents.tables.selectors import kind_of
from mingqian.ledger import services as ledger
from mingqian.registry import registers
from mingqian.registry.guards import check_officer
from mingqian.registry.imports import spool, tasks, work as import_work
from mingqian.registry.imports.columns import columns_of, missing_columns
from mingqian.registry.imports.selectors import is_dead
from mingqian.registry.imports.states import (
    BUSY_STATES,
    IMPORT_MOVES,
    ImportPhase,
    ImportState,
    ImportTarget,
    RowOutcome,
)
from mingqian.registry.imports.writers import subject_of
from mingqian.registry.models.imports import Import, ImportRow, ImportWork
from mingqian.registry.states import RegisterKind

#: A worker on another machine, or a hung one, is given up after this long without a note; writing gives none.
SILENCE = timedelta(minutes=30)


def upload(user: User, *, target: ImportTarget, file_name: str, content: bytes) -> Import:
    """Keep an uploaded table and have it checked in the background; raise UnreadableError (a ValueError) where it is no table."""
    organ = user.organ
    check_officer(user, organ)
    kind_of(content)
    file = file_services.store(user.actor, content, confidential=True)
    with transaction.atomic():
        register = registers.take(organ, RegisterKind.IMPORTS)
        registers.turn(register, register.last_number + 1)
        batch = Import.objects.create(
            organ=organ,
            number=f"DR-{register.last_number:05d}",
            target=target,
            file=file,
            file_name=clean(PurePath(file_name).name)[-200:] or "未命名",
            created_by=user.actor,
            created_at=clock.now(),
        )
        _wait(batch)
        details = {"target": str(target), "file": file.digest}
        ledger.record(
            user.actor, "import.upload", subject_of(batch), digest=file.digest, rows=[batch, register], details=details
        )
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
    check_officer(user, batch.organ)
    known = {column.key for column in columns_of(batch.target)}
    if not set(mapping) <= known or len(set(mapping.values())) != len(mapping):
        raise DomainError("同一列只能对应一个栏目，请检查列的对应。")
    if sheet and sheet not in batch.work.sheets:
        raise DomainError("工作簿里没有所选的工作表，请重新选择。")
    with transaction.atomic():
        ImportRow.objects.filter(of=batch).delete()
        spool.clear(batch)
        changes: dict[str, Any] = {str(outcome): 0 for outcome in RowOutcome} | {
            "total": 0,
            "sheet": sheet[:100],
            "header_row": header_row,
        }
        changes |= {"mapping": dict(mapping), "update_existing": update_existing}
        batch = ledger.move(
            user.actor, "remap", batch, IMPORT_MOVES, subject=subject_of(batch), entry_verb="import.remap", **changes
        )
        _wait(batch)
        transaction.on_commit(partial(tasks.analyse_import.enqueue, batch.pk))
    return batch


def confirm(user: User, batch: Import, *, all_or_nothing: bool) -> Import:
    """Have a checked table brought in."""
    check_officer(user, batch.organ)
    missing = missing_columns(batch.target, batch.mapping)
    if missing:
        raise DomainError(f"还没有指定“{'、'.join(missing)}”在哪一列，请先设置列的对应。")
    if all_or_nothing and batch.refused:
        raise DomainError(
            f"有 {batch.refused:,} 行未通过检查，不能按“全部正确才导入”导入。请下载未采用的行，改正后重新上传，或改选“有错不影响其余”。"
        )
    if batch.state == ImportState.READY and batch.refused == batch.total:
        raise DomainError("没有一行通过检查，没有可以导入的内容。请下载未采用的行查看原因。")
    with transaction.atomic():
        batch = ledger.move(
            user.actor,
            "confirm",
            batch,
            IMPORT_MOVES,
            subject=subject_of(batch),
            entry_verb="import.confirm",
            all_or_nothing=all_or_nothing,
        )
        _wait(batch)
        transaction.on_commit(partial(tasks.run_import.enqueue, batch.pk))
    return batch


def discard(user: User, batch: Import) -> Import:
    """Give up a checked table; nothing of it is in the registry."""
    check_officer(user, batch.organ)
    with transaction.atomic():
        batch = ledger.move(
            user.actor,
            "discard",
            batch,
            IMPORT_MOVES,
            subject=subject_of(batch),
            entry_verb="import.discard",
            finished_at=clock.now(),
        )
        ImportRow.objects.filter(of=batch).delete()
        spool.clear(batch)
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
                import_work.fail(batch, "后台程序中途停止，没有导入任何一行。请重新上传导入。")
            except ledger.StateConflictError:
                continue
            given_up.append(batch)
    return given_up
