"""What the pages show of a table before it is brought in; ID and phone numbers are masked, since this is kept in the clear."""

from datetime import date

from mingqian.registry.imports.rows.decisions import Decision, Target
from mingqian.registry.imports.states import RowOutcome


def preview_of(target: Target, decision: Decision) -> dict[str, str]:
    """Return a row as it would stand in the registry: title and text of what a page shows."""
    shown = {
        "row": str(decision.row),
        "outcome": str(RowOutcome(decision.outcome).label),
        "number": decision.number,
        "name": decision.name,
    }
    if decision.values is None:
        return shown | {"note": decision.reason}
    shown |= {key: _plain(value) for key, value in target.shown(decision).items()}
    return shown | {"note": decision.reason}


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
