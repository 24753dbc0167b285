"""Who may open each address of the room `disclosure`."""

from tests.personas import EVERYBODY

MATRIX: dict[str, frozenset[str]] = {
    "disclosure:home": EVERYBODY,
    "disclosure:draws": EVERYBODY,
    "disclosure:draw": EVERYBODY,
    "disclosure:seal": EVERYBODY,
    "disclosure:bundle": EVERYBODY,
    "disclosure:ledger-json": EVERYBODY,
    "disclosure:check": EVERYBODY,
    "disclosure:subject": EVERYBODY,
    "disclosure:inspectors": EVERYBODY,
    "disclosure:item-lists": EVERYBODY,
    "disclosure:item-list": EVERYBODY,
    "disclosure:item-list-json": EVERYBODY,
    "disclosure:item-list-xlsx": EVERYBODY,
    "disclosure:item-list-pdf": EVERYBODY,
    "disclosure:item": EVERYBODY,
    "disclosure:plans": EVERYBODY,
    "disclosure:plan": EVERYBODY,
    "disclosure:plan-json": EVERYBODY,
    "disclosure:plan-file": EVERYBODY,
    "disclosure:plan-entry": EVERYBODY,
    "disclosure:log": EVERYBODY,
    "disclosure:log-key": EVERYBODY,
    "disclosure:checkpoint": EVERYBODY,
    "disclosure:entry-proof": EVERYBODY,
    "disclosure:consistency": EVERYBODY,
    "disclosure:tools": EVERYBODY,
    "disclosure:verify-html": EVERYBODY,
    "disclosure:verify-pyz": EVERYBODY,
}
