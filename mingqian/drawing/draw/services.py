"""The only writers of draws: seal, take contributions, close, open, ask to void, decide on it, publish the list."""

import hashlib
import secrets as system_secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

import mingqian_draw as mq
from mingqian.accounts.models import Organ, User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.files import services as file_services
from mingqian.drawing.draft import selectors as draft_selectors
from mingqian.drawing.draft.selectors import Pool, plan_of
from mingqian.drawing.draft.services import refuse_other_division, refuse_unless
from mingqian.drawing.draw.aftermath import after_draw
from mingqian.drawing.draw.beacon import check_beacon
from mingqian.drawing.draw.selectors import TABLES, bundle_files, may_publish, refuse_stranger
from mingqian.drawing.draw.states import MOVES, VOID_MOVES, Assignment, DrawState, Publication, VoidState
from mingqian.drawing.limits import refuse_below
from mingqian.drawing.models.draws import Contribution, Draft, Draw, VoidRequest, local_year
from mingqian.drawing.people import selectors as people_selectors, services as people_services
from mingqian.drawing.witnesses.selectors import refuse_unfit
from mingqian.ledger import services as ledger
from mingqian.planning.pool import selectors as pool_selectors
from mingqian.planning.tasks import selectors as task_selectors, services as task_services
from mingqian.planning.tasks.selectors import lock_task
from mingqian.rules.deadlines.selectors import law_date


def rules_of(draft: Draft, pool: Pool) -> dict[str, Any]:
    """Return the `rules` of the seal."""
    nobody = draft.assignment == Assignment.NONE
    home = draft_selectors.home_of(draft)
    return {
        **({"home": home} if home else {}),
        "quotas": pool.quotas,
        "team_size": 0 if nobody else draft.team_size,
        "assignment": draft.assignment,
        "teams": draft.teams if draft.assignment == Assignment.TEAMS else 0,
        "batches": draft.batches,
    }


def _open_by(draft: Draft) -> datetime:
    if draft.open_by is None:
        raise DomainError("还没有设定最迟开签时间。请回到“见证与时间”填写。")
    return draft.open_by


def _seal_files(draft: Draft, pool: Pool, *, draw_id: str, sealed_at: datetime, secret: str) -> dict[str, bytes]:
    open_by = _open_by(draft)
    if open_by <= sealed_at:
        raise DomainError("最迟开签时间已经过去。请回到“见证与时间”改为以后的时间。")
    # Exemptions, marks and certificates are read for that day: it is not for choosing.
    if law_date(open_by) > draft_selectors.task_of(draft).until:
        raise DomainError("最迟开签时间在任务的检查时间以外（第二条）。请回到“见证与时间”改早。")
    draft_selectors.refuse_empty(pool)
    try:
        return mq.seal_draw(
            draw_id=draw_id,
            title=draft.title,
            organ=draft.organ.name,
            scope=draft.scope,
            rules=rules_of(draft, pool),
            subjects=pool.subjects,
            inspectors=pool.inspectors,
            conflicts=pool.conflicts,
            witnesses=draft.witnesses,
            sealed_at=clock.to_text(sealed_at),
            open_by=clock.to_text(open_by),
            beacon=draft.beacon,
            secret=secret,
        )
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error


def rehearse(draft: Draft, pool: Pool) -> None:
    """Try the seal without keeping anything; raise DomainError saying what stands in the way."""
    refuse_below(draft)
    _refuse_second_seal(draft)
    _refuse_hindered(draft)
    _seal_files(draft, pool, draw_id="试算", sealed_at=clock.now(), secret=system_secrets.token_hex(32))
    people_selectors.refuse_undecided(draft)


def _refuse_second_seal(draft: Draft) -> None:
    other = Draw.objects.filter(organ=draft.organ, scope=draft.scope).exclude(state=DrawState.VOIDED).first()
    if other is not None:
        raise DomainError(
            f"任务“{draft.scope}”已经有一次抽取（{other.draw_id}，{other.get_state_display()}），不能重复抽取。"
            "确需重抽的，先对那一次申请作废；作废会永久公示。"
        )


