"""Public addresses, and their QR codes."""

import io

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from mingqian.drawing.models.draws import Draw


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
