"""Reading the versions of an organ's item list: which counts, what is on it, what a version changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.common.tables import Titles
from mingqian.documents.papers.states import Paper
from mingqian.planning.items.selectors import Changed, changes, law_book, published_before, rechecks, scope_names
from mingqian.planning.items.states import OPEN_STATES, ChangeKind, RevisionState
from mingqian.planning.items.workbook import ITEM_TITLES, item_cells
from mingqian.planning.lists.papers import list_paper
from mingqian.planning.lists.states import ListState
from mingqian.planning.models.items import ItemRevision, ListEntry, ListVersion
from mingqian.planning.models.laws import Law

#: Changes up to which a page shows new items whole; of more it shows the head, and leads to the item.
SHOWN_WHOLE = 60


_WITH = ("item", "item__organ", "division", "drafted_by", "joined_by", "version")


def published_versions(organ: Organ) -> QuerySet[ListVersion]:
    """Return the published versions of an organ's list, the latest first: readable by everybody, for ever (A5.3)."""
    rows = ListVersion.objects.filter(organ=organ, state=ListState.PUBLISHED)
    return rows.select_related("organ", "decided_by", "document").order_by("-number")


def current_version(organ: Organ) -> ListVersion | None:
    """Return the version of the list that counts now."""
    return published_versions(organ).first()


def public_version(organ_code: str, number: int) -> ListVersion:
    """Return a published version for anybody, or raise Http404."""
    rows = ListVersion.objects.filter(organ__code=organ_code, number=number, state=ListState.PUBLISHED)
    found = rows.select_related("organ", "decided_by", "document").first()
    if found is None:
        raise Http404("没有公布过这一版清单。")
    return found


def organs_with_lists() -> QuerySet[Organ]:
    """Return the organs that have published a list."""
    return Organ.objects.filter(item_lists__state=ListState.PUBLISHED).distinct().order_by("code")


def entries_of(version: ListVersion) -> list[ListEntry]:
    """Return the entries of a published version, in its order."""
    rows = version.entries.select_related("revision", *(f"revision__{name}" for name in _WITH))
    return list(rows.order_by("position"))


def usable_items(organ: Organ, on: date) -> list[ItemRevision]:
    """Return the items that a plan may take: on the list that counts, with a basis in force on `on` (A2.1)."""
    version = current_version(organ)
    rows = [entry.revision for entry in entries_of(version)] if version else []
    book = law_book(rows)
    return [row for row in rows if not book.problem(row.bases, on)]


def version_changes(version: ListVersion) -> list[tuple[ItemRevision, list[Changed]]]:
    """Return what a version changes: each revision with its differences, word for word; of a long list new items go without."""
    names = scope_names(version.organ)
    rows = list(version.changes.select_related(*_WITH).order_by("item__serial"))
    whole = len(rows) <= SHOWN_WHOLE
    found = []
    for row in rows:
        before = published_before(row) if row.change == ChangeKind.CHANGE else None
        shown = before is not None or (whole and row.change == ChangeKind.NEW)
        found.append((row, changes(before, row, names) if shown else []))
    return found


def workbook_of(version: ListVersion, on: date) -> tuple[Titles, list[list[str]]]:
    """Return titles and rows of a published version for a workbook, with the state of the bases on `on`."""
    rows = [entry.revision for entry in entries_of(version)]
    book, names = law_book(rows), scope_names(version.organ)
    cells = [item_cells(i, row, book.problem(row.bases, on), names) for i, row in enumerate(rows, 1)]
    return ITEM_TITLES, cells


def paper_of(version: ListVersion) -> Paper:
    """Return a published version as a paper to print."""
    return list_paper(version, [entry.revision for entry in entries_of(version)])


def lists_visible_to(user: User) -> QuerySet[ListVersion]:
    """Return the versions of the user's organ, and what organs below it published."""
    below = [pk for pk in organs_below(user.organ) if pk != user.organ_id]
    wanted = Q(organ=user.organ) | Q(organ__in=below, state=ListState.PUBLISHED)
    return ListVersion.objects.filter(wanted).select_related("organ", "composed_by", "decided_by", "document")


def list_for(user: User, code: str) -> ListVersion:
    """Return the version, or raise Http404 where it is not for `user` to know."""
    found = lists_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这一版清单，或它不在您可以查看的范围内。")
    return found


def standing_on(law: Law) -> list[ItemRevision]:
    """Return what cites the law: items on a list that counts, and revisions under way, of its organ and those below."""
    rows = ItemRevision.objects.filter(
        Q(state__in=OPEN_STATES) | Q(state=RevisionState.PUBLISHED), item__organ__in=organs_below(law.organ)
    ).select_related(*_WITH)
    found: dict[int, ItemRevision] = {}
    current = {entry.revision_id for entry in _current_entries(law.organ)}
    for row in rows.order_by("item__code", "-number"):
        counts = row.state in OPEN_STATES or row.pk in current
        if counts and any(basis["law"] == law.code for basis in row.bases):
            found[row.pk] = row
    return list(found.values())


def _current_entries(organ: Organ) -> Iterable[ListEntry]:
    for one in Organ.objects.filter(pk__in=organs_below(organ)):
        version = current_version(one)
        if version:
            yield from version.entries.all()


def listed_rechecks(organ: Organ, on: date) -> dict[ItemRevision, list[str]]:
    """Return the items on the list that counts whose laws have changed since their bases were last looked through, with what changed."""
    version = current_version(organ)
    rows = {entry.revision_id: entry.revision for entry in entries_of(version)} if version else {}
    return {rows[pk]: news for pk, news in rechecks(rows.values(), on).items()}


def document_facts(version: ListVersion) -> dict[str, Any]:
    """Return the head of what a version publishes."""
    return {
        "organ": {"code": version.organ.code, "name": version.organ.name},
        "title": version.title,
        "why": version.why,
        "version": version.number,
    }
