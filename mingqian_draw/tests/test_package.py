"""The package by itself: the standard library only, its examples run, one file holds it."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mingqian_draw
from mingqian_draw import build_pyz
from mingqian_draw.tests.support import load, write

PACKAGE = Path(mingqian_draw.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__main__")
# Modules of the command line; only they may read the clock.
COMMANDS = {"cli.py"}


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("name", MODULES)
def test_only_the_standard_library_is_imported(name: str) -> None:
    assert _imports(PACKAGE / f"{name}.py") <= set(sys.stdlib_module_names) | {"mingqian_draw"}


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_a_network_and_only_the_command_line_the_time(name: str) -> None:
    path = PACKAGE / f"{name}.py"
    assert not _imports(path) & {"socket", "urllib", "http", "ssl", "asyncio", "time", "random"}
    assert (path.name in COMMANDS) == (".now(" in path.read_text("utf-8"))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_documentation_run(name: str) -> None:
    assert (
        doctest.testmod(importlib.import_module(f"mingqian_draw.{name}" if name != "__init__" else "mingqian_draw"))[0]
        == 0
    )


def test_there_are_examples() -> None:
    assert (
        sum(
            doctest.testmod(importlib.import_module(f"mingqian_draw.{name}")).attempted
            for name in ("grammar", "merkle", "steps", "selection")
        )
        >= 8
    )


def test_every_exported_name_is_there() -> None:
    assert mingqian_draw.__all__ == sorted(
        mingqian_draw.__all__, key=lambda name: (not name.isupper(), name.islower(), name)
    )
    for name in mingqian_draw.__all__:
        assert getattr(mingqian_draw, name) is not None


def test_the_one_file_edition_is_the_same_every_time_and_holds_no_tests(tmp_path: Path) -> None:
    path = tmp_path / "mingqian_draw.pyz"
    assert build_pyz.main([str(path)]) == 0
    assert path.read_bytes() == build_pyz.build()
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert set(names) == {"__main__.py", *(f"mingqian_draw/{source.name}" for source in PACKAGE.glob("*.py"))}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_one_file_edition_verifies_without_the_package(tmp_path: Path) -> None:
    path, bundle = tmp_path / "mingqian_draw.pyz", write(load("v4-supplements"), tmp_path / "bundle")
    path.write_bytes(build_pyz.build())
    command = [sys.executable, "-I", str(path)]
    good = subprocess.run([*command, "verify", str(bundle)], capture_output=True, cwd=tmp_path, check=False)
    assert (good.returncode, good.stderr) == (0, b"")
    assert good.stdout.decode().startswith("核对无误")
    (bundle / "notes.txt").write_text("x")
    bad = subprocess.run([*command, "verify", str(bundle), "--lang=en"], capture_output=True, cwd=tmp_path, check=False)
    assert bad.returncode == 1
    assert b"notes.txt: files" in bad.stdout


def test_the_builder_wants_one_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_pyz.main([]) == 2
    assert "build_pyz OUT" in capsys.readouterr().err
