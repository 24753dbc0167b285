"""Who may open each address of the room `casework`."""

from tests.personas import EVERYBODY, READERS, SIGNED_IN

MATRIX: dict[str, frozenset[str]] = {
    "casework:clocks": READERS,
    "casework:draft-keep": EVERYBODY,
    "casework:draft-drop": SIGNED_IN,
}
