"""The worker: runs the tasks of all queues, comes back when the database does, and takes up what a dead worker left.

In the embedded mode it is a process of its own beside the web process and ends with it; in the served mode `manage.py work`.
"""

import logging
import os
import signal
import threading
import time

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connections, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mingqian.common.processes import is_dead, this_worker

logger = logging.getLogger(__name__)
#: Workers that a task may outlive: one that kills each is given up.
_MOST_WORKERS = 3
#: Seconds between two attempts to reach the database, at most.
_LONGEST_PAUSE = 30.0


def take_up() -> int:
    """Make ready again what workers of this machine left unfinished when they died, and return how many tasks that are.

    Every task looks first at what there is to do, so that it may be run again. Workers of other machines cannot be seen from here.
    """
    taken = 0
    for row in DBTaskResult.objects.running():
        worker = str(row.worker_ids[-1]) if row.worker_ids else ""
        if worker != this_worker() and not is_dead(worker):
            continue
        over = len(row.worker_ids) >= _MOST_WORKERS
        status = TaskResultStatus.FAILED if over else TaskResultStatus.READY
        mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        with transaction.atomic():
            taken += mine.update(status=status)
        logger.warning("task %s of dead worker %s: %s", row.pk, worker, status)
    return taken


def work(pause: float = 1.0) -> None:
    """Run tasks until a signal says to end; wait for a database that went away."""
    name = this_worker()
    options = {"worker_id": name} if len(name) <= 64 else {}
    wait = pause
    while True:
        began = time.monotonic()
        try:
            take_up()
            call_command("db_worker", queue_name="*", interval=0.5, startup_delay=False, reload=False, **options)
        except (OperationalError, InterfaceError) as error:
            connections.close_all()
            wait = pause if time.monotonic() - began > _LONGEST_PAUSE else min(2 * wait, _LONGEST_PAUSE)
            logger.warning("the database does not answer (%s), trying again in %.0f s", str(error).strip(), wait)
            time.sleep(wait)
        else:
            return


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the tasks of all queues until the parent ends."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    work()
