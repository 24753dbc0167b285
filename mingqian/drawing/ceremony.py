"""What the projector shows: the address behind the QR code, and the data from which the screen computes the lots itself."""

import io
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from mingqian.drawing.bundle import bundle_files, names_of, numbered
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.states import DrawState
from mingqian.drawing.supplement_states import ChangeState


def public_address(request: HttpRequest, draw: Draw) -> str:
    """Return the full address of the draw's public page."""
    path = reverse("disclosure:draw", args=[draw.code])
    return (
        settings.MINGQIAN_PUBLIC_URL.rstrip("/") + path
        if settings.MINGQIAN_PUBLIC_URL
        else request.build_absolute_uri(path)
    )


def qr_svg(text: str) -> str:
    """Return a QR code as inline SVG, black on white with its quiet zone."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(
        buffer,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=3,
        omitsize=True,  # a viewBox instead, so that a style's size scales the code and never crops it
        light="white",
        svgclass="mq-qr",
        lineclass=None,
    )
    return buffer.getvalue().decode()


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
