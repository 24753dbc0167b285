"""The work on an import in the background: look at the table (dry run over every row), and later bring it in."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingqian.common import clock
from mingqian.documents import services as documents
from mingqian.ledger import services as ledger
from mingqian.registry import registers
from mingqian.registry.importing.columns import Header, find_header, missing_columns, plain_title, recognise, titles_of
from mingqian.registry.importing.deciding import Decision, Inspectors, Subjects, Tally, Target
from mingqian.registry.importing.notes import Notes
from mingqian.registry.importing.preview import masked, preview_of
from mingqian.registry.importing.problems import UnreadableError
from mingqian.registry.importing.reading import Line, Table, open_table
from mingqian.registry.importing.writing import CHUNK, RegisterMovedError, Spool, subject_of, write
from mingqian.registry.models import Import, ImportRow, ImportWork
from mingqian.registry.states import IMPORT_MOVES, ImportPhase, ImportState, ImportTarget, RegisterKind, RowOutcome

#: Rows that the page of columns shows, and rows of the preview.
SAMPLE_ROWS = 12
PREVIEW_ROWS = 20
_HEAD_ROWS = 40
_ATTEMPTS = 5


def target_for(batch: Import, mapping: dict[str, int], last_number: int) -> Target:
    """Return what decides on the rows of `batch`."""
    decider = Subjects if batch.target == ImportTarget.SUBJECTS else Inspectors
    return decider(batch.organ, mapping, last_number, update_existing=batch.update_existing)


def analyse(batch: Import) -> None:
    """Read the whole table, decide on every row without writing any, and keep what the preview shows."""
    notes = Notes(batch)
    notes.phase(ImportPhase.READING)
    tally = Tally()
    try:
        with open_table(documents.read(batch.file), batch.sheet) as table:
            head, lines = _head(table)
            header = _header(batch, head)
            work = _describe(table, head, header)
            if not missing_columns(batch.target, header.mapping):
                work |= _dry_run(batch, header, lines, notes, tally)
    except UnreadableError as error:
        stop(batch, str(error))
        return
    if not missing_columns(batch.target, header.mapping) and not tally.total:
        stop(batch, str(UnreadableError("no-rows")))
        return
    with transaction.atomic():
        ImportWork.objects.filter(of=batch).update(**work, phase=ImportPhase.ENDED, beat_at=timezone.now())
        ledger.move(
            "system",
            "checked",
            batch,
            IMPORT_MOVES,
            subject=subject_of(batch),
            entry_verb="import.checked",
            sheet=table.sheet[:100],
            header_row=header.row,
            mapping=header.mapping,
            **_counts(tally),
        )


def _head(table: Table) -> tuple[list[Line], Iterator[Line]]:
    """Return the first lines, and all lines, those included."""
    head = list(islice(table.lines, _HEAD_ROWS))
    if not head:
        raise UnreadableError("no-rows")

    def everything() -> Iterator[Line]:
        yield from head
        yield from table.lines

    return head, everything()


def _header(batch: Import, head: list[Line]) -> Header:
    """Return the header: as chosen by hand, else as found."""
    titles = titles_of(head, batch.header_row)
    if batch.mapping:
        return Header(batch.header_row, titles, {key: int(index) for key, index in batch.mapping.items()})
    return Header(batch.header_row, titles, recognise(titles, batch.target)) if batch.header_row else find_header(head, batch.target)


def _describe(table: Table, head: list[Line], header: Header) -> dict[str, Any]:
    width = max(len(line.cells) for line in head)
    titles = header.titles + [""] * (width - len(header.titles))
    sample = [[line.number, [masked(cell) for cell in line.cells]] for line in head[:SAMPLE_ROWS]]
    return {"sheets": table.sheets, "columns": titles, "sample": sample, "preview": []}


def _data_lines(lines: Iterable[Line], header: Header) -> Iterator[Line]:
    """Yield the rows below the header, without the header repeated for printing."""
    titles = [plain_title(title) for title in header.titles]
    for line in lines:
        if line.number > header.row and not (titles and [plain_title(cell) for cell in line.cells[:3]] == titles[:3]):
            yield line


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


@contextmanager
def _deciding(batch: Import, header: Header, lines: Iterable[Line]) -> Iterator[tuple[Target, int, Iterator[list[Decision]]]]:
    """Offer the target, the version of the registry that the decisions hold for, and the decisions in chunks."""
    kind = RegisterKind(batch.target)
    register = registers.peek(batch.organ, kind)
    target = target_for(batch, header.mapping, register.last_number)

    def decisions() -> Iterator[list[Decision]]:
        for chunk in _chunks(_data_lines(lines, header)):
            yield target.decide([target.check(line) for line in chunk])

    yield target, register.version, decisions()


def _dry_run(batch: Import, header: Header, lines: Iterable[Line], notes: Notes, tally: Tally) -> dict[str, Any]:
    notes.phase(ImportPhase.CHECKING)
    ImportRow.objects.filter(of=batch).delete()
    preview: list[Any] = []
    with _deciding(batch, header, lines) as (target, version, chunks):
        for decisions in chunks:
            keep_rows(batch, decisions)
            tally.add(decisions)
            if len(preview) < PREVIEW_ROWS:
                taken = [decision for decision in decisions if decision.outcome != RowOutcome.REFUSED]
                preview += [preview_of(target, decision) for decision in taken[: PREVIEW_ROWS - len(preview)]]
            notes.step(tally.total)
    return {"register_version": version, "preview": preview}


def keep_rows(batch: Import, decisions: Iterable[Decision]) -> None:
    """Keep what the report says of the rows."""
    ImportRow.objects.bulk_create(
        ImportRow(of=batch, row=d.row, outcome=d.outcome, code=d.code, reason=d.reason, name=d.name, number=d.number) for d in decisions
    )


def _counts(tally: Tally) -> dict[str, int]:
    outcomes = tally.outcomes
    return {"total": tally.total, **{str(outcome): outcomes[outcome] for outcome in RowOutcome}}


def bring_in(batch: Import) -> None:
    """Bring a confirmed table into its registry. What is written is decided anew where the registry has moved since the preview."""
    ledger.move("system", "start", batch, IMPORT_MOVES, subject=subject_of(batch), entry_verb="import.start")
    for attempt in range(_ATTEMPTS):
        try:
            _bring_in_once(batch, Notes(batch))
        except RegisterMovedError:
            if attempt == _ATTEMPTS - 1:
                stop(batch, "名录库正在被其他人频繁修改，这次没有导入任何一行。请稍后重新导入。")
        except UnreadableError as error:
            stop(batch, str(error))
            return
        else:
            return


def _bring_in_once(batch: Import, notes: Notes) -> None:
    work = batch.work
    header = Header(batch.header_row, list(work.columns), {key: int(index) for key, index in batch.mapping.items()})
    tally, spool, digest = Tally(), Spool(), hashlib.sha256()
    notes.phase(ImportPhase.CHECKING, batch.total)
    with open_table(documents.read(batch.file), batch.sheet) as table, _deciding(batch, header, table.lines) as (target, version, chunks):
        moved = version != work.register_version
        if moved:
            ImportRow.objects.filter(of=batch).delete()
        for decisions in chunks:
            if moved:
                keep_rows(batch, decisions)
            for d in decisions:
                digest.update(f"{d.row}\t{d.outcome}\t{d.number}\t{d.reason}\n".encode())
            tally.add(decisions)
            spool.add(decisions)
            notes.step(tally.total)
    if moved:
        ImportWork.objects.filter(of=batch).update(register_version=version)
    if batch.all_or_nothing and tally.outcomes[RowOutcome.REFUSED]:
        stop(batch, f"有 {tally.outcomes[RowOutcome.REFUSED]} 行未通过检查，按“全部正确才导入”没有导入任何一行。", **_counts(tally))
        return
    notes.phase(ImportPhase.WRITING, tally.total)
    _write_and_finish(batch, target, spool, version, tally, digest.hexdigest())


def _write_and_finish(batch: Import, target: Target, spool: Spool, version: int, tally: Tally, digest: str) -> None:
    began = timezone.now()
    with transaction.atomic():
        write(batch, target, spool, version, tally, digest)
        ledger.move(
            "system",
            "finish",
            batch,
            IMPORT_MOVES,
            subject=subject_of(batch),
            entry_verb="import.finish",
            digest=digest,
            finished_at=clock.now(),
            **_counts(tally),
        )
    seconds = (timezone.now() - began).total_seconds()
    ImportWork.objects.filter(of=batch).update(phase=ImportPhase.ENDED, done=tally.total, seconds_writing=seconds, preview=[], sample=[])


def stop(batch: Import, message: str, **counts: int) -> None:
    """End an import that brings nothing in, and say why."""
    with transaction.atomic():
        ImportWork.objects.filter(of=batch).update(phase=ImportPhase.ENDED, preview=[], sample=[])
        ledger.move(
            "system",
            "refuse",
            batch,
            IMPORT_MOVES,
            subject=subject_of(batch),
            entry_verb="import.refuse",
            message=message[:500],
            finished_at=clock.now(),
            **counts,
        )


def fail(batch: Import, message: str) -> None:
    """Mark an import whose work broke off. Nothing of it is in the registry: writing and finishing are one transaction."""
    if batch.state in {ImportState.UPLOADED, ImportState.QUEUED, ImportState.RUNNING}:
        ledger.move(
            "system", "fail", batch, IMPORT_MOVES, subject=subject_of(batch), entry_verb="import.fail", message=message, finished_at=clock.now()
        )
