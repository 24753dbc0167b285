"""Writers of early warnings: found, answered with a reason, confirmed or sent back, lifted where they are about nothing now (A12.1)."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from mingqian.accounts.models import Organ, User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.changes.selectors import teams_of
from mingqian.drawing.draw.selectors import is_officer, names_of
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.joint import JointPart, JointVisit
from mingqian.drawing.models.warnings import EarlyWarning, WarningStep
from mingqian.drawing.warnings.selectors import find
from mingqian.drawing.warnings.states import (
    WARNING_MOVES,
    WARNING_OPEN,
    WarningKind,
    WarningReason,
    WarningState,
    WarningVerb,
)
from mingqian.ledger import services as ledger

#: The reasons that each kind may be answered with.
REASONS_OF: dict[str, tuple[WarningReason, ...]] = {
    WarningKind.CLOSE: (
        WarningReason.OTHER_MATTER,
        WarningReason.MARKED,
        WarningReason.ORDERED,
        WarningReason.SPREAD,
        WarningReason.OTHER,
    ),
    WarningKind.APART: (
        WarningReason.OTHER_MATTER,
        WarningReason.MARKED,
        WarningReason.ORDERED,
        WarningReason.SPREAD,
        WarningReason.OTHER,
    ),
    WarningKind.AGAIN: (
        WarningReason.FEW,
        WarningReason.QUALIFIED,
        WarningReason.MARKED,
        WarningReason.ORDERED,
        WarningReason.OTHER,
    ),
}
#: What nobody did, but the system.
SYSTEM = "system"
#: A reason says something.
SHORTEST_WORDS = 6
LONGEST_WORDS = 300


def note(draw: Draw, numbers: Iterable[str] | None = None, *, supplement: int = 0) -> list[EarlyWarning]:
    """Keep what is to be warned of about an opened draw (only `numbers`), inside the caller's transaction; what is asked already stays.

    The system warns, not whoever opened the draw or said no.
    """
    task = draw.task
    found = find(draw, numbers) if task is not None else []
    if task is None or not found:
        return []
    asked = EarlyWarning.objects.filter(draw=draw).exclude(state=WarningState.LIFTED)
    held = set(asked.values_list("subject", "kind", "inspector"))
    names, now = names_of(draw), clock.now()
    rows = [
        EarlyWarning(
            organ=draw.organ,
            division=task.division,
            draw=draw,
            supplement=supplement,
            subject_id=one.subject,
            inspector=one.inspector,
            inspector_name=names.get(one.inspector, ("", ""))[0],
            kind=one.kind,
            facts=[{"text": fact.text, "reference": fact.reference} for fact in one.facts],
            found_at=now,
        )
        for one in found
        if (one.subject, one.kind, one.inspector) not in held
    ]
    if not rows:
        return []
    EarlyWarning.objects.bulk_create(rows, batch_size=500)
    details = {"draw": draw.draw_id, "supplement": supplement, "count": len(rows)}
    ledger.record(SYSTEM, "warning.find", f"warnings/{draw.code}", rows=rows, details=details)
    return rows


def follow(draw: Draw, why: str) -> None:
    """Lift what is about a subject or an inspector that a supplement took out of the draw."""
    rows = EarlyWarning.objects.filter(draw=draw, state__in=WARNING_OPEN).select_related("subject__merged_into")
    teams: dict[str, list[str]] | None = None
    for row in rows:
        teams = teams_of(draw) if teams is None else teams
        # A subject that was merged since stands in the draw under the number that it had.
        numbers = {row.subject.number, *row.subject.merged.values_list("number", flat=True)}
        held = next((teams[number] for number in numbers if number in teams), None)
        if held is None or (row.inspector and row.inspector not in held):
            _move(SYSTEM, "lift", row, lifted_why=why[:200])


def lift_joined(visits: Iterable[JointVisit], parts: Iterable[JointPart]) -> None:
    """Lift what asked why divisions go apart, where they now go together; what else was told with it is asked by itself (A12.2)."""
    held = {visit.pk: visit for visit in visits}
    of = {(part.draw_id, held[part.visit_id].subject_id): part for part in parts}
    rows = EarlyWarning.objects.filter(
        kind=WarningKind.APART, state__in=WARNING_OPEN, draw__in={draw for draw, _subject in of}
    ).select_related("draw__organ", "draw__task", "draw__division", "subject")
    for row in rows:
        part = of.get((row.draw_id, row.subject.merged_into_id or row.subject_id))
        if part is None or any(one.kind == WarningKind.APART for one in find(row.draw, [part.number])):
            continue
        _move(SYSTEM, "lift", row, lifted_why=f"已联合检查：{held[part.visit_id].number}")
        note(row.draw, [part.number])


def _hold(row: EarlyWarning) -> EarlyWarning:
    """Return a warning as it stands, locked; the organ first, as an opening does, so that nobody waits in a circle."""
    Organ.objects.select_for_update(no_key=True).get(pk=row.organ_id)
    return (
        EarlyWarning.objects.select_for_update(no_key=True, of=("self",))
        .select_related("draw", "subject")
        .get(pk=row.pk)
    )


def _step(user: User, row: EarlyWarning, verb: WarningVerb, words: str, reason: str = "") -> WarningStep:
    """Keep what was said: what comes after it destroys nothing."""
    step = WarningStep(warning=row, serial=row.steps.count() + 1, verb=verb, reason=reason, words=words, by=user)
    step.at = clock.now()
    step.save(force_insert=True)
    return step


def _move(
    actor: str, verb: str, row: EarlyWarning, *, also: Iterable[WarningStep] = (), **changes: Any
) -> EarlyWarning:
    details = {"draw": row.draw.draw_id, "kind": row.kind, "subject": row.subject.number}
    return ledger.move(
        actor,
        verb,
        row,
        WARNING_MOVES,
        subject=row.ledger_subject,
        entry_verb=f"warning.{verb}",
        details=details,
        also=also,
        **changes,
    )


def may_answer(user: User, warning: EarlyWarning) -> bool:
    """Say whether `user` may give the reason: an officer of the draw's division, or of the regulations division."""
    return is_officer(user, warning.draw)


