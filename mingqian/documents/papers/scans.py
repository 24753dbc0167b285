"""Counting the pages of a scan before it is taken, in a child process."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_SECONDS = 120


def pages_of_scan(content: bytes, suffix: str, most: int) -> int:
    """Return how many pages a scan has, 0 where it cannot be read or shown (encrypted, damaged); more than `most` where there are more."""
    with tempfile.TemporaryFile() as source:
        source.write(content)
        source.seek(0)
        # The reader of a file that somebody brought needs none of this process's secrets.
        environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "mingqian.documents.papers.scan_child", suffix, str(most)]
        try:
            done = subprocess.run(  # noqa: S603  own module, no word of the user's
                command, stdin=source, capture_output=True, cwd=_ROOT, env=environment, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return 0
    if done.returncode:
        return 0
    found: int = json.loads(done.stdout)
    return found
