"""The lives of a joint visit, of each division's part in it, and of a proposal of leaders (A12.2).

The visit moves by what the divisions answer, never by a button of its own.
"""

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.officers import officer_of
from mingqian.casework.procedure import Procedure, Remark, Step
from mingqian.common import clock
from mingqian.drawing.joint.states import JOINT_AGREED, JOINT_LIVE, JointVisitState, PartState, SettlementState
from mingqian.drawing.models.joint import JointPart, JointSettlement, JointVisit

V, P, S = JointVisitState, PartState, SettlementState


def may_speak(user: User, part: JointPart) -> bool:
    """Say whether `user` speaks for the division of a part: its officer, or one of the regulations division, which coordinates (art. 4)."""
    return not speaks(user, part)


def speaks(user: User, part: JointPart) -> str:
    """Say why `user` does not speak for the division of a part."""
    return officer_of(user, part.division.organ_id, part.division)


def _is_officer(user: User) -> bool:
    return bool(user.division_id) and user.has_role(*OFFICER_ROLES)


def _list(asked: str, user: User) -> str:
    return f"{reverse('drawing:joint-list')}?{asked}&division={user.division.code if user.division else ''}"


def visits_to_settle(user: User) -> QuerySet[JointVisit]:
    """Return the joint visits of the user's own division whose leaders nobody has proposed yet, or again."""
    if not _is_officer(user):
        return JointVisit.objects.none()
    rows = JointVisit.objects.filter(
        state=V.AGREED,
        parts__division=user.division_id,
        parts__state=P.AGREED,
        parts__draw__task__until__gte=clock.today(),
    ).exclude(settlements__state=S.PROPOSED)
    return rows.select_related("subject").order_by("found_at", "pk").distinct()


VISIT: Procedure[JointVisit] = Procedure(
    name="joint-visit",
    thing="联合检查",
    model=JointVisit,
    states=JointVisitState,
    article="A12.2",
    address="drawing:joint",
    at=lambda row: [row.code],
    ends=(V.DECLINED, V.DISSOLVED),
    rows=visits_to_settle,
    details=lambda row: {"number": row.number},
    title=lambda row: row.subject.name,
    describe=lambda row: row.reopened_why or "各科室已同意联合检查，请提议组长和检查日期。",
    list_of=lambda user, _step: _list("state=agreed", user),
    steps=(
        Step("match", (), V.PROPOSED, "发现", "发现须联合的检查", hidden=True),
        Step("agree", (V.PROPOSED,), V.AGREED, "同意", "各科室同意联合检查", hidden=True),
        Step("decline", (V.PROPOSED,), V.DECLINED, "不联合", "不联合，分别检查", words="ended_why", hidden=True,
             remark=Remark(longest=200)),
        # Of those who had agreed one is left, and a division that was asked later has yet to answer.
        Step("await", (V.AGREED, V.SETTLED), V.PROPOSED, "重新等待", "重新等待科室答复", hidden=True),
        # Also when other leaders were agreed on.
        Step("settle", (V.AGREED, V.SETTLED), V.SETTLED, "商定", "商定组长", hidden=True, todo="商定联合检查组长", go="去商定"),
        # A further division agreed to come along, or those who had been settled are no longer in the teams.
        Step("reopen", (V.SETTLED,), V.AGREED, "重新商定", "须重新商定组长", words="reopened_why", hidden=True),
        Step("dissolve", (V.PROPOSED, V.AGREED, V.SETTLED), V.DISSOLVED, "终止", "联合检查终止", words="ended_why", hidden=True),
    ),
)  # fmt: skip


def parts_to_answer(user: User) -> QuerySet[JointPart]:
    """Return the system's proposals that wait for the answer of the user's own division, while it may still be given."""
    if not _is_officer(user):
        return JointPart.objects.none()
    rows = JointPart.objects.filter(
        division=user.division_id, state=P.WAITING, visit__state__in=JOINT_LIVE, draw__task__until__gte=clock.today()
    ).exclude(due__lt=clock.today())
    return rows.select_related("visit__subject", "division", "draw").order_by("pk")


#: Kept with the name of the division before it.
REFUSAL = Remark("不同意组长方案的，请写明意见，以便重新提议。", longest=250)
_NO = Remark("不同意联合检查的，请写明原因（第十二条）。", "说明", longest=200)

