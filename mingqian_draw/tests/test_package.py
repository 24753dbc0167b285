"""The package by itself: the standard library only, no network, no clock outside the command line, its examples run."""

import ast
import doctest
import importlib
import sys
from pathlib import Path

import pytest

import mingqian_draw as mq

PACKAGE = Path(mq.__file__).parent
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "tests" not in path.relative_to(PACKAGE).parts]
MODULES = [
    ".".join((mq.__name__, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in SOURCES
]
#: Only they may read the clock.
CLOCKS = {"command/cli.py"}
NETWORK = {"socket", "urllib", "http", "ssl", "asyncio", "time", "random"}


def imports(path: Path) -> set[str]:
    """Return the packages that a file imports from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_needs_nothing_but_the_standard_library(path: Path) -> None:
    """What a stranger downloads to check a draw; nothing in MQ2 uses a clock, a network or a generator that is seeded."""
    assert imports(path) <= set(sys.stdlib_module_names) | {"mingqian_draw"}
    assert not imports(path) & NETWORK
    assert (path.relative_to(PACKAGE).as_posix() in CLOCKS) == (".now(" in path.read_text())


def test_examples_in_the_documentation_run() -> None:
    """Doctests, in every module."""
    done = [doctest.testmod(importlib.import_module(name)) for name in MODULES if not name.endswith("__main__")]
    assert sum(one.failed for one in done) == 0
    assert sum(one.attempted for one in done) >= 7


def test_no_folder_is_full() -> None:
    """ARCHITECTURE.md: folders hold at most 25 files."""
    folders = [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__")]
    assert max(sum(one.is_file() for one in folder.iterdir()) for folder in folders) <= 25
