"""A paper as plain data for the page that shows it before it is printed; the pages of a scan, counted in a child process."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from mingqian.documents.papers.plain import plain
from mingqian.documents.papers.states import Paper


def preview(paper: Paper) -> dict[str, Any]:
    """Return `paper` as the template `documents/_paper.html` shows it; pictures as data addresses."""
    found = plain(paper)
    for block in found["blocks"]:
        if block["kind"] == "code":
            block["image"] = _address("image/svg+xml", block["svg"].encode())
        if block["kind"] == "fields":
            pairs = block["rows"]
            block["lines"] = [pairs[i : i + block["across"]] for i in range(0, len(pairs), block["across"])]
        if block["kind"] == "signatures":
            for line in block["lines"]:
                if line["image"] is not None:
                    line["image"] = _address("image/png", bytes(line["image"]))
    return found


def _address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


_ROOT = Path(__file__).resolve().parents[3]
_SECONDS = 120
#: A marker of JPEG begins so; those of a frame tell its sides (ITU T.81, B.1.1.3; C4, C8 and CC are none).
_MARK, _FRAMES = 0xFF, frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def pixels_of(content: bytes, suffix: str) -> int:
    """Return how many pixels a picture says that it has, by its head alone; 0 for anything else, or where the head tells nothing.

    >>> pixels_of(bytes(16) + (300).to_bytes(4, "big") + (200).to_bytes(4, "big"), "png")
    60000
    """
    if suffix == "png":
        return int.from_bytes(content[16:20], "big") * int.from_bytes(content[20:24], "big")
    place = 2
    while suffix == "jpg" and place + 9 < len(content):
        if content[place] != _MARK:
            return 0
        kind, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if kind in _FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(height, "big") * int.from_bytes(width, "big")
        place += 2 + length
    return 0


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
