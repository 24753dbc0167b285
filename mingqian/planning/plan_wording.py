"""Entries of a plan in words, as tables, forms and the published file have them (A8.1)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingqian.documents.services import Titles
from mingqian.planning import conditions
from mingqian.planning.diffing import compare
from mingqian.planning.models import EntryRevision, ItemRevision
from mingqian.planning.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.wording import Changed, Shown, percent

Names = Mapping[str, Mapping[str, str]]


def day_words(text: str) -> str:
    """Write an ISO day as 2027年3月1日."""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def windows_words(windows: Sequence[Mapping[str, str]]) -> str:
    """Write the windows, one on a line."""
    rows = [f"{day_words(row['since'])}至{day_words(row['until'])}" for row in windows]
    return "\n".join(f"第 {i} 次：{row}" for i, row in enumerate(rows, 1)) if len(rows) > 1 else "".join(rows)


def quota_words(revision: EntryRevision) -> str:
    """Write how many are drawn."""
    stratify = str(Stratify(revision.stratify).label)
    if revision.quota_mode == QuotaMode.RATIO:
        text = f"{percent(revision.quota_value)}（{stratify}）"
    else:
        each = "共" if revision.stratify == Stratify.NONE else "每层"
        text = f"{each} {revision.quota_value} 家（{stratify}）"
    own = "；".join(f"{name} {count} 家" for name, count in sorted(revision.quotas.items()))
    return f"{text}；单独设定：{own}" if own else text


def flag_words(revision: EntryRevision) -> str:
    """Write how marked subjects are inspected more (art. 12)."""
    if revision.flag_mode == FlagMode.LOTS:
        return f"一家持 {revision.flag_value} 签"
    if revision.flag_mode == FlagMode.STRATUM:
        return f"单独成层，比例 {percent(revision.flag_value)}"
    return "不加大"


def item_words(revision: EntryRevision, items: Sequence[ItemRevision]) -> str:
    """Write the items by code and name; one that the list holds no more is named by its code."""
    names = {item.item.code: f"{item}（{item.item.code}）" for item in items}
    return "\n".join(names.get(code, f"{code}（已不在清单上）") for code in revision.items)


def target_words(revision: EntryRevision, items: Sequence[ItemRevision], names: Names) -> str:
    """Write whom the entry is for: what the items say, then the entry's own conditions."""
    targets = "、".join(dict.fromkeys(item.target for item in items if item.target))
    own = conditions.words(revision.criteria, names)
    return "；".join(part for part in (targets, own) if part)


def fields_of_entry(
    revision: EntryRevision, items: Sequence[ItemRevision], names: Names, partners: Sequence[str] = ()
) -> list[Shown]:
    """Return everything that an entry says, in the order of article 8 and what the platform adds to it."""
    estimated = f"{revision.estimated:,} 家" if revision.estimated is not None else ""
    drawn = f"{revision.estimated_draw:,} 家" if revision.estimated_draw is not None else ""
    rows = (
        ("title", "抽查任务名称", revision.title),
        ("category", "抽查类别", "、".join(dict.fromkeys(item.category for item in items))),
        ("items", "抽查事项", item_words(revision, items)),
        ("target", "检查对象", target_words(revision, items, names)),
        ("targeted", "抽查类型", "定向抽查" if revision.targeted else "不定向抽查"),
        ("kind", "事项类别", str(revision.get_kind_display())),
        ("quota", "抽查比例或数量", quota_words(revision)),
        ("ratio_why", "超过上限的理由", revision.ratio_why),
        ("flags", "重点监管对象", flag_words(revision)),
        ("frequency", "抽查频次", f"每年 {revision.frequency} 次" if revision.windows else ""),
        ("estimated", "预估抽查对象总数", estimated),
        ("estimated_draw", "每次预估抽取数", drawn),
        ("windows", "检查时间", windows_words(revision.windows)),
        ("division", "检查主体", revision.division.name),
        ("partners", "联合科室", "、".join(partners or revision.partners)),
        ("partner_organs", "联合部门", revision.partner_organs),
        ("team_size", "每组人数", f"{revision.team_size} 人{'，检查科室人员带队' if revision.lead_present else ''}"),
    )
    return [Shown(key, title, text) for key, title, text in rows]


def entry_changes(old: Sequence[Shown], new: Sequence[Shown]) -> list[Changed]:
    """Return the fields in which `new` differs from `old`, word for word."""
    before = {shown.key: shown.text for shown in old}
    return [
        Changed(shown.key, shown.title, compare(before.get(shown.key, ""), shown.text))
        for shown in new
        if shown.text != before.get(shown.key, "")
    ]


PLAN_TITLES: Titles = (
    ("序号", 6), ("条目编码", 20), ("抽查任务名称", 30), ("抽查类别", 18), ("抽查事项", 40), ("检查对象", 36),
    ("抽查类型", 12), ("事项类别", 14), ("抽查比例或数量", 24), ("超过上限的理由", 24), ("重点监管对象", 18),
    ("抽查频次", 12), ("预估抽查对象总数", 16), ("每次预估抽取数", 16), ("检查时间", 34), ("检查主体", 16),
    ("联合科室", 18), ("联合部门", 18), ("每组人数", 10),
)  # fmt: skip


def entry_cells(position: int, revision: EntryRevision, shown: Sequence[Shown]) -> list[str]:
    """Return an entry as `PLAN_TITLES` has it."""
    return [str(position), revision.entry.code, *(one.text for one in shown)]


def document_of(revision: EntryRevision, items: Sequence[ItemRevision]) -> dict[str, Any]:
    """Return an entry as the published file holds it: natural keys and texts, whole numbers."""
    names = ("title", "kind", "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value")
    more = (
        "windows",
        "partners",
        "partner_organs",
        "team_size",
        "lead_present",
        "ratio_why",
        "estimated",
        "estimated_draw",
    )
    return {
        "code": revision.entry.code,
        "revision": revision.number,
        "division": revision.division.name,
        "items": [{"code": item.item.code, "revision": item.number, "name": str(item)} for item in items],
        "targeted": revision.targeted,
        "frequency": revision.frequency,
        **{name: getattr(revision, name) for name in (*names, *more)},
        "estimated_on": revision.estimated_on.isoformat() if revision.estimated_on else "",
    }
