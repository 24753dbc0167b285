"""The list of draws."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from mingqian.accounts.models import User
from mingqian.common.text import clean
from mingqian.drawing.draw.selectors import draws_visible_to
from mingqian.drawing.draw.states import LIVE, DrawState
from mingqian.drawing.models.draws import Draw
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import shown

TABS = (("", "全部"), ("live", "待开签"), ("opened", "已开签"), ("voided", "已作废"))
_STATES = {"live": LIVE, "opened": (DrawState.OPENED,), "voided": (DrawState.VOIDED,)}


class DrawFilter(forms.Form):
    """Filters of the list of draws; the state is a tab."""

    q = forms.CharField(
        label="编号、抽取名称或任务编号",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "class": "mq-input"}),
    )
    state = forms.ChoiceField(required=False, choices=TABS, widget=forms.HiddenInput)


def filtered(user: User, asked: Mapping[str, Any]) -> QuerySet[Draw]:
    """Return the draws that the filters leave, newest first."""
    rows = draws_visible_to(user)
    for word in clean(asked["q"]).split():
        rows = rows.filter(Q(draw_id__icontains=word) | Q(title__icontains=word) | Q(task__number__icontains=word))
    return rows.filter(state__in=_STATES[asked["state"]]) if asked["state"] else rows


def _time(title: str, of: Callable[[Draw], datetime | None]) -> tuple[Column[Draw], Column[Draw]]:
    """Return the columns of a time: the day on the page, to the second in the file."""

    def whole(row: Draw) -> str:
        at = of(row)
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""

    return Column(title, lambda row: day(of(row)), style="nowrap", in_file=False), in_file(title, whole, 20)


LISTING: Listing[Draw] = Listing(
    name="drawing:list",
    title="抽取",
    sub="封存、献数、开签：对象和人员都由抽签决定（第九条）。",
    columns=(
        Column("编号", lambda row: row.draw_id, 26, link=lambda row: reverse("drawing:draw", args=[row.code]), style="nowrap"),
        Column("抽取名称", lambda row: row.title, 36, under=lambda row: f"任务编号 {row.task_number}"),
        in_file("任务编号", lambda row: row.task_number, 24),
        in_file("科室", lambda row: row.division.name if row.division else "", 20),
        Column("状态", lambda row: str(row.get_state_display()), 10, state=shown),
        Column("名额", lambda row: str(row.plan["to_select"]), 8, style="num"),
        *_time("封存", lambda row: row.sealed_at),
        *_time("最迟开签", lambda row: row.open_by),
        *_time("开签", lambda row: row.opened_at),
    ),
    form=lambda request: DrawFilter(request.GET),
    rows=filtered,
    unit="场",
    empty=Empty(
        "这里还没有抽取",
        "一场抽取从圈定范围开始：选对象、定名额、选人员、登记回避，然后封存。封存后由抽取监督人当场献数，再开签。",
        icon="lot",
    ),
    template="drawing/draw/list.html",
)  # fmt: skip
