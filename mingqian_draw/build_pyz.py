"""``python -m mingqian_draw.build_pyz OUT``: the whole command line in one file that any Python 3.11 or later runs.

The same sources give the same bytes everywhere: entries are sorted, stored, and dated 1980.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

_MAIN = b"""import sys

from mingqian_draw.cli import main

sys.exit(main())
"""


def build() -> bytes:
    """The bytes of ``mingqian_draw.pyz``, tests left out."""
    package = files("mingqian_draw")
    sources = {"__main__.py": _MAIN}
    for entry in package.iterdir():
        if entry.name.endswith(".py"):
            sources[f"mingqian_draw/{entry.name}"] = entry.read_bytes().replace(b"\r\n", b"\n")
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
