"""The list of organs: the tree from the own organ down, with divisions and accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from mingqian.accounts.models.organs import Organ
from mingqian.accounts.models.users import User
from mingqian.accounts.selectors import tree_of
from mingqian.accounts.states import Role
from mingqian.pages.fields import FilterForm
from mingqian.pages.listing import Column, Listing, in_file


class OrganFilter(FilterForm):
    """The filter above the tree."""

    q = forms.CharField(label="机关名称或代码", required=False, max_length=60)


@dataclass(frozen=True)
class Row:
    """An organ in the tree."""

    depth: int
    organ: Organ
    divisions: str
    users: int
    may_edit: bool


def _rows(user: User, asked: Mapping[str, Any]) -> Sequence[Row]:
    query, edits = asked["q"], user.has_role(Role.SYSTEM_ADMIN)
    return [
        Row(depth, organ, "、".join(d.name for d in organ.divisions.order_by("code")), organ.users.count(), edits)
        for depth, organ in tree_of(user)
        if query in organ.name or query in organ.code
    ]


LISTING: Listing[Row] = Listing(
    name="accounts:organs",
    title="机关与科室",
    sub="上级可以看到下级的工作，不能修改（第四条、第二十二条）。",
    columns=(
        Column("机关", lambda row: row.organ.name, 30, html="accounts/organs/_name.html"),
        Column("代码", lambda row: row.organ.code, 18, style="mono"),
        Column("层级", lambda row: str(row.organ.get_kind_display()), 10, style="nowrap"),
        in_file("上级机关", lambda row: str(row.organ.parent or ""), 30),
        Column("科室", lambda row: row.divisions, 60),
        Column("用户", lambda row: str(row.users), 8, style="num"),
    ),
    form=lambda request: OrganFilter(request.GET),
    rows=_rows,
    unit="个机关",
    template="accounts/organs/organs.html",
    keeps_filters=False,
)