def _refuse_hindered(draft: Draft) -> None:
    """Refuse what the task may not be drawn for: no basis, not planned, not settled with other divisions (A2.1, A2.2, A12.2)."""
    if problems := task_selectors.task_problems(draft_selectors.task_of(draft)):
        raise DomainError("".join(problems))


def seal(user: User, draft: Draft, *, reviewed: str) -> Draw:
    """Fix the draft for good and put its seal on the log (draw protocol, steps 1 and 2).

    `reviewed` is the digest of what the user saw (`pool.reviewed_digest`); where registries or draft changed since, nothing is sealed.
    """
    refuse_other_division(user, draft_selectors.task_of(draft))
    refuse_below(draft)
    with transaction.atomic():
        # One seal of an organ at a time: numbers run without gap, and the scope is looked at under the lock.
        Organ.objects.select_for_update(no_key=True).get(pk=draft.organ_id)
        _refuse_second_seal(draft)
        task_services.note_sealed(user, draft_selectors.task_of(draft))
        _refuse_hindered(draft)
        # After what hinders: whatever was drawn up to here counts in the pool, and nothing that bears on it lies sealed.
        pool = draft_selectors.pool_of(draft)
        if draft_selectors.reviewed_digest(draft, pool) != reviewed:
            raise DomainError("名录库或方案在您查看之后有变化，尚未封存。请重新核对下面的内容，再封存。")
        people_selectors.refuse_undecided(draft)
        refuse_unfit(draft.witnesses, user.name, pool.drawable_names)
        draw = _sealed(user, draft, pool, clock.now())
        try:
            with transaction.atomic():
                draw.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError("这个任务刚刚已由他人封存，本次没有封存。请到“抽取”查看。") from error
        people_services.take_back(user, draft)
        key = draft.ledger_key()
        draft.delete()
        ledger.record(
            user.actor,
            "draw.seal",
            draw.ledger_subject,
            digest=draw.seal_digest,
            rows=[draw],
            deleted=[key],
            details={"title": draw.title},
        )
    return draw


def _sealed(user: User, draft: Draft, pool: Pool, sealed_at: datetime) -> Draw:
    """Number the draw, take the secret, make the files, keep the tables; return the row, not saved."""
    year = local_year(sealed_at)
    serial = (Draw.objects.filter(organ=draft.organ, year=year).aggregate(last=Max("serial"))["last"] or 0) + 1
    draw_id = f"{pool_selectors.as_word(draft.organ.short_name)[:40]}抽〔{year}〕{serial}号"
    secret = mq.new_secret()
    files = _seal_files(draft, pool, draw_id=draw_id, sealed_at=sealed_at, secret=secret)
    subjects, inspectors, conflicts = (file_services.store(user.actor, files[name]) for name in TABLES)
    return Draw(
        organ=draft.organ,
        division=draft.division,
        year=year,
        serial=serial,
        code=f"{draft.organ.code}-{year}-{serial}",
        draw_id=draw_id,
        title=draft.title,
        scope=draft.scope,
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
        seal_digest=hashlib.sha256(files["seal.json"]).hexdigest(),
        secret_box=crypto.encrypt(secret, f"draw/{draw_id}"),
        plan={**plan_of(draft, pool), "people": people_selectors.told(draft)},
    )


@transaction.atomic
def contribute(user: User, draw: Draw, *, position: int, digits: str) -> Contribution:
    """Take the digits of the witness whose turn it is, and give the receipt (step 3). The last one closes the contributions."""
    refuse_stranger(user, draw)
    return take_contribution(draw, position=position, digits=digits, entered_by=user.actor)


