"""Reading the versions of an organ's item list: which counts, what is on it, what a version changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import organs_below
from mingqian.casework.register import differences
from mingqian.casework.register.differences import Changed
from mingqian.casework.register.states import OPEN_STATES, RevisionState, VersionState
from mingqian.common import clock
from mingqian.common.tables import Titles
from mingqian.documents.papers.states import Paper
from mingqian.planning.items.selectors import ITEM_RECORDS, fields_of, law_book, rechecks, scope_names
from mingqian.planning.items.workbook import ITEM_TITLES, item_cells
from mingqian.planning.lists.papers import list_paper
from mingqian.planning.models.items import ItemRevision, ListVersion
from mingqian.planning.models.laws import Law


def organs_with_lists() -> QuerySet[Organ]:
    """Return the organs that have published a list."""
    return Organ.objects.filter(item_lists__state=VersionState.PUBLISHED).distinct().order_by("code")


def usable_items(organ: Organ, on: date) -> list[ItemRevision]:
    """Return the items that a plan may take: on the list that counts, with a basis in force on `on` (A2.1)."""
    rows = ITEM_RECORDS.standing(organ)
    book = law_book(rows)
    return [row for row in rows if not book.problem(row.bases, on)]


def version_changes(version: ListVersion) -> list[tuple[ItemRevision, list[Changed]]]:
    """Return what a version changes: each revision with its differences, word for word; of a long list new items go without."""
    names = scope_names(version.organ)
    return differences.version_changes(ITEM_RECORDS, version, lambda row: fields_of(row, names))


def workbook_of(version: ListVersion, on: date) -> tuple[Titles, list[list[str]]]:
    """Return titles and rows of a published version for a workbook, with the state of the bases on `on`."""
    rows = ITEM_RECORDS.lines(version)
    book, names = law_book(rows), scope_names(version.organ)
    cells = [item_cells(i, row, book.problem(row.bases, on), names) for i, row in enumerate(rows, 1)]
    return ITEM_TITLES, cells


def paper_of(version: ListVersion) -> Paper:
    """Return a published version as a paper to print."""
    return list_paper(version, ITEM_RECORDS.lines(version))


def standing_on(law: Law) -> list[ItemRevision]:
    """Return what cites the law: items on a list that counts, and revisions under way, of its organ and those below."""
    organs = Organ.objects.filter(pk__in=organs_below(law.organ))
    rows = ITEM_RECORDS.rows().filter(state__in=(*OPEN_STATES, RevisionState.PUBLISHED), item__organ__in=organs)
    found: dict[int, ItemRevision] = {}
    current = {row.pk for organ in organs for row in ITEM_RECORDS.standing(organ)}
    for row in rows.order_by("item__code", "-number"):
        counts = row.state in OPEN_STATES or row.pk in current
        if counts and any(basis["law"] == law.code for basis in row.bases):
            found[row.pk] = row
    return list(found.values())


def listed_rechecks(organ: Organ, on: date) -> dict[ItemRevision, list[str]]:
    """Return the items on the list that counts whose laws have changed since their bases were last looked through, with what changed."""
    rows = {row.pk: row for row in ITEM_RECORDS.standing(organ)}
    return {rows[pk]: news for pk, news in rechecks(rows.values(), on).items()}


def document_facts(version: ListVersion) -> dict[str, Any]:
    """Return the head of what a version publishes."""
    return {
        "organ": {"code": version.organ.code, "name": version.organ.name},
        "title": version.title,
        "why": version.why,
        "version": version.number,
    }


def basis_failures(rows: Sequence[ItemRevision]) -> list[tuple[ItemRevision, str]]:
    """Return the items whose bases carry no inspection today."""
    book, on = law_book(rows), clock.today()
    return [(row, problem) for row in rows if (problem := book.problem(row.bases, on))]
