"""States and closed lists of what changes a draw after its opening (art. 9 to 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models

from mingqian.pages.tones import toned


class Kind(models.TextChoices):
    """How the change is made (draw protocol, "After the draw")."""

    INSPECTOR = "inspector", "更换检查人员"
    EXCHANGE = "exchange", "互换检查对象"
    SUBJECT = "subject", "替补检查对象"
    APPOINTMENT = "appointment", "直接委派"


class Reason(models.TextChoices):
    """Why a drawn inspector or subject is changed: a closed list, for no drawn inspector may refuse save by article 11 (A10.3)."""

    POST = "post", "岗位调整"
    WORK = "work", "工作冲突"
    HEALTH = "health", "身体原因"
    SPECIAL = "special", "其他特殊情况"
    RECUSAL_OWN = "recusal-own", "本人申请回避"
    RECUSAL_SUBJECT = "recusal-subject", "检查对象申请回避"
    RECUSAL_DIVISION = "recusal-division", "科室提出回避"
    EXEMPT = "exempt", "抽后查明属免检免扰"
    GIVE_WAY = "give-way", "避让其他科室的抽查"
    SHORTAGE = "shortage", "人员不足"


ABSENCES = (Reason.POST, Reason.WORK, Reason.HEALTH, Reason.SPECIAL)
RECUSALS = (Reason.RECUSAL_OWN, Reason.RECUSAL_SUBJECT, Reason.RECUSAL_DIVISION)
#: The reasons for which each kind may be asked for.
REASONS_OF: dict[str, tuple[Reason, ...]] = {
    Kind.INSPECTOR: (*ABSENCES, *RECUSALS),
    Kind.EXCHANGE: RECUSALS,
    Kind.SUBJECT: (Reason.EXEMPT, Reason.GIVE_WAY),
    Kind.APPOINTMENT: (*ABSENCES, *RECUSALS, Reason.SHORTAGE),
}
#: The article that allows each.
ARTICLES: dict[str, str] = {
    **dict.fromkeys((*ABSENCES, *RECUSALS), "第十一条"),
    Reason.EXEMPT: "第九条",
    Reason.GIVE_WAY: "第十二条",
    Reason.SHORTAGE: "第十条",
}
#: What the seal says, which everybody reads: health and the like are nobody else's business (A20.1).
PUBLIC_WORDS: dict[str, str] = {
    Reason.POST: "岗位调整",
    Reason.WORK: "工作冲突",
    Reason.HEALTH: "个人原因",
    Reason.SPECIAL: "个人原因",
    Reason.RECUSAL_OWN: "回避（本人申请）",
    Reason.RECUSAL_SUBJECT: "回避（检查对象申请）",
    Reason.RECUSAL_DIVISION: "回避（科室提出）",
    Reason.EXEMPT: "免检免扰",
    Reason.GIVE_WAY: "避让",
    Reason.SHORTAGE: "人员不足",
}


class AskedAs(models.TextChoices):
    """On whose part somebody asks."""

    OFFICER = "officer", "科室"
    INSPECTOR = "inspector", "检查人员本人"


@toned(ASKED="soon", APPROVED="soon", SEALED="sealed", CLOSED="sealed", OPENED="done")
class ChangeState(models.TextChoices):
    """Life of a change. There is no way back."""

    ASKED = "asked", "待审批"
    APPROVED = "approved", "已批准，待封存"
    DECLINED = "declined", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"
    SEALED = "sealed", "已封存，待献数"
    CLOSED = "closed", "献数截止，待开签"
    OPENED = "opened", "已完成"
    VOIDED = "voided", "已作废"


#: Asked for, nothing fixed yet.
WAITING = (ChangeState.ASKED, ChangeState.APPROVED)
#: Being made: one at a time.
MAKING = (ChangeState.SEALED, ChangeState.CLOSED)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: `places` are (subject, inspector), `groups` (unit, code) of the sealed table are let in."""

    kind: Kind
    places: Sequence[tuple[str, str]]
    reason: Reason
    statement: str
    all_visits: bool = False
    interest: str = ""
    interest_until: date | None = None
    ground: str = ""
    groups: Sequence[tuple[str, str]] = ()
    appointed: str = ""
    file: bytes | None = None


#: A statement says something: "有事" alone does not.
SHORTEST_STATEMENT = 6
LONGEST_STATEMENT = 2000
