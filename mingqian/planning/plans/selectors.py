"""Reading annual plans, their versions and entries: what they say in words, whether their bases carry them (A8.1)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.casework.register import differences
from mingqian.casework.register.differences import Changed, Shown
from mingqian.casework.register.states import VersionState
from mingqian.common import clock
from mingqian.common.tables import Titles
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning import citation, conditions
from mingqian.planning.cells import percent
from mingqian.planning.items.states import ItemKind
from mingqian.planning.laws.selectors import law_book
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision, Plan, PlanVersion
from mingqian.planning.plans.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.selectors import PLAN_RECORDS, items_of, listed_items


def plans_visible_to(user: User) -> QuerySet[Plan]:
    """Return the plans of the user's organ and of those below it, the latest year first."""
    return (
        Plan.objects.filter(organ__in=organs_below(user.organ)).select_related("organ").order_by("-year", "organ__code")
    )


def plan_for(user: User, code: str) -> Plan:
    """Return the plan, or raise Http404 where it is not for `user` to know; of organs below only what is published."""
    found = plans_visible_to(user).filter(code=code).first()
    if found is None or (found.organ_id != user.organ_id and PLAN_RECORDS.current(found) is None):
        raise Http404("没有找到这份年度计划，或它不在您可以查看的范围内。")
    return found


def years_with_plans(organ: Organ) -> list[Plan]:
    """Return the plans of an organ that have a published version, the latest first; for the public."""
    rows = Plan.objects.filter(organ=organ, versions__state=VersionState.PUBLISHED).distinct()
    return list(rows.select_related("organ").order_by("-year"))


def organs_with_plans() -> QuerySet[Organ]:
    """Return the organs that have published a plan."""
    return Organ.objects.filter(plans__versions__state=VersionState.PUBLISHED).distinct().order_by("code")


def failing(rows: Sequence[EntryRevision]) -> list[tuple[EntryRevision, str]]:
    """Return the entries that may not be planned today, with the first reason (A2.1)."""
    if not rows:
        return []
    listed = listed_items(rows[0].organ)
    found = []
    for row in rows:
        problems = basis_problems(row, items_of(row, listed))
        if problems:
            found.append((row, problems[0]))
    return found


def version_changes(version: PlanVersion) -> list[tuple[EntryRevision, list[Changed]]]:
    """Return what a version changes, word for word, as the item list stood on its day."""
    return differences.version_changes(PLAN_RECORDS, version, lambda row: entry_shown(row, row.version))


Names = Mapping[str, Mapping[str, str]]


def windows_words(windows: Sequence[Mapping[str, str]]) -> str:
    """Write the windows, one on a line."""
    rows = ["至".join(day(date.fromisoformat(row[name])) for name in ("since", "until")) for row in windows]
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


def inspected_for(revision: EntryRevision) -> list[Shown]:
    """Return what a company asks that was drawn: which items, what is looked at, by which law, in the items' own words."""
    found = []
    for item in items_of(revision):
        found.append(Shown("item", "检查事项", str(item)))
        found.append(Shown("content", "检查内容", item.content))
        found.append(Shown("bases", "检查依据", citation.write(item.bases)))
    return [one for one in found if one.text]


def deciding_words(revision: EntryRevision) -> str:
    """Write the conditions that decide who is in a draw of the entry, its own and those of its items; "" where everybody is."""
    names = conditions.names_of(revision.organ)
    own = conditions.words(revision.criteria, names)
    items = (conditions.words(item.scope, names) for item in items_of(revision) if item.scope)
    return "；".join(dict.fromkeys(part for part in (own, *items) if part))


def said_of_targets(revision: EntryRevision) -> str:
    """Return whom the item list says that the items are for: its own words, which decide nothing."""
    return "、".join(dict.fromkeys(item.target for item in items_of(revision) if item.target))


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


PLAN_TITLES: Titles = (
    ("序号", 6), ("条目编码", 20), ("抽查任务名称", 30), ("抽查类别", 18), ("抽查事项", 40), ("检查对象", 36),
    ("抽查类型", 12), ("事项类别", 14), ("抽查比例或数量", 24), ("超过上限的理由", 24), ("重点监管对象", 18),
    ("抽查频次", 12), ("预估抽查对象总数", 16), ("每次预估抽取数", 16), ("检查时间", 34), ("检查主体", 16),
    ("联合科室", 18), ("联合部门", 18), ("每组人数", 10),
)  # fmt: skip


def entry_cells(position: int, revision: EntryRevision, shown: Sequence[Shown]) -> list[str]:
    """Return an entry as `PLAN_TITLES` has it."""
    return [str(position), revision.entry.code, *(one.text for one in shown)]


def partner_names(revision: EntryRevision) -> list[str]:
    """Return the names of the divisions that come along."""
    names = dict(Division.objects.filter(organ=revision.organ).values_list("code", "name"))
    return [names.get(code, code) for code in revision.partners]


def entry_shown(revision: EntryRevision, version: PlanVersion | None = None) -> list[Shown]:
    """Return what an entry says, in words, in the order of article 8; of a published version as the item list stood on its day."""
    listed = listed_items(revision.organ, version.decided_at) if version else None
    return fields_of_entry(
        revision, items_of(revision, listed), conditions.names_of(revision.organ), partner_names(revision)
    )


def basis_problems(revision: EntryRevision, items: list[ItemRevision], on: date | None = None) -> list[str]:
    """Return why the entry may not be planned or drawn: items off the list, bases that fail on a day (A2.1)."""
    found = []
    held = {item.item.code for item in items}
    gone = [code for code in revision.items if code not in held]
    if gone:
        found.append(f"事项 {'、'.join(gone)} 已不在现行的抽查事项清单上，请更换（第二条）。")
    if not revision.items:
        found.append("还没有选择抽查事项（第八条）。")
    book = law_book(items)
    judged = ((item, book.problem(item.bases, on or clock.today())) for item in items)
    return found + [f"事项“{item}”：{problem}" for item, problem in judged if problem]


def kind_of(items: Iterable[ItemRevision]) -> ItemKind:
    """Return general as soon as one item is: then the ceiling holds for all (A5.2)."""
    kinds = {item.kind for item in items}
    return ItemKind.KEY if kinds == {ItemKind.KEY} else ItemKind.GENERAL
