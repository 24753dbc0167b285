"""The list of early warnings."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.drawing.models.warnings import EarlyWarning
from mingqian.drawing.warnings.forms import WarningFilterForm
from mingqian.drawing.warnings.procedure import WARNING
from mingqian.drawing.warnings.selectors import warnings_visible_to
from mingqian.drawing.warnings.states import WarningState
from mingqian.pages.listing import Bulk, Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import moment
from mingqian.pages.tones import shown


def filtered(user: User, asked: Mapping[str, Any]) -> QuerySet[EarlyWarning]:
    """Return the warnings that the filters leave, newest first."""
    rows = warnings_visible_to(user)
    for word in asked["q"].split():
        rows = rows.filter(
            Q(subject__name__icontains=word)
            | Q(subject__number__icontains=word)
            | Q(inspector_name__icontains=word)
            | Q(draw__draw_id__icontains=word)
        )
    fields = {"kind": "kind", "state": "state", "division": "division__code", "draw": "draw__code"}
    return rows.filter(**{field: asked[name] for name, field in fields.items() if asked[name]})


def _counts(_user: User, rows: Any) -> list[str]:
    asked, answered = (rows.filter(state=state).count() for state in (WarningState.ASKED, WarningState.ANSWERED))
    return [f"待说明 {asked} 条", f"待确认 {answered} 条"]


def _facts(row: EarlyWarning) -> list[str]:
    return [str(fact["text"]) for fact in row.facts]


def _said(row: EarlyWarning) -> Sequence[str]:
    back = f"退回：{row.remark}" if row.state == WarningState.ASKED and row.remark else ""
    return [f"{row.get_reason_display()}：{row.words}" if row.reason else "", back]


LISTING: Listing[EarlyWarning] = Listing(
    name="drawing:warnings",
    title="预警",
    sub="检查过密、同一人员反复检查同一对象、同一时段没有联合检查的，由科室说明理由并存档。抽签结果不因此改变（第十二条）。",
    columns=(
        in_file("预警时间", lambda row: moment(row.found_at), 24),
        Column("检查对象", lambda row: row.subject.name, 36, link=WARNING.page, under=lambda row: row.subject.number),
        in_file("登记号", lambda row: row.subject.number, 24),
        Column("类别", lambda row: str(row.get_kind_display()), 20, under=lambda row: row.inspector_name),
        in_file("执法检查人员", lambda row: row.inspector_name, 14),
        Column("情况", lambda row: _facts(row)[0], under=lambda row: _facts(row)[1:], in_file=False),
        Column("科室", lambda row: row.division.name, 16, under=lambda row: row.draw.draw_id),
        in_file("抽取编号", lambda row: row.draw.draw_id, 28),
        in_file("情况", lambda row: "；".join(_facts(row)), 80),
        Column("状态", lambda row: str(row.get_state_display()), 16, state=shown, under=_said),
        in_file("理由", lambda row: str(row.get_reason_display()), 30),
        in_file("具体说明", lambda row: row.words, 50),
        in_file("说明人", lambda row: row.answered_by.name if row.answered_by else "", 12),
        in_file("确认人", lambda row: row.decided_by.name if row.decided_by else "", 12),
        in_file("意见", lambda row: row.remark or row.lifted_why, 30),
    ),
    form=lambda request: WarningFilterForm(request.GET, user_of(request).organ),
    rows=filtered,
    counts=_counts,
    empty=Empty("没有预警", "开签和变更时，系统按下面的预警线逐家核对；超过的显示在这里和科室的工作台。", icon="check"),
    bulk=(Bulk("answer", "对勾选的说明理由", page=lambda: reverse("drawing:warnings-answer")),),
    tick=lambda user, row: "" if WARNING.why_not(user, row, "answer") else str(row.pk),
    row_name=lambda row: f"{row.subject.name} {row.get_kind_display()}",
    template="drawing/warnings/warnings.html",
)  # fmt: skip