PART: Procedure[JointPart] = Procedure(
    name="joint-part",
    thing="联合检查答复",
    model=JointPart,
    states=PartState,
    article="A12.2",
    address="drawing:joint-answer",
    at=lambda row: [row.visit.code, row.pk],
    ends=(P.DECLINED, P.LEFT),
    rows=parts_to_answer,
    subject=lambda row: row.visit.ledger_subject,
    details=lambda row: {"division": row.division.name, "draw": row.draw.draw_id},
    title=lambda row: row.visit.subject.name,
    describe=lambda _row: "其他科室在同一时段也抽到，进一次门、查多项事（第十二条）。",
    list_of=lambda user, _step: _list("answer=waiting", user),
    steps=(
        Step("join", (), P.WAITING, "征求意见", "又有科室抽到，征求意见", entry="joint-visit.part-join", hidden=True),
        Step("agree", (P.WAITING,), P.AGREED, "答复", "同意联合检查", speaks, entry="joint-visit.part-agree",
             remark=Remark(label="说明", longest=200, optional=True), stamps=("answered_by", "answered_at"),
             todo="答复联合检查", go="去答复"),
        Step("decline", (P.WAITING,), P.DECLINED, "不同意", "不同意联合检查", speaks, entry="joint-visit.part-decline",
             remark=_NO, stamps=("answered_by", "answered_at")),
        # Silence until the last day: the system says no for the division.
        Step("lapse", (P.WAITING,), P.DECLINED, "逾期", "逾期未答复联合检查，按不参加处理", entry="joint-visit.part-lapse", hidden=True),
        Step("leave", (P.WAITING, P.AGREED), P.LEFT, "退出", "退出联合检查", entry="joint-visit.part-leave", hidden=True),
    ),
)  # fmt: skip


def settlements_to_answer(user: User) -> QuerySet[JointSettlement]:
    """Return the proposals of leaders that wait for the answer of the user's own division."""
    if not _is_officer(user):
        return JointSettlement.objects.none()
    rows = JointSettlement.objects.filter(
        state=S.PROPOSED,
        visit__state__in=JOINT_AGREED,
        visit__parts__division=user.division_id,
        visit__parts__state=P.AGREED,
        until__gte=clock.today(),
    ).exclude(part__division=user.division_id)
    rows = rows.exclude(consents__part__division=user.division_id).exclude(proposed_by=user)
    return rows.select_related("visit__subject", "part__division", "proposed_by").order_by("pk").distinct()


def why_not_withdraw(user: User, row: JointSettlement) -> str:
    """Say why `user` does not take a proposal of leaders back: who made it does, or another officer of the division that proposed."""
    part = row.part
    if (
        part is None
        or not may_speak(user, part)
        or (user.pk != row.proposed_by_id and user.division_id != part.division_id)
    ):
        return "组长方案由提议人或提议科室的经办人撤回。"
    return ""


LEADERS: Procedure[JointSettlement] = Procedure(
    name="joint-leaders",
    thing="组长方案",
    model=JointSettlement,
    states=SettlementState,
    article="A12.2",
    address="drawing:joint",
    at=lambda row: [row.visit.code],
    ends=(S.AGREED, S.REFUSED, S.OVERTAKEN, S.WITHDRAWN),
    rows=settlements_to_answer,
    subject=lambda row: row.visit.ledger_subject,
    title=lambda row: row.visit.subject.name,
    describe=lambda row: f"{row.part.division.name if row.part else '综合法规科'}提议",
    steps=(
        Step("propose", (), S.PROPOSED, "提议", "提议组长", entry="joint-visit.propose",
             stamps=("proposed_by", "proposed_at"), hidden=True),
        # With the last division's consent.
        Step("agree", (S.PROPOSED,), S.AGREED, "答复", "组长方案通过", entry="joint-visit.leaders-agree",
             todo="答复组长方案", go="去答复", hidden=True),
        Step("refuse", (S.PROPOSED,), S.REFUSED, "不同意", "不同意组长方案", entry="joint-visit.leaders-refuse", hidden=True,
             remark=REFUSAL),
        Step("overtake", (S.PROPOSED,), S.OVERTAKEN, "失效", "组长方案失效", entry="joint-visit.overtake", hidden=True),
        Step("withdraw", (S.PROPOSED,), S.WITHDRAWN, "撤回", "撤回组长方案", why_not_withdraw, entry="joint-visit.leaders-withdraw",
             hidden=True, done="已撤回组长方案，可以重新提议。"),
    ),
)  # fmt: skip
