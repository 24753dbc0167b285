"""Pages of the whole subject registry: how complete it is, and how it stood on a day (A6.3)."""

from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.registry.overview.selectors import completeness as figures_of, counts_on, read_day, registry_on
from mingqian.registry.subjects import workbook as subject_workbook
from mingqian.registry.subjects.log import Words

COMPLETENESS_TITLES: tables.Titles = (
    ("区县", 14),
    ("栏目", 22),
    ("应有", 10),
    ("已填", 10),
    ("缺少", 10),
    ("完整率", 10),
)


@require_GET
@access.roles(*READER_ROLES)
def completeness(request: HttpRequest) -> HttpResponseBase:
    """Show for each field how many subjects have it, in all and by district (A6.3); all figures as a file."""
    found = figures_of(user_of(request).organ)
    if form := tables.asked_form(request):
        parts = [("全部", found.whole), *((name, figures) for name, _total, figures in found.districts)]
        cells = [
            [name, figure.title, str(figure.asked), str(figure.filled), str(figure.missing), figure.percent]
            for name, figures in parts
            for figure in figures
        ]
        return tables.respond(form, f"名录库完整率-{clock.today():%Y%m%d}", COMPLETENESS_TITLES, cells)
    wanted = request.GET.get("district", "")
    chosen = next((row for row in found.districts if row[0] == wanted), None)
    context = {
        "total": chosen[1] if chosen else found.total,
        "figures": chosen[2] if chosen else found.whole,
        "districts": found.districts,
        "titles": [figure.title for figure in found.whole],
        "whole": found,
        "district": chosen[0] if chosen else "",
    }
    return render(request, "registry/overview/completeness.html", context)


def _day(request: HttpRequest) -> tuple[date, str]:
    """Return the day that is asked for, today where none is or a wrong one, and what is wrong with it."""
    try:
        return read_day(request.GET.get("on", "")) or clock.today(), ""
    except DomainError as error:
        return clock.today(), str(error)


@require_GET
@access.roles(*READER_ROLES)
def as_of(request: HttpRequest) -> HttpResponseBase:
    """Count the registry as it stood at the end of a day (A6.3); the whole of it as a file."""
    organ = user_of(request).organ
    day, wrong = _day(request)
    if (form := tables.asked_form(request)) and not wrong:
        words = Words(organ)
        cells = (subject_workbook.subject_cells(subject, words) for subject in registry_on(organ, day))
        return tables.respond(form, f"抽查对象名录库-截至{day:%Y%m%d}", subject_workbook.SUBJECT_TITLES, cells)
    counts = counts_on(organ, day)
    parts = [("类别", counts.kinds), ("区县", counts.districts), ("登记状态", counts.statuses)]
    context = {"on": day, "today": clock.today(), "wrong": wrong, "total": counts.total, "parts": parts}
    return render(request, "registry/overview/as_of.html", context, status=400 if wrong else 200)
