"""The list of limits: what runs, until when, how that came about, who owes it; what was cleared when and by what."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.casework.clocks.selectors import clocks_visible_to
from mingqian.casework.clocks.states import KINDS
from mingqian.casework.models.clocks import Clock
from mingqian.common import clock
from mingqian.pages import access
from mingqian.pages.fields import ANY, FilterForm, offer, said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day, moment
from mingqian.pages.tones import shown

#: How a limit stands, as the list filters by it.
STANDINGS = (
    ANY,
    ("red", "红牌：已到期"),
    ("yellow", "黄牌：即将到期"),
    ("running", "未办结"),
    ("cleared", "已办结"),
)


class ClockFilter(FilterForm):
    """Filters of the list of limits."""

    q = forms.CharField(label="事项", required=False, max_length=60)
    kind = forms.ChoiceField(label="期限", required=False)
    standing = forms.ChoiceField(label="状态", required=False, choices=STANDINGS)

    def __init__(self, data: Any) -> None:
        """Offer the kinds that the rooms registered."""
        super().__init__(data)
        offer(self, "kind", [ANY, *((kind.name, kind.title) for kind in KINDS.values())])


def filtered(user: User, asked: Mapping[str, Any]) -> QuerySet[Clock]:
    """Return the clocks that the filters leave, the first due first."""
    rows, today = clocks_visible_to(user), clock.today()
    rows = rows.filter(said(asked.get("q") or "", ("title",)))
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    open_rows = rows.filter(cleared_at__isnull=True)
    chosen = {
        "red": open_rows.filter(due__lt=today),
        "yellow": open_rows.filter(due__gte=today, soon__lte=today),
        "running": open_rows,
        "cleared": rows.filter(cleared_at__isnull=False),
    }
    return chosen.get(str(asked.get("standing")), rows).order_by("due", "pk")


def _counts(_user: User, rows: Any) -> list[str]:
    today = clock.today()
    late = rows.filter(cleared_at__isnull=True, due__lt=today).count()
    soon = rows.filter(cleared_at__isnull=True, due__gte=today, soon__lte=today).count()
    return [f"红牌 {late}", f"黄牌 {soon}"]


def _cleared(row: Clock) -> str:
    return f"{moment(row.cleared_at)}　{row.cleared_how}" if row.cleared_at else ""


LISTING: Listing[Clock] = Listing(
    name="casework:clocks",
    title="办理期限",
    sub="按细则规定的工作日计算，起算当天不计入；到期日怎样算出，列在每一行。",
    columns=(
        Column("事项", lambda row: row.title, 40, link=lambda row: row.path, sort="title"),
        Column("期限", lambda row: KINDS[row.kind].title, 20, under=lambda row: KINDS[row.kind].cited),
        Column("到期日", lambda row: day(row.due), 16, under=lambda row: row.working, sort="due"),
        Column("责任", lambda row: row.division.name if row.division else "综合法规科", 16, under=lambda row: KINDS[row.kind].owner),
        Column("状态", lambda row: row.shown.label, 20, state=shown, under=lambda row: _cleared(row) or row.waits_for),
        in_file("起算日", lambda row: row.started.isoformat(), 12),
        in_file("工作日", lambda row: str(row.days), 8),
        in_file("算法", lambda row: row.working, 60),
        in_file("暂定", lambda row: "暂定" if row.provisional else "", 8),
        in_file("办结", _cleared, 40),
    ),
    form=lambda request: ClockFilter(request.GET),
    rows=filtered,
    counts=_counts,
    empty=Empty("没有在计的期限", "开签后，影像留存、结果报备等期限由系统自动起算，显示在这里和工作台。", icon="clock"),
)  # fmt: skip


@require_GET
@access.roles(*READER_ROLES)
def clocks(request: HttpRequest) -> HttpResponseBase:
    """List the limits of the organ and of those below it."""
    return LISTING.respond(request)
