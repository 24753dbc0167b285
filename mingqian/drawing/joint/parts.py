"""What the services of joint visits share: parts as they stand, the days that all windows have in common, how a visit goes on."""

from collections.abc import Iterable, Sequence
from datetime import date

from mingqian.accounts.models import Organ
from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.drawing.joint.procedure import LEADERS, PART, VISIT
from mingqian.drawing.joint.states import (
    JOINT_AGREED,
    JOINT_LIVE,
    PART_LIVE,
    JointVisitState,
    PartState,
    SettlementState,
)
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.drawing.warnings import services as warning_services
from mingqian.ledger import services as ledger


def hold(organ_id: int) -> None:
    """Hold the organ before anything else, as an opening does: organ, task, draw, visit, ledger, so that nobody waits in a circle.

    Rows that merely refer to the organ may be added all the while.
    """
    Organ.objects.select_for_update(no_key=True).get(pk=organ_id)


def locked(visit: JointVisit) -> JointVisit:
    """Return the visit as it stands, locked until the transaction ends."""
    rows = JointVisit.objects.select_for_update(no_key=True, of=("self",)).select_related("organ", "subject", "lead")
    return rows.get(pk=visit.pk)


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


def overtake(actor: str, visit: JointVisit, why: str) -> None:
    """Let a proposal of leaders fall that was made for other teams."""
    if (settlement := pending(visit)) is not None:
        LEADERS.move(actor, settlement, "overtake", decided_at=clock.now(), remark=why[:200])


def settle(actor: str, visit: JointVisit, settlement: JointSettlement) -> JointVisit:
    """Put what was agreed on into the visit."""
    return VISIT.move(
        actor,
        visit,
        "settle",
        lead=settlement.lead,
        leader=settlement.leader,
        second=settlement.second,
        # Days that went by until the last answer came are none to go on.
        since=max(settlement.since, clock.today()),
        until=settlement.until,
        reopened_why="",
    )


def go_on(actor: str, visit: JointVisit, why: str = "") -> JointVisit:
    """See what the answers that there are come to: joint, apart, or still to be waited for."""
    parts = live_parts(visit)
    if visit.state not in JOINT_LIVE:
        return visit
    if len(parts) < 2:
        return _end(actor, visit, parts, why)
    going = [part for part in parts if part.state == PartState.AGREED]
    if visit.state == JointVisitState.PROPOSED and len(going) == len(parts):
        visit = settle_by_plan(actor, VISIT.move(actor, visit, "agree"))
        warning_services.lift_joined([visit], going)
    elif visit.state in JOINT_AGREED and len(going) < 2:
        overtake(actor, visit, why)
        visit = VISIT.move(actor, visit, "await")
    return visit


def take_in(actor: str, visit: JointVisit, part: JointPart) -> JointVisit:
    """Let a division that agreed come along with others who had agreed before: leaders and days are settled again, it has a say in them."""
    why = f"{part.division.name}也抽到这个对象，须重新商定组长"
    overtake(actor, visit, why)
    if visit.state == JointVisitState.SETTLED:
        visit = VISIT.move(actor, visit, "reopen", reopened_why=why)
    visit = settle_by_plan(actor, visit)
    warning_services.lift_joined([visit], going_parts(visit))
    return visit


def _end(actor: str, visit: JointVisit, parts: Iterable[JointPart], why: str) -> JointVisit:
    overtake(actor, visit, why)
    for part in parts:
        PART.move(actor, part, "leave")
    declined = visit.parts.filter(state=PartState.DECLINED).exists()
    verb = "decline" if visit.state == JointVisitState.PROPOSED and declined else "dissolve"
    return VISIT.move(actor, visit, verb, ended_why=why[:200])


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


def plan_settlement(visit: JointVisit, parts: Sequence[JointPart], serial: int = 1) -> JointSettlement | None:
    """Return the settlement that follows from the plan, not saved; None where the plan says nothing, or it cannot be carried out."""
    lead = leads_by_plan(parts)
    since, until = common_days(parts)
    since = max(since, clock.today())
    if lead is None or since > until:
        return None
    leader, second = usual_leaders(parts, lead)
    if leaders_problem(parts, lead, leader, second):
        return None
    row = JointSettlement(visit=visit, serial=serial, state=SettlementState.AGREED, lead=lead, leader=leader)
    row.second, row.since, row.until, row.by_plan = second, since, until, True
    row.proposed_at = row.decided_at = clock.now()
    return row


def settle_by_plan(actor: str, visit: JointVisit) -> JointVisit:
    """Settle at once where the plan says who leads: nobody need propose what was approved with the plan."""
    row = plan_settlement(visit, going_parts(visit), next_number(visit.settlements.all(), under=visit))
    if row is None:
        return visit
    overtake(actor, visit, "按年度计划确定牵头科室")
    row.save()
    details = {"lead": row.lead.division.name, "leader": row.leader, "second": row.second}
    ledger.record(actor, "joint-visit.by-plan", visit.ledger_subject, rows=[row], details=details)
    return settle(actor, visit, row)
