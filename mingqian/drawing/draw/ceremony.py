"""What the projector shows of a draw: the data from which the screen computes the lots itself."""

from typing import Any

from mingqian.drawing.draw.selectors import bundle_files, names_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.draws import Draw


def ceremony_payload(draw: Draw) -> dict[str, Any]:
    """Return the files of the opened draw, from which the screen checks and computes everything itself, and the names behind the numbers.

    Before opening there is nothing to show but the state.
    """
    if draw.state != DrawState.OPENED:
        return {"state": draw.state}
    # The screen plays the draw itself; what was changed later has its own place on the pages.
    files = {name: content.decode() for name, content in bundle_files(draw).items() if "/" not in name}
    return {
        "state": draw.state,
        "files": files,
        "names": {number: name for number, (name, _detail) in names_of(draw).items()},
    }
