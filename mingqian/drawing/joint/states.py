"""States and closed lists of joint visits (art. 12)."""

from dataclasses import dataclass

from django.db import models

from mingqian.pages.tones import toned


@toned(PROPOSED="soon", AGREED="soon", SETTLED="done")
class JointVisitState(models.TextChoices):
    """Life of a joint visit: several divisions drew one subject in one window (A12.2)."""

    PROPOSED = "proposed", "系统提议，待科室答复"
    AGREED = "agreed", "同意联合，待商定组长"
    SETTLED = "settled", "组长已商定"
    DECLINED = "declined", "不联合，分别检查"
    DISSOLVED = "dissolved", "已终止"


#: The draws in it count as one door-opening, or may yet.
JOINT_LIVE = (JointVisitState.PROPOSED, JointVisitState.AGREED, JointVisitState.SETTLED)
#: The divisions have agreed.
JOINT_AGREED = (JointVisitState.AGREED, JointVisitState.SETTLED)


@toned(WAITING="soon", AGREED="done")
class PartState(models.TextChoices):
    """What the division of one of the draws says to the joint visit."""

    WAITING = "waiting", "待答复"
    AGREED = "agreed", "同意"
    DECLINED = "declined", "不同意"
    LEFT = "left", "已退出"


#: The draw takes part, or may yet.
PART_LIVE = (PartState.WAITING, PartState.AGREED)


class FoundBy(models.TextChoices):
    """When it showed that several divisions drew the subject."""

    SEAL = "seal", "封存前已商定联合"
    OPENING = "opening", "开签时发现"
    SUPPLEMENT = "supplement", "变更后发现"


@toned(PROPOSED="soon", AGREED="done")
class SettlementState(models.TextChoices):
    """Life of a proposal of leaders and days."""

    PROPOSED = "proposed", "待其他科室同意"
    AGREED = "agreed", "已商定"
    REFUSED = "refused", "未同意"
    OVERTAKEN = "overtaken", "已失效"
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True)
class JointMark:
    """That other divisions inspect the subject in the same visit, or are asked to (A12.2)."""

    code: str
    number: str
    words: str
    state: str
    partners: tuple[str, ...]
