"""The plan of the house holds: rooms import downwards only, through their doors; inside, capabilities; the draw needs nothing but the
standard library."""

import ast
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
#: From the ground up: a room imports only rooms before it.
ROOMS = (
    "common",
    "pages",
    "verifier",
    "ledger",
    "accounts",
    "casework",
    "documents",
    "exchange",
    "rules",
    "registry",
    "planning",
    "drawing",
    "inspection",
    "disclosure",
    "objections",
    "archive",
    "portal",
)
#: What a capability (or a room that has none) shows to others; `models` belong to the room as a whole.
DOORS = {"states", "procedure", "services", "selectors"}
#: Rooms of mechanisms, without business: all their modules are for the rooms above.
OPEN = {"common", "pages", "casework"}
#: Folders of a room that are no capabilities.
NO_CAPABILITY = {"models", "migrations", "management", "templatetags", "tests"}
#: Where a capability uses more of its neighbour than the doors: `capability > neighbour's module`. To become shorter, never longer.
BESIDE_THE_DOORS: dict[str, set[str]] = {
    "registry.imports": {"parts.values", "people.values", "subjects.log", "subjects.values"},
    "registry.libraries": {"subjects.log"},
    "registry.merging": {"parts.values", "subjects.log"},
    "registry.overview": {"subjects.log", "subjects.workbook"},
    "registry.people": {"subjects.values"},
    "registry.personal": {"experts.forms", "experts.listing", "search.listing", "subjects.values"},
    "registry.search": {"subjects.log", "subjects.workbook"},
    "registry.subjects": {"parts.kinds"},
    "rules.calendar": {"deadlines.forms", "sets.schema"},
    "rules.deadlines": {"sets.schema"},
}
#: Most files that a folder holds.
MOST_FILES = 25
#: The longest chain of imports inside a room, in files.
LONGEST_CHAIN = 8
#: What stands outside the rooms: the whole house may be started and tested from there.
OUTSIDE = {"settings", "urls", "wsgi", "testing", "keys"}
#: What a module in the browser loads: `import ... from`, `export ... from`, `import "x"`, `import("x")`, and the address of a worker.
SCRIPT_LOADS = re.compile(
    r"""^(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']"""
    r"""|^import\s*["']([^"']+)["']"""
    r"""|^(?!\s*/?\*)(?!\s*//).*?(?:\bimport\(|\bnew URL\()\s*["']([^"']+)["']""",
    re.MULTILINE,
)
#: What a template names of the static files.
STATIC_TAG = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


def sources(folder: str) -> list[Path]:
    """Return the Python files below `folder`, tests apart."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "tests" not in path.relative_to(ROOT).parts]


def imported(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield (module, name, line) of every import statement, `name` empty for `import module`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                yield node.module or "", alias.name, node.lineno


def room_of(path: Path) -> str:
    """Return the room that a file lies in, "" for the house itself."""
    parts = path.relative_to(ROOT / "mingqian").parts
    return parts[0] if len(parts) > 1 else ""


def test_every_room_that_exists_is_on_the_plan() -> None:
    """ARCHITECTURE.md: rooms."""
    found = {path.name for path in (ROOT / "mingqian").iterdir() if (path / "__init__.py").exists()}
    assert found <= set(ROOMS)


@cache
def modules() -> dict[str, Path]:
    """Return every module of the rooms by its dotted name, packages by the name of their folder."""
    found = {}
    for path in (ROOT / "mingqian").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def module_of(module: str, name: str) -> str:
    """Return the module that an import of `name` from `module` enters."""
    return f"{module}.{name}" if f"{module}.{name}" in modules() else module


def capability_of(parts: list[str]) -> str:
    """Return the capability that a module lies in, "" for the room's ground."""
    return parts[2] if len(parts) > 3 and parts[2] not in NO_CAPABILITY else ""


def is_door(parts: list[str]) -> bool:
    """Say whether other rooms may import the module: `room.models`, `room.services`, `room.capability.services` and the like."""
    if parts[2:] == ["models"]:
        return True
    inside = parts[3:] if capability_of(parts) else parts[2:]
    return len(inside) == 1 and inside[0] in DOORS


def test_rooms_import_only_rooms_below_them_and_only_through_their_doors() -> None:
    """ARCHITECTURE.md: direction of imports, doors."""
    wrong = []
    for path in sources("mingqian"):
        room = room_of(path)
        if not room:
            continue
        for module, name, line in imported(path):
            parts = module_of(module, name).split(".")
            if parts[0] != "mingqian" or len(parts) < 2:
                continue
            if parts[1] in OUTSIDE:
                wrong.append(f"{path}:{line} imports the house's {parts[1]}")
                continue
            other = parts[1]
            if other == room:
                continue
            if ROOMS.index(other) > ROOMS.index(room):
                wrong.append(f"{path}:{line} {room} imports {other}, which is above it")
            elif other not in OPEN and not is_door(parts):
                wrong.append(f"{path}:{line} {room} enters {other} by {'.'.join(parts[2:])}")
    assert wrong == []


