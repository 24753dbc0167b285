"""Reading a plan's entries and their revisions, what they would come to, and what they say in words (A8.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet

from mingqian.accounts.models import Division, Organ
from mingqian.casework.register.differences import Shown
from mingqian.casework.register.selectors import Records
from mingqian.common import clock
from mingqian.common.tables import Titles
from mingqian.planning.entries import conditions
from mingqian.planning.entries.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.items.selectors import ITEM_RECORDS, percent
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision, PlanLine, PlanVersion
from mingqian.planning.pool.selectors import Partaker, QuotaRule, Stratum, partakers
from mingqian.registry.models import Subject

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


PLAN_TITLES: Titles = (
    ("序号", 6), ("条目编码", 20), ("抽查任务名称", 30), ("抽查类别", 18), ("抽查事项", 40), ("检查对象", 36),
    ("抽查类型", 12), ("事项类别", 14), ("抽查比例或数量", 24), ("超过上限的理由", 24), ("重点监管对象", 18),
    ("抽查频次", 12), ("预估抽查对象总数", 16), ("每次预估抽取数", 16), ("检查时间", 34), ("检查主体", 16),
    ("联合科室", 18), ("联合部门", 18), ("每组人数", 10),
)  # fmt: skip


def entry_cells(position: int, revision: EntryRevision, shown: Sequence[Shown]) -> list[str]:
    """Return an entry as `PLAN_TITLES` has it."""
    return [str(position), revision.entry.code, *(one.text for one in shown)]


#: The annual plans, and what is under way for them.
PLAN_RECORDS = Records(EntryRevision, PlanVersion, PlanLine, "plan__organ", "计划条目", "计划")


def listed_items(organ: Organ, at: datetime | None = None) -> dict[str, ItemRevision]:
    """Return the items on the list that counts, or counted at a moment, by code, in its order."""
    versions = ITEM_RECORDS.published(organ)
    version = (versions if at is None else versions.filter(decided_at__lte=at)).first()
    return {row.code: row for row in ITEM_RECORDS.lines(version)} if version else {}


def items_of(revision: EntryRevision, listed: dict[str, ItemRevision] | None = None) -> list[ItemRevision]:
    """Return the items of an entry as the list that counts has them; one that is not on it any more is left out."""
    found = listed if listed is not None else listed_items(revision.organ)
    return [found[code] for code in revision.items if code in found]


def scope_of(
    revision: EntryRevision, on: date | None = None, listed: dict[str, ItemRevision] | None = None
) -> QuerySet[Subject]:
    """Return the subjects in the scope of an entry on a day (today), by number, whether they may be drawn or not."""
    return conditions.subjects_in(revision.organ, revision.criteria, items_of(revision, listed), on)


def quota_rule(revision: EntryRevision) -> QuotaRule:
    """Return how the entry's quotas are set."""
    return QuotaRule(
        revision.quota_mode,
        revision.quota_value,
        revision.quotas,
        revision.stratify,
        revision.flag_mode,
        revision.flag_value,
    )


@dataclass(frozen=True)
class Estimate:
    """What an entry would meet on a day: subjects in scope, those that may be drawn, how many each time, stratum by stratum."""

    on: date
    in_scope: int
    taking_part: int
    exempt: int
    flagged: int
    strata: list[Stratum] = field(default_factory=list)

    @property
    def to_draw(self) -> int:
        """Return how many one draw selects."""
        return sum(stratum.quota for stratum in self.strata)


def estimate(revision: EntryRevision, items: Iterable[ItemRevision] | None = None, on: date | None = None) -> Estimate:
    """Count what the entry would meet if it were drawn on a day (today); nothing that other tasks drew is taken off yet."""
    on = on or clock.today()
    known = list(items) if items is not None else items_of(revision)
    rows: list[Partaker] = partakers(revision, known, on)
    strata = quota_rule(revision).strata((row.stratum, row.status) for row in rows)
    return Estimate(
        on,
        len(rows),
        sum(row.takes_part for row in rows),
        sum(row.status.startswith("exempt:") for row in rows),
        sum(bool(row.flags) for row in rows),
        strata,
    )


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
