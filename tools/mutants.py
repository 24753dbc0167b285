"""Which rules of the verifier does no vector pin? Break one at a time, and run the vectors.

`python tools/mutants.py [MODULE ...] [--seconds N]` changes one expression of a module (a check that always holds, a comparison off by one,
an operand of `and` left out, a number off by one ...) and runs all vectors against it, in a process of its own. What no vector notices is
printed with its line: a rule to be pinned, or code that changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PACKAGE = "mingqian_draw"
FOLDER = ROOT / PACKAGE.replace(".", "/")
VECTORS = ROOT / "tests" / "vectors"
MODULES = (
    "grammar", "canonical", "tables", "seal", "contributions", "state", "changes", "outcome", "supplements", "chain", "census", "notes",
    "ledger", "verification", "archive",
)  # fmt: skip
_SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
Vector = tuple[str, Path, dict[str, Any], Any]


Deed = Callable[[], None]


def _of_call(node: ast.Call) -> Iterator[tuple[str, Deed]]:
    if isinstance(node.func, ast.Name) and node.func.id == "check":
        yield "check always holds", lambda: node.args.__setitem__(0, ast.Constant(value=True))
    if isinstance(node.func, ast.Name) and node.func.id == "within":
        yield "no limit", lambda: node.args.__setitem__(0, ast.Constant(value=0))


def _of_operands(node: ast.BoolOp) -> Iterator[tuple[str, Deed]]:
    for place, operand in enumerate(node.values):
        yield f"without {ast.unparse(operand)}", partial(node.values.__delitem__, place)


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, Deed]]:
    for place, operator in enumerate(node.ops):
        swapped = _SWAPPED[type(operator)]
        yield f"{swapped.__name__} in {ast.unparse(node)}", partial(node.ops.__setitem__, place, swapped())


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, Deed]]:
    if type(node.value) is bool:
        yield f"{node.value} turned", partial(setattr, node, "value", not node.value)
    if type(node.value) is int:
        for other in (node.value - 1, node.value + 1):
            yield f"{node.value} is {other}", partial(setattr, node, "value", other)


def _of_condition(node: ast.If) -> Iterator[tuple[str, Deed]]:
    yield f"never {ast.unparse(node.test)}", partial(setattr, node, "test", ast.Constant(value=False))
    yield f"always {ast.unparse(node.test)}", partial(setattr, node, "test", ast.Constant(value=True))


_VARIANTS: dict[type[ast.AST], Callable[..., Iterator[tuple[str, Deed]]]] = {
    ast.Call: _of_call,
    ast.BoolOp: _of_operands,
    ast.Compare: _of_comparison,
    ast.Constant: _of_constant,
    ast.If: _of_condition,
}


def _variants(node: ast.AST) -> list[tuple[str, Deed]]:
    """How a node can be changed in place: what is said of it, and the deed."""
    return list(_VARIANTS[type(node)](node)) if type(node) in _VARIANTS else []


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, what is changed, and the changed source, for every change."""
    for index, node in enumerate(list(ast.walk(ast.parse(source)))):
        for turn, (what, _deed) in enumerate(_variants(node)):
            tree = ast.parse(source)
            _variants(list(ast.walk(tree))[index])[turn][1]()
            yield getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(tree))


class _Mutant(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)  # noqa: S102  that is what a mutant is


def vectors() -> list[Vector]:
    """Every vector: its kind, place, options, and what is to be said of it."""
    notes = json.loads((VECTORS / "refuse-notes.json").read_text())
    found: list[Vector] = []
    for place in sorted((VECTORS / "bundles").iterdir()):
        wanted = json.loads((VECTORS / "expect" / f"{place.stem}.json").read_text())
        found.append(("bundle", place, wanted["options"], wanted))
    for place in sorted((VECTORS / "refuse").iterdir()):
        note = notes[place.stem if place.suffix == ".zip" else place.name]
        found.append(("refuse", place, note.get("options", {}), note["reference"]))
    for place in sorted((VECTORS / "zip").iterdir()):
        kind, _dash, name = place.stem.partition("-")
        found.append(("zip", place, {}, notes[f"zip/{name}"]["reference"] if kind == "no" else None))
    return found


def holds(vector: Vector) -> bool:
    """Whether the verifier that is imported says of a vector what it has to."""
    kind, place, options, wanted = vector
    package = importlib.import_module(PACKAGE)
    given = package.Options(
        options.get("log_key"),
        options.get("witnesses", ()),
        options.get("need"),
        options.get("kept", []),
        options.get("late", {}),
    )
    try:
        report = package.verify(package.read(place), given)
    except package.RefusedError as error:
        report = package.Report("refused", error.reason)
    if kind == "bundle":
        told = {**report.told(), "exit": report.exit}
        return all(told[key] == wanted[key] for key in wanted if key != "options")
    return bool(report.status != "refused" if wanted is None else report.reason == wanted)


def killed_by(name: str, source: str, many: Sequence[Vector], patience: int) -> int:
    """The index of the vector that notices a mutant, -1 where none does; one that breaks or hangs is noticed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(patience)
        os.close(reading)
        index = 0
        # A mutant may break in any way: then the vector at which it did has noticed it.
        with suppress(BaseException):
            sys.meta_path.insert(0, _Mutant(name, source))
            for index, vector in enumerate(many):  # noqa: B007  it is told below
                if not holds(vector):
                    break
            else:
                index = -1
        os.write(writing, str(index).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return int(told or 0)


def main() -> int:
    """Run every mutant of the modules; exit code 1 where one is not noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--seconds", type=int, default=60, help="after which a mutant counts as hanging")
    options = parser.parse_args()
    many, alive, count, start = vectors(), 0, 0, time.monotonic()
    for module in options.modules:
        source = (FOLDER / f"{module}.py").read_text()
        for line, what, text in mutants(source):
            found = killed_by(f"{PACKAGE}.{module}", text, many, options.seconds)
            count += 1
            if found < 0:
                alive += 1
                print(f"{module}.py:{line}: {what}", flush=True)
            else:
                # What noticed one mutant often notices the next.
                many.insert(0, many.pop(found))
    print(f"{count} mutants, {alive} not noticed, {time.monotonic() - start:.0f} s")
    return alive > 0


if __name__ == "__main__":
    sys.exit(main())
