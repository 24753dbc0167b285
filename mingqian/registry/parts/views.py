"""Permits, flags and exemptions of subjects: adding, ending, withdrawing; the lists of flags and of exemptions."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts import services, workbook
from mingqian.registry.parts.forms import (
    EndForm,
    ExemptionFilter,
    ExemptionForm,
    FlagFilter,
    FlagForm,
    PermitForm,
    WhyForm,
)
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.subjects import selectors as subject_selectors
from mingqian.registry.subjects.selectors import exemptions_visible_to, flags_visible_to, in_force, part_for

officer = access.roles(*OFFICER_ROLES)
_NAMES = {Permit: "许可", Flag: "重点监管标记", Exemption: "免检免扰"}


def _page_of(subject: Subject) -> str:
    return reverse("registry:subject", args=[subject.number]) + "?tab=parts"


def _form_page(request: HttpRequest, form: forms.Form, subject: Subject, title: str, note: str) -> HttpResponse:
    context = {"form": form, "subject": subject, "title": title, "note": note, "back": _page_of(subject)}
    return render(request, "registry/parts/part_form.html", context, status=400 if form.errors else 200)


def _add(
    request: HttpRequest, number: str, make: type[forms.Form], service: Callable[..., Any], title: str, note: str
) -> HttpResponse:
    user = user_of(request)
    found = subject_selectors.subject_for(user, number)
    form = make(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(user, found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已{title}：{found.name}")
            return redirect(_page_of(found))
    return _form_page(request, form, found, title, note)


@require_http_methods(["GET", "POST"])
@officer
def permit_new(request: HttpRequest, number: str) -> HttpResponse:
    """Record a permit."""
    note = "一个对象可以有多项许可，抽取时仍只有一个签号。"
    return _add(request, number, PermitForm, services.add_permit, "登记许可", note)


@require_http_methods(["GET", "POST"])
@officer
def flag_new(request: HttpRequest, number: str) -> HttpResponse:
    """Flag a subject (A12.3)."""
    note = "有标记的对象应当加大抽查力度，提高抽查比例和频次（第十二条）。标记必须有来源，并留痕。"
    return _add(request, number, FlagForm, services.add_flag, "登记重点监管标记", note)


@require_http_methods(["GET", "POST"])
@officer
def exemption_new(request: HttpRequest, number: str) -> HttpResponse:
    """Put a subject on the exemption list (A9.2)."""
    note = (
        "名单内的对象抽到后予以免检，另行随机抽取替代；"
        "涉及环境保护、安全生产、投诉举报、上级要求和法律法规明确规定的检查除外（第九条）。"
    )
    return _add(request, number, ExemptionForm, services.add_exemption, "列入免检免扰名单", note)


@require_http_methods(["GET", "POST"])
@officer
def part_end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """End something earlier than recorded."""
    user = user_of(request)
    part = part_for(user, kind, pk)
    form = EndForm(request.POST or None, initial={"until": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_part(user, part, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记结束日期，记录保留。")
            return redirect(_page_of(part.subject))
    note = f"原登记：{services.in_short(part)}。"
    return _form_page(request, form, part.subject, f"{_NAMES[type(part)]}提前结束", note)


@require_http_methods(["GET", "POST"])
@officer
def part_withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take back what was entered by mistake."""
    user = user_of(request)
    part = part_for(user, kind, pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_part(user, part, why=form.cleaned_data["why"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已撤销，记录保留并注明原因。")
            return redirect(_page_of(part.subject))
    note = f"将撤销：{services.in_short(part)}。登记有误需要更正的，撤销后重新登记。"
    return _form_page(request, form, part.subject, f"撤销{_NAMES[type(part)]}", note)


def _said(text: str, names: tuple[str, ...]) -> Q:
    wanted = Q()
    for word in text.split():
        anywhere = Q()
        for name in names:
            anywhere |= Q(**{f"{name}__icontains": word})
        wanted &= anywhere
    return wanted


def _flags(request: HttpRequest, user: User) -> tuple[FlagFilter, QuerySet[Flag], QuerySet[Flag]]:
    """Return the form, the flags in force today, and those of them that meet the filters."""
    everything = flags_visible_to(user).filter(in_force(clock.today()))
    districts = everything.order_by("subject__district").values_list("subject__district", flat=True).distinct()
    form = FlagFilter(request.GET, districts=list(districts))
    form.is_valid()
    data = form.cleaned_data
    rows = everything.filter(_said(data.get("text", ""), ("subject__name", "subject__number", "source", "document")))
    if data.get("kind"):
        rows = rows.filter(kind=data["kind"])
    if data.get("district"):
        rows = rows.filter(subject__district=data["district"])
    return form, everything, rows.order_by("-since", "subject__number", "pk")


@require_GET
@access.roles(*READER_ROLES)
def flags(request: HttpRequest) -> HttpResponse:
    """List all flags in force (A12.3)."""
    user = user_of(request)
    form, everything, rows = _flags(request, user)
    counts = Counter(everything.order_by().values_list("kind", flat=True))
    context = {
        "form": form,
        "page": page_of(request, rows),
        "subjects": rows.order_by().values("subject").distinct().count(),
        "kinds": [(value, label, counts[value]) for value, label in FlagKind.choices],
        "chosen": form.cleaned_data.get("kind", ""),
        "filtered": any(form.cleaned_data.values()),
        "empty": not everything.exists(),
        "may_write": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/parts/flags.html", context)


@require_GET
@access.roles(*READER_ROLES)
def flags_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, _everything, rows = _flags(request, user_of(request))
    cells = (workbook.flag_cells(row) for row in rows.iterator(2000))
    return tables.respond(form, f"重点监管标记-{clock.today():%Y%m%d}", workbook.FLAG_TITLES, cells)


def state_of(row: Exemption, today: date) -> str:
    """Return the state of an exemption: `withdrawn`, `later`, `past` or `now`."""
    if row.withdrawn_why:
        return "withdrawn"
    if row.since > today:
        return "later"
    return "now" if row.covers(today) else "past"


def _exemptions(request: HttpRequest, user: User) -> tuple[ExemptionFilter, QuerySet[Exemption], QuerySet[Exemption]]:
    today = clock.today()
    everything = exemptions_visible_to(user)
    form = ExemptionFilter(request.GET)
    form.is_valid()
    data = form.cleaned_data
    states = {
        "now": in_force(today),
        "later": Q(withdrawn_why="", since__gt=today),
        "past": Q(withdrawn_why="", until__lt=today),
        "withdrawn": ~Q(withdrawn_why=""),
    }
    names = ("subject__name", "subject__number", "code", "basis", "source")
    rows = everything.filter(_said(data.get("text", ""), names))
    if data.get("state"):
        rows = rows.filter(states[data["state"]])
    return form, everything, rows.order_by("-since", "subject__number", "pk")


@require_GET
@access.roles(*READER_ROLES)
def exemptions(request: HttpRequest) -> HttpResponse:
    """List the exemptions, in force and past (A9.2)."""
    user = user_of(request)
    form, everything, rows = _exemptions(request, user)
    today = clock.today()
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, state_of(row, today)) for row in page],
        "now": everything.filter(in_force(today)).count(),
        "soon": everything.filter(in_force(today), until__lte=date.fromordinal(today.toordinal() + 30)).count(),
        "filtered": any(form.cleaned_data.values()),
        "empty": not everything.exists(),
        "may_write": user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/parts/exemptions.html", context)


@require_GET
@access.roles(*READER_ROLES)
def exemptions_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, _everything, rows = _exemptions(request, user_of(request))
    today = clock.today()
    cells = (workbook.exemption_cells(row, state_of(row, today)) for row in rows.iterator(2000))
    return tables.respond(form, f"免检免扰名单-{today:%Y%m%d}", workbook.EXEMPTION_TITLES, cells)
