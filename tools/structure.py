"""Measures how the code is built: sizes, complexity, imports, folders, doors and what is written again and again.

    python tools/structure.py [DIR]

prints a Markdown table about the repository in DIR (this one without it). Left out are tests and migrations
(folders `tests` and `migrations`, `conftest.py`, `testing.py`), empty files, and what others wrote (`vendor`).
The standard library is enough.

A figure counts what its row says, by the shape of the code, so that the same definition holds before and after a change.
"""

import ast
import functools
import math
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Where the code lies.
PLACES = ("mingqian", "mingqian_draw", "mingqian_witness", "benchmarks")
SINGLE = ("manage.py",)
PLATFORM = "mingqian"
LEFT_OUT_FOLDERS = {"tests", "migrations", "vendor", "__pycache__", "node_modules"}
LEFT_OUT_FILES = {"conftest.py", "testing.py"}
#: McCabe as ruff's C901 has it, and besides each further operand of `and`/`or`, each conditional expression and each loop of a
#: comprehension: a stricter count than ruff's, by which the linter keeps every function at ten or below.
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension)
DOORS = {"models", "states", "services", "selectors"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Source:
    """A Python file: its module's name, its text and its tree."""

    path: Path
    module: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the room that the file lies in, "" outside the rooms."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == PLATFORM and (len(parts) > 2 or self.path.name == "__init__.py") else ""

    @functools.cached_property
    def functions(self) -> list[Function]:
        """Return all functions and methods, those inside others too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]


def is_counted(path: Path, root: Path) -> bool:
    """Tell whether a file is code of ours that is measured."""
    parts = path.relative_to(root).parts
    return path.is_file() and path.name not in LEFT_OUT_FILES and not LEFT_OUT_FOLDERS.intersection(parts)


def files_of(root: Path, pattern: str) -> list[Path]:
    """Return the counted files below `root` whose name fits, sorted; empty ones are none."""
    found = [path for place in PLACES for path in (root / place).rglob(pattern)]
    found += [root / name for name in SINGLE if (root / name).match(pattern)]
    return sorted(path for path in found if is_counted(path, root) and path.read_text(encoding="utf-8").strip())


def sources_of(root: Path) -> list[Source]:
    """Return the counted Python files, read and parsed."""
    found = []
    for path in files_of(root, "*.py"):
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        found.append(Source(path, module, text, ast.parse(text)))
    return found


def lines_of(paths: Iterable[Path]) -> int:
    """Return how many lines the files have together."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def length(node: Function) -> int:
    """Return the lines of a function from `def` to its end, decorators aside."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def complexity(node: Function) -> int:
    """Return one and one more for each branch in the function, functions within it included (see `BRANCHES`)."""
    found = 1
    for part in ast.walk(node):
        if isinstance(part, BRANCHES):
            found += 1
        elif isinstance(part, ast.BoolOp):
            found += len(part.values) - 1
    return found


def ninth_tenth(values: Sequence[int]) -> int:
    """Return the value that nine tenths do not pass."""
    return sorted(values)[max(0, math.ceil(len(values) * 0.9) - 1)] if values else 0


def modules_imported(source: Source, known: Iterable[str] = ()) -> set[str]:
    """Return the modules that a file imports; `from package import name` is the module of that name where it is a known one."""
    names = set(known)
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in names else node.module)
    return found


def graph_of(sources: Sequence[Source]) -> dict[str, set[str]]:
    """Return which of the files each file imports."""
    known = {source.module for source in sources}
    return {source.module: (modules_imported(source, known) & known) - {source.module} for source in sources}


def deepest(graph: dict[str, set[str]]) -> tuple[list[str], int]:
    """Return the longest chain of files each of which imports the next, and how many imports close a circle (they are left out)."""
    longest: dict[str, list[str]] = {}
    circles: set[tuple[str, str]] = set()

    def walk(module: str, above: frozenset[str]) -> list[str]:
        if module not in longest:
            best: list[str] = []
            for target in sorted(graph[module] & graph.keys()):
                if target in above:
                    circles.add((module, target))
                elif len(chain := walk(target, above | {target})) > len(best):
                    best = chain
            longest[module] = [module, *best]
        return longest[module]

    chains = [walk(module, frozenset({module})) for module in sorted(graph)]
    return max(chains, key=len, default=[]), len(circles)


def calls_in(node: ast.AST) -> set[str]:
    """Return the last names of what is called within a node."""
    called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return {f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)}


def is_submission(node: Function) -> bool:
    """Tell whether a view binds a form, calls a service in a `try`, leaves a message and redirects: the plumbing of a deed."""
    arguments = node.args.args
    if not arguments or arguments[0].arg not in {"request", "_request"}:
        return False
    inside = list(ast.walk(node))
    says = any(
        isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "messages"
        for part in inside
    )
    return says and any(isinstance(p, ast.Try) for p in inside) and {"redirect", "is_valid"} <= calls_in(node)


def re_exported(source: Source) -> set[str]:
    """Return the names of `__all__` that the file itself imports from elsewhere in the platform."""
    imported = {
        alias.asname or alias.name
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PLATFORM
        for alias in node.names
    }
    listed: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            listed = {str(part.value) for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    return imported & listed


def has_decision(node: ast.ClassDef) -> bool:
    """Tell whether a class has a field `decided_by`: a thing that somebody asks or drafts and another decides."""
    return any(
        isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "decided_by" for t in part.targets)
        for part in node.body
    )


def count_nodes(sources: Iterable[Source], test: Callable[[ast.AST], bool]) -> int:
    """Return how many nodes of all trees pass a test."""
    return sum(test(node) for source in sources for node in ast.walk(source.tree))


def names_number(node: ast.AST) -> bool:
    """Tell whether a node is `Max(...)`, by which a next number is found."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Max"


def catches_double(node: ast.AST) -> bool:
    """Tell whether a node is `except IntegrityError`, alone or among others."""
    if not isinstance(node, ast.ExceptHandler) or node.type is None:
        return False
    return any(isinstance(part, ast.Name) and part.id == "IntegrityError" for part in ast.walk(node.type))


def size_rows(root: Path, sources: Sequence[Source]) -> list[Row]:
    """Return the rows about files, lines and functions."""
    python = [source.path for source in sources]
    templates, scripts = files_of(root, "*.html"), files_of(root, "*.js")
    functions = [node for source in sources for node in source.functions]
    lengths = [length(node) for node in functions]
    crooked = [node for node in functions if complexity(node) > 10]
    return [
        ("Python: files", f"{len(python):,}", "tests, migrations and empty files aside"),
        ("Python: lines", f"{lines_of(python):,}", ""),
        ("templates: files", f"{len(templates):,}", "`*.html`"),
        ("templates: lines", f"{lines_of(templates):,}", ""),
        ("JavaScript: files", f"{len(scripts):,}", "ours"),
        ("JavaScript: lines", f"{lines_of(scripts):,}", ""),
        ("all lines", f"{lines_of([*python, *templates, *scripts]):,}", ""),
        ("functions", f"{len(functions):,}", "methods and inner functions too"),
        ("median lines of a function", f"{statistics.median(lengths):g}" if lengths else "0", "from `def` to the end"),
        ("functions over 60 lines", f"{sum(lines > 60 for lines in lengths)}", ""),
        (
            "functions with complexity over 10",
            f"{len(crooked)}",
            "1 + branches, loops, handlers, conditional expressions, comprehensions, further operands of `and`/`or`",
        ),
    ]


def import_rows(sources: Sequence[Source]) -> list[Row]:
    """Return the rows about imports: how many a file has, and the deepest chain of each room."""
    numbers = [len(modules_imported(source)) for source in sources]
    rows = [
        ("imports of a file, median", f"{statistics.median(numbers):g}" if numbers else "0", "modules named"),
        ("imports of a file, nine tenths up to", f"{ninth_tenth(numbers)}", ""),
    ]
    graph, circles = graph_of(sources), 0
    rooms = sorted({source.room for source in sources if source.room})
    for room in rooms:
        own = {source.module for source in sources if source.room == room}
        chain, closed = deepest({module: graph[module] & own for module in own})
        circles += closed
        short = [module.removeprefix(f"{PLATFORM}.{room}.") for module in chain]
        ends = f"`{short[0]}` → … → `{short[-1]}`" if len(short) > 2 else ""
        rows.append((f"deepest import chain: {room}", f"{len(chain)}", ends))
    return [*rows, ("imports that close a circle within a room", f"{circles}", "")]


def door_rows(sources: Sequence[Source]) -> list[Row]:
    """Return the rows about names that doors hand on: all of them, and the room with most."""
    by_room: Counter[str] = Counter()
    for source in sources:
        if source.room and source.module.split(".")[-1] in DOORS:
            by_room[source.room] += len(re_exported(source))
    most, number = by_room.most_common(1)[0] if by_room else ("", 0)
    return [
        ("names re-exported by doors", f"{sum(by_room.values())}", "in `__all__` and imported there"),
        ("most in one room", f"{number}", most if number else ""),
    ]


def folder_rows(root: Path) -> list[Row]:
    """Return the rows about folders with more than 25 files of ours (tests and migrations aside)."""
    sizes: Counter[str] = Counter()
    for place in (*PLACES, "docs", "tools"):
        for path in (root / place).rglob("*"):
            if is_counted(path, root):
                sizes[str(path.parent.relative_to(root))] += 1
    large = sorted(((count, name) for name, count in sizes.items() if count > 25), reverse=True)
    return [
        ("folders over 25 files", f"{len(large)}", ", ".join(f"`{name}` {count}" for count, name in large)),
        ("largest folder, files", f"{max(sizes.values(), default=0)}", ""),
    ]


def repetition_rows(root: Path, sources: Sequence[Source]) -> list[Row]:
    """Return the rows about what the platform writes again each time."""
    sources = [source for source in sources if source.module.split(".")[0] == PLATFORM]
    functions = [node for source in sources for node in source.functions]
    deeds = [node for node in functions if is_submission(node)]
    lists = [path for path in files_of(root, "*.html") if re.search("<c-pages|<c-export", path.read_text("utf-8"))]
    return [
        (
            "views that bind, call, catch, message, redirect",
            f"{len(deeds)}",
            f"{sum(length(node) for node in deeds):,} lines",
        ),
        ("templates of lists", f"{len(lists)}", f"with pages or export; {lines_of(lists):,} lines"),
        (
            "models with a decision",
            f"{count_nodes(sources, lambda node: isinstance(node, ast.ClassDef) and has_decision(node))}",
            "field `decided_by`",
        ),
        ("`Max(...)` for a next number", f"{count_nodes(sources, names_number)}", ""),
        ("`except IntegrityError`", f"{count_nodes(sources, catches_double)}", ""),
        ("functions `refuse_`", f"{sum(bool(re.match('_?refuse_', node.name)) for node in functions)}", ""),
        ("functions `may_`", f"{sum(bool(re.match('_?may_', node.name)) for node in functions)}", ""),
    ]


def report(root: Path) -> str:
    """Return the table about the repository in `root`."""
    sources = sources_of(root)
    rows = [
        *size_rows(root, sources),
        *folder_rows(root),
        *import_rows(sources),
        *door_rows(sources),
        *repetition_rows(root, sources),
    ]
    head = "| what | figure | note |\n| --- | --- | --- |\n"
    return head + "".join(f"| {what} | {figure} | {note} |\n" for what, figure, note in rows)


def main(arguments: Sequence[str]) -> int:
    """Print the table; 2 where the folder holds no code of ours."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    if len(arguments) > 1 or not (root / PLATFORM).is_dir():
        sys.stderr.write("usage: python tools/structure.py [DIR]\n")
        return 2
    sys.stdout.write(report(root))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
