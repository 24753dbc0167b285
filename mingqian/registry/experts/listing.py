"""The list of experts and testing bodies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from mingqian.common import clock
from mingqian.common.tables import day_cell
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.tones import Shown
from mingqian.registry.experts.forms import ExpertFilter
from mingqian.registry.experts.selectors import experts_visible_to
from mingqian.registry.models.experts import Expert


def _rows(user: Any, asked: Mapping[str, Any]) -> Sequence[Expert]:
    names = ("name", "organisation", "speciality", "qualification_number")
    rows = experts_visible_to(user, asked["organ"]).select_related("organ").filter(said(asked["text"], names))
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    today, usable = clock.today(), asked["usable"]
    return [row for row in rows if not usable or row.may_come_on(today) == (usable == "yes")]


def _usable(_user: Any, rows: Any) -> list[str]:
    return [f"今日可以邀请 {sum(row.may_come_on(clock.today()) for row in rows):,} 个"]


def usable_state(expert: Expert) -> Shown:
    """Return whether the expert may be asked along today."""
    if expert.may_come_on(clock.today()):
        return Shown("可以邀请", "done", "check")
    return Shown("资质不在有效期", "soon", "clock") if expert.active else Shown("不再邀请", "plain", "void")


EXPERT_LIST: Listing[Expert] = Listing(
    name="registry:experts",
    title="专家和检测机构",
    sub="可以按程序邀请参加检查，提供专业意见或检测（第九条）；不是检查组成员，不参加抽取。",
    unit="个",
    what="专家和检测机构",
    rows=_rows,
    form=lambda request: ExpertFilter(request.GET),
    chosen=("organ",),
    counts=_usable,
    empty=Empty(
        "还没有专家和检测机构",
        "逐个新增：类别、名称、专业或检测项目，以及资质和有效期。",
        "people",
        "新增",
        lambda: reverse("registry:expert-new"),
    ),
    template="registry/experts/experts.html",
    columns=(
        in_file("编号", lambda row: row.number, 12),
        in_file("类别", lambda row: row.get_kind_display(), 10),
        Column("名称", lambda row: row.name, 24, html="registry/experts/_name.html"),
        Column("类别", lambda row: row.get_kind_display(), in_file=False, style="nowrap"),
        Column("所在单位", lambda row: row.organisation, 30),
        Column("专业或检测项目", lambda row: row.speciality, 30),
        Column("资质名称", lambda row: row.qualification, 24, under=lambda row: row.qualification_number),
        in_file("资质编号", lambda row: row.qualification_number, 22),
        in_file("资质有效期自", lambda row: day_cell(row.valid_from), 14),
        in_file("资质有效期至", lambda row: day_cell(row.valid_until), 14),
        Column("有效期至", lambda row: day_cell(row.valid_until) or "长期", in_file=False, style="nowrap"),
        in_file("联系方式", lambda row: row.contact_masked, 16),
        Column("可否邀请", lambda row: "可以" if row.may_come_on(clock.today()) else "不能", 12, state=usable_state, style="nowrap"),
    ),
)  # fmt: skip
