"""The only writers of supplements from the seal on: seal, take contributions, close, open, void; appoint where no lot is possible.

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
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.models import PaperNumber
from mingqian.documents.papers import services as paper_services
from mingqian.drawing.changes.papers import CHANGE_RECORD
from mingqian.drawing.changes.requests import refuse_ended, refuse_too_late
from mingqian.drawing.changes.seal import Preview, made_seal, preview
from mingqian.drawing.changes.selectors import drawable_names
from mingqian.drawing.changes.states import CHANGE_MOVES, ChangeState
from mingqian.drawing.draw.aftermath import after_supplement
from mingqian.drawing.draw.selectors import bundle_files, refuse_stranger
from mingqian.drawing.joint.parts import hold
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.changes import Supplement, SupplementContribution
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.witnesses.selectors import refuse_unfit
from mingqian.ledger import services as ledger
from mingqian.registry.models import Inspector
from mingqian.registry.people import services as people_services
from mingqian.registry.people.selectors import interests_on


def locked(supplement: Supplement) -> Supplement:
    """Return the supplement with its draw locked: one supplement of a draw at a time."""
    draw = (
        Draw.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organ", "task", "division")
        .get(pk=supplement.draw_id)
    )
    row = Supplement.objects.select_for_update(no_key=True, of=("self",)).get(pk=supplement.pk)
    row.draw = draw
    return row


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
            return ledger.move(
                user.actor,
                "seal",
                row,
                CHANGE_MOVES,
                subject=f"{row.draw.ledger_subject}/{shown.number}",
                entry_verb="draw.seal",
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
    try:
        made = mq.complete_appointment(bundle_files(row.draw))
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    before = _teams(row.draw)
    return _ended(
        user, row, "complete", before, opened_at=now, result_json=made[f"supplement-{row.number}/result.json"]
    )


@transaction.atomic
def contribute(user: User, supplement: Supplement, *, position: int, digits: str) -> SupplementContribution:
    """Take the digits of the witness whose turn it is, and give the receipt. The last one closes the contributions."""
    refuse_stranger(user, supplement.draw)
    return take_contribution(supplement, position=position, digits=digits, entered_by=user.actor)


def take_contribution(supplement: Supplement, *, position: int, digits: str, entered_by: str) -> SupplementContribution:
    """Take the digits inside the caller's transaction; `entered_by` is whose device they came from."""
    row = locked(supplement)
    given = row.contributions.count()
    if row.state != ChangeState.SEALED or given >= len(row.witnesses):
        raise DomainError("献数已经截止，不能再录入。")
    if position != given + 1:
        raise DomainError(f"现在轮到第 {given + 1} 位抽取监督人“{row.witnesses[given]}”，请刷新页面后由本人献数。")
    try:
        mq.check_contribution(digits)
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    now, witness = clock.now(), row.witnesses[position - 1]
    receipt = mq.receipt(bytes(row.seal_json or b""), position, digits)
    spoken = SupplementContribution.objects.create(
        supplement=row, position=position, witness=witness, digits=digits, receipt=receipt, given_at=now
    )
    details = {"position": position, "entered_by": entered_by}
    subject = row.ledger_subject
    ledger.record(
        f"witness/{witness}"[:200], "draw.contribute", subject, digest=receipt, rows=[spoken], details=details
    )
    if position == len(row.witnesses):
        said = mq.contributions_digest(_digits(row))
        ledger.move(
            entered_by, "close", row, CHANGE_MOVES, subject=subject, entry_verb="draw.close", digest=said, closed_at=now
        )
    return spoken


def _digits(row: Supplement) -> list[str]:
    return list(row.contributions.order_by("position").values_list("digits", flat=True))


def _secret(row: Supplement) -> str:
    return crypto.decrypt(bytes(row.secret_box or b""), row.secret_context)


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
    try:
        made = mq.open_supplement(
            bundle_files(row.draw),
            secret=_secret(row),
            contributions=_digits(row),
            beacon=None,
            closed_at=clock.to_text(row.closed_at),
            opened_at=clock.to_text(now),
        )
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
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
    row = ledger.move(
        user.actor,
        verb,
        row,
        CHANGE_MOVES,
        subject=row.ledger_subject,
        entry_verb="draw.result",
        digest=digest,
        **changes,
    )
    after_supplement(user, row, before, _teams(row.draw))
    return row


def ask_to_void(user: User, supplement: Supplement, *, reason: str) -> Supplement:
    """Ask that a supplement under way be voided; a leader decides."""
    refuse_stranger(user, supplement.draw)
    if not mq.line_ok(reason):
        raise DomainError("请用一行文字写明理由，不超过 200 字，首尾不留空格。")
    with transaction.atomic():
        row = locked(supplement)
        if not row.is_making:
            raise DomainError("只有已经封存、尚未开签的变更可以作废。已经完成的变更不能作废，确有需要的另行申请变更。")
        if row.void_asked_by_id is not None:
            raise DomainError("已经有一份作废申请在等待审批。")
        row.void_reason, row.void_asked_by, row.void_asked_at = reason, user, clock.now()
        row.save()
        ledger.record(user.actor, "draw.void-request", row.ledger_subject, rows=[row], details={"reason": reason})
    return row


def _deciding_void(user: User, row: Supplement) -> None:
    if user.organ_id != row.draw.organ_id or not user.has_role(*LEADER_ROLES):
        raise NotAllowedError("作废由分管领导或主要领导审批。")
    if row.void_asked_by_id is None:
        raise DomainError("没有等待审批的作废申请。")
    refuse_same_person(row.void_asked_by_id, user)


@transaction.atomic
def decline_void(user: User, supplement: Supplement) -> Supplement:
    """Let the supplement go on."""
    row = locked(supplement)
    _deciding_void(user, row)
    row.void_reason, row.void_asked_by, row.void_asked_at = "", None, None
    row.save()
    ledger.record(user.actor, "draw.void-decline", row.ledger_subject, rows=[row])
    return row


@transaction.atomic
def approve_void(user: User, supplement: Supplement) -> Supplement:
    """Void the supplement for good: nobody is replaced by it, its secret and what had been contributed are published."""
    row = locked(supplement)
    _deciding_void(user, row)
    if not row.is_making:
        raise ledger.StateConflictError("这项变更已经开签或作废，不能再作废。")
    now = clock.now()
    role = "主要领导" if user.has_role(Role.PRINCIPAL_LEADER) else "分管领导"
    try:
        made = mq.void_supplement(
            bundle_files(row.draw),
            secret=_secret(row),
            reason=row.void_reason,
            approver=f"{role} {user.name}",
            voided_at=clock.to_text(now),
            contributions=_digits(row),
        )
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    content = made[f"supplement-{row.number}/void.json"]
    return ledger.move(
        user.actor,
        "void",
        row,
        CHANGE_MOVES,
        subject=row.ledger_subject,
        entry_verb="draw.void",
        digest=hashlib.sha256(content).hexdigest(),
        voided_at=now,
        void_json=content,
        secret_box=None,
    )


def number_record(user: User, supplement: Supplement) -> PaperNumber:
    """Give the record of a change that was carried out its number, gapless for the division and the year; once given it stays."""
    draw = supplement.draw
    refuse_stranger(user, draw)
    if supplement.state != ChangeState.OPENED:
        raise DomainError("变更办理完成之后才有变更记录。")
    about = supplement.ledger_subject
    return paper_services.give_number(user, CHANGE_RECORD, about=about, division=draw.division, organ=draw.organ)