def test_capabilities_of_a_room_use_each_others_doors() -> None:
    """ARCHITECTURE.md: doors inside a room; what goes beside them is listed, and nothing is listed that is not used."""
    found: dict[str, set[str]] = {}
    for path in sources("mingqian"):
        own = [*path.relative_to(ROOT).with_suffix("").parts]
        if own[-1] == "urls" or not (mine := capability_of(own)):
            continue
        for module, name, _line in imported(path):
            parts = module_of(module, name).split(".")
            if parts[:2] == own[:2] and (other := capability_of(parts)) and other != mine and not is_door(parts):
                found.setdefault(f"{own[1]}.{mine}", set()).add(".".join(parts[2:]))
    assert found == BESIDE_THE_DOORS


def test_nothing_is_imported_from_where_it_is_not_defined() -> None:
    """ARCHITECTURE.md: nothing re-exports, but for a room's models, which Django wants in one place."""
    wrong = []
    for path in sources("mingqian"):
        for module, name, line in imported(path):
            if module not in modules() or not name or module_of(module, name) != module or module.endswith(".models"):
                continue
            if name not in defined(module):
                wrong.append(f"{path}:{line} {module} does not define {name}")
    assert wrong == []


@cache
def defined(module: str) -> frozenset[str]:
    """Return the names that a module defines at its top."""
    found = set()
    for node in ast.parse(modules()[module].read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return frozenset(found)


def test_folders_stay_small() -> None:
    """CONTRIBUTING.md: at most 25 files a folder, of whatever kind."""
    home = ROOT / "mingqian"
    files = [path for path in home.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    counts = Counter(str(path.parent.relative_to(home)) for path in files)
    assert {name for name, count in counts.items() if count > MOST_FILES} == set()


def test_chains_of_imports_inside_a_room_stay_short() -> None:
    """CONTRIBUTING.md: who reads a file need not read many others."""
    edges: dict[str, set[str]] = {}
    for path in sources("mingqian"):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not room_of(path) or path.name == "__init__.py":
            continue
        used = {module_of(module, name) for module, name, _line in imported(path)}
        edges[own] = {one for one in used if one.split(".")[:2] == own.split(".")[:2]}

    @cache
    def depth(module: str) -> int:
        return 1 + max((depth(one) for one in edges.get(module, ())), default=0)

    longest: dict[str, int] = {}
    for module in edges:
        room = module.split(".")[1]
        longest[room] = max(longest.get(room, 0), depth(module))
    assert {room: length for room, length in longest.items() if length > LONGEST_CHAIN} == {}


def test_no_test_module_imports_another() -> None:
    """CONTRIBUTING.md: what several tests need stands in a module of its own."""
    tests = [path for folder in ("mingqian", "tests") for path in (ROOT / folder).rglob("test_*.py")]
    wrong = [
        f"{path}:{line} {module}"
        for path in tests
        for module, name, line in imported(path)
        if module.startswith(("mingqian.", "tests")) and f"{module}.{name}".rsplit(".", 2)[1].startswith("test_")
    ]
    assert wrong == []


def static_files() -> dict[str, str]:
    """Return the static files by the address below `static/`, each with its room ("" for the house itself)."""
    found: dict[str, str] = {}
    for folder in (ROOT / "mingqian").rglob("static"):
        for path in folder.rglob("*"):
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = room_of(folder)
    return found


def loaded(script: Path, address: str) -> Iterator[str]:
    """Yield the addresses below `static/` that a script at `address` loads."""
    for groups in SCRIPT_LOADS.findall(script.read_text(encoding="utf-8")):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(address), "".join(groups)))


def uses_of_static_files() -> Iterator[tuple[Path, str]]:
    """Yield (file, address) for every static file that a script or a template of ours names."""
    for folder in (ROOT / "mingqian").rglob("static"):
        for path in folder.rglob("*.js"):
            address = path.relative_to(folder).as_posix()
            if not address.startswith("vendor/"):
                yield from ((path, target) for target in loaded(path, address))
    for path in (ROOT / "mingqian").rglob("*.html"):
        yield from ((path, target) for target in STATIC_TAG.findall(path.read_text(encoding="utf-8")))


def test_scripts_and_templates_use_static_files_of_their_own_room_and_of_rooms_below() -> None:
    """ARCHITECTURE.md: direction of imports, in the browser too."""
    rooms, wrong, seen = static_files(), [], 0
    for path, address in uses_of_static_files():
        seen += 1
        own = room_of(path)
        if address not in rooms:
            wrong.append(f"{path}: there is no {address}")
        elif rooms[address] and own and ROOMS.index(rooms[address]) > ROOMS.index(own):
            wrong.append(f"{path}: {own} uses {address}, which is above it")
    assert wrong == []
    assert seen > 100


