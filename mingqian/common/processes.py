"""Processes of this machine by name, so that the death of a worker can be seen."""

import os
import socket
from pathlib import Path


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
