"""The background worker of the embedded mode, as a process of its own beside the web process.

It ends with its parent, so that no worker is left behind when the web process is killed.
"""

import os
import signal
import threading
import time

import django
from django.core.management import call_command


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the tasks of all queues until the parent ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingqian.settings")
    django.setup()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    call_command("db_worker", queue_name="*", interval=0.5, startup_delay=False, reload=False)


if __name__ == "__main__":
    main()
