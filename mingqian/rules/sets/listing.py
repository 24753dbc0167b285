"""The list of versions of rule sets: drafts, what waits for approval, what was approved."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.pages.fields import ANY, FilterForm
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import shown
from mingqian.rules.models import RuleSet
from mingqian.rules.sets.selectors import sets_visible_to
from mingqian.rules.states import SetState


class StateFilter(FilterForm):
    """The filter above the list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[ANY, *SetState.choices])


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[RuleSet]:
    rows = sets_visible_to(user).order_by("-drafted_at", "-pk")
    return rows.filter(state=asked["state"]) if asked["state"] else rows


LISTING: Listing[RuleSet] = Listing(
    name="rules:sets",
    title="规则版本",
    sub="规则集由综合法规科起草、局领导批准；批准后不能修改，只能由新版本接替。",
    columns=(
        Column("名称", str, 36, link=lambda row: reverse("rules:set", args=[row.code]), under=lambda row: row.basis, sort="name"),
        in_file("依据", lambda row: row.basis, 36),
        Column("适用范围", lambda row: row.level_name, 24),
        Column("类别", lambda row: str(row.get_kind_display()), 12, style="nowrap"),
        Column("生效", lambda row: day(row.effective_from), 14, style="nowrap", sort="effective_from"),
        Column("有效期至", lambda row: day(row.valid_until) if row.valid_until else "长期", 14, style="nowrap"),
        Column("起草", lambda row: str(row.drafted_by), 12, style="nowrap"),
        Column("审批", lambda row: str(row.decided_by or ""), 12, style="nowrap"),
        Column("状态", lambda row: str(row.get_state_display()), 12, state=shown),
    ),
    form=lambda request: StateFilter(request.GET),
    rows=_rows,
    unit="个版本",
    empty=Empty(
        "还没有自己的版本",
        "现在执行的是随系统提供的细则。需要细化某个科室的规定，或者续期、另立细则时，由综合法规科起草新版本。",
        "book",
        "查看现行规则",
        lambda: reverse("rules:current"),
    ),
    template="rules/sets.html",
)  # fmt: skip
