"""The work on a plan's year in the background: read, rehearse, reckon, keep the result (A8.2)."""

import time

from django.utils import timezone

from mingqian.common import clock
from mingqian.common.processes import this_worker
from mingqian.planning.models.year import YearPreview
from mingqian.planning.rehearsal.services import rehearse
from mingqian.planning.year.inputs import books_digest, entries_for, gather, plan_digest
from mingqian.planning.year.report import report
from mingqian.planning.year.states import YearPhase

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
