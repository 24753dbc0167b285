"""The work on an import in the background: look at the table (dry run over every row), and later bring it in."""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.documents.imports import writers
from mingqian.documents.imports.bulk import insert
from mingqian.documents.imports.columns import Header, find_header, missing_columns, recognise, titles_of
from mingqian.documents.imports.masking import masked
from mingqian.documents.imports.procedure import IMPORTS
from mingqian.documents.imports.progress import Notes
from mingqian.documents.imports.states import BUSY_STATES, Decider, Decision, ImportPhase, ImportState, Kind, RowOutcome
from mingqian.documents.imports.writers import BookMovedError, prepare, write
from mingqian.documents.models.imports import Import, ImportRow, ImportWork
from mingqian.documents.tables.services import Table, open_table
from mingqian.documents.tables.states import Line, UnreadableError

logger = logging.getLogger(__name__)
_BROKEN = "处理中断，没有导入任何一行。请重新上传导入；再次中断时请联系系统管理员查看日志。"
#: Rows that the page of columns shows, and rows of the preview.
SAMPLE_ROWS = 12
PREVIEW_ROWS = 20
_HEAD_ROWS = 40
_ATTEMPTS = 5
CHUNK = 1000
_COUNTS = ("total", *map(str, RowOutcome))


@dataclass
class Tally:
    """Counts of a run over a table."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count `decisions`."""
        for decision in decisions:
            self.outcomes[decision.outcome] += 1
            if decision.outcome == RowOutcome.REFUSED:
                self.reasons[decision.code] += 1

    @property
    def total(self) -> int:
        """Return the number of rows."""
        return sum(self.outcomes.values())


def preview_of(decider: Decider, decision: Decision) -> dict[str, str]:
    """Return a row as it would stand on record: title and text of what a page shows, numbers of people masked."""
    shown = {
        "row": str(decision.row),
        "outcome": str(RowOutcome(decision.outcome).label),
        "number": decision.number,
        "name": decision.name,
    }
    if decision.values is not None:
        shown |= {key: "" if value is None else str(value) for key, value in decider.shown(decision).items()}
    return shown | {"note": decision.reason}


