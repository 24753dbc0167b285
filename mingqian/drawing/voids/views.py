"""Voiding a draw or a change of it: asked for, decided on. Both pages are of one thing each, since a void cannot be taken back."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES
from mingqian.casework.thing import Fact, decide as decide_on
from mingqian.drawing.changes.selectors import change_for
from mingqian.drawing.draw.selectors import draw_for
from mingqian.drawing.forms import VoidForm
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.voids import services
from mingqian.drawing.voids.procedure import VOID
from mingqian.drawing.voids.selectors import pending_void
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.pages.templatetags.mingqian import moment


def _page(thing: Draw | Supplement) -> str:
    if isinstance(thing, Supplement):
        return reverse("drawing:change", args=[thing.draw.code, thing.serial])
    return reverse("drawing:draw", args=[thing.code])


def _ask(request: HttpRequest, thing: Draw | Supplement) -> HttpResponse:
    user = user_of(request)
    change = thing if isinstance(thing, Supplement) else None
    context = {
        "thing": thing,
        "change": change,
        "draw": change.draw if change else thing,
        "back": _page(thing),
        "first": pending_void(thing),
    }
    return submit(
        request,
        VoidForm,
        lambda form: services.ask(user, thing, reason=form.cleaned_data["reason"]),
        template="drawing/voids/ask.html",
        to=_page(thing),
        done=VOID.step("ask").done,
        context=context,
    )


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that a draw be voided."""
    return _ask(request, draw_for(user_of(request), code))


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def ask_for_change(request: HttpRequest, code: str, serial: int) -> HttpResponse:
    """Ask that a change under way be voided."""
    return _ask(request, change_for(user_of(request), code, serial))


@require_http_methods(["GET", "POST"])
@access.roles(*LEADER_ROLES)
def decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let a leader void a draw, or a change, or let it go on."""
    draw = draw_for(user_of(request), code)
    row: VoidRequest = get_object_or_404(draw.void_requests.select_related("supplement", "asked_by"), pk=pk)
    if row.supplement is not None:
        row.supplement.draw = draw
    return decide_on(
        request,
        VOID,
        row,
        acts={"approve": services.approve},
        facts=_facts(row),
        to=_page(row.thing),
        template="drawing/voids/decide.html",
        note="批准后立即作废，不可撤销：作废理由和您的姓名、职务写入作废文件并永久公示，系统随机数公开。",
        context={"draw": draw, "back": _page(row.thing)},
    )


def _facts(row: VoidRequest) -> Sequence[Fact]:
    given = row.thing.contributions.order_by("position")
    said = "、".join(one.witness for one in given) or "无人献数"
    return [Fact("作废理由", row.reason), Fact("已献数", said), Fact("最迟开签", moment(row.thing.open_by))]
