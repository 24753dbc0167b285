"""Reading joint visits: for both divisions, for inspectors, for the public, and for the room that carries visits out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import READER_ROLES
from mingqian.common.rows import row_or_404
from mingqian.drawing.joint.procedure import may_speak
from mingqian.drawing.joint.states import (
    JOINT_AGREED,
    JOINT_LIVE,
    PART_LIVE,
    JointMark,
    JointVisitState,
    PartState,
    SettlementState,
)
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.planning.models import ItemRevision
from mingqian.planning.selectors import items_of as plan_items


def joint_visits_visible_to(user: User) -> QuerySet[JointVisit]:
    """Return the joint visits of the user's organ and of those below it, newest first, with their parts (art. 4)."""
    if not user.has_role(*READER_ROLES):
        return JointVisit.objects.none()
    parts = JointPart.objects.select_related("draw__task", "division").order_by("pk")
    rows = JointVisit.objects.filter(organ__in=organs_below(user.organ)).select_related(
        "organ", "subject", "lead__division"
    )
    return rows.prefetch_related(Prefetch("parts", parts)).order_by("-found_at", "-pk")


def joint_visit_for(user: User, code: str) -> JointVisit:
    """Return the joint visit, or raise Http404 where it is not for `user` to know."""
    return row_or_404(joint_visits_visible_to(user).filter(code=code), "没有找到这次联合检查，或它不属于您的机关。")


def part_for(user: User, visit: JointVisit, pk: int) -> JointPart:
    """Return a part of a visit, or raise Http404."""
    return row_or_404(
        visit.parts.filter(pk=pk).select_related("draw__task", "division", "visit"), "没有找到这个科室的答复。"
    )


def spoken_for(user: User, visit: JointVisit) -> list[JointPart]:
    """Return the parts of a visit for which `user` may speak: of the own division first."""
    return _own_first(user, live_parts(visit))


def settling_for(user: User, visit: JointVisit) -> list[JointPart]:
    """Return the parts for which `user` may settle leaders and days: of the divisions that have agreed."""
    return _own_first(user, going_parts(visit))


def _own_first(user: User, parts: Iterable[JointPart]) -> list[JointPart]:
    told = [part for part in parts if may_speak(user, part)]
    return sorted(told, key=lambda part: (part.division_id != user.division_id, part.pk))


@dataclass(frozen=True)
class PartShown:
    """A draw in a joint visit as pages show it, with what is inspected for it."""

    part: JointPart
    items: Sequence[ItemRevision]

    @property
    def points(self) -> int:
        """Return how many check points there are."""
        return sum(len(item.points) for item in self.items)


@dataclass(frozen=True)
class JointShown:
    """A joint visit as pages show it: everything that one door-opening is for."""

    visit: JointVisit
    parts: list[PartShown]
    #: Divisions that were asked after the others had agreed, and have not answered.
    waiting: list[PartShown]
    gone: list[JointPart]
    names: dict[str, str]
    since: date | None
    until: date | None
    asked: JointSettlement | None
    history: list[JointSettlement]

    @property
    def leader(self) -> str:
        """Return who leads, by name."""
        return self.names.get(self.visit.leader, self.visit.leader)

    @property
    def second(self) -> str:
        """Return who is second, by name."""
        return self.names.get(self.visit.second, self.visit.second)

    @property
    def partners(self) -> str:
        """Return the divisions that go together."""
        return "、".join(shown.part.division.name for shown in self.parts)


def joint_shown(visit: JointVisit) -> JointShown:
    """Return a joint visit with teams, items, check points and days as they stand."""
    live = live_parts(visit)
    parts = [part for part in live if part.state == PartState.AGREED] if visit.state in JOINT_AGREED else live
    waiting = [part for part in live if part not in parts]
    every = list(visit.parts.select_related("draw", "division", "answered_by").order_by("pk"))
    names = {number: name for part in every for number, name in part.members.items()}
    since, until = common_days(parts) if parts else (None, None)
    history = list(
        visit.settlements.select_related("lead__division", "part__division", "proposed_by").prefetch_related(
            "consents__part__division", "consents__by"
        )
    )
    gone = [part for part in every if part.state not in PART_LIVE]
    asked = pending(visit)
    return JointShown(visit, _shown(parts), _shown(waiting), gone, names, since, until, asked, history)


def _shown(parts: Iterable[JointPart]) -> list[PartShown]:
    return [PartShown(part, plan_items(part.draw.task.revision)) for part in parts if part.draw.task is not None]


