"""The working-day calendar, publishing next year's notice, and the page that reckons a time limit."""

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.rules.calendar import services
from mingqian.rules.calendar.forms import NoticeForm
from mingqian.rules.calendar.notices import Reading, differences, read_notice
from mingqian.rules.calendar.selectors import WEEKEND, Calendar, calendar_for, current_calendar, runs, versions_of_year
from mingqian.rules.deadlines.forms import DeadlineForm
from mingqian.rules.deadlines.selectors import add_working_days, light, standing
from mingqian.rules.sets.schema import LIMITS
from mingqian.rules.sets.selectors import rule_set_for

keeper = access.roles(*services.CALENDAR_ROLES)
_TITLES: tables.Titles = (("日期", 12), ("星期", 10), ("类别", 12), ("说明", 30))
_KINDS = {"work": "工作日", "weekend": "周末", "off": "放假", "made-up": "调休上班"}
_WEEKS = months.Calendar(firstweekday=0)


@dataclass(frozen=True)
class Cell:
    """A day in the sheet of a month; `kind` is work, weekend, off or made-up."""

    day: date
    kind: str
    why: str
    today: bool


def _cell(calendar: Calendar, day: date) -> Cell:
    why = calendar.why(day)
    works = "made-up" if why else "work"
    rests = "weekend" if why == WEEKEND else "off"
    kind = works if calendar.is_working_day(day) else rests
    return Cell(day, kind, why, day == clock.today())


def sheet(calendar: Calendar, year: int) -> list[tuple[int, int, list[list[Cell | None]]]]:
    """Return for each month its number, its count of working days and its weeks, Monday first; None where another month's day stands."""
    found = []
    for month in range(1, 13):
        weeks = [
            [_cell(calendar, date(year, month, day)) if day else None for day in week]
            for week in _WEEKS.monthdayscalendar(year, month)
        ]
        working = sum(cell is not None and cell.kind in {"work", "made-up"} for week in weeks for cell in week)
        found.append((month, working, weeks))
    return found


def _year_of(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else clock.today().year
    return min(max(year, services.YEARS[0]), services.YEARS[1])


@require_GET
@access.signed_in
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Show a year: its days off and working weekend days, where they come from, and what was published here."""
    user = user_of(request)
    year = _year_of(request)
    known = current_calendar()
    notice = known.years.get(year)
    first = min(known.years)
    last = max(known.years)
    months_of_year = sheet(known, year)
    if form := tables.asked_form(request):
        days = (cell for _month, _count, weeks in months_of_year for week in weeks for cell in week if cell)
        return tables.respond(form, f"{year}年工作日历", _TITLES, map(_cells, days))
    context = {
        "year": year,
        "years": range(max(first, year - 3), min(max(last, year, clock.today().year) + 1, services.YEARS[1]) + 1),
        "notice": notice,
        "off": runs(dict(notice.off)) if notice else [],
        "work": runs(dict(notice.work)) if notice else [],
        "sheet": months_of_year,
        "working": sum(count for _month, count, _weeks in months_of_year),
        "versions": versions_of_year(year),
        "first": first,
        "last_published": last,
        "next_missing": next(y for y in range(clock.today().year, services.YEARS[1]) if not known.is_published(y)),
        "may_keep": services.may_keep_calendar(user),
        "sees_sets": user.has_role(*READER_ROLES),
    }
    return render(request, "rules/calendar.html", context)


def _cells(cell: Cell) -> list[str]:
    return [cell.day.isoformat(), f"星期{'一二三四五六日'[cell.day.weekday()]}", _KINDS[cell.kind], cell.why]


def _preview(reading: Reading, known: Calendar) -> dict[str, Any]:
    return {
        "reading": reading,
        "off": runs(reading.off),
        "work": runs(reading.work),
        "differences": differences(reading, known) if not reading.problems else [],
        "sheet": sheet(known.with_years([reading.as_year("")]), reading.year),
    }


@require_http_methods(["GET", "POST"])
@keeper
def calendar_edit(request: HttpRequest, year: int) -> HttpResponse:
    """Take the notice for a year, show how it was understood and what it changes, then publish it."""
    user = user_of(request)
    if not services.YEARS[0] <= year <= services.YEARS[1]:
        raise Http404("没有这个年份的放假安排。")
    known = calendar_for([year])
    last = versions_of_year(year).first()
    initial: dict[str, Any] = {"version": 1 + (last.version if last else 0)}
    if last is not None:
        initial |= {"basis": last.basis, "text": last.text}
    correction = known.is_published(year)
    form = NoticeForm(request.POST if request.method == "POST" else None, correction=correction, initial=initial)
    preview: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        preview = _preview(read_notice(form.cleaned_data["text"], year), known)
        if request.POST.get("act") == "publish":
            try:
                made = services.publish_year(user, year=year, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"已公布{made}，此前按暂定日历计算的期限随之更新。")
                return redirect(f"{reverse('rules:calendar')}?year={year}")
    context = {
        "form": form,
        "year": year,
        "correction": correction,
        "from_library": correction and last is None,
        "may_keep": services.may_keep_calendar(user),
        **preview,
    }
    return render(request, "rules/calendar_edit.html", context, status=400 if form.errors else 200)


@require_GET
@access.signed_in
def deadline(request: HttpRequest) -> HttpResponse:
    """Reckon a time limit and show how it came about."""
    user = user_of(request)
    form = DeadlineForm(request.GET or None, initial={"start": clock.today(), "key": LIMITS[0]})
    context: dict[str, Any] = {"form": form, "sees_sets": user.has_role(*READER_ROLES)}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            rules = rule_set_for(user.organ, data["start"], user.division)
            days = data["days"] if data["days"] is not None else rules.value(data["key"])
            calendar_now = current_calendar()
            found = add_working_days(data["start"], days, calendar_now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            soon = rules.value("due_soon_days")
            context |= {
                "found": found,
                "number": rules.number(data["key"]) if data["key"] and data["days"] is None else None,
                "light": light(found.due, clock.today(), calendar_now, soon),
                "standing": standing(found.due, clock.today(), calendar_now, soon),
                "rules": rules,
            }
    return render(request, "rules/deadline.html", context, status=400 if form.errors else 200)
