"""What the projector shows of a change: the data from which the screen computes the lot itself."""

from typing import Any

from mingqian.drawing.changes.states import ChangeState
from mingqian.drawing.draw.selectors import bundle_files, names_of, numbered
from mingqian.drawing.models.changes import Supplement


def change_payload(row: Supplement) -> dict[str, Any]:
    """Return the files of the draw up to this supplement, once it is opened, and the names behind the numbers."""
    if row.state != ChangeState.OPENED:
        return {"state": row.state}
    files = {name: content for name, content in bundle_files(row.draw).items() if "/" not in name}
    for one in numbered(row.draw):
        if (one.number or 0) <= (row.number or 0):
            files |= one.files()
    return {
        "state": row.state,
        "number": row.number,
        "files": {name: content.decode() for name, content in files.items()},
        "names": {number: name for number, (name, _detail) in names_of(row.draw).items()},
    }
