"""Reading what is owed from the opening of a draw on."""

from mingqian.casework.clocks.selectors import clocks_on
from mingqian.drawing.duties.states import FILING
from mingqian.drawing.models.draws import Draw


def waits_for_filing(draw: Draw) -> bool:
    """Say whether the limit of the filing still runs."""
    return clocks_on(draw.ledger_subject).filter(kind=FILING.name, cleared_at__isnull=True).exists()
