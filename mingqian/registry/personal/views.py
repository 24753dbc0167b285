"""Pages of personal data in full: asked for with a reason, shown once; a list as a file, with a reason too (A20.1)."""

from collections.abc import Callable, Iterable

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
from mingqian.registry.experts import selectors as expert_selectors, workbook as expert_workbook
from mingqian.registry.experts.views import filtered as filtered_experts
from mingqian.registry.models.subjects import Subject
from mingqian.registry.personal import services
from mingqian.registry.search.views import filtered as filtered_subjects
from mingqian.registry.subjects import selectors as subject_selectors, workbook as subject_workbook
from mingqian.registry.subjects.log import Words

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


def _export_page(
    request: HttpRequest, form: forms.Form, *, title: str, columns: str, count: int, filters: str, back: str
) -> HttpResponse:
    context = {"form": form, "title": title, "columns": columns, "count": count, "filters": filters, "back": back}
    return render(request, "registry/personal/export_personal.html", context, status=400 if form.errors else 200)


def _noted(
    user: User, form: PersonalExportForm, *, what: str, name: str, columns: str, count: int, filters: str
) -> bool:
    """Record the export; say whether it may go on, with the error on the form where it may not."""
    try:
        services.note_export(
            user,
            user.organ,
            what=what,
            name=name,
            columns=columns,
            filters=filters,
            count=count,
            reason=form.cleaned_data["reason"],
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _subject_rows(subjects: Iterable[Subject], words: Words) -> Iterable[list[str]]:
    for subject in subjects:
        yield [*subject_workbook.subject_cells(subject, words), subject.phone(), services.id_number_of(subject)]


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def subjects_export_personal(request: HttpRequest) -> HttpResponseBase:
    """Give the filtered list of subjects with phones and ID numbers in full."""
    user = user_of(request)
    organ, filters, hits = filtered_subjects(request)
    if organ.pk != user.organ_id:
        raise Http404("只能导出本机关名录库的完整号码。")
    said = "；".join(f"{title}：{words}" for _name, _value, title, words in filters.chips()) or "全部"
    name, columns = "抽查对象名录库", "联系方式、身份证号码"
    form = PersonalExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        count = hits.summary.total
        if _noted(user, form, what="subject", name=name, columns=columns, count=count, filters=said):
            titles = (*subject_workbook.SUBJECT_TITLES, ("联系方式（完整）", 20), ("身份证号码（完整）", 22))
            file = f"{name}-含个人信息-{clock.today():%Y%m%d}"
            return tables.respond(form.cleaned_data["form"], file, titles, _subject_rows(hits, Words(organ)))
    back = reverse("registry:subjects") + (f"?{request.GET.urlencode()}" if request.GET else "")
    total = hits.summary.total
    return _export_page(request, form, title=name, columns=columns, count=total, filters=said, back=back)


@never_cache
@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def experts_export_personal(request: HttpRequest) -> HttpResponseBase:
    """Give the filtered list of experts with contacts in full."""
    user = user_of(request)
    organ, filters, rows = filtered_experts(request)
    if organ.pk != user.organ_id:
        raise Http404("只能导出本机关名册的完整号码。")
    asked = [f"{filters.fields[key].label}：{value}" for key, value in filters.cleaned_data.items() if value]
    said = "；".join(asked) or "全部"
    name, columns = "专家和检测机构", "联系方式"
    form = PersonalExportForm(request.POST if request.method == "POST" else None)
    posted = request.method == "POST" and form.is_valid()
    if posted and _noted(user, form, what="expert", name=name, columns=columns, count=len(rows), filters=said):
        titles = (*expert_workbook.EXPERT_TITLES, ("联系方式（完整）", 20))
        today = clock.today()
        cells = ([*expert_workbook.expert_cells(row, today), row.contact()] for row in rows)
        return tables.respond(form.cleaned_data["form"], f"{name}-含个人信息-{today:%Y%m%d}", titles, cells)
    back = reverse("registry:experts") + (f"?{request.GET.urlencode()}" if request.GET else "")
    return _export_page(request, form, title=name, columns=columns, count=len(rows), filters=said, back=back)
