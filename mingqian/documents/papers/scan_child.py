"""Counts the pages of one scan, in a process of its own with little memory and time: a broken file ends this process and nothing else.

Reads the file from standard input, its name's ending from the command line; writes a line of JSON. Starts without Django.
"""

import json
import resource
import sys
import tempfile
from pathlib import Path

import typst

MEGABYTES, SECONDS = 2048, 60
_NEVER = 99_999


def _compile(code: str, folder: str) -> None:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    typst.Compiler(code.encode(), root=folder, font_paths=fonts).compile(format="pdf")


def pages_of(name: str, folder: str, most: int) -> int:
    """Return how many pages the file has, each of which can be shown; 0 where it cannot be read, more than `most` where there are more."""
    if not name.endswith(".pdf"):
        _compile(f'#image("/{name}")', folder)
        return 1
    try:
        _compile(f'#image("/{name}", page: {_NEVER})', folder)
    except typst.TypstError as error:
        # "the document only has 2 pages": the reader counts, and says so only to who asks for a page beyond.
        told = " ".join(error.hints)
        digits = "".join(one for one in told if one.isdigit())
        if "does not exist" not in error.message or not digits:
            return 0
        count = int(digits)
    else:
        return _NEVER
    if count <= most:
        _compile("".join(f'#page(image("/{name}", page: {page}))' for page in range(1, count + 1)), folder)
    return count


def main() -> None:
    """Measure what comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    suffix, most = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"scan.{suffix}").write_bytes(sys.stdin.buffer.read())
        try:
            pages = pages_of(f"scan.{suffix}", folder, most)
        except typst.TypstError:
            pages = 0
    print(json.dumps(pages))


if __name__ == "__main__":
    main()
