"""What the projector shows: the address behind the QR code, and the data from which the screen computes the lots itself."""

import io
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from mingqian.drawing.bundle import bundle_files, names_of, result_of, seal_of
from mingqian.drawing.models import Draw
from mingqian.drawing.states import DrawState


def public_address(request: HttpRequest, draw: Draw) -> str:
    """Return the full address of the draw's public page."""
    path = reverse("disclosure:draw", args=[draw.code])
    return settings.MINGQIAN_PUBLIC_URL.rstrip("/") + path if settings.MINGQIAN_PUBLIC_URL else request.build_absolute_uri(path)


def qr_svg(text: str) -> str:
    """Return a QR code as inline SVG, black on white with its quiet zone."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", xmldecl=False, svgns=True, scale=4, border=3, light="white", svgclass="mq-qr", lineclass=None)
    return buffer.getvalue().decode()


def ceremony_payload(draw: Draw) -> dict[str, Any]:
    """Return seed, pool by stratum (number, lots, status, name), quotas, and the teams; before opening, nothing but the state."""
    if draw.state != DrawState.OPENED:
        return {"state": draw.state}
    result, names, quotas = result_of(draw), names_of(draw), {q["stratum"]: q["count"] for q in seal_of(draw)["rules"]["quotas"]}
    strata: dict[str, dict[str, Any]] = {name: {"stratum": name, "quota": count, "rows": []} for name, count in quotas.items()}
    for line in bundle_files(draw)["subjects.tsv"].decode().splitlines():
        number, stratum, lots, status = line.split("\t")
        if stratum in strata and not status.startswith("out:"):
            strata[stratum]["rows"].append([number, int(lots), status, names.get(number, ("", ""))[0]])
    teams = [
        {
            "subject": row["subject"],
            "name": names.get(row["subject"], ("", ""))[0],
            "batch": row["batch"],
            "team": [{"number": member, "name": names.get(member, ("", ""))[0]} for member in row["team"]],
        }
        for row in result["assignments"]
    ]
    return {"state": draw.state, "seed": result["seed"], "strata": list(strata.values()), "assignments": teams}
