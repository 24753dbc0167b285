"""What a witness contributes to a lot: spoken aloud, or committed on a device and opened after the close (draw protocol, steps 3 and 4)."""

import re
from typing import Any

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.casework.procedure import Procedure
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.rows import insert
from mingqian.drawing.bundle.selectors import bundle_files
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.changes.selectors import refuse_too_late
from mingqian.drawing.draw.procedure import DRAW
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.limits import refuse_uncosigned
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.lots import Contribution
from mingqian.ledger import services as ledger
from mingqian.ledger.selectors import present
from mingqian.planning.tasks import selectors as task_selectors

#: What an offline device shows: perhaps what it is, of which seal (its beginning at least) and position; then COMMIT, or DIGITS NONCE.
_CODE = re.compile(
    r"(?:MQ2-(?:COMMIT|OPEN)\s+(?P<seal>[0-9a-f]{8,64})\s+(?P<position>[0-9]{1,3})\s+)?"
    r"(?:(?P<digits>[0-9]{10,100})[\s/]+)?(?P<hash>[0-9a-f]{64})"
)


@transaction.atomic
def speak(user: User, thing: Draw | Supplement, *, position: int, digits: str) -> Contribution:
    """Take the digits that a witness spoke aloud, typed in sight of all, and give the receipt."""
    lot = Lot.of(thing)
    refuse_stranger(user, lot.draw)
    if not mq.is_contribution(digits):
        raise DomainError("应为 10 至 100 位数字，至少用到四种不同的数字。请重新掷骰子报数。")
    lot = lot.locked()
    receipt = mq.receipt(lot.thing.seal_digest, position, digits)
    return _take(lot, position, user.actor, digits=digits, receipt=receipt)


@transaction.atomic
def hand_over(user: User, thing: Draw | Supplement, *, position: int, code: str) -> str:
    """Take what an offline device shows, carried by hand or by a scanner: a commitment before the close, its opening after it."""
    lot = Lot.of(thing)
    refuse_stranger(user, lot.draw)
    lot = lot.locked()
    found = _CODE.fullmatch(code.strip())
    if found is None or (found["seal"] and found["seal"] != lot.thing.seal_digest[: len(found["seal"])]):
        raise DomainError("扫入的内容不是这次封存的承诺或公布，请核对后重新扫描。")
    if found["position"] and int(found["position"]) != position:
        raise DomainError(f"扫入的是第 {found['position']} 位的内容，请在名单上选对监督人后重新扫描。")
    if found["digits"]:
        reveal(lot, position=position, digits=found["digits"], nonce=found["hash"], entered_by=user.actor)
    else:
        commit(lot, position=position, commit=found["hash"], entered_by=user.actor)
    return ""


def commit(lot: Lot, *, position: int, commit: str, entered_by: str) -> Contribution:
    """Take what a witness's own device committed to, inside the caller's transaction, which holds the lot."""
    if not mq.is_hash(commit):
        raise DomainError("手机交来的承诺不完整，请刷新手机上的页面后重试。")
    return _take(lot, position, entered_by, commit=commit)


def _take(lot: Lot, position: int, entered_by: str, **given: str) -> Contribution:
    """Keep what was given; the last of the witnesses closes the contributions."""
    thing, witnesses, now = lot.thing, lot.witnesses, present()
    if thing.state != DrawState.SEALED:
        raise DomainError("献数已经截止，不能再录入。")
    if not 1 <= position <= len(witnesses):
        raise DomainError("没有这位抽取监督人，请刷新页面。")
    if lot.beacon_due and clock.to_text(now) > lot.beacon_due:
        raise DomainError("已经过了公开随机源的时点，不能再献数。这次抽取只能申请作废，另行封存。")
    _refuse_lost(lot)
    refuse_uncosigned(lot.draw.plan.get("cosigners", 0), thing.log_subject, "draw.seal")
    witness = witnesses[position - 1]
    row = Contribution(
        draw=lot.draw, supplement=lot.supplement, position=position, witness=witness, given_at=now, **given
    )
    insert(row, f"“{witness}”已经献数，不能更改。请刷新页面。")
    details = {"position": position, "entered_by": entered_by}
    actor, digest = f"witness/{witness}"[:200], mq.digest((row.commit or row.receipt).encode())
    ledger.record(actor, "draw.contribute", thing.ledger_subject, digest=digest, rows=[row], details=details)
    if lot.contributions.count() == len(witnesses):
        procedure: Procedure[Any] = CHANGE if lot.supplement else DRAW
        procedure.move(entered_by, thing, "close", closed_at=now, **lot.closed(bundle_files(lot.draw), now))
    return row


def _refuse_lost(lot: Lot) -> None:
    """Refuse to go on where the lot may not be opened any more: after the last contribution it could not be voided."""
    if lot.supplement is not None:
        refuse_too_late(lot.supplement)
    elif lot.draw.task is not None and (lost := task_selectors.opening_problems(lot.draw.task)):
        raise DomainError(f"{''.join(lost)}这次抽取不能再献数和开签，请申请作废。")


def reveal(lot: Lot, *, position: int, digits: str, nonce: str, entered_by: str) -> Contribution:
    """Take the opening of a commitment, inside the caller's transaction, which holds the lot; after a void too, for all to see."""
    row = lot.given(position)
    if row is None or not row.committed:
        raise DomainError("没有您的承诺，不需要公布。")
    if lot.thing.state == DrawState.SEALED:
        raise DomainError("献数还没有截止，现在不能公布。请等全部监督人献数之后。")
    if row.known:
        return row
    shaped = mq.is_contribution(digits) and mq.is_hash(nonce)
    if not shaped or mq.commit_of(lot.thing.seal_digest, position, digits, nonce) != row.commit:
        raise DomainError("公布的数字与原来的承诺对不上，没有收下。请用献数时的那部手机打开这个页面。")
    row.digits, row.nonce, row.opened_at = digits, nonce, clock.now()
    row.save()
    actor, subject = f"witness/{row.witness}"[:200], lot.thing.ledger_subject
    details = {"position": position, "entered_by": entered_by}
    ledger.record(actor, "draw.reveal", subject, rows=[row], details=details)
    return row
