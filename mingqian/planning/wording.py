"""What an item says, field by field in words: for the page, the comparison, the workbook and the published file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingqian.planning import citing, scopes
from mingqian.planning.diffing import Part, compare
from mingqian.planning.models import ItemRevision
from mingqian.planning.states import Exemption, FollowUp, Method, ResultCode

Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Shown:
    """A field of an item: key, title and what it says."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A field that two revisions differ in, word for word."""

    key: str
    title: str
    parts: list[Part]


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
        ("bases", "抽查依据", citing.write(revision.bases)),
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


def changes(old: ItemRevision | None, new: ItemRevision, names: Names | None = None) -> list[Changed]:
    """Return the fields in which `new` differs from `old`, word for word; without `old` everything is new."""
    before = {shown.key: shown.text for shown in fields_of(old, names)} if old else {}
    return [
        Changed(shown.key, shown.title, compare(before.get(shown.key, ""), shown.text))
        for shown in fields_of(new, names)
        if shown.text != before.get(shown.key, "")
    ]


def document_of(revision: ItemRevision) -> dict[str, Any]:
    """Return a revision as the published file holds it: natural keys and texts, whole numbers."""
    names = ("category", "name", "sub_item", "kind", "target", "scope", "content", "bases", "methods", "body", "ratio")
    more = ("ratio_why", "frequency", "points", "results", "qualifications", "compliance", "exemption", "exemption_why")
    return {
        "code": revision.item.code,
        "revision": revision.number,
        "division": revision.division.name,
        **{name: getattr(revision, name) for name in (*names, *more)},
    }
