"""What a witness contributes to a lot: taken in turn, given a receipt; the last one closes the contributions (protocol, step 3)."""

from typing import Any

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.casework.procedure import Procedure
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.draw.procedure import DRAW
from mingqian.drawing.draw.selectors import digits_of, refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Given, Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.protocol import in_words
from mingqian.ledger import services as ledger


@transaction.atomic
def contribute(user: User, thing: Draw | Supplement, *, position: int, digits: str) -> Given:
    """Take the digits of the witness whose turn it is, and give the receipt. The last one closes the contributions."""
    lot = Lot.of(thing)
    refuse_stranger(user, lot.draw)
    return take_digits(lot.locked(), position=position, digits=digits, entered_by=user.actor)


def take_digits(lot: Lot, *, position: int, digits: str, entered_by: str) -> Given:
    """Take the digits of the witness whose turn it is, inside the caller's transaction, which holds the lot; return the row.

    `entered_by` is whose device they came from.
    """
    thing, witnesses = lot.thing, lot.witnesses
    given, now = thing.contributions.count(), clock.now()
    if thing.state != DrawState.SEALED or given >= len(witnesses):
        raise DomainError("献数已经截止，不能再录入。")
    if position != given + 1:
        raise DomainError(f"现在轮到第 {given + 1} 位抽取监督人“{witnesses[given]}”，请刷新页面后由本人献数。")
    if lot.beacon_due and clock.to_text(now) > lot.beacon_due:
        raise DomainError("已经过了公开随机源的时点，不能再献数。这次抽取只能申请作废，另行封存。")
    with in_words():
        mq.check_contribution(digits)
    receipt, witness = mq.receipt(bytes(thing.seal_json or b""), position, digits), witnesses[position - 1]
    row = thing.contributions.create(position=position, witness=witness, digits=digits, receipt=receipt, given_at=now)
    details = {"position": position, "entered_by": entered_by}
    actor, subject = f"witness/{witness}"[:200], thing.ledger_subject
    ledger.record(actor, "draw.contribute", subject, digest=receipt, rows=[row], details=details)
    if position == len(witnesses):
        procedure: Procedure[Any] = CHANGE if lot.supplement else DRAW
        procedure.move(entered_by, thing, "close", digest=mq.contributions_digest(digits_of(thing)), closed_at=now)
    return row