def may_decide(user: User, warning: EarlyWarning) -> bool:
    """Say whether `user` may confirm the reason: the head of the division, or a leader."""
    if user.organ_id != warning.organ_id:
        return False
    head = user.has_role(Role.DIVISION_HEAD) and user.division_id == warning.division_id
    return head or user.has_role(*LEADER_ROLES)


@transaction.atomic
def answer(user: User, warning: EarlyWarning, *, reason: str, words: str) -> EarlyWarning:
    """Say why the visit goes on all the same."""
    if not may_answer(user, warning):
        raise NotAllowedError(f"这条预警由{warning.division.name}或综合法规科的经办人说明理由。")
    if reason not in REASONS_OF[warning.kind]:
        raise DomainError("请从列出的理由中选择一项。")
    words = words.strip()
    if len(words) < SHORTEST_WORDS:
        raise DomainError(f"请写明具体情况，至少 {SHORTEST_WORDS} 个字。理由长期保存。")
    if len(words) > LONGEST_WORDS:
        raise DomainError(f"具体说明最多 {LONGEST_WORDS} 字，请缩短。")
    row = _hold(warning)
    if row.state != WarningState.ASKED:
        raise ledger.StateConflictError("这条预警已经说明理由或已解除，请刷新页面查看最新状态。")
    given = {"reason": reason, "words": words, "answered_by": user, "answered_at": clock.now()}
    step = _step(user, row, WarningVerb.ANSWER, words, reason)
    # The row has the last word of each side; what was said before stands in the steps.
    return _move(user.actor, "answer", row, also=[step], **given, decided_by=None, decided_at=None)


@transaction.atomic
def answer_all(user: User, rows: list[EarlyWarning], *, reason: str, words: str) -> int:
    """Give several warnings the same reason; all of them, or none."""
    if not rows:
        raise DomainError("请先勾选要说明理由的预警。")
    if len({row.kind for row in rows}) > 1:
        raise DomainError("一次只能对同一类别的预警说明理由，请按类别筛选后再勾选。")
    for row in rows:
        answer(user, row, reason=reason, words=words)
    return len(rows)


@transaction.atomic
def decide(user: User, warning: EarlyWarning, *, confirm: bool, remark: str = "") -> EarlyWarning:
    """Confirm the reason that another person gave, or send it back to be told better."""
    if not may_decide(user, warning):
        raise NotAllowedError(f"预警的理由由{warning.division.name}负责人或分管领导、主要领导确认。")
    remark = remark.strip()[:200]
    row = _hold(warning)
    if row.state != WarningState.ANSWERED:
        raise ledger.StateConflictError("这条预警现在不需要确认，请刷新页面查看最新状态。")
    refuse_same_person(row.answered_by_id, user)
    if not confirm and not remark:
        raise DomainError("退回的请写明意见，说明还缺什么。")
    given = {"decided_by": user, "decided_at": clock.now(), "remark": remark}
    verb = WarningVerb.CONFIRM if confirm else WarningVerb.RETURN
    return _move(user.actor, str(verb), row, also=[_step(user, row, verb, remark)], **given)