def test_what_a_script_loads_is_read_in_every_form(tmp_path: Path) -> None:
    """ARCHITECTURE.md: direction of imports, in the browser too."""
    script = tmp_path / "a.js"
    script.write_text(
        "import { a,\n  b } from './b.js';\nimport '../c/c.js';\nexport { d } from \"./d.js\";\n"
        "  const worker = new Worker(new URL('./e.js', import.meta.url));\n  const f = await import('./f.js');\n"
        " * @param {import('./none.js').T} t\n// import('./none.js')\nexport function from(x) { return 'none'; }\n"
    )
    assert list(loaded(script, "room/a.js")) == ["room/b.js", "c/c.js", "room/d.js", "room/e.js", "room/f.js"]


@pytest.mark.parametrize(("room", "allowed"), [("common", set()), ("verifier", set()), ("ledger", {"common"})])
def test_the_ground_floor_imports_no_room(room: str, allowed: set[str]) -> None:
    """ARCHITECTURE.md: common and verifier import no room, ledger `common` alone."""
    others = {
        m.split(".")[1] for p in sources(f"mingqian/{room}") for m, _n, _l in imported(p) if m.startswith("mingqian.")
    }
    assert others <= {room} | allowed


def test_common_has_no_models_and_at_most_ten_modules() -> None:
    """ARCHITECTURE.md: common."""
    modules = [
        path for path in (ROOT / "mingqian" / "common").glob("*.py") if path.name not in {"__init__.py", "apps.py"}
    ]
    assert len(modules) <= 10
    assert list(apps.get_app_config("common").get_models()) == []


def test_only_drawing_imports_the_draw() -> None:
    """ARCHITECTURE.md: only `drawing` imports mingqian_draw."""
    users = {
        room_of(path)
        for path in sources("mingqian")
        for m, _n, _l in imported(path)
        if m.split(".")[0] == "mingqian_draw"
    }
    assert users == {"drawing"}


def test_the_draw_needs_the_standard_library_only_and_has_no_clock_of_its_own() -> None:
    """ARCHITECTURE.md: mingqian_draw is pure; only its command line asks what time it is."""
    foreign, clocks = set(), set()
    for path in sources("mingqian_draw"):
        for module, name, _line in imported(path):
            top = module.split(".")[0]
            if top not in sys.stdlib_module_names and top != "mingqian_draw":
                foreign.add(f"{path.name}: {module}")
            if top in {"time", "socket", "urllib", "http"} or (
                top == "datetime" and name not in {"date", "datetime", "UTC", ""}
            ):
                clocks.add(path.name)
    assert foreign == set()
    assert {name for name in clocks if not name.startswith(("cli", "__main__"))} == set()


def test_the_witness_needs_the_standard_library_only_and_nothing_of_the_platform() -> None:
    """ARCHITECTURE.md: mingqian_witness stands alone."""
    used = {m.split(".")[0] for path in sources("mingqian_witness") for m, _n, _l in imported(path)}
    assert {name for name in used if name not in sys.stdlib_module_names} == {"mingqian_witness"}
    for path in sources("mingqian"):
        assert "mingqian_witness" not in {m.split(".")[0] for m, _n, _l in imported(path)}


def test_foreign_keys_point_downwards() -> None:
    """ARCHITECTURE.md: direction of foreign keys."""
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.concrete and field.related_model
            if not target or target._meta.app_label not in ROOMS:
                continue
            if ROOMS.index(target._meta.app_label) > ROOMS.index(model._meta.app_label):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert wrong == []


def test_nothing_is_deleted_by_cascade() -> None:
    """ARCHITECTURE.md: PROTECT, not CASCADE, on what a bureau keeps."""
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.concrete_fields
        if field.remote_field and getattr(field.remote_field, "on_delete", None) is models.CASCADE
    ]
    assert cascades == []


def test_files_and_functions_stay_small() -> None:
    """CONTRIBUTING.md: files under 500 lines, functions under 60."""
    long = []
    for path in [*sources("mingqian"), *sources("mingqian_draw"), *sources("mingqian_witness"), *sources("benchmarks")]:
        text = path.read_text()
        if len(text.splitlines()) >= 500 and "migrations" not in path.parts:
            long.append(str(path))
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        long += [f"{path}:{f.name}" for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
    assert long == []


def test_no_star_imports_and_no_inline_imports_but_where_django_asks_for_them() -> None:
    """ARCHITECTURE.md: no star imports, no inline imports."""
    wrong = []
    for path in sources("mingqian"):
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name != "ready":
                wrong += [
                    f"{path}:{n.lineno}" for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
                ]
        wrong += [f"{path}:{line} *" for _m, name, line in imported(path) if name == "*"]
    assert wrong == []


def test_templates_load_nothing_from_another_host() -> None:
    """Pages: users sit on closed networks."""
    wrong = []
    marks = ('src="http', "src='http", 'src="//', 'href="//', "@import", "onclick=", "<script>")
    for path in (ROOT / "mingqian").rglob("*.html"):
        if (
            "verify_page" in path.parts
        ):  # one file opened from disk: its script is inside, its policy forbids the network
            continue
        wrong += [f"{path}: {mark}" for mark in marks if mark in path.read_text()]
    assert wrong == []
