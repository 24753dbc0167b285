"""Writers of joint visits, by people: each division answers the system's proposal; leaders and days are proposed and agreed to (A12.2).

Nobody enters or leaves a team by any of this: who inspects whom stays as drawn.
"""

from datetime import date
from typing import Any

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.accounts.services import refuse_same_person
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse as refuse_with
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.rows import insert
from mingqian.drawing.draw.selectors import hold
from mingqian.drawing.joint.parts import go_on, locked, settle, take_in
from mingqian.drawing.joint.procedure import LEADERS, PART, REFUSAL, speaks, why_not_withdraw
from mingqian.drawing.joint.selectors import common_days, going_parts, leaders_problem, pending
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, PartState, SettlementState
from mingqian.drawing.models.joint import JointConsent, JointPart, JointSettlement, JointVisit
from mingqian.drawing.warnings import services as warning_services
from mingqian.ledger import services as ledger
from mingqian.rules.deadlines.selectors import law_date


@transaction.atomic
def answer(user: User, part: JointPart, *, agree: bool, remark: str = "") -> JointVisit:
    """Answer for one division. Where one declines, its visit stays its own, and a reason is asked for as an early warning."""
    verb = "agree" if agree else "decline"
    refuse_with(PART.forbids(user, part, verb))
    hold(part.visit.organ_id)
    visit = locked(part.visit)
    part = JointPart.objects.select_related("draw__task", "division", "visit").get(pk=part.pk)
    if visit.state not in JOINT_LIVE or part.state != PartState.WAITING:
        raise ledger.StateConflictError("这项提议已经答复，请刷新页面查看最新状态。")
    if part.is_late and part.due is not None:
        raise DomainError(
            f"最迟应在{_day(part.due)}答复，已经逾期，按不参加联合检查处理。请在“预警”中说明理由，单独检查。"
        )
    if visit.parts.exclude(pk=part.pk).filter(answered_by=user, state=PartState.AGREED).exists():
        raise NotAllowedError("您已代另一个科室答复，请由其他人答复这个科室的。")
    part = PART.take(user, part, verb, remark=remark)
    if agree:
        return take_in(user.actor, visit, part) if visit.state in JOINT_AGREED else go_on(user.actor, visit)
    visit = go_on(user.actor, visit, f"{part.division.name}不同意联合检查：{part.remark}")
    warning_services.note(part.draw, [part.number])
    return visit


@transaction.atomic
def answer_all(user: User, parts: list[JointPart]) -> int:
    """Agree for one's division to several proposals at once; all of them, or none."""
    if not parts:
        raise DomainError("请先勾选要同意的联合检查。")
    for part in parts:
        answer(user, part, agree=True)
    return len(parts)


@transaction.atomic
def propose_leaders(
    user: User,
    visit: JointVisit,
    part: JointPart,
    *,
    lead: JointPart,
    leader: str,
    second: str,
    since: date,
    until: date,
    note: str = "",
) -> JointSettlement:
    """Propose, for the division of `part`, which division leads, who leads the visit, who is second, and when it takes place."""
    refuse_with(speaks(user, part))
    hold(visit.organ_id)
    visit = locked(visit)
    parts = going_parts(visit)
    if visit.state not in JOINT_AGREED:
        raise DomainError("各科室都同意联合检查之后，才能商定组长。请先答复系统的提议。")
    if part.pk not in {one.pk for one in parts}:
        raise DomainError("这个科室不参加这次联合检查，不能提议组长。")
    if (first := pending(visit)) is not None:
        who = f"由{first.proposed_by}于{_day(law_date(first.proposed_at))}提出的"
        raise DomainError(f"已有一份{who}组长方案等待答复，请先答复那一份。")
    if problem := leaders_problem(parts, lead, leader, second):
        raise DomainError(problem)
    if since < clock.today() <= until:
        raise DomainError("计划检查日期已经过去，请改为今天或以后。")
    if problem := _days_problem(parts, since, until):
        raise DomainError(problem)
    row = JointSettlement(
        visit=visit, serial=next_number(visit.settlements.all(), under=visit), part=part, lead=lead, leader=leader
    )
    row.second, row.since, row.until, row.note = second, since, until, note.strip()[:200]
    details = {"lead": lead.division.name, "leader": leader, "second": second, "for": part.division.name}
    return LEADERS.begin(user, row, "propose", details=details)


