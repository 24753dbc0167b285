"""Pages of special inspections, and of what a subject bears."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.casework import thing
from mingqian.casework.thing import Fact, timeline_of
from mingqian.common import clock
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.planning.burden import selectors, services
from mingqian.planning.burden.forms import SpecialForm
from mingqian.planning.burden.listing import SPECIAL_LIST
from mingqian.planning.burden.procedure import SPECIALS
from mingqian.planning.models.burden import SpecialInspection
from mingqian.registry.subjects.selectors import subject_for
from mingqian.rules.sets.selectors import rule_set_for


def _elsewhere(user: User, organ: Organ) -> str:
    """Return what addresses of another organ's things end in, "" for the own organ's."""
    return "" if organ.pk == user.organ_id else f"?organ={organ.code}"


@require_GET
@access.roles(*READER_ROLES)
def specials(request: HttpRequest) -> HttpResponseBase:
    """List the inspections held outside the lottery (A21.2)."""
    return SPECIAL_LIST.respond(request, may_write=user_of(request).has_role(*OFFICER_ROLES))


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def special_new(request: HttpRequest) -> HttpResponse:
    """Record an inspection outside the lottery."""
    user, today = user_of(request), clock.today()

    def record(form: SpecialForm) -> SpecialInspection:
        data = form.cleaned_data
        return services.record_special(user, form.values(), subjects=data["subjects"], inspectors=data["inspectors"])

    return submit(
        request,
        lambda data: SpecialForm(data, organ=user.organ, initial={"since": today, "until": today}),
        record,
        template="form.html",
        context={
            "title": "登记专项检查",
            "sub": "不由本机关抽取的检查（第二十一条）：如实登记，计入每个对象的受检次数。",
            "crumbs": [("专项检查", reverse("burden:specials"))],
            "act": "登记",
        },
        to=SPECIALS.page,
        done=lambda found: f"已登记：{found.number} {found.title}",
    )


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
        "entries": timeline_of(found.ledger_subject),
        "may_write": not SPECIALS.why_not(user, found, "withdraw"),
    }
    return render(request, "planning/burden/special.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def special_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back a record that was made by mistake."""
    found = selectors.special_for(user_of(request), code)
    note = "只用于登记有误。登记和撤销原因都保留，有关对象的受检次数相应减少。"
    return thing.decide(
        request,
        SPECIALS,
        found,
        acts={"withdraw": services.withdraw_special},
        facts=[Fact("依据文件", found.document), Fact("检查内容", found.content)],
        title="撤销登记",
        note=note,
        context={"question": "撤销后不能恢复"},
    )


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
