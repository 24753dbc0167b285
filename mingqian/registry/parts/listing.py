"""The lists of flags in force and of the exemptions (A9.2, A12.3)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from mingqian.common import clock
from mingqian.common.tables import day_cell
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown, shown
from mingqian.registry.models.parts import Exemption, Flag
from mingqian.registry.parts.forms import ExemptionFilter, FlagFilter
from mingqian.registry.parts.states import PartState
from mingqian.registry.parts.values import Part
from mingqian.registry.subjects.selectors import exemptions_visible_to, flags_visible_to, in_force


def _subject(row: Part) -> str:
    return reverse("registry:subject", args=[row.subject.number]) + "?tab=parts"


def _by(row: Part) -> str:
    return row.recorded_by.removeprefix("user/")


def flags_in_force(user: Any) -> QuerySet[Flag]:
    """Return the flags that hold today."""
    return flags_visible_to(user).filter(in_force(clock.today()))


def _flags(user: Any, asked: Mapping[str, Any]) -> QuerySet[Flag]:
    rows = flags_in_force(user).filter(said(asked["text"], ("subject__name", "subject__number", "source", "document")))
    wanted = {"kind": asked["kind"], "subject__district": asked["district"]}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.order_by("-since", "subject__number", "pk")


def _subjects(_user: Any, rows: Any) -> str:
    return f"{rows.order_by().values('subject').distinct().count():,} 家"


def _districts(user: Any) -> list[str]:
    rows = flags_in_force(user).order_by("subject__district")
    return list(rows.values_list("subject__district", flat=True).distinct())


FLAG_LIST: Listing[Flag] = Listing(
    name="registry:flags",
    title="重点监管标记",
    sub="有这些情形的对象应当加大抽查力度，提高抽查比例和频次（第十二条）。列出今日有效的标记。",
    unit="项",
    what="标记",
    rows=_flags,
    form=lambda request: FlagFilter(request.GET, districts=_districts(request.user)),
    beside=_subjects,
    empty=Empty(
        "今日没有有效的重点监管标记",
        "可以从其他部门提供的表格导入（要有来源一列），也可以在对象的页面上逐个登记。",
        "alert",
        "从表格导入",
        lambda: reverse("imports:new") + "?kind=flags",
    ),
    template="registry/parts/flags.html",
    columns=(
        in_file("登记号", lambda row: row.subject.number, 22),
        Column("名称", lambda row: row.subject.name, 36, link=_subject),
        Column("区县", lambda row: row.subject.district, 10, style="nowrap"),
        Column(
            "标记", lambda row: row.get_kind_display(), 18, style="nowrap",
            state=lambda row: Shown(row.get_kind_display(), "soon", "alert"),
        ),
        Column("来源", lambda row: row.source, 36),
        Column("文号或编号", lambda row: row.document, 24),
        Column("自", lambda row: day(row.since), in_file=False, style="nowrap"),
        Column("至", lambda row: day(row.until) if row.until else "未定", in_file=False, style="nowrap"),
        in_file("自", lambda row: day_cell(row.since), 12),
        in_file("至", lambda row: day_cell(row.until), 12),
        in_file("登记人", _by),
    ),
)  # fmt: skip


def _exemptions(user: Any, asked: Mapping[str, Any]) -> QuerySet[Exemption]:
    today = clock.today()
    states = {
        PartState.NOW: in_force(today),
        PartState.LATER: Q(withdrawn_why="", since__gt=today),
        PartState.PAST: Q(withdrawn_why="", until__lt=today),
        PartState.WITHDRAWN: ~Q(withdrawn_why=""),
    }
    rows = exemptions_visible_to(user).filter(states[PartState(asked["state"])] if asked["state"] else Q())
    names = ("subject__name", "subject__number", "code", "basis", "source")
    return rows.filter(said(asked["text"], names)).order_by("-since", "subject__number", "pk")


def _standing(user: Any, _rows: Any) -> Iterable[str]:
    today = clock.today()
    held = exemptions_visible_to(user).filter(in_force(today))
    soon = held.filter(until__lte=date.fromordinal(today.toordinal() + 30)).count()
    return [f"今日有效 {held.count():,} 条", *([f"30 日内到期 {soon:,} 条"] if soon else [])]


EXEMPTION_LIST: Listing[Exemption] = Listing(
    name="registry:exemptions",
    title="免检免扰名单",
    sub="抽到名单内的对象予以免检，另行随机抽取替代；环保、安全生产、投诉举报、上级要求和法律法规明确规定的检查除外（第九条）。",
    what="记录",
    rows=_exemptions,
    form=lambda request: ExemptionFilter(request.GET),
    counts=_standing,
    empty=Empty(
        "免检免扰名单还是空的",
        "从提供部门的表格导入（要有依据、来源和名单代码），也可以在对象的页面上逐个列入。",
        "lock",
        "从表格导入",
        lambda: reverse("imports:new") + "?kind=exemptions",
    ),
    template="registry/parts/exemptions.html",
    columns=(
        in_file("登记号", lambda row: row.subject.number, 22),
        Column("名称", lambda row: row.subject.name, 36, link=_subject),
        in_file("区县", lambda row: row.subject.district, 10),
        Column("名单代码", lambda row: row.code, 18, style="mono"),
        Column("免检依据", lambda row: row.basis, 40),
        Column("名单来源", lambda row: row.source, 30),
        Column("自", lambda row: day(row.since), in_file=False, style="nowrap"),
        Column("至", lambda row: day(row.until) if row.until else "长期", in_file=False, style="nowrap"),
        in_file("自", lambda row: day_cell(row.since), 12),
        in_file("至", lambda row: day_cell(row.until), 12),
        Column(
            "状态", lambda row: str(row.standing(clock.today()).label), 10, style="nowrap",
            state=lambda row: shown(row.standing(clock.today())),
        ),
        in_file("撤销原因", lambda row: row.withdrawn_why, 24),
        in_file("登记人", _by),
    ),
)  # fmt: skip
