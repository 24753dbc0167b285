"""`python -m mingqian_draw.build_pyz OUT`: the whole command line in one file that any Python 3.11 or later runs.

The same sources give the same bytes everywhere: entries are sorted, stored, and dated 1980.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

# What an old Python can read as well: it says which is needed.
_MAIN = """# -*- coding: utf-8 -*-
import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or later is needed. \\u9700\\u8981 Python 3.11 \\u6216\\u66f4\\u9ad8\\u7248\\u672c\\u3002")

from mingqian_draw.command.cli import main

sys.exit(main())
"""


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in ("tests", "__pycache__"):
            yield from _sources(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes().replace(b"\r\n", b"\n")


def build() -> bytes:
    """The bytes of `mingqian_draw.pyz`, tests left out."""
    sources = {"__main__.py": _MAIN.encode(), **dict(_sources(files("mingqian_draw"), "mingqian_draw"))}
    target = io.BytesIO()
    target.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(sources):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, sources[name])
    return target.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file named on the command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) != 1:
        sys.stderr.write("python -m mingqian_draw.build_pyz OUT\n")
        return 2
    path = Path(given[0])
    path.write_bytes(build())
    path.chmod(0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main())
