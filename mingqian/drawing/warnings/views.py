"""Early warnings: the list, the page of one, the reason, its confirmation (A12.1)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.casework.thing import decide as decide_on
from mingqian.common import clock
from mingqian.drawing.models.warnings import EarlyWarning
from mingqian.drawing.warnings import services
from mingqian.drawing.warnings.forms import ReasonForm
from mingqian.drawing.warnings.listing import LISTING
from mingqian.drawing.warnings.procedure import WARNING
from mingqian.drawing.warnings.selectors import warning_for, warnings_visible_to
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.rules.sets.selectors import rule_set_for

#: The rules that warn, as the list explains them.
RULES = (
    "visits_apart_days", "visits_a_day", "visits_a_week", "visits_a_month", "same_inspector_a_year", "same_inspector_row",
    "same_inspector_months",
)  # fmt: skip


@access.form(*READER_ROLES)
def index(request: HttpRequest) -> HttpResponseBase:
    """List the warnings with what they rest on, to be filtered, ticked and given away."""
    user = user_of(request)
    rules = rule_set_for(user.organ, clock.today(), user.division)
    return LISTING.respond(request, rules=[rules.number(key) for key in RULES])


@access.page(*READER_ROLES)
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one warning: what it rests on, what was answered, who did what."""
    user = user_of(request)
    row = warning_for(user, pk)
    context = {
        "row": row,
        "may_answer": not WARNING.why_not(user, row, "answer"),
        "may_decide": not WARNING.why_not(user, row, "confirm"),
        "steps": row.steps.select_related("by"),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(row.ledger_subject)],
    }
    return render(request, "drawing/warnings/warning.html", context)


def _ticked(request: HttpRequest) -> list[EarlyWarning]:
    """Return the warnings that the address or the form names, as far as the user may know them."""
    named: Any = request.POST if request.method == "POST" else request.GET
    wanted = [int(pk) for pk in named.getlist("tick")[: LISTING.size] if pk.isdecimal() and len(pk) < 12]
    return list(warnings_visible_to(user_of(request)).filter(pk__in=wanted))


@access.form(*OFFICER_ROLES)
def answer(request: HttpRequest) -> HttpResponse:
    """Give one warning, or several of one kind, the reason for which the visit goes on."""
    user, rows = user_of(request), _ticked(request)
    kinds = {row.kind for row in rows}
    if len(kinds) != 1:
        problem = "一次只能对同一类别的预警说明理由，请按类别筛选后再勾选。" if kinds else "请先勾选要说明理由的预警。"
        messages.warning(request, problem)
        return redirect("drawing:warnings")
    only = rows[0] if len(rows) == 1 else None
    return submit(
        request,
        lambda data: ReasonForm(data, kind=rows[0].kind),
        lambda form: services.answer_all(user, rows, **form.cleaned_data),
        template="drawing/warnings/warning_answer.html",
        to=WARNING.page(only) if only else reverse("drawing:warnings"),
        done=lambda count: f"已对 {count} 条预警说明理由，等待科室负责人确认。",
        context={"rows": rows},
    )


@access.form(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the reason, or send it back."""
    row = warning_for(user_of(request), pk)

    def act(verb: str) -> Callable[..., EarlyWarning]:
        return lambda user, row, *, remark="": services.decide(user, row, confirm=verb == "confirm", remark=remark)

    return decide_on(
        request,
        WARNING,
        row,
        verbs=("confirm", "return"),
        acts={verb: act(verb) for verb in ("confirm", "return")},
        title="确认预警理由",
        sub=f"{row.get_kind_display()} · {row.subject.name} · {row.draw.draw_id}",
        template="drawing/warnings/warning_decide.html",
        note="确认的存档；退回的由经办人重新说明。抽签结果不因此改变。",
    )
