"""Absences, interests, account, fields, qualifications of inspectors; who may be drawn on a day; one's own page."""

from collections import Counter
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of, user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.registry.models.inspectors import Inspector
from mingqian.registry.people import selectors, services, workbook
from mingqian.registry.people.forms import (
    AbsenceForm,
    AccountForm,
    BackForm,
    DayForm,
    FieldsForm,
    InterestEndForm,
    InterestForm,
    QualificationForm,
)
from mingqian.registry.people.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable

officer = access.roles(*OFFICER_ROLES)


def _page_of(inspector: Inspector, tab: str) -> str:
    return reverse("registry:inspector", args=[inspector.certificate_number]) + f"?tab={tab}"


def _form_page(
    request: HttpRequest, form: forms.Form, inspector: Inspector, title: str, tab: str, **more: Any
) -> HttpResponse:
    context = {"form": form, "inspector": inspector, "title": title, "back": _page_of(inspector, tab), **more}
    return render(request, "registry/people/person_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def absence_new(request: HttpRequest, number: str) -> HttpResponse:
    """Record that an inspector is away (排除)."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_absence(user, found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记排除：{found.name}。这些日子的抽取自动不抽{found.name}。")
            return redirect(_page_of(found, "absences"))
    note = "登记之后，检查日期在这段时间内的抽取自动排除本人（第十一条：岗位调整、工作冲突、身体健康等）。已经封存的抽取不受影响。"
    return _form_page(request, form, found, "登记排除", "absences", note=note)


@require_http_methods(["GET", "POST"])
@officer
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an inspector is back early."""
    user = user_of(request)
    absence = selectors.absence_for(user, pk)
    form = BackForm(request.POST or None, absence=absence)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_absence(user, absence, back_on=form.cleaned_data["back_on"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记{absence.inspector.name}提前返岗。")
            return redirect(_page_of(absence.inspector, "absences"))
    note = f"原登记：{absence.since} 至 {absence.until}，{absence.get_reason_display()}。原登记保留，不会删除。"
    return _form_page(request, form, absence.inspector, "提前返岗", "absences", note=note)


@require_http_methods(["GET", "POST"])
@officer
def interest_new(request: HttpRequest, number: str) -> HttpResponse:
    """Record an interest that the division knows of (A11.2)."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    form = InterestForm(request.POST or None, organ=found.organ)
    if request.method == "POST" and form.is_valid():
        subject = form.cleaned_data["subject"]
        try:
            services.add_interest(user, found, subject, **form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记：{found.name}回避{subject.name}。")
            return redirect(_page_of(found, "interests"))
    note = "登记之后，每次抽取自动让两者回避（第十一条）。利害关系的类别和说明只有本人、本机关经办人和领导能看到。"
    return _form_page(request, form, found, "登记利害关系", "interests", note=note)


@require_http_methods(["GET", "POST"])
@officer
def interest_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the last day of an interest."""
    user = user_of(request)
    interest = selectors.interest_for(user, pk)
    form = InterestEndForm(request.POST or None, interest=interest)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_interest(user, interest, until=form.cleaned_data["until"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记结束日期。")
            return redirect(_page_of(interest.inspector, "interests"))
    note = f"{interest.inspector.name}与{interest.subject.name}：{interest.get_kind_display()}，自 {interest.since}。记录保留，不会删除。"
    return _form_page(request, form, interest.inspector, "利害关系到期", "interests", note=note)


@require_http_methods(["GET", "POST"])
@officer
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Link an inspector with the account of the same person."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    form = AccountForm(request.POST if request.method == "POST" else None, inspector=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.link_account(user, found, form.chosen())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存本人账号。")
            return redirect(_page_of(found, "facts"))
    note = "只列出本机关有“执法检查人员”角色、还没有关联他人的账号。没有的，请系统管理员新增用户、安全管理员授予角色。"
    return _form_page(request, form, found, "关联本人账号", "facts", note=note)


@require_http_methods(["GET", "POST"])
@officer
def fields(request: HttpRequest, number: str) -> HttpResponse:
    """Say under which business fields an inspector is kept."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    form = FieldsForm(request.POST if request.method == "POST" else None, inspector=found)
    if request.method == "POST" and form.is_valid():
        services.set_fields(user, found, form.chosen())
        messages.success(request, "已保存业务领域。")
        return redirect(_page_of(found, "facts"))
    note = "" if form.fields["fields_of_work"].choices else "本机关还没有业务领域，请系统管理员在“机关与科室”里新增。"  # type: ignore[attr-defined]
    return _form_page(request, form, found, "业务领域", "facts", note=note)


@require_http_methods(["GET", "POST"])
@officer
def qualification_new(request: HttpRequest, number: str) -> HttpResponse:
    """Put a qualification beside the certificate."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    form = QualificationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_qualification(user, found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记资格。")
            return redirect(_page_of(found, "facts"))
    return _form_page(request, form, found, "登记资格", "facts")


@require_POST
@officer
def qualification_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a qualification off the list."""
    user = user_of(request)
    qualification = selectors.qualification_for(user, pk)
    try:
        services.withdraw_qualification(user, qualification)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤下资格“{qualification.name}”，记录保留。")
    return redirect(_page_of(qualification.inspector, "facts"))


def _on_a_day(request: HttpRequest, user: User) -> tuple[DayForm, date, list[tuple[Inspector, str]]]:
    """Return the form, the day, and (inspector, code) for everybody of the chosen division; "" for who may be drawn."""
    divisions = [(str(division.pk), division.name) for division in divisions_of(user.organ)]
    form = DayForm({"on": clock.today().isoformat(), **request.GET.dict()}, divisions=divisions)
    form.is_valid()
    on = form.cleaned_data.get("on") or clock.today()
    rows = selectors.inspectors_visible_to(user)
    if form.cleaned_data.get("division"):
        rows = rows.filter(division=form.cleaned_data["division"])
    return form, on, [(row, why_not_drawable(row, on)) for row in rows]


def _wanted(form: DayForm, rows: list[tuple[Inspector, str]]) -> list[tuple[Inspector, str]]:
    asked = form.cleaned_data.get("drawable")
    return [(row, why) for row, why in rows if not asked or bool(why) == (asked == "no")]


@require_GET
@access.roles(*READER_ROLES)
def drawable(request: HttpRequest) -> HttpResponse:
    """Say who may be drawn on a day and who may not, with the reason and its article (A7.1, A11.1)."""
    user = user_of(request)
    form, on, rows = _on_a_day(request, user)
    reasons = Counter(why for _row, why in rows if why)
    context = {
        "form": form,
        "on": on,
        "rows": [(row, OUT_WORDS.get(why, ""), OUT_ARTICLES.get(why, "")) for row, why in _wanted(form, rows)],
        "total": len(rows),
        "free": sum(not why for _row, why in rows),
        "reasons": [(OUT_WORDS[why], OUT_ARTICLES[why], count) for why, count in reasons.most_common()],
        "may_write": user.has_role(*OFFICER_ROLES),
        "empty": not rows and not form.cleaned_data.get("division"),
    }
    return render(request, "registry/people/drawable.html", context)


@require_GET
@access.roles(*READER_ROLES)
def drawable_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the list for that day as a file."""
    asked, on, rows = _on_a_day(request, user_of(request))
    cells = (workbook.drawable_cells(row, on, why) for row, why in _wanted(asked, rows))
    return tables.respond(form, f"可否抽取-{on:%Y%m%d}", workbook.DRAWABLE_TITLES, cells)


@require_GET
@access.roles(Role.INSPECTOR)
def mine(request: HttpRequest) -> HttpResponse:
    """Show inspectors what the registry says of themselves."""
    user = user_of(request)
    found = selectors.inspector_of(user)
    today = clock.today()
    context = {
        "inspector": found,
        "out": OUT_WORDS.get(why_not_drawable(found, today), "") if found else "",
        "today": today,
    }
    return render(request, "registry/people/mine.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(Role.INSPECTOR)
def declare(request: HttpRequest) -> HttpResponse:
    """Let inspectors declare an interest of their own (A11.2)."""
    user = user_of(request)
    found = selectors.inspector_of(user)
    if found is None:
        return redirect("registry:mine")
    form = InterestForm(request.POST or None, organ=found.organ)
    if request.method == "POST" and form.is_valid():
        subject = form.cleaned_data["subject"]
        try:
            services.declare_interest(user, subject, **form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已申报：今后的抽取不会派您检查{subject.name}。")
            return redirect("registry:mine")
    context = {
        "form": form,
        "inspector": found,
        "title": "申报利害关系",
        "back": reverse("registry:mine"),
        "own": True,
        "note": "与检查对象有利害关系的应当回避（第十一条）。申报之后，抽取自动让您回避；类别和说明只有您、本机关经办人和领导能看到。",
    }
    return render(request, "registry/people/person_form.html", context, status=400 if form.errors else 200)