def take_contribution(draw: Draw, *, position: int, digits: str, entered_by: str) -> Contribution:
    """Take the digits of the witness whose turn it is, inside the caller's transaction; `entered_by` is whose device they came from."""
    draw = Draw.objects.select_for_update(no_key=True).get(pk=draw.pk)
    witnesses = draw.plan["witnesses"]
    given = draw.contributions.count()
    if draw.state != DrawState.SEALED or given >= len(witnesses):
        raise DomainError("献数已经截止，不能再录入。")
    if position != given + 1:
        raise DomainError(f"现在轮到第 {given + 1} 位抽取监督人“{witnesses[given]}”，请刷新页面后由本人献数。")
    now = clock.now()
    due = draw.plan.get("beacon_due")
    if due and clock.to_text(now) > due:
        raise DomainError("已经过了公开随机源的时点，不能再献数。这次抽取只能申请作废，另行封存。")
    try:
        mq.check_contribution(digits)
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    receipt = mq.receipt(bytes(draw.seal_json), position, digits)
    witness = witnesses[position - 1]
    row = Contribution.objects.create(
        draw=draw, position=position, witness=witness, digits=digits, receipt=receipt, given_at=now
    )
    ledger.record(
        f"witness/{witness}"[:200],
        "draw.contribute",
        draw.ledger_subject,
        digest=receipt,
        rows=[row],
        details={"position": position, "entered_by": entered_by},
    )
    if position == len(witnesses):
        _close(entered_by, draw, now)
    return row


def _close(actor: str, draw: Draw, now: datetime) -> None:
    digits = list(draw.contributions.order_by("position").values_list("digits", flat=True))
    ledger.move(
        actor,
        "close",
        draw,
        MOVES,
        subject=draw.ledger_subject,
        entry_verb="draw.close",
        digest=mq.contributions_digest(digits),
        closed_at=now,
    )


