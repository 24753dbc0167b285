"""The demo's annual plan: what stands this year, and what is being drafted for the next."""

from datetime import date, timedelta

from mingqian.planning.plans.states import EntryValues, FlagMode, QuotaMode, Stratify

#: Position of the items in `demo_items.ITEMS`, by entry.
ENERGY, EXPLOSIVES, CLEAN = (0, 1), (2,), (3,)
TITLE = "淄博市工业和信息化局{year}年度抽查工作计划"
WHY = "根据现行抽查事项清单和上年度检查情况首次编制。"


def _window(today: date, begins: int, days: int) -> tuple[date, date]:
    """Return a window that begins in so many days and lies in this year; at its very end it is today."""
    last = date(today.year, 12, 31)
    since = min(today + timedelta(days=begins), last)
    return since, min(since + timedelta(days=days), last)


def entries(today: date, codes: list[str]) -> list[tuple[str, EntryValues]]:
    """Return (division, entry) for this year's plan; `codes` are those of the items."""
    return [
        (
            "jieneng",
            EntryValues(
                title=f"{today.year}年度节能监察随机抽查",
                items=[codes[i] for i in ENERGY],
                windows=[_window(today, 0, 45)],
                partners=["anquan"],
            ),
        ),
        (
            "minbao",
            EntryValues(
                title=f"{today.year}年度民用爆炸物品储存安全检查",
                items=[codes[i] for i in EXPLOSIVES],
                criteria={"libraries": ["minbao"]},
                stratify=Stratify.NONE,
                quota_value=5000,
                flag_mode=FlagMode.STRATUM,
                flag_value=10000,
                windows=[_window(today, 0, 30)],
            ),
        ),
        (
            "jieneng",
            EntryValues(
                title=f"{today.year}年度强制性清洁生产审核检查",
                items=[codes[i] for i in CLEAN],
                criteria={"districts": ["张店区", "淄川区", "博山区"]},
                quota_value=300,
                windows=[_window(today, 20, 20)],
            ),
        ),
    ]


def next_year(year: int, codes: list[str]) -> list[tuple[str, EntryValues]]:
    """Return (division, entry) for the plan of `year`, which is under way."""
    return [
        (
            "jieneng",
            EntryValues(
                title=f"{year}年度节能监察随机抽查",
                items=[codes[i] for i in ENERGY],
                windows=[(date(year, 4, 1), date(year, 6, 30))],
                partners=["anquan"],
            ),
        ),
        (
            "jieneng",
            EntryValues(
                title=f"{year}年度清洁生产审核检查",
                items=[codes[i] for i in CLEAN],
                quota_mode=QuotaMode.NUMBER,
                quota_value=1,
                windows=[(date(year, 5, 6), date(year, 7, 31))],
            ),
        ),
        (
            "minbao",
            EntryValues(
                title=f"{year}年度民爆器材企业储存安全检查",
                items=[codes[i] for i in EXPLOSIVES],
                criteria={"libraries": ["minbao"]},
                stratify=Stratify.NONE,
                quota_value=5000,
                windows=[(date(year, 3, 1), date(year, 4, 30)), (date(year, 9, 1), date(year, 10, 31))],
            ),
        ),
    ]