def joint_of(draw: Draw, number: str) -> JointVisit | None:
    """Return the joint visit in which a draw meets a subject, for the room that carries visits out.

    None where its division goes alone, or has not said yet whether it comes along with others who have agreed.
    """
    row = JointPart.objects.filter(draw=draw, number=number, state__in=PART_LIVE, visit__state__in=JOINT_LIVE)
    row = row.exclude(state=PartState.WAITING, visit__state__in=JOINT_AGREED)
    found = row.select_related("visit__organ", "visit__subject", "visit__lead__division").first()
    return found.visit if found is not None else None


def joint_marks(draw: Draw, *, public: bool = False) -> dict[str, JointMark]:
    """Return, by the subject's number in the draw, with whom it is inspected.

    For the public only what is agreed, and only partners whose own list is public: nobody is told of a visit by a list that is kept back.
    What was agreed stands while a further division is asked; that division's own draw shows a proposal.
    """
    states = JOINT_AGREED if public else JOINT_LIVE
    parts = JointPart.objects.filter(state__in=(PartState.AGREED,) if public else PART_LIVE, visit__state__in=states)
    own = {part.visit_id: part for part in parts.filter(draw=draw)}
    others = parts.filter(visit__in=own).exclude(draw=draw)
    others = others.filter(draw__published_at__isnull=False) if public else others
    found: dict[str, JointMark] = {}
    for part in others.select_related("visit", "division").order_by("pk"):
        mine, visit = own[part.visit_id], part.visit
        if (mine.state, part.state) == (PartState.AGREED, PartState.WAITING) and visit.state in JOINT_AGREED:
            continue
        known = found.get(mine.number)
        partners = (*(known.partners if known else ()), part.division.name)
        state = JointVisitState.PROPOSED if mine.state == PartState.WAITING else JointVisitState(visit.state)
        found[mine.number] = JointMark(visit.code, visit.number, str(state.label), state, partners)
    return found


def live_parts(visit: JointVisit) -> list[JointPart]:
    """Return the draws that take part, or may yet, in the order in which they came in."""
    rows = visit.parts.filter(state__in=PART_LIVE).select_related("draw__task__revision", "division", "visit")
    return list(rows.order_by("pk"))


def going_parts(visit: JointVisit) -> list[JointPart]:
    """Return the draws whose divisions have agreed: once a visit is agreed they alone settle it, whoever else is asked later."""
    return [part for part in live_parts(visit) if part.state == PartState.AGREED]


def common_days(parts: Iterable[JointPart]) -> tuple[date, date]:
    """Return the first and the last day that lie in the windows of all tasks; the first is after the last where there is none."""
    tasks = [part.draw.task for part in parts if part.draw.task is not None]
    return max(task.since for task in tasks), min(task.until for task in tasks)


def leaders_problem(parts: Sequence[JointPart], lead: JointPart | None, leader: str, second: str) -> str:
    """Return why these cannot lead (any more), "" where they can: both must have been drawn, the leader for the leading division."""
    held = next((part for part in parts if part == lead), None)
    if held is None:
        return "牵头科室不在参加联合检查的科室之内，请重新选择。"
    if leader not in held.members:
        return f"检查组长须是{held.division.name}检查组的成员。谁检查谁由抽签决定，不能由此增减人员（第九条）。"
    others = [part for part in parts if part.pk != held.pk and part.members] or [held]
    if second == leader:
        return "检查组长和副组长不能是同一人，请另选副组长。"
    if not any(second in part.members for part in others):
        return "副组长须是其他科室检查组的成员。谁检查谁由抽签决定，不能由此增减人员（第九条）。"
    return ""


def pending(visit: JointVisit) -> JointSettlement | None:
    """Return the proposal of leaders that waits for an answer."""
    return (
        visit.settlements.filter(state=SettlementState.PROPOSED).select_related("lead", "part", "proposed_by").first()
    )


def leads_by_plan(parts: Sequence[JointPart]) -> JointPart | None:
    """Return the part whose entry of the plan names all the other divisions as its partners: it leads."""
    for part in parts:
        named = set(part.draw.task.revision.partners) if part.draw.task is not None else set()
        if {other.division.code for other in parts if other.pk != part.pk} <= named:
            return part
    return None


def usual_leaders(parts: Sequence[JointPart], lead: JointPart) -> tuple[str, str]:
    """Return the leader of the leading team, and the leader of the first other team, "" where there is nobody."""
    leader = next(iter(lead.members), "")
    others = [part for part in parts if part.pk != lead.pk and part.members] or [lead]
    second = next((number for part in others for number in part.members if number != leader), "")
    return leader, second
