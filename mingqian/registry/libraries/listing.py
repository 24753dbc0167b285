"""The list of libraries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mingqian.pages.listing import Column, Empty, Listing
from mingqian.pages.tones import Shown
from mingqian.registry.models.libraries import Library
from mingqian.registry.several import BAR
from mingqian.registry.subjects.selectors import libraries_of, subjects_visible_to


@dataclass(frozen=True)
class Held:
    """A library and how many subjects are in it."""

    library: Library
    count: int

    @property
    def shown(self) -> Shown:
        """Return whether it is in use."""
        return Shown("在用", "done", "check") if self.library.active else Shown("已停用", "plain", "void")


def _rows(user: Any, _asked: Mapping[str, Any]) -> Sequence[Held]:
    everything = subjects_visible_to(user)
    return [
        Held(library, everything.filter(libraries__contains=BAR + library.code + BAR).count())
        for library in libraries_of(user.organ)
    ]


LIBRARY_LIST: Listing[Held] = Listing(
    name="registry:libraries",
    title="专项库",
    sub="按管理需要归在一起的抽查对象；抽查事项可以限定只抽某个专项库。",
    unit="个专项库",
    rows=_rows,
    empty=Empty(
        "还没有专项库",
        "先新建一个，例如“重点用能单位”，写明建库依据；再把对象批量加入，或在对象的页面上逐个设置。",
        "book",
        "新建专项库",
        lambda: reverse("registry:library-new"),
    ),
    template="registry/libraries/libraries.html",
    keeps_filters=False,
    columns=(
        Column("名称", lambda row: row.library.name, 30, link=lambda row: f"{reverse('registry:subjects')}?library={row.library.code}"),
        Column("代码", lambda row: row.library.code, 20, style="mono"),
        Column("建库依据", lambda row: row.library.basis, 50),
        Column("对象", lambda row: str(row.count), 10, html="registry/libraries/_count.html", style="num nowrap"),
        Column("状态", lambda row: row.shown.label, 10, state=lambda row: row.shown, style="nowrap"),
        Column("操作", lambda _row: "", in_file=False, html="registry/libraries/_acts.html", style="nowrap reg-act"),
    ),
)  # fmt: skip
