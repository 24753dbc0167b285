"""Who may open each address of the room `documents`."""

from tests.personas import OFFICERS, READERS

MATRIX: dict[str, frozenset[str]] = {
    "imports:list": READERS,
    "imports:new": OFFICERS,
    "imports:template": OFFICERS,
    "imports:import": READERS,
    "imports:columns": OFFICERS,
    "imports:confirm": OFFICERS,
    "imports:discard": OFFICERS,
    "imports:report": READERS,
    "imports:refused": OFFICERS,
    "documents:papers": READERS,
    "documents:paper": READERS,
    "documents:sample": READERS,
}
