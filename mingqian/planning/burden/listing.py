"""The list of special inspections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import shown
from mingqian.planning.burden import selectors
from mingqian.planning.burden.forms import SpecialFilter
from mingqian.planning.burden.states import SpecialState
from mingqian.planning.models.burden import SpecialInspection


@dataclass(frozen=True)
class Counted:
    """A special inspection with how many subjects it met; `own` where it is the user's organ's."""

    row: SpecialInspection
    subjects: int
    own: bool

    @property
    def under(self) -> str:
        """Say whose it is, and its number."""
        organ = [] if self.own else [self.row.organ.short_name]
        return "　".join([*organ, self.row.number, *([self.row.division.name] if self.row.division else [])])

    @property
    def days(self) -> str:
        """Say when."""
        since, until = self.row.since, self.row.until
        return day(since) if since == until else f"{day(since)}至{day(until)}"


def _form(request: HttpRequest) -> SpecialFilter:
    rows = selectors.specials_visible_to(user_of(request))
    years = rows.order_by("-since__year").values_list("since__year", flat=True).distinct()
    return SpecialFilter(request.GET, offered={"year": [(str(year), f"{year}年") for year in years]})


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[SpecialInspection]:
    rows = selectors.specials_visible_to(user)
    named = {"ground": "ground", "year": "since__year"}
    rows = rows.filter(**{path: asked[name] for name, path in named.items() if asked[name]})
    return rows.filter(said(asked["text"], ("title", "document", "number", "led_by")))


def _counted(user: User, rows: Sequence[SpecialInspection]) -> list[Counted]:
    met = selectors.subjects_of(rows)
    return [Counted(row, met.get(row.code, 0), row.organ_id == user.organ_id) for row in rows]


def _counts(_user: User, rows: Any) -> list[str]:
    withdrawn = rows.filter(state=SpecialState.WITHDRAWN).count()
    return [f"其中 {withdrawn:,} 次已撤销"] if withdrawn else []


SPECIAL_LIST = Listing[Counted](
    name="burden:specials",
    title="专项检查",
    sub="投诉举报、交办转办、突发事件、上级专门部署的检查，以及参加其他部门发起的联合抽查，不由本机关抽取（第二十一条），但计入企业受检次数。",
    unit="次",
    template="planning/burden/specials.html",
    form=_form,
    rows=_rows,
    decorate=_counted,
    counts=_counts,
    columns=(
        in_file("机关", lambda one: one.row.organ.short_name, 20),
        in_file("登记编号", lambda one: one.row.number, 18),
        Column(
            "检查名称",
            lambda one: one.row.title,
            36,
            link=lambda one: reverse("burden:special", args=[one.row.code]),
            under=lambda one: one.under,
        ),
        Column("事由", lambda one: str(one.row.get_ground_display()), 26, under=lambda one: one.row.led_by),
        in_file("发起部门", lambda one: one.row.led_by, 24),
        Column("依据文件", lambda one: one.row.document, 30),
        Column("检查时间", lambda one: one.days, in_file=False),
        in_file("检查自", lambda one: one.row.since.isoformat(), 12),
        in_file("检查至", lambda one: one.row.until.isoformat(), 12),
        in_file("科室", lambda one: one.row.division.name if one.row.division else "", 18),
        Column("对象", lambda one: f"{one.subjects:,} 家", style="num", in_file=False),
        in_file("对象数", lambda one: str(one.subjects), 8),
        Column("状态", lambda one: str(one.row.get_state_display()), 10, state=lambda one: shown(one.row)),
    ),
    empty=Empty(
        "还没有专项检查",
        "随机抽查之外的检查都在这里登记：事由、依据文件、对象和人员。登记后计入每个对象的受检次数和频次预警。",
        "book",
        "登记专项检查",
        lambda: reverse("burden:special-new"),
        may=lambda user: bool(user.has_role(*OFFICER_ROLES)),
    ),
)
