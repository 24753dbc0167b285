"""Writers of early warnings: found, answered with a reason, confirmed or sent back, lifted where they are about nothing now (A12.1)."""

from collections.abc import Iterable

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.casework.numbers import next_number
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.rows import held
from mingqian.drawing.bundle.selectors import names_of, teams_of
from mingqian.drawing.draw.selectors import hold
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.joint import JointPart, JointVisit
from mingqian.drawing.models.warnings import EarlyWarning, WarningStep
from mingqian.drawing.warnings.procedure import REASON, WARNING
from mingqian.drawing.warnings.selectors import find
from mingqian.drawing.warnings.states import WARNING_OPEN, WarningKind, WarningReason as R, WarningState, WarningVerb
from mingqian.ledger import services as ledger

#: What visits too close together, and divisions that go apart, may be answered with.
_OF_VISITS = (R.OTHER_MATTER, R.MARKED, R.ORDERED, R.SPREAD, R.OTHER)
#: The reasons that each kind may be answered with.
REASONS_OF: dict[str, tuple[R, ...]] = {
    WarningKind.CLOSE: _OF_VISITS,
    WarningKind.APART: _OF_VISITS,
    WarningKind.AGAIN: (R.FEW, R.QUALIFIED, R.MARKED, R.ORDERED, R.OTHER),
}
#: What nobody did, but the system.
SYSTEM = "system"
SHORTEST_WORDS, LONGEST_WORDS = REASON.shortest, REASON.longest


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
            WARNING.move(SYSTEM, row, "lift", lifted_why=why[:200])


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
        WARNING.move(SYSTEM, row, "lift", lifted_why=f"已联合检查：{held[part.visit_id].number}")
        note(row.draw, [part.number])


def _hold(row: EarlyWarning) -> EarlyWarning:
    """Return a warning as it stands, locked; the organ first, as an opening does, so that nobody waits in a circle."""
    hold(row.organ_id)
    return held(row, "draw__division", "division", "subject")


def _step(user: User, row: EarlyWarning, verb: WarningVerb, words: str, reason: str = "") -> WarningStep:
    """Keep what was said: what comes after it destroys nothing."""
    step = WarningStep(
        warning=row, serial=next_number(row.steps.all(), under=row), verb=verb, reason=reason, words=words, by=user
    )
    step.at = clock.now()
    step.save(force_insert=True)
    return step


@transaction.atomic
def answer(user: User, warning: EarlyWarning, *, reason: str, words: str) -> EarlyWarning:
    """Say why the visit goes on all the same."""
    refuse(WARNING.forbids(user, warning, "answer"))
    if reason not in REASONS_OF[warning.kind]:
        raise DomainError("请从列出的理由中选择一项。")
    words = REASON.checked(words)
    row = _hold(warning)
    step = _step(user, row, WarningVerb.ANSWER, words, reason)
    # The row has the last word of each side; what was said before stands in the steps.
    return WARNING.take(user, row, "answer", remark=words, also=[step], reason=reason, decided_by=None, decided_at=None)


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
    verb = WarningVerb.CONFIRM if confirm else WarningVerb.RETURN
    row = _hold(warning)
    step = _step(user, row, verb, remark.strip()[:LONGEST_WORDS])
    return WARNING.take(user, row, str(verb), remark=remark, also=[step])
