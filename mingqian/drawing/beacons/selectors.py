"""Reading what was read of a beacon."""

from mingqian.drawing.beacons.states import BeaconState
from mingqian.drawing.models.beacons import BeaconReading
from mingqian.drawing.models.draws import Draw


def reading_of(draw: Draw) -> BeaconReading | None:
    """Return the reading that waits or counts, None where there is none."""
    rows = draw.readings.exclude(state=BeaconState.DECLINED).select_related("asked_by", "decided_by")
    row = rows.first()
    if row is not None:
        row.draw = draw
    return row


def beacon_of(draw: Draw) -> str | None:
    """Return the confirmed value of the draw's beacon, None where none was agreed on or none is confirmed."""
    row = reading_of(draw)
    return row.digits if row is not None and row.state == BeaconState.CONFIRMED else None
