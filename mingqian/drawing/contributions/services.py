"""What a witness contributes to a draw, or to a change of one: taken in turn, given a receipt; the last one closes (protocol, step 3)."""

from collections.abc import Sequence
from typing import Any

import mingqian_draw as mq
from mingqian.casework.procedure import Procedure
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.draw.selectors import digits_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.ledger import services as ledger


def take_digits(
    procedure: Procedure[Any],
    thing: Draw | Supplement,
    witnesses: Sequence[str],
    *,
    position: int,
    digits: str,
    entered_by: str,
    due: str | None = None,
) -> Any:
    """Take the digits of the witness whose turn it is, inside the caller's transaction, which holds `thing`; return the row.

    `entered_by` is whose device they came from; `due` the time of the beacon, after which nothing is taken. States have the same words in
    draws and changes.
    """
    given, now = thing.contributions.count(), clock.now()
    if thing.state != DrawState.SEALED or given >= len(witnesses):
        raise DomainError("献数已经截止，不能再录入。")
    if position != given + 1:
        raise DomainError(f"现在轮到第 {given + 1} 位抽取监督人“{witnesses[given]}”，请刷新页面后由本人献数。")
    if due and clock.to_text(now) > due:
        raise DomainError("已经过了公开随机源的时点，不能再献数。这次抽取只能申请作废，另行封存。")
    try:
        mq.check_contribution(digits)
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    receipt, witness = mq.receipt(bytes(thing.seal_json or b""), position, digits), witnesses[position - 1]
    row = thing.contributions.create(position=position, witness=witness, digits=digits, receipt=receipt, given_at=now)
    details = {"position": position, "entered_by": entered_by}
    actor, subject = f"witness/{witness}"[:200], thing.ledger_subject
    ledger.record(actor, "draw.contribute", subject, digest=receipt, rows=[row], details=details)
    if position == len(witnesses):
        procedure.move(entered_by, thing, "close", digest=mq.contributions_digest(digits_of(thing)), closed_at=now)
    return row
