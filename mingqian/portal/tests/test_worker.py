"""Workers come back, and what a dead one left is taken up (issue 12)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connections
from django_tasks_db.models import DBTaskResult

from mingqian.common.processes import this_worker
from mingqian.ledger.verification.tasks import run_verification
from mingqian.portal import worker
from mingqian.portal.keeper import Keeper


def left_by(name: str, workers: int = 1) -> Any:
    """Return a task that a worker has begun."""
    DBTaskResult.objects.all().delete()
    run_verification.enqueue(1)
    row = DBTaskResult.objects.get()
    for _ in range(workers):
        row.claim(name)
    return row


def dead() -> str:
    """Return the name of a worker that has died."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from mingqian.common.processes import this_worker as t; print(t())"],
        stdout=subprocess.PIPE,
    )
    return process.communicate()[0].decode().strip()


@pytest.mark.django_db
def test_what_a_dead_worker_left_is_taken_up_and_no_living_ones() -> None:
    """Issue 12: a lease; a task that kills every worker is given up."""
    gone = dead()
    row = left_by(gone)
    assert worker.take_up() == 1
    row.refresh_from_db()
    assert row.status == "READY"
    row = left_by(gone, 3)
    worker.take_up()
    row.refresh_from_db()
    assert row.status == "FAILED"
    row = left_by(this_worker())  # the loop begins again in the same process: nothing of it is running
    assert worker.take_up() == 1
    other = this_worker().partition(":")[0] + f":{os.getppid()}:"
    for living in (other, "another-machine:1:1"):
        left_by(living)
        assert worker.take_up() == 0


@pytest.mark.django_db
def test_a_database_that_went_away_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 12: each restart of the database ended it."""
    calls: list[str] = []

    def command(name: str, **_options: object) -> None:
        calls.append(name)
        if len(calls) < 3:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(worker, "call_command", command)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    worker.work(pause=0.01)
    assert len(calls) == 3


def wait_for(what: Callable[[], bool]) -> None:
    """Wait up to ten seconds."""
    end = time.monotonic() + 10
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    assert what()


def test_a_process_that_was_killed_is_begun_anew() -> None:
    """Issue 12: a supervisor in the embedded mode."""
    said: list[str] = []
    keeper = Keeper(
        lambda: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]), said.append, pause=0.05
    )
    keeper.start()
    first = keeper.process
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: keeper.process is not first)
    assert "重新启动" in said[0]
    second = keeper.process
    keeper.end()
    assert second is not None
    assert second.poll() is not None
    time.sleep(0.3)
    assert keeper.process is second
