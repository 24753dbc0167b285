"""The list of joint visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.drawing.joint.forms import JointFilterForm
from mingqian.drawing.joint.procedure import VISIT, parts_to_answer
from mingqian.drawing.joint.selectors import joint_visits_visible_to
from mingqian.drawing.joint.states import JOINT_LIVE, PART_LIVE, JointVisitState, PartState
from mingqian.drawing.models.joint import JointPart, JointVisit
from mingqian.pages.listing import Bulk, Column, Empty, Listing, in_file
from mingqian.pages.templatetags.mingqian import day, moment
from mingqian.pages.tones import shown


@dataclass(frozen=True)
class Row:
    """A joint visit as the list shows it: the parts that count, and the one that waits for the reader's division, "" for none."""

    visit: JointVisit
    parts: list[JointPart]
    waiting: str

    @property
    def silent(self) -> list[JointPart]:
        """Return the parts of divisions that said nothing."""
        return [part for part in self.visit.parts.all() if part.is_silent]

    def name(self, number: str) -> str:
        """Return the name of a member by the certificate number."""
        return next((part.members[number] for part in self.parts if number in part.members), number)


def filtered(user: User, asked: Mapping[str, Any]) -> QuerySet[JointVisit]:
    """Return the joint visits that the filters leave; what is asked about a part is asked about one and the same."""
    rows = joint_visits_visible_to(user)
    for word in asked["q"].split():
        rows = rows.filter(
            Q(number__icontains=word) | Q(subject__name__icontains=word) | Q(subject__number__icontains=word)
        )
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    told = {
        "waiting": Q(state=PartState.WAITING, visit__state__in=JOINT_LIVE),
        "silent": Q(state=PartState.DECLINED, answered_by__isnull=True),
    }
    wanted = told.get(asked["answer"], Q())
    if asked["division"]:
        wanted &= Q(division__code=asked["division"])
    if wanted:
        rows = rows.filter(pk__in=JointPart.objects.filter(wanted).values("visit"))
    if asked["draw"]:
        rows = rows.filter(pk__in=JointPart.objects.filter(draw__code=asked["draw"]).values("visit"))
    return rows


def _decorated(user: User, visits: Sequence[JointVisit]) -> list[Row]:
    mine = {part.visit_id: str(part.pk) for part in parts_to_answer(user).filter(visit__in=visits)}
    rows = []
    for visit in visits:
        every = list(visit.parts.all())
        live = [part for part in every if part.state in PART_LIVE]
        rows.append(Row(visit, live or every, mine.get(visit.pk, "")))
    return rows


def _divisions(row: Row) -> list[str]:
    """Say of each draw whose it is, and what its division said as long as that is open."""
    said = []
    for part in row.parts:
        words = f"{part.division.name} {part.draw.draw_id}"
        waits = part.state == PartState.WAITING
        if row.visit.state == JointVisitState.PROPOSED or waits:
            due = f"，最迟 {day(part.due)}" if waits and part.due else ""
            words += f" · {part.get_state_display()}{due}"
        elif part.is_silent:
            words += f" · {part.remark}"
        said.append(words)
    return said + [f"{part.division.name} · {part.remark}" for part in row.silent if part not in row.parts]


def _leads(row: Row) -> str:
    visit = row.visit
    return f"{visit.lead.division.name}牵头" if visit.lead and visit.state == JointVisitState.SETTLED else ""


def _days(row: Row) -> str:
    return f"{day(row.visit.since)} 至 {day(row.visit.until)}" if _leads(row) else ""


def _again(row: Row) -> str:
    return "须重新商定" if row.visit.state == JointVisitState.AGREED and row.visit.reopened_why else ""


LISTING: Listing[Row] = Listing(
    name="drawing:joint-list",
    title="联合检查",
    sub="多个科室在同一时段抽到同一对象的，进一次门、查多项事（第十二条第二款）。谁检查谁仍由抽签决定，不因联合增减人员。",
    columns=(
        Column("检查对象", lambda row: row.visit.subject.name, link=lambda row: VISIT.page(row.visit),
               under=lambda row: row.visit.subject.number, in_file=False),
        Column("编号", lambda row: row.visit.number, 20, style="nowrap"),
        in_file("检查对象", lambda row: row.visit.subject.name, 36),
        in_file("登记号", lambda row: row.visit.subject.number, 24),
        in_file("科室", lambda row: "、".join(part.division.name for part in row.parts), 30),
        in_file("抽取编号", lambda row: "、".join(part.draw.draw_id for part in row.parts), 50),
        Column("科室", lambda row: _divisions(row)[0], under=lambda row: _divisions(row)[1:], in_file=False),
        Column("组长和日期", _leads, under=_days, in_file=False),
        Column("状态", lambda row: str(row.visit.get_state_display()), 24, state=lambda row: shown(row.visit), under=_again),
        in_file("由来", lambda row: str(row.visit.get_found_by_display()), 20),
        in_file("牵头科室", lambda row: row.visit.lead.division.name if row.visit.lead else "", 20),
        in_file("检查组长", lambda row: row.name(row.visit.leader), 14),
        in_file("副组长", lambda row: row.name(row.visit.second), 14),
        in_file("计划检查自", lambda row: day(row.visit.since) if row.visit.since else "", 16),
        in_file("计划检查至", lambda row: day(row.visit.until) if row.visit.until else "", 16),
        in_file("发现时间", lambda row: moment(row.visit.found_at), 24),
        in_file("逾期未答复的科室", lambda row: "、".join(part.division.name for part in row.silent), 30),
    ),
    form=lambda request: JointFilterForm(request.GET, user_of(request).organ),
    rows=filtered,
    unit="项",
    decorate=_decorated,
    empty=Empty(
        "还没有联合检查",
        "开签时，系统核对各科室同一时段抽到的对象；有相同的，自动提议联合检查，显示在这里和各科室的工作台。",
        icon="people",
    ),
    bulk=(Bulk("agree", "对勾选的一并同意", page=lambda: reverse("drawing:joint-agree")),),
    tick=lambda _user, row: row.waiting,
    row_name=lambda row: row.visit.subject.name,
    template="drawing/joint/joint_list.html",
)  # fmt: skip
