"""A plan's year reckoned in the background (A8.2): asked for, read, rehearsed, the result kept."""

import logging
import time
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.processes import is_dead, this_worker
from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.models.year import YearPreview
from mingqian.planning.rehearsal.services import rehearse
from mingqian.planning.year.inputs import books_digest, entries_for, gather, plan_digest
from mingqian.planning.year.report import report
from mingqian.planning.year.states import YearPhase

#: A worker on another machine, or a hung one, is given up after this long without a note; the exact part gives none.
_SILENCE = timedelta(minutes=10)
_PATIENCE = timedelta(hours=1)


def ask_year(user: User, plan: Plan, version: PlanVersion | None = None) -> YearPreview:
    """Have the year of a plan reckoned in the background: as a version would leave it, or with everything under way.

    One that is being reckoned is not begun again. Raise DomainError where there is nothing to reckon.
    """
    if not user.has_role(*READER_ROLES) or user.organ_id != plan.organ_id:
        raise NotAllowedError("年度测算由本机关的经办人、科室负责人和领导使用（第四条）。")
    if not entries_for(plan, version):
        raise DomainError("计划还没有条目，没有可以测算的内容。请先起草条目（第八条）。")
    give_up_dead(plan)
    with transaction.atomic():
        Plan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.pk)
        now = timezone.now()
        fresh = {"phase": YearPhase.WAITING, "done": 0, "total": 0, "worker": "", "phase_at": now, "beat_at": now}
        asked = {"asked_by": user, "asked_at": clock.now(), "message": ""}
        found = YearPreview.objects.filter(plan=plan, version=version).first()
        if found is not None and found.busy:
            return found
        preview, _new = YearPreview.objects.update_or_create(plan=plan, version=version, defaults=fresh | asked)
        transaction.on_commit(partial(measure_year.enqueue, preview.pk))
    return preview


def give_up_dead(plan: Plan) -> None:
    """Mark reckonings whose worker has died, and those that none has taken up for an hour; the page that shows them calls it."""
    for preview in YearPreview.objects.filter(plan=plan).exclude(phase__in=(YearPhase.ENDED, YearPhase.FAILED)):
        silent = timezone.now() - preview.beat_at
        if preview.phase == YearPhase.WAITING:
            if silent > _PATIENCE:
                fail(preview, "后台程序一直没有开始处理。请联系系统管理员检查后台程序是否在运行，然后重新测算。")
        elif is_dead(preview.worker) or silent > _SILENCE:
            fail(preview, BROKEN)


#: Seconds between two notes of progress: each is a small write of its own.
_INTERVAL = 1.0


BROKEN = "测算中断，没有得出结果。请重新测算；再次中断时请联系系统管理员查看日志。"


class _Notes:
    """Writes the progress of one reckoning, at most once an interval."""

    def __init__(self, preview: YearPreview) -> None:
        self._row = YearPreview.objects.filter(pk=preview.pk)
        self._last = 0.0

    def phase(self, phase: YearPhase, total: int = 0) -> None:
        now = timezone.now()
        self._row.update(phase=phase, done=0, total=total, worker=this_worker(), phase_at=now, beat_at=now)
        self._last = time.monotonic()

    def step(self, done: int) -> None:
        if time.monotonic() - self._last >= _INTERVAL:
            self._row.update(done=done, beat_at=timezone.now())
            self._last = time.monotonic()


def measure(preview: YearPreview) -> None:
    """Reckon a year and keep the result; it is the result of what stood when the work began."""
    notes = _Notes(preview)
    began, on = time.monotonic(), clock.today()
    entries = entries_for(preview.plan, preview.version)
    kept = {"plan_digest": plan_digest(preview.plan, entries), "books_digest": books_digest(preview.plan)}
    notes.phase(YearPhase.READING, len(entries))
    gathered = gather(preview.plan, entries, notes.step)
    notes.phase(YearPhase.REHEARSING, 0)
    total = 0

    def progress(done: int, whole: int) -> None:
        nonlocal total
        if whole != total:
            total = whole
            YearPreview.objects.filter(pk=preview.pk).update(total=whole)
        notes.step(done)

    rehearsal = rehearse(gathered.script, progress)
    notes.phase(YearPhase.RECKONING)
    result = report(gathered, rehearsal, preview.plan.year)
    result |= {"on": on.isoformat(), "entries": len(entries), "seconds": round(time.monotonic() - began, 1)}
    now = timezone.now()
    YearPreview.objects.filter(pk=preview.pk).update(
        **kept, result=result, phase=YearPhase.ENDED, finished_at=clock.now(), phase_at=now, beat_at=now, message=""
    )


def fail(preview: YearPreview, message: str) -> None:
    """Mark a reckoning that came to nothing; the last result stays."""
    YearPreview.objects.filter(pk=preview.pk).update(
        phase=YearPhase.FAILED, message=message[:300], phase_at=timezone.now()
    )


logger = logging.getLogger(__name__)


@task()
def measure_year(preview_id: int) -> None:
    """Reckon the year of a plan."""
    preview = YearPreview.objects.select_related("plan__organ", "version").get(pk=preview_id)
    if preview.phase != YearPhase.WAITING:
        logger.warning("preview %s is %s: nothing to do", preview.pk, preview.phase)
        return
    try:
        measure(preview)
    except DomainError as error:
        fail(preview, str(error))
    except Exception:
        fail(preview, BROKEN)
        raise
