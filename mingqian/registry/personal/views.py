"""Pages of personal data in full: asked for with a reason, shown once; a list as a file, with a reason too (A20.1)."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.listing import Listing
from mingqian.registry.experts import selectors as expert_selectors
from mingqian.registry.experts.forms import ExpertFilter
from mingqian.registry.experts.listing import EXPERT_LIST
from mingqian.registry.models.experts import Expert
from mingqian.registry.models.subjects import Subject
from mingqian.registry.organs import organ_to_read
from mingqian.registry.personal import services
from mingqian.registry.search.listing import SUBJECT_LIST, filter_of
from mingqian.registry.subjects import selectors as subject_selectors

#: Numbers that leave in full: title, width, the way to it.
Held = Sequence[tuple[str, int, Callable[[Any], str]]]
#: No phone number is as long; an ID number of the old form was.
_SHORTEST_ID = 15


class ReasonForm(forms.Form):
    """Why personal data is needed in full."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明办什么事需要，例如“送达检查通知书”。原因随查看人、时间一起留痕，供审计查看；不要写号码本身。",
        error_messages={"required": "请写明原因。"},
    )

    def clean_reason(self) -> str:
        """Refuse a reason that says nothing."""
        try:
            return services.checked_reason(self.cleaned_data["reason"])
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error


class FindForm(forms.Form):
    """An ID or phone number to look for. It is posted: an address would stay in histories and logs."""

    id_number = forms.CharField(
        label="身份证号码或电话号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="号码加密保存，只能按完整的号码查找：身份证号码、手机号码或带区号的固定电话。查找到的会留痕，号码本身不留。",
    )


class PersonalExportForm(ReasonForm):
    """Why a list leaves with personal data in full, and in which form."""

    form = forms.ChoiceField(
        label="文件格式", choices=[("xlsx", "Excel"), ("csv", "CSV")], initial="xlsx", widget=forms.RadioSelect
    )


def _ask(
    request: HttpRequest, *, name: str, held: str, back: str, reveal: Callable[[str], services.Revealed]
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    revealed = None
    if request.method == "POST" and form.is_valid():
        try:
            revealed = reveal(form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"form": form, "name": name, "held": held, "back": back, "revealed": revealed}
    return render(request, "registry/personal/reveal.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subject_reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show phone and ID number of a subject once."""
    user = user_of(request)
    found = subject_selectors.subject_for(user, number)
    held = "、".join(what for what, box in (("联系方式", found.phone_box), ("身份证号码", found.id_number_box)) if box)
    return _ask(
        request,
        name=found.name,
        held=held,
        back=reverse("registry:subject", args=[number]),
        reveal=lambda reason: services.reveal_subject(user, found, reason),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def expert_reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the contact of an expert once."""
    user = user_of(request)
    found = expert_selectors.expert_for(user, number)
    return _ask(
        request,
        name=found.name,
        held="联系方式" if found.contact_box else "",
        back=reverse("registry:expert", args=[number]),
        reveal=lambda reason: services.reveal_expert(user, found, reason),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subject_find(request: HttpRequest) -> HttpResponse:
    """Find subjects by the ID number of a person, or by a phone number (A6.1)."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found: list[Subject] = []
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["id_number"]
        try:
            if sum(sign.isalnum() for sign in number) >= _SHORTEST_ID:
                found = [services.find_by_id_number(user_of(request), number)]
            else:
                found = services.find_by_phone(user_of(request), number)
        except DomainError as error:
            form.add_error("id_number", str(error))
        if len(found) == 1:
            return redirect("registry:subject", number=found[0].number)
    context = {"form": form, "found": found}
    return render(request, "registry/personal/subject_find.html", context, status=400 if form.errors else 200)


def _export(
    request: HttpRequest, listing: Listing[Any], *, what: str, name: str, held: Held, said: Callable[[], str]
) -> HttpResponseBase:
    """Ask why a list leaves with personal data in full; put that on record, then give the file.

    `held` are titles of the numbers, each with its width and the way to it.
    """
    user = user_of(request)
    if organ_to_read(user, request.GET.get("organ", "")).pk != user.organ_id:
        raise Http404("只能导出本机关的完整号码。")
    _form, asked = listing.asked(request)
    rows = listing.rows(user, asked)
    count, filters = len(rows), said() or "全部"
    columns = "、".join(title for title, _width, _number in held)
    form = PersonalExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        facts = {"what": what, "name": name, "columns": columns, "filters": filters, "reason": reason}
        try:
            services.note_export(user, user.organ, count=count, **facts)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _whole_file(user, listing, rows, form=form.cleaned_data["form"], name=name, held=held)
    back = reverse(listing.name) + (f"?{request.GET.urlencode()}" if request.GET else "")
    context = {"form": form, "title": name, "columns": columns, "count": count, "filters": filters, "back": back}
    return render(request, "registry/personal/export_personal.html", context, status=400 if form.errors else 200)


def _whole_file(user: User, listing: Listing[Any], rows: Any, *, form: str, name: str, held: Held) -> HttpResponseBase:
    """Give the rows of a list with the numbers in full behind its own columns."""
    titles = [*listing.titles, *((f"{title}（完整）", width) for title, width, _number in held)]
    pairs = zip(listing.table(user, rows), rows, strict=True)
    cells = ([*row_cells, *(number(row) for _title, _width, number in held)] for row_cells, row in pairs)
    return tables.respond(form, f"{name}-含个人信息-{clock.today():%Y%m%d}", titles, cells)


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subjects_export_personal(request: HttpRequest) -> HttpResponseBase:
    """Give the filtered list of subjects with phones and ID numbers in full."""

    def said() -> str:
        filters = filter_of(request)
        filters.is_valid()
        return "；".join(f"{title}：{words}" for _name, _value, title, words in filters.chips())

    held: Held = (("联系方式", 20, Subject.phone), ("身份证号码", 22, services.id_number_of))
    return _export(request, SUBJECT_LIST, what="subject", name="抽查对象名录库", held=held, said=said)


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def experts_export_personal(request: HttpRequest) -> HttpResponseBase:
    """Give the filtered list of experts with contacts in full."""

    def said() -> str:
        form = ExpertFilter(request.GET)
        form.is_valid()
        asked = {name: value for name, value in form.cleaned_data.items() if value and name != "organ"}
        return "；".join(f"{form.fields[name].label}：{value}" for name, value in asked.items())

    held: Held = (("联系方式", 20, Expert.contact),)
    return _export(request, EXPERT_LIST, what="expert", name="专家和检测机构", held=held, said=said)
