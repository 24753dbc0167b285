"""Keeps a process running beside this one: begun anew whenever it dies."""

import subprocess
import threading
import time
from collections.abc import Callable

#: Seconds before a process that died at once is begun anew, at most; and how long it must have run to have died "at once" no more.
_LONGEST_PAUSE = 60.0


class Keeper:
    """One process, from `start` to `end`."""

    def __init__(
        self, begin: Callable[[], "subprocess.Popen[bytes]"], say: Callable[[str], None], pause: float = 1.0
    ) -> None:
        """Take what begins the process, and whom to tell of a death."""
        self._new, self._say, self._pause = begin, say, pause
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, and watch."""
        self._begin()
        threading.Thread(target=self._watch, daemon=True).start()

    def _begin(self) -> None:
        with self._lock:
            if not self._ended.is_set():
                self.process = self._new()

    def _watch(self) -> None:
        pause = self._pause
        while not self._ended.is_set() and self.process is not None:
            began = time.monotonic()
            code = self.process.wait()
            if self._ended.is_set():
                return
            pause = self._pause if time.monotonic() - began > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            self._say(f"后台任务进程退出（{code}），{pause:.0f} 秒后重新启动。")
            self._ended.wait(pause)
            self._begin()

    def end(self) -> None:
        """End the process, and begin it no more."""
        with self._lock:
            self._ended.set()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
