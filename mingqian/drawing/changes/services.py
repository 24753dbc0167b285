"""The only writers of supplements from the seal on: seal, take contributions, close, open; appoint where no lot is possible.

The same steps, in the same order on the log, as those of a draw (draw protocol, "After the draw"); the outcome is computed by
`mingqian_draw` over stored bytes alone.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.changes.seal import Preview, made_seal, preview, refuse_ended, refuse_too_late
from mingqian.drawing.changes.selectors import drawable_names
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.draw.selectors import bundle_files, digits_of, hold, refuse_stranger
from mingqian.drawing.limits import limits_for
from mingqian.drawing.lots import locked
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.openings import supplement_opened
from mingqian.drawing.protocol import in_words
from mingqian.drawing.witnesses.selectors import refuse_unfit
from mingqian.ledger import services as ledger
from mingqian.registry.models import Inspector
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import interests_on


def _checked_witnesses(
    draw: Draw, witnesses: Sequence[str], open_by: datetime, now: datetime, officer: str
) -> list[str]:
    limits = limits_for(draw.organ, draw.division)
    least = max(len(draw.plan["witnesses"]), limits.witnesses)
    if len(witnesses) < least:
        raise DomainError(
            f"抽取时有 {len(draw.plan['witnesses'])} 位抽取监督人，变更时不能更少：至少 {least} 位，现在是 {len(witnesses)} 位。"
        )
    if open_by <= now:
        raise DomainError("最迟开签时间已经过去，请改为以后的时间。")
    refuse_unfit(witnesses, officer, drawable_names(draw))
    return list(witnesses)


def seal(
    user: User, supplement: Supplement, *, witnesses: Sequence[str], open_by: datetime, reviewed: str
) -> Supplement:
    """Fix an approved change by lot: who is replaced and why, who cannot come, the witnesses; put its seal on the log.

    `reviewed` is the digest of the preview that the user saw; where registries or teams changed since, nothing is sealed.
    """
    refuse_stranger(user, supplement.draw)
    with transaction.atomic():
        row = locked(supplement)
        if not row.by_lot:
            raise DomainError("直接委派不抽签，请由主要领导审批后直接办理。")
        shown = _reviewed(row, reviewed)
        now = clock.now()
        said = _checked_witnesses(row.draw, witnesses, open_by, now, user.name)
        secret = mq.new_secret()
        how = {"witnesses": said, "secret": secret, "sealed_at": clock.to_text(now), "open_by": clock.to_text(open_by)}
        changes = {
            "witnesses": said,
            "open_by": open_by,
            "candidates": shown.candidates,
            "secret_box": crypto.encrypt(secret, row.secret_context),
        }
        return _sealed(user, row, shown, now, how, changes)


def _reviewed(row: Supplement, reviewed: str) -> Preview:
    if row.state != ChangeState.APPROVED:
        raise ledger.StateConflictError("这项变更还没有批准，或者已经封存，请刷新页面查看。")
    # What stood when it was asked for may have ended since: the ground, the visit, the task.
    refuse_ended(row)
    shown = preview(row)
    if shown.digest(row) != reviewed:
        raise DomainError("名录库或检查组在您查看之后有变化，尚未封存。请重新核对下面的内容，再封存。")
    return shown


def _sealed(
    user: User, row: Supplement, shown: Preview, now: datetime, how: dict[str, Any], changes: dict[str, Any]
) -> Supplement:
    """Number the supplement, keep its seal, put it on the log, and the interest it is for into the registry."""
    files = bundle_files(row.draw)
    made = made_seal(row, files, (shown.conflicts, shown.unavailable), **how)
    content = made[f"supplement-{shown.number}/seal.json"]
    digest = hashlib.sha256(content).hexdigest()
    _put_on_record(user, row)
    try:
        with transaction.atomic():
            # The seal is the first act on the supplement; what came before is on the draw.
            row.number = shown.number
            return CHANGE.move(
                user.actor,
                row,
                "seal",
                digest=digest,
                number=shown.number,
                conflicts=shown.conflicts,
                unavailable=shown.unavailable,
                sealed_by=user,
                sealed_at=now,
                seal_json=content,
                seal_digest=digest,
                **changes,
            )
    except IntegrityError as error:
        raise DomainError("另一项变更刚刚由他人封存，本次没有封存。请刷新页面查看。") from error


def _put_on_record(user: User, row: Supplement) -> None:
    """Put the interest for which somebody stands out into the registry, so that it holds for every later draw (A11.2)."""
    if not row.is_recusal or not row.interest:
        return
    organ, today = row.draw.organ, clock.today()
    pair = {"subject__number": row.subject, "inspector__certificate_number": row.inspector}
    if interests_on(organ, today).filter(**pair).exists():
        return
    inspector = Inspector.objects.filter(organ=organ, certificate_number=row.inspector).first()
    subject = organ.subjects.filter(number=row.subject).first()
    if inspector is not None and subject is not None:
        note = f"抽取 {row.draw.draw_id} 的回避申请 {row.serial}"
        people_services.add_interest(
            user, inspector, subject, kind=row.interest, since=today, until=row.interest_until, note=note
        )


@transaction.atomic
def appoint(user: User, supplement: Supplement, *, reviewed: str) -> Supplement:
    """Carry out an appointment that the principal leader decided: not by lot, no witness, no secret (draw protocol, E3)."""
    refuse_stranger(user, supplement.draw)
    hold(supplement.draw.organ_id)
    row = locked(supplement)
    if row.by_lot:
        raise DomainError("这项变更由抽签决定，不能直接委派。")
    shown = _reviewed(row, reviewed)
    now = clock.now()
    row = _sealed(user, row, shown, now, {"secret": mq.new_secret(), "sealed_at": clock.to_text(now)}, {})
    with in_words():
        made = mq.complete_appointment(bundle_files(row.draw))
    before = _teams(row.draw)
    return _ended(
        user, row, "complete", before, opened_at=now, result_json=made[f"supplement-{row.number}/result.json"]
    )


def _teams(draw: Draw) -> dict[str, list[str]]:
    return mq.assignments_now(bundle_files(draw))


@transaction.atomic
def open_supplement(user: User, supplement: Supplement) -> Supplement:
    """Open a supplement whose contributions are closed; whoever comes second finds the first one's outcome, the only possible one."""
    refuse_stranger(user, supplement.draw)
    hold(supplement.draw.organ_id)
    row = locked(supplement)
    if row.state != ChangeState.CLOSED or row.closed_at is None:
        raise ledger.StateConflictError(
            "这项变更已经开签，结果不会改变。"
            if row.state == ChangeState.OPENED
            else "还不能开签：抽取监督人尚未全部献数，或者变更已经作废。"
        )
    refuse_too_late(row)
    now = clock.now()
    before = _teams(row.draw)
    with in_words():
        made = mq.open_supplement(
            bundle_files(row.draw),
            secret=crypto.decrypt(bytes(row.secret_box or b""), row.secret_context),
            contributions=digits_of(row),
            beacon=None,
            closed_at=clock.to_text(row.closed_at),
            opened_at=clock.to_text(now),
        )
    folder = f"supplement-{row.number}"
    return _ended(
        user,
        row,
        "open",
        before,
        opened_at=now,
        reveal_json=made[f"{folder}/reveal.json"],
        result_json=made[f"{folder}/result.json"],
        secret_box=None,
    )


def _ended(user: User, row: Supplement, verb: str, before: dict[str, list[str]], **changes: Any) -> Supplement:
    digest = hashlib.sha256(changes["result_json"]).hexdigest()
    row = CHANGE.move(user.actor, row, verb, digest=digest, **changes)
    supplement_opened.send(Supplement, user=user, supplement=row, before=before, after=_teams(row.draw))
    return row
