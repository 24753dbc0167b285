"""What follows from an opening, in its transaction: what subjects bear, limits, joint visits, early warnings (art. 12), notices."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.drawing.bundle.selectors import result_of
from mingqian.drawing.changes.states import Kind
from mingqian.drawing.current.selectors import done_by
from mingqian.drawing.duties import services as duties
from mingqian.drawing.joint import services as joint_services
from mingqian.drawing.joint.tasks import plan_lapses
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.notices import tell_changed, tell_opened
from mingqian.drawing.openings import draw_opened, supplement_opened
from mingqian.drawing.warnings import services as warning_services
from mingqian.ledger import services as ledger
from mingqian.ledger.models import Recorded
from mingqian.planning.burden import services as burden_services
from mingqian.planning.tasks import services as task_services
from mingqian.rules.deadlines.selectors import law_date

Teams = dict[str, list[str]]


def _note_burden(user: User, draw: Draw, rows: Iterable[Recorded], **details: Any) -> None:
    rows = list(rows)
    details = {"draw": draw.draw_id, **details, "subjects": len(rows)}
    ledger.record(user.actor, "burden.note", f"burden/{draw.code}", rows=rows, details=details)


@receiver(draw_opened)
def after_draw(*, user: User, draw: Draw, **_signal: Any) -> None:
    """Note for each selected subject that it will be inspected: what it bears is counted from here on (A12.1); who else drew it (A12.2)."""
    day = law_date(draw.opened_at or clock.now())
    task = draw.task
    since, until = (max(day, task.since), max(day, task.until)) if task else (day, day)
    drawn = [burden_services.Drawn(row["subject"], tuple(row["team"])) for row in result_of(draw)["assignments"]]
    rows = burden_services.note_drawn(
        draw.organ, reference=draw.code, title=draw.title, since=since, until=until, drawn=drawn, task=task
    )
    if task is not None:
        task_services.note_opened(user, task)
    tell_opened(draw, {row.subject: list(row.team) for row in drawn})
    _note_burden(user, draw, rows)
    duties.begin(user.actor, draw)
    # What the system finds by itself is its own act, not that of whoever opened the draw.
    joint_services.match(draw)
    plan_lapses(draw)
    warning_services.note(draw)


@receiver(supplement_opened)
def after_supplement(*, user: User, supplement: Supplement, before: Teams, after: Teams, **_signal: Any) -> None:
    """Let what subjects bear follow the change: who was replaced counts no more, who came in does (A12.1); joint visits, warnings."""
    row, draw, number = supplement, supplement.draw, supplement.number or 0
    day = law_date(row.opened_at or clock.now())
    changed = {subject: team for subject, team in after.items() if before.get(subject) != team}
    why = f"第 {number} 号变更{'替补' if row.kind == Kind.SUBJECT else ''}：{row.public_reason}（{row.article}）"
    if row.kind == Kind.SUBJECT:
        rows = []
        for one in done_by(row):
            old, new = one["subject"], one["to"][0]
            rows += burden_services.note_replaced(
                draw.organ, reference=draw.code, subject=old, by=new, team=after[new], why=why, on=day
            )
    else:
        rows = burden_services.note_teams(draw.organ, reference=draw.code, teams=changed)
    tell_changed(row, before, after)
    _note_burden(user, draw, rows, supplement=number)
    joint_services.follow(draw, why)
    warning_services.follow(draw, why)
    if row.kind == Kind.SUBJECT:
        joint_services.match(draw, numbers=changed, supplement=True)
        plan_lapses(draw)
    warning_services.note(draw, changed, supplement=number)
