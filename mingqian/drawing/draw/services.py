"""The only writers of draws: seal, take contributions, close, open, publish the list. What voids them: `voids`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import OTHER_ORGAN, refuse
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.common.rows import insert
from mingqian.documents.files import services as file_services
from mingqian.drawing.beacons.selectors import beacon_of
from mingqian.drawing.bundle.selectors import TABLES, bundle_files
from mingqian.drawing.draft.selectors import why_not_prepare
from mingqian.drawing.draw.procedure import DRAW
from mingqian.drawing.draw.selectors import hold, refuse_stranger, take, why_not_publish
from mingqian.drawing.draw.states import DrawState, Publication
from mingqian.drawing.limits import limits_for, refuse_below, refuse_uncosigned
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.draws import Draft, Draw, local_year
from mingqian.drawing.openings import draw_opened
from mingqian.drawing.people import services as people_services
from mingqian.drawing.prepared.selectors import Prepared, prepare, refuse_touched
from mingqian.drawing.protocol import in_words
from mingqian.drawing.witnesses.selectors import refuse_unfit
from mingqian.ledger import selectors as ledger_selectors, services as ledger
from mingqian.planning.models import Task
from mingqian.planning.pool import selectors as pool_selectors
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.rules.deadlines.selectors import law_date


def _open_by(draft: Draft) -> datetime:
    if draft.open_by is None:
        raise DomainError("还没有设定最迟开签时间。请回到“见证与时间”填写。")
    return draft.open_by


def _seal_files(
    prepared: Prepared, *, draw_id: str, sealed_at: datetime, secret: str, after: tuple[int, str | None]
) -> dict[str, bytes]:
    draft, pool = prepared.draft, prepared.pool
    open_by = _open_by(draft)
    if open_by <= sealed_at:
        raise DomainError("最迟开签时间已经过去。请回到“见证与时间”改为以后的时间。")
    # Exemptions, marks and certificates are read for that day: it is not for choosing.
    if law_date(open_by) > prepared.task.until:
        raise DomainError("最迟开签时间在任务的检查时间以外（第二条）。请回到“见证与时间”改早。")
    prepared.refuse_empty()
    rows: tuple[Sequence[tuple[object, ...]], ...] = (pool.subjects, pool.inspectors, pool.conflicts)
    tables = {
        name: mq.table([str(part) for part in row] for row in held) for name, held in zip(TABLES, rows, strict=True)
    }
    with in_words():
        return mq.seal_draw(
            draw_id=draw_id,
            title=draft.title,
            organ=draft.organ.name,
            scope=scope_of(prepared.task),
            rules=prepared.rules,
            tables=tables,
            witnesses=draft.witnesses,
            sealed_at=clock.to_text(sealed_at),
            open_by=clock.to_text(open_by),
            beacon=draft.beacon,
            secret=secret,
            after=after,
        )


def rehearse(prepared: Prepared) -> None:
    """Try the seal without keeping anything; raise DomainError saying what stands in the way."""
    prepared.refuse_below()
    _refuse_second_seal(prepared.draft)
    prepared.refuse_hindered()
    secret = mq.new_secret()
    _seal_files(prepared, draw_id="试算", sealed_at=clock.now(), secret=secret, after=_last_attempt(prepared.task))
    prepared.refuse_undecided()


def scope_of(task: Task) -> str:
    """Return what the log counts seals by: one time of one entry of the plan, whatever becomes of the tasks for it.

    Else a task with a voided draw could be cancelled and opened anew, and the new number would show no void (draw protocol, "void").
    """
    return f"{task.entry.code}-{task.round}"


def _last_attempt(task: Task) -> tuple[int, str | None]:
    """Return the number of the scope's last attempt and the digest of the file that voided it; (0, None) before the first."""
    last = Draw.objects.filter(scope=scope_of(task)).order_by("attempt").last()
    return (0, None) if last is None else (last.attempt, mq.digest(bytes(last.void_json or b"")))


def _refuse_second_seal(draft: Draft) -> None:
    other = Draw.objects.filter(scope=scope_of(draft.drawn_for)).exclude(state=DrawState.VOIDED).first()
    if other is not None:
        raise DomainError(
            f"任务“{draft.task_number}”已经有一次抽取（{other.draw_id}，{other.get_state_display()}），不能重复抽取。"
            "确需重抽的，先对那一次申请作废；作废会永久公示。"
        )


def seal(user: User, draft: Draft, *, reviewed: str) -> Draw:
    """Fix the draft for good and put its seal on the log (draw protocol, steps 1 and 2).

    `reviewed` is the digest of what the user saw (`Prepared.reviewed`); where registries or draft changed since, nothing is sealed.
    """
    task = draft.drawn_for
    refuse(why_not_prepare(user, task))
    refuse_below(draft, limits_for(draft.organ, draft.division))
    refuse_touched()
    with transaction.atomic():
        # One seal of an organ at a time: numbers run without gap, and the scope is looked at under the lock.
        hold(draft.organ_id)
        _refuse_second_seal(draft)
        task_services.note_sealed(user, task)
        # Under the locks: whatever was drawn up to here counts in the pool; what bears on it and lies sealed hinders.
        prepared = prepare(draft)
        prepared.refuse_hindered()
        if prepared.reviewed != reviewed:
            raise DomainError("名录库或方案在您查看之后有变化，尚未封存。请重新核对下面的内容，再封存。")
        prepared.refuse_undecided()
        refuse_unfit(draft.witnesses, user.name, prepared.pool.drawable_names)
        draw = _sealed(user, prepared, ledger_selectors.present())
        insert(draw, "这个任务刚刚已由他人封存，本次没有封存。请到“抽取”查看。")
        people_services.take_back(user, draft)
        key = draft.ledger_key()
        draft.delete()
        ledger.record(
            user.actor,
            "draw.seal",
            draw.log_subject,
            digest=draw.seal_digest,
            rows=[draw],
            deleted=[key],
            details={"title": draw.title},
        )
    return draw


