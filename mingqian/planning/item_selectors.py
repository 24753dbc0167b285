"""Reading the law library and the item list.

`basis_problem` says whether an item may be planned or drawn on a day (A2.1), `current_version` which list counts, `usable_items` what a
plan may take from it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.documents.services import Paper, Titles
from mingqian.planning import citing, scopes
from mingqian.planning.bases import EditionFact, LawBook, LawFact
from mingqian.planning.exporting import ITEM_TITLES, item_cells
from mingqian.planning.list_paper import list_paper
from mingqian.planning.models import (
    Article,
    BasisCheck,
    Edition,
    Item,
    ItemImport,
    ItemRevision,
    Law,
    LawAlias,
    ListEntry,
    ListVersion,
)
from mingqian.planning.states import OPEN_STATES, ChangeKind, ListState, RevisionState
from mingqian.planning.wording import Changed, changes

#: Changes up to which a page shows new items whole; of more it shows the head, and leads to the item.
SHOWN_WHOLE = 60


def line_of(organ: Organ) -> list[Organ]:
    """Return the organ and those above it, from the top down: whose laws it may cite."""
    line = [organ]
    while (above := line[0].parent) is not None:
        line.insert(0, above)
    return line


def citable_laws(organ: Organ) -> QuerySet[Law]:
    """Return the laws of the organ and of those above it."""
    return Law.objects.filter(organ__in=line_of(organ))


def laws_visible_to(user: User) -> QuerySet[Law]:
    """Return the laws that the user's organ may cite, and those of the organs below it (art. 4)."""
    wanted = Q(organ__in=line_of(user.organ)) | Q(organ__in=organs_below(user.organ))
    return Law.objects.filter(wanted).select_related("organ", "successor", "added_by")


def law_for(user: User, code: str) -> Law:
    """Return the law, or raise Http404 where it is not for `user` to know."""
    found = laws_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这部法律，或它不在您可以查看的范围内。")
    return found


def editions_of(law: Law) -> QuerySet[Edition]:
    """Return the editions, the latest first."""
    rows = law.editions.select_related("added_by").annotate(count=Count("articles"))
    # Counting groups the rows, which drops the model's order.
    return rows.order_by("-effective_from", "-number")


def edition_for(law: Law, number: int) -> Edition:
    """Return an edition of the law, or raise Http404."""
    found = editions_of(law).filter(number=number).first()
    if found is None:
        raise Http404("这部法律没有这个版本。")
    return found


def articles_with(laws: QuerySet[Law], query: str) -> QuerySet[Article]:
    """Return the articles of any edition in whose text every word of `query` occurs; two characters suffice, on both databases."""
    found = Article.objects.filter(edition__law__in=laws).select_related("edition", "edition__law")
    for word in query.split():
        found = found.filter(text__icontains=word)
    return found.order_by("edition__law__name", "-edition__effective_from", "-edition__number", "position")


def title_finder(organ: Organ) -> dict[str, str]:
    """Return the code of a law by the key of every name under which the organ knows it: the nearest organ's own name wins."""
    found: dict[str, str] = {}
    for one in line_of(organ):
        found |= {citing.key_of(law.name): law.code for law in Law.objects.filter(organ=one)}
        found |= {alias.key: alias.law.code for alias in LawAlias.objects.filter(organ=one).select_related("law")}
    return found


def law_book(revisions: Iterable[ItemRevision]) -> LawBook:
    """Return what the library says of the laws that `revisions` cite. Three queries, whatever their number."""
    return book_of(basis["law"] for revision in revisions for basis in revision.bases)


def book_of(codes: Iterable[str]) -> LawBook:
    """Return what the library says of the laws with these codes."""
    laws = list(Law.objects.filter(code__in={code for code in codes if code}).select_related("successor"))
    editions = list(Edition.objects.filter(law__in=laws))
    labels: dict[int, set[str]] = {}
    for edition_id, label in Article.objects.filter(edition__in=editions).values_list("edition_id", "label"):
        labels.setdefault(edition_id, set()).add(label)
    facts: dict[int, list[EditionFact]] = {}
    for row in editions:
        known = frozenset(labels.get(row.pk, ()))
        fact = EditionFact(row.number, row.title, row.effective_from, row.added_at, row.excerpt, known)
        facts.setdefault(row.law_id, []).append(fact)
    return LawBook({law.code: _fact_of(law, facts.get(law.pk, [])) for law in laws})


