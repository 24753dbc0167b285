"""Silence about joint visits ends in the background."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django_tasks import task

from mingqian.common import clock
from mingqian.drawing.draw.selectors import hold
from mingqian.drawing.joint.parts import go_on, locked
from mingqian.drawing.joint.procedure import PART
from mingqian.drawing.joint.selectors import live_parts
from mingqian.drawing.joint.states import JOINT_LIVE, PartState
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.joint import JointPart, JointVisit
from mingqian.drawing.warnings import services as warning_services


@task()
def lapse_silence(organ_id: int) -> None:
    """Let the divisions of an organ that did not answer until the last day count as not joining (A12.2)."""
    lapse_late(organ_id)


#: What is noted where a division said nothing.
SILENT = "逾期未答复"


@transaction.atomic
def lapse(visit: JointVisit) -> JointVisit:
    """Let the divisions that did not answer until the last day count as not joining; why they go apart is asked as an early warning."""
    hold(visit.organ_id)
    visit = locked(visit)
    late = [part for part in live_parts(visit) if part.is_late] if visit.state in JOINT_LIVE else []
    if not late:
        return visit
    for part in late:
        PART.move(warning_services.SYSTEM, part, "lapse", answered_at=clock.now(), remark=SILENT)
    visit = go_on(warning_services.SYSTEM, visit, f"{'、'.join(part.division.name for part in late)}{SILENT}")
    for part in late:
        warning_services.note(part.draw, [part.number])
    return visit


def lapse_late(organ_id: int) -> int:
    """Do so for every visit of an organ, each by itself, and say how many there were."""
    late = JointPart.objects.filter(state=PartState.WAITING, due__lt=clock.today(), visit__state__in=JOINT_LIVE)
    visits = list(JointVisit.objects.filter(organ=organ_id, pk__in=late.values("visit")).order_by("pk"))
    for visit in visits:
        lapse(visit)
    return len(visits)


def plan_lapses(draw: Draw) -> None:
    """See to it that silence about the joint visits of a draw ends by itself, on the day after the last day for an answer."""
    waiting = JointPart.objects.filter(visit__parts__draw=draw, state=PartState.WAITING, due__isnull=False)
    for due in sorted({part.due for part in waiting if part.due is not None}):
        after = datetime.combine(due + timedelta(days=1), time(), clock.LAW_ZONE)
        lapse_silence.using(run_after=after).enqueue(draw.organ_id)
