"""What an officer writes of a plan's entry, read against what the organ has; and what it would come to (art. 8)."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind
from mingqian.casework.register import sides
from mingqian.casework.register.states import ChangeKind
from mingqian.common.errors import DomainError
from mingqian.planning.entries import conditions
from mingqian.planning.entries.checks import kind_of
from mingqian.planning.entries.selectors import estimate, items_of, listed_items
from mingqian.planning.entries.states import FlagMode, QuotaMode, Stratify
from mingqian.planning.models.plans import EntryRevision, Plan, PlanEntry

#: What sentences call an entry and the plan.
WORDS = sides.Words("计划条目", "年度抽查工作计划", "计划", "第八条", "A8.1")
MOST_ITEMS = 20
MOST_WINDOWS = 12


@dataclass
class EntryValues:
    """What an officer writes of an entry; `items` and `partners` are codes, `windows` pairs of days, both counted."""

    title: str
    items: list[str] = field(default_factory=list)
    criteria: dict[str, Any] = field(default_factory=dict)
    stratify: str = Stratify.DISTRICT
    quota_mode: str = QuotaMode.RATIO
    quota_value: int = 500
    quotas: dict[str, int] = field(default_factory=dict)
    flag_mode: str = FlagMode.LOTS
    flag_value: int = 2
    windows: list[tuple[date, date]] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    partner_organs: str = ""
    team_size: int = 2
    lead_present: bool = False
    ratio_why: str = ""
    why: str = ""


_MANY = 10**9
#: The numbers that go with a way of setting them, from and to, and what is said of others.
_RANGES = {
    QuotaMode.RATIO: (1, 10000, "抽查比例应大于 0、不超过 100%，请改正。"),
    QuotaMode.NUMBER: (0, _MANY, "抽查数量不能是负数，请改正。"),
}
_FLAG_RANGES = {
    FlagMode.NONE: (0, _MANY, "加大幅度不能是负数，请改正。"),
    FlagMode.LOTS: (2, 9, "一家多签的签数应在 2 到 9 之间，请改正。"),
    FlagMode.STRATUM: (1, 10000, "重点监管对象层的比例应大于 0、不超过 100%，请改正。"),
}


def _check_closed_lists(organ: Organ, values: EntryValues, division: Division) -> None:
    """Refuse what no form offers."""
    try:
        Stratify(values.stratify)
        least, most, words = _RANGES[QuotaMode(values.quota_mode)]
        fewest, greatest, flag_words = _FLAG_RANGES[FlagMode(values.flag_mode)]
    except ValueError as error:
        raise DomainError("提交的选项不在可选范围内，请刷新页面重新选择。") from error
    if not least <= values.quota_value <= most:
        raise DomainError(words)
    if not fewest <= values.flag_value <= greatest:
        raise DomainError(flag_words)
    if len(values.items) > MOST_ITEMS or len(values.windows) > MOST_WINDOWS:
        raise DomainError(f"一个条目最多 {MOST_ITEMS} 个事项、一年 {MOST_WINDOWS} 次，请减少。")
    others = Division.objects.filter(organ=organ).exclude(code=division.code)
    if not set(values.partners) <= set(others.values_list("code", flat=True)):
        raise DomainError("联合科室应是本机关的其他科室，请重新选择。")


def read_values(organ: Organ, division: Division, values: EntryValues) -> dict[str, Any]:
    """Return what a revision keeps of `values`; raise DomainError for what no form offers. What was counted is to be counted anew."""
    _check_closed_lists(organ, values, division)
    listed = listed_items(organ)
    strangers = [code for code in values.items if code not in listed]
    if strangers:
        raise DomainError(f"事项 {strangers[0]} 不在现行的抽查事项清单上，不能列入计划（第二条）。")
    return {
        **{one.name: getattr(values, one.name) for one in fields(values)},
        "criteria": conditions.check(values.criteria),
        "windows": [
            {"since": since.isoformat(), "until": until.isoformat()} for since, until in sorted(values.windows)
        ],
        "kind": kind_of([listed[code] for code in values.items]),
        **dict.fromkeys(("estimated", "estimated_draw", "estimated_on")),
    }


def scratch_of(user: User, plan: Plan, values: EntryValues) -> EntryRevision:
    """Return an entry as `values` would make it, saved nowhere: to count what it would meet."""
    division = user.division or Division.objects.filter(organ=plan.organ, kind=DivisionKind.BUSINESS).first()
    if division is None:
        raise DomainError("本机关还没有业务科室，请先由管理员建立。")
    told = read_values(plan.organ, division, replace(values, partners=[]))
    return EntryRevision(entry=PlanEntry(plan=plan), division=division, **told)


#: What a change starts with, and what makes it one.
COPIED = (
    "title", "items", "kind", "criteria", "stratify", "quota_mode", "quota_value", "quotas", "flag_mode", "flag_value", "windows",
    "partners", "partner_organs", "team_size", "lead_present", "ratio_why",
)  # fmt: skip


def estimated(revision: EntryRevision) -> dict[str, Any]:
    """Return the estimate and the kind, by the registry and the list of today, as the row keeps them."""
    if revision.change == ChangeKind.WITHDRAW:
        return {}
    items = items_of(revision)
    found = estimate(revision, items)
    return {
        "kind": kind_of(items),
        "estimated": found.taking_part,
        "estimated_draw": found.to_draw,
        "estimated_on": found.on,
    }
