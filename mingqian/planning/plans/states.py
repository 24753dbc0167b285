"""States of an entry as the plan shows it, closed lists of entries, and what an officer writes of one."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models

from mingqian.pages.tones import toned


@toned(DRAFTING="active:edit", WAITING="plain:clock", DUE="soon", RUNNING="active", MISSED="overdue", DONE="done")
class PlanState(models.TextChoices):
    """How far a year's plan, or an entry of it, has come; computed from the tasks below, never kept."""

    DRAFTING = "drafting", "编制中"
    WAITING = "waiting", "未到检查时间"
    DUE = "due", "待开立任务"
    RUNNING = "running", "执行中"
    MISSED = "missed", "逾期未抽取"
    DONE = "done", "已完成"


class Stratify(models.TextChoices):
    """What the pool is cut into strata by."""

    NONE = "none", "不分层"
    DISTRICT = "district", "按区县分层"
    KIND = "kind", "按对象类别分层"


class QuotaMode(models.TextChoices):
    """How a quota is set."""

    RATIO = "ratio", "按比例"
    NUMBER = "number", "按数量"


class FlagMode(models.TextChoices):
    """How subjects with a mark of article 12, third paragraph, are inspected more."""

    NONE = "none", "不加大"
    LOTS = "lots", "一家多签"
    STRATUM = "stratum", "单独成层"


#: What one entry holds at most.
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
