"""The list of the versions of item lists."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.casework.register.states import VersionState
from mingqian.pages.fields import ANY, FilterForm
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import shown
from mingqian.planning.cells import day_cell
from mingqian.planning.items.selectors import ITEM_RECORDS
from mingqian.planning.models.items import ListVersion


class VersionFilterForm(FilterForm):
    """What the versions are narrowed to."""

    state = forms.ChoiceField(label="状态", choices=[ANY, *VersionState.choices], required=False)


def _rows(user: User, asked: Mapping[str, Any]) -> QuerySet[ListVersion]:
    rows = ITEM_RECORDS.versions_visible_to(user).order_by("-composed_at", "-pk")
    return rows.filter(state=asked["state"]) if asked["state"] else rows


def _when(person: object, moment: Any) -> str:
    return f"{person}，{day(moment)}" if person else "—"


LIST_VERSIONS = Listing[ListVersion](
    name="planning:lists",
    title="清单版本",
    sub="每一版批准即公布，永久可查；改动只能由下一版作出，并写明理由（第五条）。",
    unit="版",
    template="planning/lists/lists.html",
    form=lambda request: VersionFilterForm(request.GET),
    rows=_rows,
    columns=(
        Column(
            "清单",
            str,
            40,
            link=lambda row: reverse("planning:list", args=[row.code]),
            under=lambda row: f"{row.organ.short_name} · {row.code}",
        ),
        in_file("编号", lambda row: row.code, 20),
        in_file("机关", lambda row: row.organ.name, 24),
        Column("理由", lambda row: row.why, 50),
        Column("编制", lambda row: _when(row.composed_by, row.composed_at), style="nowrap", in_file=False),
        in_file("编制人", lambda row: str(row.composed_by), 12),
        in_file("编制时间", lambda row: day_cell(row.composed_at), 12),
        in_file("批准人", lambda row: str(row.decided_by or ""), 12),
        Column("批准公布", lambda row: _when(row.decided_by, row.decided_at), style="nowrap", in_file=False),
        in_file("批准公布", lambda row: day_cell(row.decided_at), 12),
        Column("状态", lambda row: str(row.get_state_display()), 12, state=shown),
    ),
    empty=Empty(
        "还没有清单版本",
        "事项会同审核通过后，由综合法规科编成一版，报领导批准公布。",
        "book",
        "查看在办修订",
        lambda: reverse("planning:drafts"),
    ),
)
