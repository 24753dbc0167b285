"""The list of the subject registry (A6.1), of the own organ or of one below it (A4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from mingqian.accounts.selectors import user_of
from mingqian.pages.listing import Column, Empty, Listing, told
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown
from mingqian.registry.models.subjects import Subject
from mingqian.registry.organs import organ_to_read
from mingqian.registry.people.selectors import OUT_WORDS
from mingqian.registry.search.forms import SubjectFilter, criteria_of
from mingqian.registry.search.selectors import Hits, find
from mingqian.registry.subjects.log import Words
from mingqian.registry.subjects.workbook import SUBJECT_TITLES, subject_cells


@dataclass(frozen=True)
class Registered:
    """A subject, with the words of its organ."""

    subject: Subject
    words: Words

    @cached_property
    def cells(self) -> list[str]:
        """Return the cells of the file; phones masked, without ID numbers."""
        return subject_cells(self.subject, self.words)

    @property
    def shown(self) -> Shown:
        """Return the status, or that it is merged into another one."""
        if self.subject.merged_into_id:
            return Shown(OUT_WORDS["merged"], "plain", "void")
        return self.subject.standing


def filter_of(request: HttpRequest) -> SubjectFilter:
    """Return the filters that the address asks for; Http404 for an organ that is not to be read."""
    return SubjectFilter(request.GET, organ=organ_to_read(user_of(request), request.GET.get("organ", "")))


def _hits(user: Any, asked: Mapping[str, Any]) -> Hits:
    return find(organ_to_read(user, asked["organ"]), criteria_of(asked))


def _with_words(_user: Any, rows: Sequence[Subject]) -> Sequence[Registered]:
    words = Words(rows[0].organ) if rows else None
    return [Registered(row, words) for row in rows] if words is not None else []


def _out(_user: Any, rows: Any) -> list[str]:
    return [f"其中 {rows.summary.out:,} 家不参加抽取"] if rows.summary.out else []


SUBJECT_LIST: Listing[Registered] = Listing(
    name="registry:subjects",
    title="抽查对象",
    sub="抽查对象名录库（第六条）。存续的参加抽取；注销、吊销、停业的不参加。",
    file_name="抽查对象名录库",
    unit="家",
    what="抽查对象",
    rows=_hits,
    form=filter_of,
    chosen=("organ",),
    beside=lambda _user, rows: f"{rows.summary.districts:,} 个区县" if isinstance(rows, Hits) else "",
    counts=_out,
    decorate=_with_words,
    empty=Empty(
        "抽查对象名录库还是空的",
        "先从表格导入：Excel 或 CSV 都可以，列名自动识别，导入前能看到每一行的结果。也可以逐个新增。",
        "building",
        "从表格导入",
        lambda: reverse("imports:new") + "?kind=subjects",
    ),
    template="registry/search/subjects.html",
    columns=(
        Column(
            "名称", lambda row: row.subject.name, in_file=False, html="registry/search/_name.html", style="reg-name"
        ),
        Column("登记号", lambda row: row.subject.number, in_file=False, style="mono nowrap"),
        Column("类别", lambda row: row.subject.get_kind_display()[:6], in_file=False, style="nowrap"),
        Column("区县", lambda row: row.subject.district, in_file=False, style="nowrap"),
        Column("地址", lambda row: row.subject.address, in_file=False, style="reg-address"),
        Column("负责人", lambda row: row.subject.responsible_person, in_file=False),
        Column("成立日期", lambda row: day(row.subject.established_on), in_file=False, style="nowrap"),
        Column("状态", lambda row: row.shown.label, in_file=False, state=lambda row: row.shown, style="nowrap"),
        *told(SUBJECT_TITLES, lambda row: row.cells),
    ),
)