def _fact_of(law: Law, editions: list[EditionFact]) -> LawFact:
    successor = law.successor.name if law.successor else ""
    return LawFact(law.code, law.name, law.level, law.repealed_on, successor, tuple(editions))


def basis_problem(revision: ItemRevision, on: date) -> str:
    """Return why the item may not be planned or drawn on `on`, "" where a basis is in force (A2.1). For lists read `law_book` once."""
    return law_book([revision]).problem(revision.bases, on)


def last_checks(revisions: Iterable[ItemRevision]) -> dict[int, BasisCheck]:
    """Return the latest check of the bases by revision."""
    found: dict[int, BasisCheck] = {}
    for check in BasisCheck.objects.filter(revision__in=list(revisions)).select_related("by").order_by("at", "pk"):
        found[check.revision_id] = check
    return found


def rechecks(revisions: Iterable[ItemRevision], on: date, book: LawBook | None = None) -> dict[int, list[str]]:
    """Return by revision what has become of its laws since its bases were last looked through; revisions without news are left out."""
    rows = list(revisions)
    book = book or law_book(rows)
    checks = last_checks(rows)
    news = {
        row.pk: book.changed_since(row.bases, checks[row.pk].at if row.pk in checks else row.drafted_at, on)
        for row in rows
    }
    return {pk: sentences for pk, sentences in news.items() if sentences}


_WITH = ("item", "item__organ", "division", "drafted_by", "joined_by", "version")


def revisions_visible_to(user: User) -> QuerySet[ItemRevision]:
    """Return the revisions of the user's organ and, where published, of those below it (art. 4)."""
    below = [pk for pk in organs_below(user.organ) if pk != user.organ_id]
    wanted = Q(item__organ=user.organ) | Q(item__organ__in=below, state=RevisionState.PUBLISHED)
    return ItemRevision.objects.filter(wanted).select_related(*_WITH)


def revision_for(user: User, code: str, number: int) -> ItemRevision:
    """Return the revision, or raise Http404 where it is not for `user` to know."""
    found = revisions_visible_to(user).filter(item__code=code, number=number).first()
    if found is None:
        raise Http404("没有找到这个抽查事项，或它不在您可以查看的范围内。")
    return found


def revisions_of(item: Item) -> QuerySet[ItemRevision]:
    """Return all revisions of an item, the latest first."""
    return item.revisions.select_related(*_WITH).order_by("-number")


def published_before(revision: ItemRevision) -> ItemRevision | None:
    """Return what was published of the item before `revision`."""
    rows = revision.item.revisions.filter(state=RevisionState.PUBLISHED, number__lt=revision.number)
    return rows.select_related(*_WITH).order_by("-number").first()


def open_revisions(user: User) -> QuerySet[ItemRevision]:
    """Return what is under way in the user's organ."""
    rows = ItemRevision.objects.filter(item__organ=user.organ, state__in=OPEN_STATES)
    return rows.select_related(*_WITH).order_by("item__serial")


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


def imports_visible_to(user: User) -> QuerySet[ItemImport]:
    """Return the tables of items of the user's organ."""
    rows = ItemImport.objects.filter(organ=user.organ).select_related("file", "division", "created_by", "organ")
    return rows.order_by("-serial")


def import_for(user: User, code: str) -> ItemImport:
    """Return the import, or raise Http404."""
    found = imports_visible_to(user).filter(code=code).first()
    if found is None:
        raise Http404("没有找到这次导入。")
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


def missing_titles(organ: Organ) -> list[tuple[str, int]]:
    """Return the names of laws that drafts cite and the library does not know, with how many drafts cite each: the to-do list."""
    counts: dict[str, int] = {}
    for row in ItemRevision.objects.filter(item__organ=organ, state__in=OPEN_STATES).only("bases"):
        for title in {basis["title"] for basis in row.bases if not basis["law"]}:
            counts[title] = counts.get(title, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def scope_names(organ: Organ) -> Mapping[str, Mapping[str, str]]:
    """Return the words of the codes in a scope."""
    return {part: dict(choices) for part, choices in scopes.choices_of(organ).items()}


def document_facts(version: ListVersion) -> dict[str, Any]:
    """Return the head of what a version publishes."""
    return {
        "organ": {"code": version.organ.code, "name": version.organ.name},
        "title": version.title,
        "why": version.why,
        "version": version.number,
    }
