"""States and closed lists of early warnings (art. 12)."""

from django.db import models

from mingqian.pages.tones import toned


class WarningKind(models.TextChoices):
    """What is warned of (A12.1, A12.2)."""

    CLOSE = "close", "检查过密"
    AGAIN = "again", "同一人员反复检查"
    APART = "apart", "同一时段未联合检查"


@toned(ASKED="soon:alert", ANSWERED="active", CONFIRMED="done")
class WarningState(models.TextChoices):
    """Life of an early warning. It never changes what was drawn, and stays on record when it is over."""

    ASKED = "asked", "待说明理由"
    ANSWERED = "answered", "已说明，待确认"
    CONFIRMED = "confirmed", "已确认"
    LIFTED = "lifted", "已解除"


#: Somebody has still to do something.
WARNING_OPEN = (WarningState.ASKED, WarningState.ANSWERED)


class WarningVerb(models.TextChoices):
    """What was said about an early warning; each time is kept."""

    ANSWER = "answer", "说明理由"
    CONFIRM = "confirm", "确认"
    RETURN = "return", "退回"


class WarningReason(models.TextChoices):
    """Why the visit goes on all the same: a closed list, with words beside it."""

    OTHER_MATTER = "other-matter", "检查内容不同，不能合并"
    MARKED = "marked", "重点监管对象，须加大检查（第十二条第三款）"
    ORDERED = "ordered", "上级部署或法律法规规定"
    SPREAD = "spread", "已调整检查日期，错开安排"
    FEW = "few", "可抽人员少，由抽签产生"
    QUALIFIED = "qualified", "检查需要的专业资格只有该人员具备"
    OTHER = "other", "其他"
