"""What is asked for and decided about voiding a draw, or a change of one."""

from django.db.models import Q, QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.states import LEADER_ROLES
from mingqian.casework.officers import leader_of
from mingqian.casework.procedure import Procedure, Step, decision
from mingqian.drawing.changes.states import MAKING
from mingqian.drawing.draw.selectors import why_not_officer
from mingqian.drawing.draw.states import LIVE
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.voids.states import VoidState

PENDING, APPROVED, DECLINED = VoidState.PENDING, VoidState.APPROVED, VoidState.DECLINED


def _rows(user: User) -> QuerySet[VoidRequest]:
    """Return the requests of the organ about what may still be voided."""
    if not user.has_role(*LEADER_ROLES):
        return VoidRequest.objects.none()
    live = Q(supplement__isnull=True, draw__state__in=LIVE) | Q(supplement__state__in=MAKING)
    return VoidRequest.objects.filter(live, draw__organ=user.organ).select_related("draw", "supplement", "asked_by")


def _title(row: VoidRequest) -> str:
    return row.draw.title if row.supplement is None else f"{row.draw.title}第 {row.supplement.number} 号变更"


VOID: Procedure[VoidRequest] = Procedure(
    name="draw-void",
    thing="作废申请",
    model=VoidRequest,
    states=VoidState,
    article="A9.1",
    address="drawing:void-decide",
    at=lambda row: [row.draw.code, row.pk],
    ends=(APPROVED, DECLINED),
    rows=_rows,
    title=_title,
    describe=lambda row: f"{row.asked_by} 申请，理由：{row.reason}",
    due=lambda row: row.thing.open_by,
    steps=(
        Step(
            "ask",
            (),
            PENDING,
            "申请作废",
            "申请作废",
            lambda user, row: why_not_officer(user, row.draw),
            entry="draw.void-request",
            stamps=("asked_by", "asked_at"),
            done="作废申请已提交，等待领导审批。审批之前不受影响。",
        ),
        *decision(
            PENDING,
            (APPROVED, DECLINED),
            lambda user, row: leader_of(user, row.draw.organ_id),
            told=("批准作废", "不同意作废"),
            entries=("draw.void-approve", "draw.void-decline"),
            labels=("批准作废", "不批准"),
            done=("已批准作废。作废文件和系统随机数已经公开。", "未批准作废，照常进行。"),
            todo="审批作废申请",
            irrevocable=True,
        ),
    ),
)
