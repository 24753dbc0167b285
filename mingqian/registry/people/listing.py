"""The inspector registry, and who may be drawn on a day (A7.1, A11.1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse

from mingqian.accounts.selectors import divisions_of, user_of
from mingqian.common import clock
from mingqian.common.tables import day_cell
from mingqian.pages.fields import said
from mingqian.pages.listing import Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown
from mingqian.registry.models.inspectors import Inspector, Qualification
from mingqian.registry.organs import organ_to_read
from mingqian.registry.people.forms import DayForm, InspectorFilter
from mingqian.registry.people.selectors import OUT_ARTICLES, OUT_WORDS, inspectors_visible_to, why_not_drawable


@dataclass(frozen=True)
class Standing:
    """An inspector on a day: `why` is the code for which they may not be drawn, "" where they may."""

    inspector: Inspector
    on: date
    why: str

    @property
    def out(self) -> str:
        """Return the reason in words."""
        return OUT_WORDS.get(self.why, "")

    @property
    def article(self) -> str:
        """Return the article of the reason."""
        return OUT_ARTICLES.get(self.why, "")

    @property
    def shown(self) -> Shown:
        """Return whether they may be drawn."""
        return Shown(f"不能：{self.out}", "soon", "cross") if self.why else Shown("可以", "done", "check")


def standing_of(inspector: Inspector, on: date) -> Standing:
    """Return how an inspector stands on a day."""
    return Standing(inspector, on, why_not_drawable(inspector, on))


def _wanted(rows: Sequence[Standing], drawable: str) -> list[Standing]:
    return [row for row in rows if not drawable or bool(row.why) == (drawable == "no")]


def _inspectors(user: Any, asked: Mapping[str, Any]) -> list[Standing]:
    rows = inspectors_visible_to(user, asked["organ"]).filter(
        said(asked["text"], ("name", "certificate_number", "post"))
    )
    wanted = {"division": asked["division"], "inspector_fields__field": asked.get("field")}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    today = clock.today()
    return _wanted([standing_of(row, today) for row in rows], asked["drawable"])


def _with_parts(_user: Any, rows: Sequence[Standing]) -> Sequence[Standing]:
    prefetch_related_objects([row.inspector for row in rows], "inspector_fields__field", "qualifications")
    return rows


def _held(row: Qualification) -> str:
    """Return a qualification as the import reads it again."""
    return f"{row.name} {row.number}" + (f" 至{row.valid_until}" if row.valid_until else "")


def _qualifications(row: Standing) -> str:
    return "、".join(_held(one) for one in row.inspector.qualifications.all() if not one.withdrawn)


def _sex(row: Standing) -> str:
    return row.inspector.get_sex_display() if row.inspector.sex else ""


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _inspector_filter(request: HttpRequest) -> InspectorFilter:
    organ = organ_to_read(user_of(request), request.GET.get("organ", ""))
    return InspectorFilter(request.GET, organ=organ)


INSPECTOR_LIST: Listing[Standing] = Listing(
    name="registry:inspectors",
    title="执法检查人员",
    sub="执法检查人员名录库（第七条）。行政编制、在执法岗位、检查当日执法证有效的，才能被抽取。",
    file_name="执法检查人员名录库",
    unit="人",
    what="执法检查人员",
    rows=_inspectors,
    form=_inspector_filter,
    chosen=("organ",),
    beside=lambda _user, rows: f"{len({row.inspector.division_id for row in rows}):,} 个科室",
    counts=lambda _user, rows: [f"今日可以抽取 {sum(not row.why for row in rows):,} 人"],
    decorate=_with_parts,
    empty=Empty(
        "执法检查人员名录库还是空的",
        "先从表格导入：需要姓名、执法证号、科室三列，有效期、岗位等列自动识别。也可以逐个新增。",
        "people",
        "从表格导入",
        lambda: reverse("imports:new") + "?kind=inspectors",
    ),
    template="registry/people/inspectors.html",
    columns=(
        Column("姓名", lambda row: row.inspector.name, 12, html="registry/people/_name.html"),
        Column("性别", _sex, 6),
        Column("科室", lambda row: row.inspector.division.name, 16, style="nowrap"),
        Column("岗位", lambda row: row.inspector.post, 16),
        Column("执法证号", lambda row: row.inspector.certificate_number, 22, style="mono"),
        Column(
            "证件有效期", lambda row: f"{day(row.inspector.valid_from)} 至 {day(row.inspector.valid_until)}", in_file=False, style="nowrap"
        ),
        in_file("有效期自", lambda row: day_cell(row.inspector.valid_from), 12),
        in_file("有效期至", lambda row: day_cell(row.inspector.valid_until), 12),
        in_file("行政编制", lambda row: _yes(row.inspector.on_establishment), 10),
        in_file("在执法岗位", lambda row: _yes(row.inspector.enforcement_post), 12),
        in_file("可否抽取", lambda row: row.shown.label, 24),
        in_file("业务领域", lambda row: "、".join(link.field.name for link in row.inspector.inspector_fields.all()), 24),
        in_file("资格", _qualifications, 40),
        Column("今日可否抽取", lambda row: row.shown.label, in_file=False, state=lambda row: row.shown, style="nowrap"),
    ),
)  # fmt: skip


class _Asked(list[Standing]):
    """Those who are asked for, and everybody of the division."""

    def __init__(self, everybody: Sequence[Standing], drawable: str) -> None:
        super().__init__(_wanted(everybody, drawable))
        self.everybody = everybody


def _on_a_day(user: Any, asked: Mapping[str, Any]) -> _Asked:
    on = asked["on"] or clock.today()
    rows = inspectors_visible_to(user)
    if asked["division"]:
        rows = rows.filter(division=asked["division"])
    return _Asked([standing_of(row, on) for row in rows], asked["drawable"])


def _reasons(_user: Any, rows: Any) -> list[str]:
    everybody = rows.everybody
    on = day(everybody[0].on) if everybody else ""
    reasons = Counter(row.why for row in everybody if row.why)
    free = sum(not row.why for row in everybody)
    told = [f"{OUT_WORDS[why]} {count:,} 人" for why, count in reasons.most_common()]
    return [f"{on}：可以抽取 {free:,} 人，共 {len(everybody):,} 人", *told]


def _day_form(request: HttpRequest) -> DayForm:
    divisions = [(str(division.pk), division.name) for division in divisions_of(user_of(request).organ)]
    return DayForm({"on": clock.today().isoformat(), **request.GET.dict()}, divisions=divisions)


DRAWABLE_LIST: Listing[Standing] = Listing(
    name="registry:drawable",
    title="某日可否抽取",
    sub="谁在这一天可以被抽取，谁不能，为什么，依据哪一条。抽取时用的是同一套规则。",
    file_name="可否抽取",
    unit="人",
    what="执法检查人员",
    rows=_on_a_day,
    form=_day_form,
    chosen=("on",),
    counts=_reasons,
    empty=Empty("执法检查人员名录库还是空的", "先从表格导入，或逐个新增。", "people"),
    template="registry/people/drawable.html",
    keeps_filters=False,
    size=500,
    columns=(
        in_file("检查日期", lambda row: row.on.isoformat(), 12),
        Column("姓名", lambda row: row.inspector.name, 12, html="registry/people/_name.html"),
        Column("执法证号", lambda row: row.inspector.certificate_number, 22, style="mono"),
        Column("科室", lambda row: row.inspector.division.name, 20),
        in_file("岗位", lambda row: row.inspector.post, 16),
        Column("证件有效期至", lambda row: day_cell(row.inspector.valid_until), in_file=False, style="nowrap"),
        Column("可否抽取", lambda row: row.shown.label, in_file=False, state=lambda row: row.shown),
        in_file("可否抽取", lambda row: "不能" if row.why else "可以", 10),
        in_file("原因", lambda row: row.out, 24),
        Column("依据", lambda row: row.article, 10, style="nowrap"),
    ),
)  # fmt: skip