def _sealed(user: User, prepared: Prepared, sealed_at: datetime) -> Draw:
    """Number the draw, take the secret, make the files, keep the tables; return the row, not saved."""
    draft, pool = prepared.draft, prepared.pool
    year = local_year(sealed_at)
    serial = next_number(Draw.objects.filter(organ=draft.organ, year=year), under=draft.organ)
    draw_id = f"{pool_selectors.as_word(draft.organ.short_name)[:40]}抽〔{year}〕{serial}号"
    secret = mq.new_secret()
    after = _last_attempt(prepared.task)
    files = _seal_files(prepared, draw_id=draw_id, sealed_at=sealed_at, secret=secret, after=after)
    subjects, inspectors, conflicts = (file_services.store(user.actor, files[name]) for name in TABLES)
    return Draw(
        organ=draft.organ,
        division=draft.division,
        year=year,
        serial=serial,
        code=f"{draft.organ.code}-{year}-{serial}",
        draw_id=draw_id,
        title=draft.title,
        scope=scope_of(prepared.task),
        attempt=after[0] + 1,
        task=draft.task,
        publication=draft.publication,
        sealed_by=user,
        sealed_at=sealed_at,
        open_by=_open_by(draft),
        subjects_file=subjects,
        inspectors_file=inspectors,
        conflicts_file=conflicts,
        names_file=file_services.store(user.actor, "".join("\t".join(row) + "\n" for row in pool.names).encode()),
        seal_json=files["seal.json"],
        seal_digest=mq.digest(files["seal.json"]),
        secret_box=crypto.encrypt(secret, f"draw/{draw_id}"),
        plan=prepared.plan,
    )


def open_draw(user: User, draw: Draw) -> Draw:
    """Open a draw whose contributions are closed and whose commitments are opened (draw protocol, steps 5 to 10).

    Whoever comes second (another tab, a refresh, a second click) gets StateConflictError and finds the first one's outcome, which is also
    the only possible one: secret, digits and tables were fixed before.
    """
    refuse_stranger(user, draw)
    draw.refresh_from_db()
    if draw.state != DrawState.CLOSED or draw.closed_at is None:
        raise ledger.StateConflictError(
            "这次抽取已经开签，结果不会改变。"
            if draw.state == DrawState.OPENED
            else "还不能开签：抽取监督人尚未全部献数，或抽取已经作废。"
        )
    # Once everything is known the outcome stands and is opened; nobody may be inspected by it all the same (A2.1).
    if draw.task is not None and Lot(draw).voidable and (lost := task_selectors.opening_problems(draw.task)):
        raise DomainError(f"{''.join(lost)}这次抽取不能开签，请申请作废。")
    now = ledger_selectors.present()
    refuse_uncosigned(draw.plan.get("cosigners", 0), draw.log_subject, "draw.close")
    _refuse_without_beacon(draw, clock.to_text(now))
    made = Lot(draw).opened(bundle_files(draw), now, beacon_of(draw))
    with transaction.atomic():
        take(draw)
        draw = DRAW.move(
            user.actor,
            draw,
            "result",
            opened_at=now,
            secret_box=None,
            published_at=now if draw.publication == Publication.AT_ONCE else None,
            **made,
        )
        draw_opened.send(Draw, user=user, draw=draw)
    return draw


def _refuse_without_beacon(draw: Draw, now: str) -> None:
    """Raise DomainError where a public source of chance was agreed on and its number is not there yet, or not confirmed."""
    due = draw.plan.get("beacon_due")
    if due and now < due:
        raise DomainError("公开随机源的号码还没有公布，不能开签。")
    if due and beacon_of(draw) is None:
        raise DomainError("封存时约定了公开随机源：请先录入公布的号码，由另一人复核，再开签。")


@transaction.atomic
def publish(user: User, draw: Draw) -> Draw:
    """Make tables and list public where that was put off until after the inspections."""
    refuse(OTHER_ORGAN if user.organ_id != draw.organ_id else why_not_publish(user, draw))
    taken = Draw.objects.filter(
        pk=draw.pk, published_at__isnull=True, state__in=(DrawState.OPENED, DrawState.VOIDED)
    ).update(published_at=clock.now())
    if not taken:
        raise ledger.StateConflictError("名单已经公布，或抽取尚未开签。")
    draw.refresh_from_db()
    ledger.record(user.actor, "draw.publish", draw.ledger_subject, rows=[draw])
    return draw
