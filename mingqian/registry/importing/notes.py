"""What the worker notes while it works: phase, counts, and which process it is, so that its death can be seen."""

import os
import socket
import time
from pathlib import Path

from django.utils import timezone

from mingqian.registry.models import Import, ImportWork
from mingqian.registry.states import ImportPhase

#: Seconds between two notes: each is a small write of its own.
INTERVAL = 1.0


def _born(process: int) -> str:
    """Return when a process of this machine began (clock ticks since the machine's start), "" where that cannot be told."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def this_worker() -> str:
    """Return the name of this process: machine, process number, its beginning."""
    return f"{socket.gethostname()}:{os.getpid()}:{_born(os.getpid())}"


def is_dead(worker: str) -> bool | None:
    """Say whether the process named `worker` is gone; None where it ran on another machine."""
    host, _, rest = worker.partition(":")
    process, _, born = rest.partition(":")
    if host != socket.gethostname() or not process.isdigit():
        return None
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return bool(born) and _born(int(process)) != born


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
