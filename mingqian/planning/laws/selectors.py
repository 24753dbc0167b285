"""Reading the law library: what an organ may cite, editions, articles, names."""

from collections.abc import Collection, Iterable

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.planning import citation
from mingqian.planning.bases import EditionFact, LawBook, LawFact
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.laws import Article, Edition, Law, LawAlias


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
        found |= {citation.key_of(law.name): law.code for law in Law.objects.filter(organ=one)}
        found |= {alias.key: alias.law.code for alias in LawAlias.objects.filter(organ=one).select_related("law")}
    return found


def law_book(revisions: Iterable[ItemRevision]) -> LawBook:
    """Return what the library says of the laws that `revisions` cite. Three queries, whatever their number."""
    return book_of({basis["law"] for revision in revisions for basis in revision.bases})


def book_of(codes: Collection[str]) -> LawBook:
    """Return what the library says of the laws with these codes."""
    laws = list(Law.objects.filter(code__in=codes).select_related("successor"))
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
