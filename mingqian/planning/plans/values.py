"""What an officer writes of a plan's entry, read against what the organ has; and what it would come to (art. 8)."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import DivisionKind
from mingqian.casework.register.states import ChangeKind
from mingqian.common.errors import DomainError
from mingqian.planning import conditions
from mingqian.planning.models.items import ItemRevision
from mingqian.planning.models.plans import EntryRevision, Plan, PlanEntry
from mingqian.planning.plans.selectors import kind_of
from mingqian.planning.plans.states import MOST_ITEMS, MOST_WINDOWS, EntryValues, FlagMode, QuotaMode, Stratify
from mingqian.planning.pool.selectors import estimate
from mingqian.planning.selectors import items_of, listed_items

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
