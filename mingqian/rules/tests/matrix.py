"""Who may open each address of the room `rules`."""

from tests.personas import LEADERS, READERS, REGULATIONS, SIGNED_IN, SYSTEM

MATRIX: dict[str, frozenset[str]] = {
    "rules:current": SIGNED_IN,
    "rules:sets": READERS,
    "rules:new": REGULATIONS,
    "rules:set": READERS,
    "rules:edit": REGULATIONS,
    "rules:submit": REGULATIONS,
    "rules:drop": REGULATIONS,
    "rules:decide": LEADERS,
    "rules:deadline": SIGNED_IN,
    "rules:calendar": SIGNED_IN,
    "rules:calendar-edit": REGULATIONS | SYSTEM,
}