def _days_problem(parts: list[JointPart], since: date, until: date) -> str:
    """Return why a visit cannot take place in these days (any more), "" where it can."""
    first, last = common_days(parts)
    if until < since:
        return "计划检查的结束日期早于开始日期，请核对。"
    if until < clock.today():
        return "计划检查日期已经过去，请改为今天或以后。"
    if since < first or until > last:
        return f"计划检查日期须在各任务检查时间的共同部分以内：{_day(first)}至{_day(last)}。请调整日期（第二条）。"
    return ""


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _answering(user: User, settlement: JointSettlement, part: JointPart) -> tuple[JointVisit, JointSettlement]:
    """Return visit and proposal as they stand, where `user` may answer for `part`."""
    refuse_with(speaks(user, part))
    hold(settlement.visit.organ_id)
    visit = locked(settlement.visit)
    part = JointPart.objects.select_related("division").get(pk=part.pk)
    row = JointSettlement.objects.select_related("lead__division").get(pk=settlement.pk)
    if row.state != SettlementState.PROPOSED or visit.state not in JOINT_AGREED:
        raise ledger.StateConflictError("这份组长方案已经答复或失效，请刷新页面查看最新状态。")
    if part.visit_id != visit.pk or part.state != PartState.AGREED:
        raise DomainError("这个科室没有同意参加这次联合检查，不能答复组长方案。")
    if part.pk == row.part_id:
        raise NotAllowedError("组长方案由提议科室以外的科室答复。")
    refuse_same_person(row.proposed_by_id, user)
    return visit, row


@transaction.atomic
def consent(user: User, settlement: JointSettlement, part: JointPart) -> JointVisit:
    """Agree to the proposed leaders for one division; with the last of them they are settled."""
    visit, row = _answering(user, settlement, part)
    if row.consents.filter(by=user).exclude(part=part).exists():
        raise NotAllowedError("您已代另一个科室答复，请由其他人答复这个科室的。")
    parts = going_parts(visit)
    if problem := leaders_problem(parts, row.lead, row.leader, row.second):
        raise DomainError(f"检查组在提议之后有变更：{problem}请对这份方案答复不同意，再重新提议。")
    if _days_problem(parts, row.since, row.until):
        first, last = common_days(parts)
        told = f"各任务检查时间的共同部分是{_day(first)}至{_day(last)}" if first <= last else "各任务没有共同的检查时间"
        raise DomainError(f"方案中的计划检查日期已经过去，或不在检查时间以内（{told}）。请答复不同意，再重新提议日期。")
    given = JointConsent(settlement=row, part=part, by=user, at=clock.now())
    insert(given, "这个科室已经同意，不必重复答复。")
    details = {"division": part.division.name}
    ledger.record(user.actor, "joint-visit.consent", visit.ledger_subject, rows=[given], details=details)
    if {one.pk for one in parts} - {row.part_id} <= set(row.consents.values_list("part", flat=True)):
        row = _end(user, "agree", row)
        visit = settle(user.actor, visit, row)
    return visit


@transaction.atomic
def refuse(user: User, settlement: JointSettlement, part: JointPart, *, remark: str) -> JointSettlement:
    """Refuse the proposed leaders; another proposal may be made. What had been settled before stands."""
    remark = REFUSAL.checked(remark)
    _visit, row = _answering(user, settlement, part)
    return _end(user, "refuse", row, remark=f"{part.division.name}：{remark}"[:300])


@transaction.atomic
def withdraw(user: User, settlement: JointSettlement) -> JointSettlement:
    """Take a proposal of leaders back before it is decided: whoever made it, or another officer of the division that proposed."""
    refuse_with(why_not_withdraw(user, settlement))
    hold(settlement.visit.organ_id)
    locked(settlement.visit)
    row = JointSettlement.objects.get(pk=settlement.pk)
    if row.state != SettlementState.PROPOSED:
        raise ledger.StateConflictError("这份组长方案已经答复或失效，请刷新页面查看最新状态。")
    return _end(user, "withdraw", row, remark=f"{user.name}撤回"[:200])


def _end(user: User, verb: str, row: JointSettlement, **changes: Any) -> JointSettlement:
    return LEADERS.move(user.actor, row, verb, decided_at=clock.now(), **changes)
