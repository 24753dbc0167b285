"""The plan of the house holds: rooms import downwards only, through their doors; the draw needs nothing but the standard library."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
#: From the ground up: a room imports only rooms before it.
ROOMS = (
    "common",
    "ledger",
    "accounts",
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
DOORS = {"models", "states", "services", "selectors"}
#: What stands outside the rooms: the whole house may be started and tested from there.
OUTSIDE = {"settings", "urls", "wsgi", "testing", "keys"}


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
    """architecture.md: rooms."""
    found = {path.name for path in (ROOT / "mingqian").iterdir() if (path / "__init__.py").exists()}
    assert found <= set(ROOMS)


def test_rooms_import_only_rooms_below_them_and_only_through_their_doors() -> None:
    """architecture.md: direction of imports, doors."""
    wrong = []
    for path in sources("mingqian"):
        room = room_of(path)
        if not room:
            continue
        for module, name, line in imported(path):
            parts = module.split(".")
            if parts[0] != "mingqian" or len(parts) < 2 or parts[1] in OUTSIDE:
                if parts[0] == "mingqian" and len(parts) > 1 and parts[1] in OUTSIDE:
                    wrong.append(f"{path}:{line} imports the house's {parts[1]}")
                continue
            other, door = parts[1], (parts[2] if len(parts) > 2 else name)
            if other == room:
                continue
            if ROOMS.index(other) > ROOMS.index(room):
                wrong.append(f"{path}:{line} {room} imports {other}, which is above it")
            elif other != "common" and door not in DOORS:
                wrong.append(f"{path}:{line} {room} enters {other} by {door}")
    assert wrong == []


@pytest.mark.parametrize("room", ["common", "ledger"])
def test_the_ground_floor_imports_no_room(room: str) -> None:
    """architecture.md: common and ledger import no room."""
    others = {
        m.split(".")[1] for p in sources(f"mingqian/{room}") for m, _n, _l in imported(p) if m.startswith("mingqian.")
    }
    assert others <= {room}


def test_common_has_no_models_and_at_most_ten_modules() -> None:
    """architecture.md: common."""
    modules = [
        path for path in (ROOT / "mingqian" / "common").glob("*.py") if path.name not in {"__init__.py", "apps.py"}
    ]
    assert len(modules) <= 10
    assert list(apps.get_app_config("common").get_models()) == []


def test_only_drawing_imports_the_draw() -> None:
    """architecture.md: only `drawing` imports mingqian_draw."""
    users = {
        room_of(path)
        for path in sources("mingqian")
        for m, _n, _l in imported(path)
        if m.split(".")[0] == "mingqian_draw"
    }
    assert users == {"drawing"}


def test_the_draw_needs_the_standard_library_only_and_has_no_clock_of_its_own() -> None:
    """architecture.md: mingqian_draw is pure; only its command line asks what time it is."""
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


def test_foreign_keys_point_downwards() -> None:
    """architecture.md: direction of foreign keys."""
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
    """architecture.md: PROTECT, not CASCADE, on what a bureau keeps."""
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
    for path in [*sources("mingqian"), *sources("mingqian_draw"), *sources("benchmarks")]:
        text = path.read_text()
        if len(text.splitlines()) >= 500 and "migrations" not in path.parts:
            long.append(str(path))
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        long += [f"{path}:{f.name}" for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
    assert long == []


def test_no_star_imports_and_no_inline_imports_but_where_django_asks_for_them() -> None:
    """architecture.md: no star imports, no inline imports."""
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
    """look.md, architecture.md: users sit on closed networks."""
    wrong = []
    marks = ('src="http', "src='http", 'src="//', 'href="//', "@import", "onclick=", "<script>")
    for path in (ROOT / "mingqian").rglob("*.html"):
        if (
            "verify_page" in path.parts
        ):  # one file opened from disk: its script is inside, its policy forbids the network
            continue
        wrong += [f"{path}: {mark}" for mark in marks if mark in path.read_text()]
    assert wrong == []
