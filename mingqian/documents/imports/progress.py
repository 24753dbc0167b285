"""What the worker notes while it works: phase, counts, and which process it is, so that its death can be seen."""

import time

from django.utils import timezone

from mingqian.common.processes import this_worker
from mingqian.documents.imports.states import ImportPhase
from mingqian.documents.models.imports import Import, ImportWork

#: Seconds between two notes: each is a small write of its own.
INTERVAL = 1.0


class Notes:
    """Writes the progress of one import, at most once an interval."""

    def __init__(self, batch: Import) -> None:
        self._row = ImportWork.objects.filter(of=batch)
        self._last = 0.0

    def phase(self, phase: ImportPhase, total: int = 0) -> None:
        """Begin a phase."""
        now = timezone.now()
        self._row.update(phase=phase, done=0, total=total, worker=this_worker(), phase_at=now, beat_at=now)
        self._last = time.monotonic()

    def step(self, done: int) -> None:
        """Note how far it is."""
        if time.monotonic() - self._last >= INTERVAL:
            self._row.update(done=done, beat_at=timezone.now())
            self._last = time.monotonic()
