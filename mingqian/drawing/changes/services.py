"""The only writers of supplements from the seal on: seal, take contributions, close, open; appoint where no lot is possible.

The same steps, in the same order on the log, as those of a draw (draw protocol, "After the draw"); the outcome is computed by
`mingqian_draw` over stored bytes alone.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.drawing.bundle.selectors import bundle_files, teams_of
from mingqian.drawing.changes.procedure import CHANGE
from mingqian.drawing.changes.seal import (
    Files,
    Preview,
    appointment_file,
    facts_files,
    lot_file,
    preview,
    refuse_ended,
)
from mingqian.drawing.changes.selectors import drawable_names, refuse_too_late
from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.draw.selectors import hold, refuse_stranger
from mingqian.drawing.limits import limits_for, refuse_uncosigned
from mingqian.drawing.lots import Lot, locked
from mingqian.drawing.models.changes import Facts, Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.openings import supplement_opened
from mingqian.drawing.prepared.selectors import refuse_touched
from mingqian.drawing.witnesses.selectors import refuse_unfit
from mingqian.ledger import services as ledger
from mingqian.ledger.selectors import present
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
    user: User, supplement: Supplement, *, witnesses: Sequence[str], open_by: datetime, reviewed: str, place: str = ""
) -> Supplement:
    """Fix an approved change by lot: what it rests on as facts, then who is replaced and the witnesses, each on the log.

    `reviewed` is the digest of the preview that the user saw; where registries or teams changed since, nothing is sealed.
    """
    refuse_stranger(user, supplement.draw)
    refuse_touched()
    with transaction.atomic():
        row = locked(supplement)
        if not row.by_lot:
            raise DomainError("直接委派不抽签，请由主要领导审批后直接办理。")
        shown, now = _reviewed(row, reviewed), present()
        said = _checked_witnesses(row.draw, witnesses, open_by, now, user.name)
        files, secret = _put_facts(user, row, shown, now), mq.new_secret()
        made = lot_file(
            row,
            files,
            witnesses=said,
            secret=secret,
            sealed_at=clock.to_text(now),
            open_by=clock.to_text(open_by),
        )
        secret_box = crypto.encrypt(secret, row.secret_context)
        more = {
            "witnesses": said,
            "open_by": open_by,
            "place": place,
            "candidates": shown.candidates,
            "secret_box": secret_box,
        }
        return _numbered(user, row, "seal", made, shown.number, sealed_at=now, **more)


def _reviewed(row: Supplement, reviewed: str) -> Preview:
    if row.state != ChangeState.APPROVED:
        raise ledger.StateConflictError("这项变更还没有批准，或者已经封存，请刷新页面查看。")
    # What stood when it was asked for may have ended since: the ground, the visit, the task.
    refuse_ended(row)
    shown = preview(row)
    if shown.digest(row) != reviewed:
        raise DomainError("名录库或检查组在您查看之后有变化，尚未封存。请重新核对下面的内容，再封存。")
    if _is_new(shown.facts, row.approved_facts):
        raise DomainError(
            "批准之后名录库又登记了利害关系或缺席，会影响这次抽签，审批人还没有看过。请撤回这份申请，重新提出。"
        )
    return shown


def _is_new(facts: list[dict[str, Any]], approved: list[dict[str, Any]]) -> bool:
    """Say whether facts hold anything that those approved do not: conflicts and absences are part of what is decided."""

    def lines(held: list[dict[str, Any]]) -> set[str]:
        return {json.dumps([key, one]) for fact in held for key, value in fact.items() for one in value}

    return not lines(facts) <= lines(approved)


def _put_facts(user: User, row: Supplement, shown: Preview, now: datetime) -> Files:
    """Put on the log what the change rests on, and the interest it is for into the registry; return the bundle with it."""
    files = bundle_files(row.draw)
    number = shown.number - len(shown.facts)
    for made in facts_files(row, files, shown.facts, clock.to_text(now)):
        (content,) = made.values()
        digest = mq.digest(content)
        facts = Facts.objects.create(
            draw=row.draw, supplement=row, number=number, sealed_at=now, seal_json=content, seal_digest=digest
        )
        details = {"change": row.serial, "kind": "facts"}
        ledger.record(user.actor, "draw.seal", facts.log_subject, digest=digest, rows=[facts], details=details)
        files, number = {**files, **made}, number + 1
    _put_on_record(user, row)
    return files


def _numbered(user: User, row: Supplement, verb: str, made: Files, number: int, **changes: Any) -> Supplement:
    """Give the change its number among the supplements of the draw, and put its seal on the log."""
    (content,) = made.values()
    digest = mq.digest(content)
    # The step is on the supplement; what came before it, on the request.
    row.number = number
    changes |= {"number": number, "sealed_by": user, "seal_json": content, "seal_digest": digest, "digest": digest}
    return CHANGE.move(user.actor, row, verb, **changes)


def _put_on_record(user: User, row: Supplement) -> None:
    """Put the interests for which somebody stands out into the registry, so that they hold for every later draw (A11.2)."""
    if not row.is_recusal or not row.interest:
        return
    organ, today = row.draw.organ, clock.today()
    known = interests_on(organ, today)
    for number, certificate in row.places:
        if known.filter(subject__number=number, inspector__certificate_number=certificate).exists():
            continue
        inspector = Inspector.objects.filter(organ=organ, certificate_number=certificate).first()
        subject = organ.subjects.filter(number=number).first()
        if inspector is not None and subject is not None:
            note = f"抽取 {row.draw.draw_id} 的回避申请 {row.serial}"
            people_services.add_interest(
                user, inspector, subject, kind=row.interest, since=today, until=row.interest_until, note=note
            )


@transaction.atomic
def appoint(user: User, supplement: Supplement, *, reviewed: str) -> Supplement:
    """Carry out an appointment that the principal leader decided: not by lot, no witness, no secret (draw protocol, "appointment")."""
    refuse_stranger(user, supplement.draw)
    refuse_touched()
    hold(supplement.draw.organ_id)
    row = locked(supplement)
    if row.by_lot:
        raise DomainError("这项变更由抽签决定，不能直接委派。")
    before, shown, now = teams_of(row.draw), _reviewed(row, reviewed), present()
    files = _put_facts(user, row, shown, now)
    made = appointment_file(row, files, clock.to_text(now))
    row = _numbered(user, row, "appoint", made, shown.number, sealed_at=now, opened_at=now)
    return _told(user, row, before)


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
    if Lot.of(row).voidable:
        refuse_too_late(row)
    refuse_uncosigned(row.draw.plan.get("cosigners", 0), row.log_subject, "draw.close")
    now, before = present(), teams_of(row.draw)
    made = Lot.of(row).opened(bundle_files(row.draw), now, None)
    row = CHANGE.move(user.actor, row, "open", opened_at=now, secret_box=None, **made)
    return _told(user, row, before)


def _told(user: User, row: Supplement, before: dict[str, list[str]]) -> Supplement:
    """Tell whoever has to do with it what the teams are now."""
    supplement_opened.send(Supplement, user=user, supplement=row, before=before, after=teams_of(row.draw))
    return row
