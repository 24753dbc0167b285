"""Early warnings: the list, the page of one, the reason, its confirmation (A12.1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.drawing.models.warnings import EarlyWarning
from mingqian.drawing.warnings import services
from mingqian.drawing.warnings.forms import ConfirmForm, ReasonForm, WarningFilterForm
from mingqian.drawing.warnings.selectors import filtered_warnings, warning_for, warnings_visible_to
from mingqian.drawing.warnings.states import WarningState
from mingqian.ledger import selectors as ledger
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.pages.templatetags.mingqian import moment
from mingqian.rules.sets.selectors import rule_set_for

officer = access.roles(*OFFICER_ROLES)
reader = access.roles(*READER_ROLES)
#: The rules that warn, as the list explains them.
RULES = (
    "visits_apart_days", "visits_a_day", "visits_a_week", "visits_a_month", "same_inspector_a_year", "same_inspector_row",
    "same_inspector_months",
)  # fmt: skip
_TITLES: tables.Titles = (
    ("预警时间", 24), ("类别", 20), ("检查对象", 36), ("登记号", 24), ("执法检查人员", 14), ("科室", 16), ("抽取编号", 28), ("情况", 80),
    ("状态", 16), ("理由", 30), ("具体说明", 50), ("说明人", 12), ("确认人", 12), ("意见", 30),
)  # fmt: skip
#: As many as one page of the list holds.
_MOST = 50


@require_GET
@reader
def index(request: HttpRequest) -> HttpResponseBase:
    """List the warnings with what they rest on, to be filtered, ticked and given away."""
    user = user_of(request)
    form = WarningFilterForm(request.GET, user.organ)
    asked = form.asked
    rows = filtered_warnings(
        user,
        query=asked["q"],
        kind=asked["kind"],
        state=asked["state"],
        division=asked["division"],
        draw=asked["draw"],
    )
    if export := tables.asked_form(request):
        return tables.respond(export, f"预警-{clock.today():%Y%m%d}", _TITLES, map(_cells, rows))
    page = page_of(request, rows, _MOST)
    rules = rule_set_for(user.organ, clock.today(), user.division)
    shown = [(row, row.state == WarningState.ASKED and services.may_answer(user, row)) for row in page]
    context = {
        "form": form,
        "page": page,
        "rows": shown,
        "may_some": any(mine for _row, mine in shown),
        "asked": rows.filter(state=WarningState.ASKED).count(),
        "answered": rows.filter(state=WarningState.ANSWERED).count(),
        "filtered": any(asked.values()),
        "rules": [rules.number(key) for key in RULES],
    }
    return render(request, "drawing/warnings/warnings.html", context)


def _cells(row: EarlyWarning) -> list[str]:
    return [
        moment(row.found_at),
        str(row.get_kind_display()),
        row.subject.name,
        row.subject.number,
        row.inspector_name,
        row.division.name,
        row.draw.draw_id,
        "；".join(fact["text"] for fact in row.facts),
        str(row.get_state_display()),
        str(row.get_reason_display()),
        row.words,
        row.answered_by.name if row.answered_by else "",
        row.decided_by.name if row.decided_by else "",
        row.remark or row.lifted_why,
    ]


@require_GET
@reader
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one warning: what it rests on, what was answered, who did what."""
    user = user_of(request)
    row = warning_for(user, pk)
    own = row.answered_by_id == user.pk
    context = {
        "row": row,
        "may_answer": row.state == WarningState.ASKED and services.may_answer(user, row),
        "may_decide": row.state == WarningState.ANSWERED and services.may_decide(user, row) and not own,
        "steps": row.steps.select_related("by"),
        "entries": [(entry, ledger.details_of(entry)) for entry in ledger.entries_on(row.ledger_subject)],
    }
    return render(request, "drawing/warnings/warning.html", context)


def _ticked(request: HttpRequest) -> list[EarlyWarning]:
    """Return the warnings that the address or the form names, as far as the user may know them."""
    named: Any = request.POST if request.method == "POST" else request.GET
    wanted = [int(pk) for pk in named.getlist("warning")[:_MOST] if pk.isdecimal() and len(pk) < 12]
    return list(warnings_visible_to(user_of(request)).filter(pk__in=wanted))


@require_http_methods(["GET", "POST"])
@officer
def answer(request: HttpRequest) -> HttpResponse:
    """Give one warning, or several of one kind, the reason for which the visit goes on."""
    user, rows = user_of(request), _ticked(request)
    kinds = {row.kind for row in rows}
    if len(kinds) != 1:
        problem = "一次只能对同一类别的预警说明理由，请按类别筛选后再勾选。" if kinds else "请先勾选要说明理由的预警。"
        messages.warning(request, problem)
        return redirect("drawing:warnings")
    form = ReasonForm(request.POST if request.method == "POST" else None, kind=rows[0].kind)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.answer_all(user, rows, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已对 {count} 条预警说明理由，等待科室负责人确认。")
            return redirect("drawing:warning", pk=rows[0].pk) if count == 1 else redirect("drawing:warnings")
    return render(
        request,
        "drawing/warnings/warning_answer.html",
        {"rows": rows, "form": form},
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@access.roles(Role.DIVISION_HEAD, *LEADER_ROLES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the reason, or send it back."""
    user = user_of(request)
    row = warning_for(user, pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirm = form.cleaned_data["decision"] == "confirm"
        try:
            services.decide(user, row, confirm=confirm, remark=form.cleaned_data["remark"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已确认理由。" if confirm else "已退回，由经办人重新说明。")
            return redirect("drawing:warning", pk=pk)
    refused = "" if services.may_decide(user, row) else "这条预警不由您确认，可以查看。"
    refused = "理由由您说明，请由另一位有权限的人员确认。" if row.answered_by_id == user.pk else refused
    context = {"row": row, "form": form, "refused": refused}
    return render(request, "drawing/warnings/warning_decide.html", context, status=400 if form.errors else 200)
