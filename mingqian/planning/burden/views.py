"""Pages of special inspections, and of what a subject bears."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.tables import respond
from mingqian.ledger.selectors import entries_on
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.planning.burden import selectors, services
from mingqian.planning.burden.forms import SpecialFilter, SpecialForm, WithdrawForm
from mingqian.planning.models.burden import SpecialInspection
from mingqian.registry.subjects.selectors import subject_for
from mingqian.rules.sets.selectors import rule_set_for

TITLES = (
    ("机关", 20),
    ("登记编号", 18),
    ("事由", 26),
    ("发起部门", 24),
    ("检查名称", 36),
    ("依据文件", 30),
    ("检查自", 12),
    ("检查至", 12),
    ("科室", 18),
    ("对象数", 8),
    ("状态", 10),
)


def _filtered(request: HttpRequest) -> tuple[SpecialFilter, QuerySet[SpecialInspection]]:
    rows = selectors.specials_visible_to(user_of(request))
    years = rows.order_by("-since__year").values_list("since__year", flat=True).distinct()
    form = SpecialFilter(request.GET, years=years)
    form.is_valid()
    data = form.cleaned_data
    if data.get("ground"):
        rows = rows.filter(ground=data["ground"])
    if data.get("year"):
        rows = rows.filter(since__year=int(data["year"]))
    for word in data.get("text", "").split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(document__icontains=word)
            | Q(number__icontains=word)
            | Q(led_by__icontains=word)
        )
    return form, rows


def _elsewhere(user: User, organ: Organ) -> str:
    """Return what addresses of another organ's things end in, "" for the own organ's."""
    return "" if organ.pk == user.organ_id else f"?organ={organ.code}"


@require_GET
@access.roles(*READER_ROLES)
def specials(request: HttpRequest) -> HttpResponse:
    """List the inspections held outside the lottery (A21.2)."""
    form, rows = _filtered(request)
    user = user_of(request)
    page = page_of(request, rows)
    counted = selectors.subjects_of(page)
    context = {
        "form": form,
        "page": page,
        "rows": [(special, counted.get(special.code, 0)) for special in page],
        "grounds": rows.order_by().values_list("ground").annotate(count=Count("pk")),
        "withdrawn": rows.exclude(withdrawn_why="").count(),
        "empty": not selectors.specials_visible_to(user).exists(),
        "filtered": any(form.cleaned_data.values()),
        "may_write": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "planning/burden/specials.html", context)


@require_GET
@access.roles(*READER_ROLES)
def specials_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, rows = _filtered(request)
    found = list(rows)
    counted = selectors.subjects_of(found)
    cells = (
        [
            row.organ.short_name,
            row.number,
            str(row.get_ground_display()),
            row.led_by,
            row.title,
            row.document,
            row.since.isoformat(),
            row.until.isoformat(),
            row.division.name if row.division else "",
            str(counted.get(row.code, 0)),
            "已撤销" if row.withdrawn_why else "有效",
        ]
        for row in found
    )
    return respond(form, f"专项检查-{clock.today():%Y%m%d}", TITLES, cells)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def special_new(request: HttpRequest) -> HttpResponse:
    """Record an inspection outside the lottery."""
    user = user_of(request)
    today = clock.today()
    form = SpecialForm(request.POST or None, organ=user.organ, initial={"since": today, "until": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = services.record_special(
                user, form.values(), subjects=data["subjects"], inspectors=data["inspectors"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记：{found.number} {found.title}")
            return redirect("burden:special", code=found.code)
    return render(request, "planning/burden/special_form.html", {"form": form}, status=400 if form.errors else 200)


@require_GET
@access.roles(*READER_ROLES)
def special(request: HttpRequest, code: str) -> HttpResponse:
    """Show a special inspection: whom it met, on what paper."""
    user = user_of(request)
    found = selectors.special_for(user, code)
    rows = list(selectors.encounters_in(found))
    context = {
        "special": found,
        "rows": rows,
        "team": selectors.team_of(found.organ, rows[0]) if rows else [],
        "elsewhere": _elsewhere(user, found.organ),
        "acts": entries_on(found.ledger_subject),
        "may_write": user.has_role(*OFFICER_ROLES) and user.organ_id == found.organ_id and not found.withdrawn_why,
    }
    return render(request, "planning/burden/special.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def special_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back a record that was made by mistake."""
    user = user_of(request)
    found = selectors.special_for(user, code)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_special(user, found, why=form.cleaned_data["why"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已撤销：{found.number}。")
            return redirect("burden:special", code=found.code)
    context = {"form": form, "special": found}
    return render(request, "planning/burden/special_withdraw.html", context, status=400 if form.errors else 200)


@require_GET
@access.roles(*READER_ROLES)
def visits(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a subject bears: every inspection, drawn or by order, by year, with the warnings (A12.1); also below one's organ (A4.2)."""
    user = user_of(request)
    subject = subject_for(user, number, request.GET.get("organ", ""))
    rules = rule_set_for(subject.organ, clock.today())
    context = {
        "subject": subject,
        "elsewhere": _elsewhere(user, subject.organ),
        "years": selectors.visits_of(user, subject),
        "cap": rules.number("yearly_cap"),
        "limits": [rules.number(key) for key in ("visits_a_day", "visits_a_week", "visits_a_month")],
        "this_year": clock.today().year,
    }
    return render(request, "planning/burden/visits.html", context)
