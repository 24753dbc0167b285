"""The list of the plans by year."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.pages.listing import Column, Empty, Listing
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import shown
from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.plans.selectors import plans_visible_to
from mingqian.planning.plans.states import PlanState
from mingqian.planning.selectors import PLAN_RECORDS
from mingqian.planning.tasks.selectors import plan_state


@dataclass(frozen=True)
class YearPlan:
    """A year's plan with how far it has come."""

    plan: Plan
    version: PlanVersion | None
    state: PlanState
    entries: int
    under_way: int

    @property
    def standing(self) -> str:
        """Say which version counts."""
        if self.version is None:
            return "尚未公布"
        return f"第 {self.version.number} 版，{day(self.version.decided_at)}公布"


def _rows(user: User, _asked: Mapping[str, Any]) -> list[YearPlan]:
    found = []
    for plan in plans_visible_to(user):
        version, own = PLAN_RECORDS.current(plan), plan.organ_id == user.organ_id
        if version is None and not own:
            continue
        under_way = PLAN_RECORDS.under_way(plan).count() if own else 0
        entries = len(PLAN_RECORDS.lines(version)) if version else 0
        found.append(YearPlan(plan, version, plan_state(plan), entries, under_way))
    return found


PLAN_LIST = Listing[YearPlan](
    name="plans:index",
    title="年度抽查工作计划",
    sub="综合法规科会同业务科室编制，局领导批准后公布（第八条）。未列入计划的，不得检查（第二条）。",
    unit="份",
    template="planning/plans/plans.html",
    rows=_rows,
    keeps_filters=False,
    columns=(
        Column("年度", lambda row: f"{row.plan.year} 年", style="nowrap"),
        Column("计划", lambda row: str(row.plan), 40, link=lambda row: reverse("plans:plan", args=[row.plan.code])),
        Column("现行版本", lambda row: row.standing, 28),
        Column("条目", lambda row: f"{row.entries} 项"),
        Column("在办修订", lambda row: f"{row.under_way} 份"),
        Column("进度", lambda row: str(row.state.label), state=lambda row: shown(row.state)),
    ),
    empty=Empty(
        "还没有年度计划",
        "先公布抽查事项清单，再选择年度编制计划：业务科室起草条目，综合法规科会同，报领导批准后公布。",
        "book",
    ),
)
