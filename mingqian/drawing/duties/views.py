"""The page on which a filing is put on record (A9.5)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from mingqian.accounts.states import OFFICER_ROLES
from mingqian.drawing.draw.selectors import draw_at, refuse_stranger
from mingqian.drawing.duties.forms import FiledForm
from mingqian.drawing.duties.selectors import waits_for_filing
from mingqian.drawing.duties.services import note_filed
from mingqian.drawing.duties.states import FILING
from mingqian.pages import access
from mingqian.pages.submission import submit


@access.form(*OFFICER_ROLES)
def filed(request: HttpRequest, code: str) -> HttpResponse:
    """Put on record that the result of a draw was filed."""
    user, draw = draw_at(request, code)
    refuse_stranger(user, draw)
    return submit(
        request,
        FiledForm,
        lambda form: note_filed(user, draw, **form.cleaned_data),
        template="drawing/duties/filed.html",
        to=reverse("drawing:draw", args=[code]),
        done="已登记报备。",
        context={"draw": draw, "kind": FILING, "runs": waits_for_filing(draw)},
    )
