"""What the services of joint visits share: parts as they stand, the days that all windows have in common, how a visit goes on."""

from collections.abc import Iterable, Sequence

from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.common.rows import held
from mingqian.drawing.joint.procedure import LEADERS, PART, VISIT
from mingqian.drawing.joint.selectors import (
    common_days,
    going_parts,
    leaders_problem,
    leads_by_plan,
    live_parts,
    pending,
    usual_leaders,
)
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, JointVisitState, PartState, SettlementState
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit
from mingqian.drawing.warnings import services as warning_services
from mingqian.ledger import services as ledger


def locked(visit: JointVisit) -> JointVisit:
    """Return the visit as it stands, locked until the transaction ends."""
    return held(visit, "organ", "subject", "lead")


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
