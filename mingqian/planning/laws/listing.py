"""The lists of the law library: its laws, and the names that drafts cite and it does not know."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown
from mingqian.planning.items.selectors import missing_titles
from mingqian.planning.laws.forms import LawFilterForm
from mingqian.planning.laws.selectors import laws_visible_to
from mingqian.planning.models.laws import Edition, Law


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[Law]:
    rows, today = laws_visible_to(user).filter(said(asked["q"], ("name", "document_number", "code"))), clock.today()
    if asked["level"]:
        rows = rows.filter(level=asked["level"])
    if asked["state"] == "repealed":
        rows = rows.filter(repealed_on__lte=today)
    elif asked["state"]:
        begun = Law.objects.filter(editions__effective_from__lte=today)
        rows = rows.exclude(repealed_on__lte=today)
        rows = rows.filter(pk__in=begun) if asked["state"] == "in_force" else rows.exclude(pk__in=begun)
    return rows.prefetch_related("editions").order_by("name", "code")


def _current(law: Law) -> Edition | None:
    """Return the edition in force today, from what was prefetched."""
    today = clock.today()
    begun = [edition for edition in law.editions.all() if edition.effective_from <= today]
    return max(begun, key=lambda edition: (edition.effective_from, edition.number), default=None)


def _title(law: Law) -> str:
    edition = _current(law)
    return edition.title if edition else "尚未施行"


def _since(law: Law) -> str:
    edition = _current(law)
    return edition.effective_from.isoformat() if edition else ""


def _state(law: Law) -> Shown:
    if law.repealed(clock.today()):
        return Shown("已废止", "overdue", "void")
    if _current(law) is None:
        return Shown("尚未施行", "soon", "clock")
    return Shown("将废止", "soon", "clock") if law.repealed_on else Shown("有效", "done", "check")


LAW_LIST = Listing[Law](
    name="planning:laws",
    title="法律法规库",
    sub="抽查事项只能依据现行有效的法律、法规、规章（第二条）。上级机关录入的可以引用，不能修改。",
    unit="部",
    template="planning/laws/laws.html",
    form=lambda request: LawFilterForm(request.GET),
    rows=_rows,
    columns=(
        in_file("简码", lambda law: law.code, 14),
        Column(
            "名称",
            lambda law: law.name,
            44,
            link=lambda law: reverse("planning:law", args=[law.code]),
            under=lambda law: law.document_number,
        ),
        Column("效力层级", lambda law: str(law.get_level_display()), 12, style="nowrap"),
        in_file("文号", lambda law: law.document_number, 24),
        Column("制定机关", lambda law: law.issuer, 24),
        Column("现行版本", _title, 18),
        Column("施行", lambda law: day(found.effective_from) if (found := _current(law)) else "—", in_file=False),
        in_file("施行日期", _since, 12),
        Column("录入机关", lambda law: law.organ.short_name, style="nowrap", in_file=False),
        in_file("废止日期", lambda law: law.repealed_on.isoformat() if law.repealed_on else "", 12),
        in_file("替代的法律", lambda law: law.successor.name if law.successor else "", 30),
        Column("状态", lambda law: _state(law).label, state=_state, in_file=False),
    ),
    empty=Empty(
        "法律法规库还是空的",
        "先录入本局执法依据的法律、法规和规章：粘贴条文原文，系统按“第…条”自动拆分。之后起草抽查事项时就能引用并核对条款。",
        "book",
        "录入法律",
        lambda: reverse("planning:law-new"),
        may=lambda user: bool(user.has_role(Role.REGULATIONS_OFFICER)),
        otherwise="请联系综合法规科录入。",
    ),
)
MISSING = Listing[tuple[str, int]](
    name="planning:missing",
    title="待关联的依据",
    sub="在办草稿引用了这些名称，库中没有同名的法律。录入后自动关联；只是写法不同的，在这里指明是哪一部，以后自动认得。",
    unit="个名称",
    template="planning/laws/missing.html",
    rows=lambda user, _asked: missing_titles(user.organ),
    keeps_filters=False,
    columns=(
        Column("引用的名称", lambda row: row[0], 60),
        Column("草稿", lambda row: str(row[1]), 8, style="num"),
        Column("办理", lambda _row: "", html="planning/laws/_link.html", in_file=False),
    ),
    empty=Empty(
        "没有待关联的依据",
        "在办草稿引用的法律都已在库中。",
        "check",
        "查看在办修订",
        lambda: reverse("planning:drafts"),
    ),
)
