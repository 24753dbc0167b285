"""Read an upload through the child process and yield its rows."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingqian.documents.tables.selectors import kind_of
from mingqian.documents.tables.states import Line, UnreadableError

#: Limits of the child: address space (code, shared libraries and the table together), processor seconds.
CHILD_MEGABYTES = 1024
CHILD_SECONDS = 90

_ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Table:
    """A table being read. `lines` can be walked once; it raises UnreadableError where the file turns out to be unreadable."""

    sheets: list[str]
    sheet: str
    lines: Iterator[Line]


@contextmanager
def open_table(content: bytes, sheet: str = "", most: int = 0) -> Iterator[Table]:
    """Open the table in `content` (which `kind_of` has measured at the upload); `most` rows at most, 0 for all."""
    kind = kind_of(content, measured=True)
    asked = {"kind": kind, "sheet": sheet, "most": most, "megabytes": CHILD_MEGABYTES, "seconds": CHILD_SECONDS}
    # The bytes go by an unnamed file: nothing lies about when the process is killed, and no pipe can block.
    with tempfile.TemporaryFile() as source:
        source.write(json.dumps(asked).encode() + b"\n" + content)
        source.seek(0)
        # The reader of a hostile file needs none of this process's secrets.
        environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "mingqian.documents.tables.child"]
        pipes: dict[str, Any] = {"stdin": source, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        child = subprocess.Popen(command, cwd=_ROOT, env=environment, **pipes)  # noqa: S603  own module, no word of the user's
        try:
            messages = _messages(child)
            head = next(messages)
            yield Table(head["sheets"], head["sheet"], _lines(messages))
        finally:
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _messages(child: "subprocess.Popen[bytes]") -> Iterator[Any]:
    """Yield what the child says; raise UnreadableError for a problem that it names, or for its death."""
    for raw in child.stdout or ():
        if not raw.endswith(b"\n"):
            break
        message = json.loads(raw)
        if isinstance(message, dict) and "problem" in message:
            raise UnreadableError(message["problem"])
        yield message
        if isinstance(message, dict) and "end" in message:
            return
    status = child.wait()
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise UnreadableError("time")
    raise UnreadableError("memory" if status == -signal.SIGABRT else "crash")


def _lines(messages: Iterator[Any]) -> Iterator[Line]:
    for message in messages:
        if isinstance(message, list):
            yield Line(message[0], message[1])
