"""Reading items and the versions of an organ's list: whether bases carry them, what they say in words, what a version changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import organs_below
from mingqian.casework.register import differences
from mingqian.casework.register.differences import Changed, Shown
from mingqian.casework.register.states import OPEN_STATES, RevisionState, VersionState
from mingqian.common import clock
from mingqian.common.tables import Titles
from mingqian.documents.papers.states import Paper
from mingqian.pages.tones import Shown as State
from mingqian.planning import citation, scopes
from mingqian.planning.bases import LawBook
from mingqian.planning.cells import percent
from mingqian.planning.items.papers import list_paper
from mingqian.planning.items.states import Exemption, FollowUp, ItemKind, Method, ResultCode
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models.items import BasisCheck, ItemRevision, ListVersion
from mingqian.planning.models.laws import Law
from mingqian.planning.selectors import ITEM_RECORDS


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


def missing_titles(organ: Organ) -> list[tuple[str, int]]:
    """Return the names of laws that drafts cite and the library does not know, with how many drafts cite each: the to-do list."""
    counts: dict[str, int] = {}
    for row in ITEM_RECORDS.under_way(organ):
        for title in {basis["title"] for basis in row.bases if not basis["law"]}:
            counts[title] = counts.get(title, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def scope_names(organ: Organ) -> Mapping[str, Mapping[str, str]]:
    """Return the words of the codes in a scope."""
    return {part: dict(choices) for part, choices in scopes.choices_of(organ).items()}


Names = Mapping[str, Mapping[str, str]]


def methods_words(methods: list[str]) -> str:
    """Write the methods in the order of article 13."""
    return "、".join(str(label) for value, label in Method.choices if value in methods)


def point_words(point: Mapping[str, str]) -> str:
    """Write a check point on one line."""
    method = str(Method(point["method"]).label) if point.get("method") else ""
    more = "；".join(part for part in (method, f"准备：{point['materials']}" if point.get("materials") else "") if part)
    return f"{point['text']}（{more}）" if more else point["text"]


def result_words(result: Mapping[str, str]) -> str:
    """Write a result and what it calls for."""
    return f"{ResultCode(result['code']).label}：{FollowUp(result['follow_up']).label}"


def exemption_words(revision: ItemRevision) -> str:
    """Say whether listed companies are exempt."""
    words = str(Exemption(revision.exemption).label)
    return f"{words}（{revision.exemption_why}）" if revision.exemption_why else words


def kind_shown(kind: str) -> State:
    """Return the kind of an item as lists show it."""
    return State("重点", "active") if kind == ItemKind.KEY else State("一般")


def fields_of(revision: ItemRevision, names: Names | None = None) -> list[Shown]:
    """Return everything that a revision says, in the order of article 5 and what the platform adds to it."""
    rows = (
        ("category", "抽查类别", revision.category),
        ("name", "抽查事项", revision.name),
        ("sub_item", "子项", revision.sub_item),
        ("kind", "事项类别", str(revision.get_kind_display())),
        ("target", "抽查对象", revision.target),
        ("scope", "对象范围", scopes.words(revision.scope, names or {})),
        ("content", "抽查内容", revision.content),
        ("bases", "抽查依据", citation.write(revision.bases)),
        ("methods", "抽查方式", methods_words(revision.methods)),
        ("body", "检查主体", revision.body),
        ("ratio", "抽查比例", f"不超过 {percent(revision.ratio)}" if revision.ratio else ""),
        ("ratio_why", "超过上限的理由", revision.ratio_why),
        ("frequency", "抽查频次", f"每年 {revision.frequency} 次" if revision.frequency else ""),
        ("points", "检查要点", "\n".join(f"{i}. {point_words(p)}" for i, p in enumerate(revision.points, 1))),
        ("results", "检查结果与后续", "\n".join(result_words(result) for result in revision.results)),
        ("qualifications", "检查人员资格要求", revision.qualifications),
        ("exemption", "免检免扰", exemption_words(revision)),
        ("division", "责任科室", revision.division.name),
        ("compliance", "合规提示", revision.compliance),
    )
    return [Shown(key, title, text) for key, title, text in rows]


ITEM_TITLES: Titles = (
    ("序号", 6), ("事项编码", 14), ("抽查类别", 18), ("抽查事项", 34), ("子项", 16), ("事项类别", 14), ("抽查对象", 24), ("对象范围", 24),
    ("抽查内容", 44), ("抽查依据", 50), ("抽查方式", 20), ("检查主体", 20), ("抽查比例", 14), ("超过上限的理由", 20), ("抽查频次", 12),
    ("检查要点", 50), ("检查结果与后续", 40), ("检查人员资格要求", 20), ("免检免扰", 20), ("责任科室", 16), ("合规提示", 50),
    ("依据是否有效", 30),
)  # fmt: skip


def item_cells(position: int, revision: ItemRevision, problem: str, names: Names) -> list[str]:
    """Return an item as `ITEM_TITLES` has it."""
    texts = [shown.text for shown in fields_of(revision, names)]
    return [str(position), revision.code, *texts, problem or "有效"]


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
