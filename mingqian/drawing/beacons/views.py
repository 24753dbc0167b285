"""Pages of a beacon's value: typed by one, looked at and confirmed by another."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES
from mingqian.casework.thing import Fact, decide as decide_on
from mingqian.documents.files.services import read
from mingqian.drawing.beacons import services
from mingqian.drawing.beacons.forms import ReadingForm
from mingqian.drawing.beacons.procedure import BEACON
from mingqian.drawing.beacons.selectors import reading_of
from mingqian.drawing.draw.selectors import draw_at
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.beacons import BeaconReading
from mingqian.pages import access
from mingqian.pages.submission import submit


@access.form(*OFFICER_ROLES)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Take the value, where it stands and a picture of it."""
    user, draw = draw_at(request, code)
    return submit(
        request,
        lambda data: ReadingForm(data, request.FILES or None),
        lambda form: services.read(user, draw, **form.cleaned_data),
        template="drawing/beacons/ask.html",
        to=Lot(draw).page("open"),
        done=BEACON.step("ask").done,
        context={"draw": draw, "beacon": Lot(draw).seal.get("beacon"), "first": reading_of(draw)},
    )


@access.form(*OFFICER_ROLES, *LEADER_ROLES)
def confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let another person compare the value with what was made public."""
    _user, draw = draw_at(request, code)
    row: BeaconReading = get_object_or_404(draw.readings.select_related("asked_by"), pk=pk)
    row.draw = draw
    beacon = Lot(draw).seal["beacon"]
    return decide_on(
        request,
        BEACON,
        row,
        facts=[
            Fact("公开随机源", f"{beacon['source']} {beacon['round']}"),
            Fact("录入的号码", row.digits),
            Fact("公布的地方", row.source),
            Fact("录入", f"{row.asked_by}"),
        ],
        title="复核公开随机源的号码",
        to=Lot(draw).home,
        template="drawing/beacons/confirm.html",
        note="请您自己到公布的地方查看，再与录入的号码和图片逐位对照。开签之后不能更改。",
        context={"draw": draw, "back": Lot(draw).home},
    )


@access.page(*READER_ROLES)
def picture(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show the picture."""
    _user, draw = draw_at(request, code)
    content = read(get_object_or_404(draw.readings.select_related("picture"), pk=pk).picture)
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return HttpResponse(content, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})