def open_draw(user: User, draw: Draw, *, beacon: str | None = None) -> Draw:
    """Open a draw whose contributions are closed (steps 4 to 10).

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
    if draw.task is not None and (lost := task_selectors.opening_problems(draw.task)):
        raise DomainError(f"{''.join(lost)}这次抽取不能开签，请申请作废。")
    now = clock.now()
    check_beacon(draw, beacon, clock.to_text(now))
    files = bundle_files(draw)
    try:
        made = mq.open_draw(
            files,
            secret=crypto.decrypt(bytes(draw.secret_box or b""), f"draw/{draw.draw_id}"),
            contributions=list(draw.contributions.order_by("position").values_list("digits", flat=True)),
            beacon=beacon or None,
            closed_at=clock.to_text(draw.closed_at),
            opened_at=clock.to_text(now),
        )
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    with transaction.atomic():
        _take(draw)
        draw = ledger.move(
            user.actor,
            "open",
            draw,
            MOVES,
            subject=draw.ledger_subject,
            entry_verb="draw.result",
            digest=hashlib.sha256(made["result.json"]).hexdigest(),
            opened_at=now,
            reveal_json=made["reveal.json"],
            result_json=made["result.json"],
            secret_box=None,
            published_at=now if draw.publication == Publication.AT_ONCE else None,
        )
        after_draw(user, draw)
    return draw


def _take(draw: Draw) -> None:
    """Hold organ and task before the log is written: whoever else needs them takes them in this order, so nobody waits in a circle."""
    Organ.objects.select_for_update(no_key=True).get(pk=draw.organ_id)
    if draw.task is not None:
        lock_task(draw.task)


def ask_to_void(user: User, draw: Draw, *, reason: str) -> VoidRequest:
    """Ask that a live draw be voided; a leader decides."""
    refuse_stranger(user, draw)
    if not draw.is_live:
        raise DomainError(
            "只有尚未开签的抽取可以作废。已经开签的结果不能作废，只能按第九条至第十一条办理替补、更换或回避。"
        )
    if not mq.line_ok(reason):
        raise DomainError("请用一行文字写明理由，不超过 200 字，首尾不留空格。")
    with transaction.atomic():
        try:
            with transaction.atomic():
                request = VoidRequest.objects.create(draw=draw, reason=reason, asked_by=user, asked_at=clock.now())
        except IntegrityError as error:
            raise DomainError("已经有一份作废申请在等待审批。") from error
        ledger.record(user.actor, "draw.void-request", draw.ledger_subject, rows=[request], details={"reason": reason})
    return request


def _deciding(user: User, request: VoidRequest) -> None:
    refuse_unless(user, request.draw.organ_id, LEADER_ROLES, "作废由分管领导或主要领导审批。")
    refuse_same_person(request.asked_by_id, user)


def decline_void(user: User, request: VoidRequest, *, remark: str) -> VoidRequest:
    """Let the draw stand."""
    _deciding(user, request)
    return ledger.move(
        user.actor,
        "decline",
        request,
        VOID_MOVES,
        subject=request.draw.ledger_subject,
        entry_verb="draw.void-decline",
        decided_by=user,
        decided_at=clock.now(),
        remark=remark,
    )


@transaction.atomic
def approve_void(user: User, request: VoidRequest, *, remark: str = "", beacon: str | None = None) -> Draw:
    """Void the draw for good: the secret is published, and what had been contributed (draw protocol, "void")."""
    _deciding(user, request)
    _take(request.draw)
    # The same lock as for contributing: the void names exactly the contributions that there are.
    draw = Draw.objects.select_for_update(no_key=True).get(pk=request.draw_id)
    now = clock.now()
    role = "主要领导" if user.has_role(Role.PRINCIPAL_LEADER) else "分管领导"
    ledger.move(
        user.actor,
        "approve",
        request,
        VOID_MOVES,
        subject=draw.ledger_subject,
        entry_verb="draw.void-approve",
        decided_by=user,
        decided_at=now,
        remark=remark,
    )
    if not draw.is_live:
        raise ledger.StateConflictError("这次抽取已经开签或作废，不能再作废。")
    try:
        made = mq.void_draw(
            bundle_files(draw),
            secret=crypto.decrypt(bytes(draw.secret_box or b""), f"draw/{draw.draw_id}"),
            reason=request.reason,
            approver=f"{role} {user.name}",
            voided_at=clock.to_text(now),
            contributions=list(draw.contributions.order_by("position").values_list("digits", flat=True)),
            beacon=beacon,
        )
    except mq.DrawError as error:
        raise DomainError(error.text("zh")) from error
    if draw.task is not None:
        task_services.note_voided(user, draw.task)
    return ledger.move(
        user.actor,
        "void",
        draw,
        MOVES,
        subject=draw.ledger_subject,
        entry_verb="draw.void",
        digest=hashlib.sha256(made["void.json"]).hexdigest(),
        voided_at=now,
        void_json=made["void.json"],
        secret_box=None,
        published_at=now if draw.publication == Publication.AT_ONCE else None,
    )


@transaction.atomic
def publish(user: User, draw: Draw) -> Draw:
    """Make tables and list public where that was put off until after the inspections."""
    if user.organ_id != draw.organ_id:
        refuse_stranger(user, draw)
    if not may_publish(user, draw):
        raise NotAllowedError(
            "检查结束之后由任务所属科室或综合法规科公布名单；检查尚未结束，提前公布须由本机关领导决定。"
        )
    taken = Draw.objects.filter(
        pk=draw.pk, published_at__isnull=True, state__in=(DrawState.OPENED, DrawState.VOIDED)
    ).update(published_at=clock.now())
    if not taken:
        raise ledger.StateConflictError("名单已经公布，或抽取尚未开签。")
    draw.refresh_from_db()
    ledger.record(user.actor, "draw.publish", draw.ledger_subject, rows=[draw])
    return draw


def pending_request(draw: Draw) -> VoidRequest | None:
    """Return the request to void that waits for a decision."""
    return draw.void_requests.filter(state=VoidState.PENDING).first()
