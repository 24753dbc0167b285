"""States and closed lists of joint visits (art. 12)."""

from django.db import models


class JointVisitState(models.TextChoices):
    """Life of a joint visit: several divisions drew one subject in one window (A12.2)."""

    PROPOSED = "proposed", "系统提议，待科室答复"
    AGREED = "agreed", "同意联合，待商定组长"
    SETTLED = "settled", "组长已商定"
    DECLINED = "declined", "不联合，分别检查"
    DISSOLVED = "dissolved", "已终止"


#: (state, verb) -> state.
JOINT_VISIT_MOVES: dict[tuple[str, str], str] = {
    (JointVisitState.PROPOSED, "agree"): JointVisitState.AGREED,
    (JointVisitState.PROPOSED, "decline"): JointVisitState.DECLINED,
    (JointVisitState.PROPOSED, "dissolve"): JointVisitState.DISSOLVED,
    (JointVisitState.AGREED, "settle"): JointVisitState.SETTLED,
    # Of those who had agreed one is left, and a division that was asked later has yet to answer.
    (JointVisitState.AGREED, "await"): JointVisitState.PROPOSED,
    (JointVisitState.AGREED, "dissolve"): JointVisitState.DISSOLVED,
    (JointVisitState.SETTLED, "await"): JointVisitState.PROPOSED,
    # Other leaders were agreed on; or a further division agreed to come along, or those who had been settled are no longer in the teams.
    (JointVisitState.SETTLED, "settle"): JointVisitState.SETTLED,
    (JointVisitState.SETTLED, "reopen"): JointVisitState.AGREED,
    (JointVisitState.SETTLED, "dissolve"): JointVisitState.DISSOLVED,
}
#: The draws in it count as one door-opening, or may yet.
JOINT_LIVE = (JointVisitState.PROPOSED, JointVisitState.AGREED, JointVisitState.SETTLED)
#: The divisions have agreed.
JOINT_AGREED = (JointVisitState.AGREED, JointVisitState.SETTLED)


class PartState(models.TextChoices):
    """What the division of one of the draws says to the joint visit."""

    WAITING = "waiting", "待答复"
    AGREED = "agreed", "同意"
    DECLINED = "declined", "不同意"
    LEFT = "left", "已退出"


PART_MOVES: dict[tuple[str, str], str] = {
    (PartState.WAITING, "agree"): PartState.AGREED,
    (PartState.WAITING, "decline"): PartState.DECLINED,
    # Silence until the last day: the system says no for the division.
    (PartState.WAITING, "lapse"): PartState.DECLINED,
    (PartState.WAITING, "leave"): PartState.LEFT,
    (PartState.AGREED, "leave"): PartState.LEFT,
}
#: The draw takes part, or may yet.
PART_LIVE = (PartState.WAITING, PartState.AGREED)


class FoundBy(models.TextChoices):
    """When it showed that several divisions drew the subject."""

    SEAL = "seal", "封存前已商定联合"
    OPENING = "opening", "开签时发现"
    SUPPLEMENT = "supplement", "变更后发现"


class SettlementState(models.TextChoices):
    """Life of a proposal of leaders and days."""

    PROPOSED = "proposed", "待其他科室同意"
    AGREED = "agreed", "已商定"
    REFUSED = "refused", "未同意"
    OVERTAKEN = "overtaken", "已失效"
    WITHDRAWN = "withdrawn", "已撤回"


SETTLEMENT_MOVES: dict[tuple[str, str], str] = {
    (SettlementState.PROPOSED, "agree"): SettlementState.AGREED,
    (SettlementState.PROPOSED, "refuse"): SettlementState.REFUSED,
    (SettlementState.PROPOSED, "overtake"): SettlementState.OVERTAKEN,
    (SettlementState.PROPOSED, "withdraw"): SettlementState.WITHDRAWN,
}
