"""Who may open each address: every address with every persona, collected from the rooms (`mingqian/ROOM/tests/matrix.py`)."""

from importlib import import_module
from pathlib import Path

from django.urls import reverse

from mingqian.pages.access import walk_urls

_HOME = Path(__file__).resolve().parent.parent / "mingqian"


def collected() -> dict[str, frozenset[str]]:
    """Return the matrices of all rooms as one; an address stands in one of them."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(_HOME.glob("*/tests/matrix.py")):
        rows: dict[str, frozenset[str]] = import_module(f"mingqian.{path.parent.parent.name}.tests.matrix").MATRIX
        twice = found.keys() & rows.keys()
        if twice:
            raise ValueError(f"{path} names {sorted(twice)}, which another room has")
        found |= rows
    return found


MATRIX = collected()
ADDRESSES = [(name, route) for route, name, _callback in walk_urls()]


def address(name: str, route: str, arguments: dict[str, dict[str, object]]) -> str:
    """Return an address of the view that leads somewhere, or nowhere with the right form."""
    room = name.partition(":")[0]
    if name in arguments:
        found = arguments[name]
    elif name.startswith("drawing:draft-"):
        found = arguments["draft"]
    elif "<str:code>" in route:
        found = arguments[room]
    else:
        samples: dict[str, object] = {
            "code": "zibo",
            "division_code": "jieneng",
            "username": "zibo-inspector",
            "form": "csv",
            "pk": 999,
            "seen": 1,
            "number": "DR-99999",
            "year": 2027,
        }
        found = {key: value for key, value in samples.items() if f":{key}>" in route}
    return reverse(name, kwargs=found)
