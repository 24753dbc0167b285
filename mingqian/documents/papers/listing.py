"""The list of kinds of papers, and how far the organ words them in its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.documents.models.papers import Wording
from mingqian.documents.papers.pdf import has_fonts
from mingqian.documents.papers.states import PaperKind, kinds
from mingqian.pages.listing import Column, Listing
from mingqian.pages.tones import Shown


@dataclass(frozen=True)
class Row:
    """A kind of paper; `changed` counts the parts that the organ worded itself."""

    kind: PaperKind
    changed: int
    has_fonts: bool

    @property
    def own(self) -> Shown:
        """Return how it is worded."""
        return Shown(f"改过 {self.changed} 处", "active", "edit") if self.changed else Shown("默认")


def _rows(user: User, _asked: Any) -> Sequence[Row]:
    own = Wording.objects.filter(organ=user.organ).order_by().values_list("kind", "part").distinct()
    changed: dict[str, int] = {}
    for kind, _part in own:
        changed[kind] = changed.get(kind, 0) + 1
    fonts = has_fonts()
    return [Row(kind, changed.get(kind.key, 0), fonts) for kind in kinds()]


LISTING: Listing[Row] = Listing(
    name="documents:papers",
    title="文书用语",
    sub="系统生成的每一种文书：看样张，按本机关的习惯改用语和文号，不用改程序。",
    columns=(
        Column(
            "文书", lambda row: row.kind.title, 36, link=lambda row: reverse("documents:paper", args=[row.kind.key])
        ),
        Column("本机关用语", lambda row: row.own.label, 16, state=lambda row: row.own),
        Column("样张", lambda _row: "", html="documents/_samples.html", style="nowrap", in_file=False),
    ),
    rows=_rows,
    unit="种文书",
    template="documents/papers.html",
    keeps_filters=False,
)
