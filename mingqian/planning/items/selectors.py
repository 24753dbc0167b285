"""Reading items and their revisions, whether their bases carry them, and what they say, field by field in words."""

from collections.abc import Iterable, Mapping
from datetime import date

from mingqian.accounts.models import Organ
from mingqian.casework.register.differences import Shown
from mingqian.casework.register.selectors import Records
from mingqian.pages.tones import Shown as State
from mingqian.planning import scopes
from mingqian.planning.items.states import Exemption, FollowUp, ItemKind, Method, ResultCode
from mingqian.planning.laws import citation
from mingqian.planning.laws.bases import LawBook
from mingqian.planning.laws.selectors import book_of
from mingqian.planning.models.items import BasisCheck, ItemRevision, ListEntry, ListVersion


def law_book(revisions: Iterable[ItemRevision]) -> LawBook:
    """Return what the library says of the laws that `revisions` cite. Three queries, whatever their number."""
    return book_of(basis["law"] for revision in revisions for basis in revision.bases)


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


#: The item lists, and what is under way for them.
ITEM_RECORDS = Records(ItemRevision, ListVersion, ListEntry, "organ", "抽查事项", "清单")


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


def percent(ratio: int | None) -> str:
    """Write basis points.

    >>> percent(500), percent(1250), percent(None)
    ('5%', '12.5%', '')
    """
    if ratio is None:
        return ""
    whole, rest = divmod(ratio, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


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
