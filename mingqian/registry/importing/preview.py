"""What the pages show of a table before it is brought in; ID and phone numbers are masked, since this is kept in the clear."""

import re
from datetime import date
from typing import Any

from mingqian.registry.importing.deciding import Decision, Target
from mingqian.registry.states import RowOutcome

_ID_NUMBER = re.compile(r"(?<!\d)([1-9]\d{5})(?:19|20)\d{9}([\dXx])(?![\dA-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def masked(cell: Any) -> str:
    """Return a cell for a page.

    >>> masked("张三 13853312345"), masked("370303198001011234"), masked(None), masked("91370303123456789X")
    ('张三 138****2345', '370303**********34', '', '91370303123456789X')
    """
    text = "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    text = _ID_NUMBER.sub(lambda found: found.group(1) + "*" * 10 + found.group(0)[-2:], text)
    return _PHONE.sub(r"\1****\2", text)[:120]


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
