"""Voiding a draw or a change of it: asked for, decided on. Both pages are of one thing each, since a void cannot be taken back."""

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES
from mingqian.casework.thing import Fact, decide as decide_on
from mingqian.drawing.ceremony.selectors import lot_at
from mingqian.drawing.draw.selectors import draw_at
from mingqian.drawing.forms import LineField
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.voids import services
from mingqian.drawing.voids.procedure import VOID
from mingqian.drawing.voids.selectors import pending_void
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.pages.templatetags.mingqian import moment


class VoidForm(forms.Form):
    """Why a draw should be void."""

    reason = LineField(
        label="作废理由", help_text="写入作废文件并永久公示，请写明具体情况，例如：现场停电，无法继续开签。"
    )


@access.form(*OFFICER_ROLES)
def ask(request: HttpRequest, code: str, serial: int | None = None) -> HttpResponse:
    """Ask that a draw, or a change under way, be voided."""
    user, lot = lot_at(request, code, serial)
    return submit(
        request,
        VoidForm,
        lambda form: services.ask(user, lot.thing, reason=form.cleaned_data["reason"]),
        template="drawing/voids/ask.html",
        to=lot.home,
        done=VOID.step("ask").done,
        context={"lot": lot, "draw": lot.draw, "thing": lot.thing, "first": pending_void(lot.thing)},
    )


@access.form(*LEADER_ROLES)
def decide(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let a leader void a draw, or a change, or let it go on."""
    _user, draw = draw_at(request, code)
    row: VoidRequest = get_object_or_404(draw.void_requests.select_related("supplement", "asked_by"), pk=pk)
    if row.supplement is not None:
        row.supplement.draw = draw
    return decide_on(
        request,
        VOID,
        row,
        acts={"approve": services.approve},
        facts=_facts(row),
        to=Lot.of(row.thing).home,
        template="drawing/voids/decide.html",
        note="批准后立即作废，不可撤销：作废理由和您的姓名、职务写入作废文件并永久公示，系统随机数公开。",
        context={"draw": draw, "back": Lot.of(row.thing).home},
    )


def _facts(row: VoidRequest) -> Sequence[Fact]:
    lot = Lot.of(row.thing)
    said = "、".join(one.witness for one in lot.contributions) or "无人献数"
    withheld = "、".join(one.witness for one in lot.unopened) if row.thing.closed_at else ""
    more = [Fact("承诺后没有公布的", f"{withheld}（姓名随作废文件公示）")] if withheld else []
    return [Fact("作废理由", row.reason), Fact("已献数", said), *more, Fact("最迟开签", moment(row.thing.open_by))]