def analyse(batch: Import) -> None:
    """Read the whole table, decide on every row without writing any, and keep what the preview shows."""
    notes = Notes(batch)
    notes.phase(ImportPhase.READING)
    tally = Tally()
    try:
        with open_table(file_services.read(batch.file), batch.sheet) as table:
            head, lines = _head(table)
            header = _header(batch, head)
            work = _describe(batch.kind, table, head, header)
            complete = not missing_columns(batch.kind, header.mapping)
            if complete:
                tally, found = _dry_run(batch, header, lines, notes)
                work |= found
    except UnreadableError as error:
        stop(batch, str(error))
        return
    if complete and not tally.total:
        stop(batch, str(UnreadableError("no-rows")))
        return
    with transaction.atomic():
        ImportWork.objects.filter(of=batch).update(**work, phase=ImportPhase.ENDED, beat_at=timezone.now())
        _move(
            batch, "checked", sheet=table.sheet[:100], header_row=header.row, mapping=header.mapping, **_counts(tally)
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
    return (
        Header(batch.header_row, titles, recognise(titles, batch.kind))
        if batch.header_row
        else find_header(head, batch.kind)
    )


def _describe(kind: Kind, table: Table, head: list[Line], header: Header) -> dict[str, Any]:
    width = max(len(line.cells) for line in head)
    titles = header.titles + [""] * (width - len(header.titles))
    personal = {index for key, index in header.mapping.items() if key in kind.personal}
    sample = [
        [
            line.number,
            [
                masked(cell, personal=line.number > header.row and index in personal)
                for index, cell in enumerate(line.cells)
            ],
        ]
        for line in head[:SAMPLE_ROWS]
    ]
    return {
        "sheets": table.sheets,
        "columns": [masked(title) for title in titles],
        "sample": sample,
        "preview": [],
        "reasons": {},
    }


def _data_lines(lines: Iterable[Line], header: Header) -> Iterator[Line]:
    """Yield the rows below the header that fill a known column, without the header repeated for printing."""
    printed = None
    known = sorted(header.mapping.values())
    for line in lines:
        if line.number > header.row:
            width = len(line.cells)
            if line.cells != printed and any(index < width and line.cells[index] not in {None, ""} for index in known):
                yield line
        elif line.number == header.row:
            printed = line.cells


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _dry_run(batch: Import, header: Header, lines: Iterable[Line], notes: Notes) -> tuple[Tally, dict[str, Any]]:
    """Decide on every row, keep the report and what will be written, and return the counts and what the preview shows."""
    notes.phase(ImportPhase.CHECKING, batch.total)
    ImportRow.objects.filter(of=batch).delete()
    writers.clear(batch)
    book = batch.kind.books.peek(batch.organ)
    decider = batch.kind.decider_for(batch, header.mapping, book.last_number)
    decider.load()
    tally, digest, preview = Tally(), hashlib.sha256(), list[dict[str, str]]()
    for position, chunk in enumerate(_chunks(_data_lines(lines, header))):
        decisions = decider.decide([decider.check(line) for line in chunk])
        keep_rows(batch, decisions)
        writers.keep(batch, position, decisions)
        tally.add(decisions)
        for decision in decisions:
            digest.update(f"{decision.row}\t{decision.outcome}\t{decision.number}\t{decision.reason}\n".encode())
            if len(preview) < PREVIEW_ROWS and decision.outcome != RowOutcome.REFUSED:
                preview.append(preview_of(decider, decision))
        notes.step(tally.total)
    return tally, {
        "book_version": book.version,
        "last_number": decider.last_number,
        "report_digest": digest.hexdigest(),
        "preview": preview,
        "reasons": dict(tally.reasons.most_common()),
    }


def keep_rows(batch: Import, decisions: Iterable[Decision]) -> None:
    """Keep what the report says of the rows."""
    names = ("of_id", "row", "outcome", "code", "reason", "name", "number")
    insert(ImportRow, names, ((batch.pk, d.row, str(d.outcome), d.code, d.reason, d.name, d.number) for d in decisions))


def _counts(tally: Tally) -> dict[str, int]:
    outcomes = tally.outcomes
    return {"total": tally.total, **{str(outcome): outcomes[outcome] for outcome in RowOutcome}}


def bring_in(batch: Import) -> None:
    """Bring a confirmed table in. What is written is decided anew where the book has moved since the preview."""
    _move(batch, "start")
    for attempt in range(_ATTEMPTS):
        try:
            _bring_in_once(batch, Notes(batch))
        except BookMovedError:
            if attempt == _ATTEMPTS - 1:
                stop(batch, f"{batch.kind.into}正在被其他人频繁修改，这次没有导入任何一行。请稍后重新导入。")
        except UnreadableError as error:
            stop(batch, str(error))
            return
        else:
            return


def _bring_in_once(batch: Import, notes: Notes) -> None:
    work = ImportWork.objects.get(of=batch)
    if batch.kind.books.peek(batch.organ).version != work.book_version:
        work = _decide_again(batch, work, notes)
    if batch.all_or_nothing and batch.refused:
        stop(batch, f"有 {batch.refused:,} 行未通过检查，按“全部正确才导入”没有导入任何一行。")
        return
    notes.phase(ImportPhase.PREPARING, batch.taken + batch.updated)
    prepared = prepare(batch, batch.kind.decider_for(batch, batch.mapping, 0), notes.step)
    notes.phase(ImportPhase.WRITING, batch.taken + batch.updated)
    began = timezone.now()
    with transaction.atomic():
        write(batch, prepared, work)
        counts = {name: getattr(batch, name) for name in _COUNTS}
        _move(batch, "finish", digest=work.report_digest, finished_at=clock.now(), **counts)
        writers.clear(batch)
    seconds = (timezone.now() - began).total_seconds()
    ImportWork.objects.filter(of=batch).update(phase=ImportPhase.ENDED, seconds_writing=seconds, preview=[], sample=[])


def _decide_again(batch: Import, work: ImportWork, notes: Notes) -> ImportWork:
    """Decide anew on every row, since others have written to the book after the preview."""
    header = Header(batch.header_row, list(work.columns), batch.mapping)
    with open_table(file_services.read(batch.file), batch.sheet) as table:
        tally, found = _dry_run(batch, header, table.lines, notes)
    ImportWork.objects.filter(of=batch).update(**found)
    for name, count in _counts(tally).items():
        setattr(batch, name, count)  # stored with the step that ends the import
    return ImportWork.objects.get(of=batch)


def stop(batch: Import, message: str) -> None:
    """End an import that brings nothing in, and say why."""
    counts = {name: getattr(batch, name) for name in _COUNTS}
    with transaction.atomic():
        writers.clear(batch)
        ImportWork.objects.filter(of=batch).update(phase=ImportPhase.ENDED, preview=[], sample=[])
        _move(batch, "stop", message=message[:500], finished_at=clock.now(), **counts)


def fail(batch: Import, message: str) -> None:
    """Mark an import whose work broke off. Nothing of it is on record: writing and finishing are one transaction."""
    if batch.state in BUSY_STATES:
        with transaction.atomic():
            writers.clear(batch)
            _move(batch, "fail", message=message, finished_at=clock.now())


def _move(batch: Import, verb: str, **changes: Any) -> None:
    IMPORTS.move("system", batch, verb, **changes)


@task()
def analyse_import(import_id: int) -> None:
    """Check a table that was uploaded."""
    _work_on(import_id, ImportState.UPLOADED)


@task()
def run_import(import_id: int) -> None:
    """Bring a confirmed table in."""
    _work_on(import_id, ImportState.QUEUED)


def _work_on(import_id: int, state: ImportState) -> None:
    batch = Import.objects.select_related("organ", "file", "work").get(pk=import_id)
    if batch.state != state:
        logger.warning("import %s is %s, not %s: nothing to do", batch, batch.state, state)
        return
    try:
        if state == ImportState.UPLOADED:
            analyse(batch)
        else:
            bring_in(batch)
    except Exception:
        batch.refresh_from_db()
        fail(batch, _BROKEN)
        raise
