"""The only writers of what voids a draw or a change of it: asked for by an officer, approved by a leader (draw protocol, "void")."""

from typing import Any

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.casework.officers import refuse
from mingqian.common.errors import DomainError
from mingqian.drawing.beacons.selectors import beacon_of
from mingqian.drawing.bundle.selectors import bundle_files
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.draw.procedure import DRAW
from mingqian.drawing.draw.selectors import take
from mingqian.drawing.draw.states import Publication
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.voids.procedure import VOID
from mingqian.drawing.voids.selectors import pending_void
from mingqian.ledger.selectors import present
from mingqian.ledger.services import StateConflictError
from mingqian.planning.tasks import services as task_services

_ENDED = {
    Draw: "只有尚未开签的抽取可以作废。已经开签的结果不能作废，只能按第九条至第十一条办理替补、更换或回避。",
    Supplement: "只有已经封存、尚未开签的变更可以作废。已经完成的变更不能作废，确有需要的另行申请变更。",
}


_STANDS = "监督人的数字已经全部公布，结果已经确定，不能作废，请开签。确需调整的，开签之后办理变更。"


@transaction.atomic
def ask(user: User, thing: Draw | Supplement, *, reason: str) -> VoidRequest:
    """Ask that a live draw, or a change under way, be voided; a leader decides."""
    held = {"draw": thing.draw, "supplement": thing} if isinstance(thing, Supplement) else {"draw": thing}
    row = VoidRequest(**held, reason=reason)
    refuse(VOID.forbids(user, row, "ask"))
    lot = Lot.of(thing).locked()
    if not lot.thing.is_live:
        raise DomainError(_ENDED[type(thing)])
    if not lot.voidable:
        raise DomainError(_STANDS)
    if not mq.is_line(reason):
        raise DomainError("请用一行文字写明理由，不超过 200 字，首尾不留空格。")
    if (first := pending_void(thing)) is not None:
        raise DomainError(f"作废申请{first.already}，正在等待审批。")
    row.asked_in = lot.thing.state
    return VOID.begin(user, row)


def decline(user: User, request: VoidRequest, *, remark: str) -> VoidRequest:
    """Let the draw, or the change, stand."""
    return VOID.take(user, request, "decline", remark=remark)


@transaction.atomic
def approve(user: User, request: VoidRequest, *, remark: str = "") -> VoidRequest:
    """Void for good: the secret is published, and what had been contributed; of a change, that nobody is replaced by it."""
    refuse(VOID.forbids(user, request, "approve"))
    if request.supplement is None:
        take(request.draw)
    thing = Lot.of(request.thing).locked().thing
    row = VOID.take(user, request, "approve", remark=remark)
    if not thing.is_live:
        raise StateConflictError("已经开签或作废，不能再作废。")
    role = "主要领导" if user.has_role(Role.PRINCIPAL_LEADER) else "分管领导"
    now, lot = present(), Lot.of(thing)
    if not lot.voidable:
        raise DomainError(_STANDS)
    # Else a request could lie in a drawer until somebody has seen what the others gave.
    if row.asked_in != lot.thing.state:
        raise DomainError("这份申请是在献数截止之前提出的，情况已经变化。请先不批准，由经办人按现在的情况重新申请。")
    said = {
        "reason": row.reason,
        "approver": f"{role} {user.name}",
        "beacon": None if lot.supplement else beacon_of(lot.draw),
    }
    made = lot.voided(bundle_files(lot.draw), now, **said)
    changes: dict[str, Any] = {"voided_at": now, "secret_box": None, **made}
    if isinstance(thing, Supplement):
        row.supplement = CHANGE.move(user.actor, thing, "void", **changes)
        return row
    if thing.task is not None:
        task_services.note_voided(user, thing.task)
    published = now if thing.publication == Publication.AT_ONCE else None
    row.draw = DRAW.move(user.actor, thing, "void", published_at=published, **changes)
    return row
