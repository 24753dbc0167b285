"""Pages of libraries (专项库): which there are, and who is in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.registry.libraries import services, workbook
from mingqian.registry.libraries.forms import LibraryForm, PasteForm, SubjectLibrariesForm
from mingqian.registry.models.parts import BAR
from mingqian.registry.subjects import selectors as subject_selectors
from mingqian.registry.subjects.selectors import libraries_of, library_for

officer = access.roles(*OFFICER_ROLES)


@require_GET
@access.roles(*READER_ROLES)
def libraries(request: HttpRequest) -> HttpResponseBase:
    """List the libraries with how many subjects are in each."""
    user = user_of(request)
    everything = subject_selectors.subjects_visible_to(user)
    rows = [
        (library, everything.filter(libraries__contains=BAR + library.code + BAR).count())
        for library in libraries_of(user.organ)
    ]
    if form := tables.asked_form(request):
        cells = (workbook.library_cells(library, count) for library, count in rows)
        return tables.respond(form, f"专项库-{clock.today():%Y%m%d}", workbook.LIBRARY_TITLES, cells)
    return render(
        request, "registry/libraries/libraries.html", {"rows": rows, "may_write": user.has_role(*OFFICER_ROLES)}
    )


@require_http_methods(["GET", "POST"])
@officer
def library_new(request: HttpRequest) -> HttpResponse:
    """Set up a library."""
    user = user_of(request)
    form = LibraryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.add_library(user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已建立专项库：{found.name}。下一步可以批量加入对象。")
            return redirect("registry:libraries")
    context = {"form": form, "title": "新建专项库"}
    return render(request, "registry/libraries/library_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def library_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a library, change its basis, retire it."""
    user = user_of(request)
    found = library_for(user, code)
    form = LibraryForm(request.POST or None, library=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_library(user, found, name=data["name"], basis=data["basis"], active=data["active"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存专项库：{data['name']}")
            return redirect("registry:libraries")
    context = {"form": form, "title": "修改专项库", "library": found}
    return render(request, "registry/libraries/library_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def library_put_in(request: HttpRequest, code: str) -> HttpResponse:
    """Put subjects into a library by a pasted list of codes: first a preview of what was found, then one act."""
    user = user_of(request)
    found = library_for(user, code)
    form = PasteForm(request.POST or None)
    pasted = None
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["codes"]
        try:
            if "confirm" in request.POST:
                done = services.put_in(user, found, text)
                messages.success(request, f"已将 {len(done.new)} 个对象加入{found.name}。")
                return redirect(reverse("registry:libraries"))
            pasted = services.read_pasted(found.organ, found, text)
        except DomainError as error:
            form.add_error("codes", str(error))
    context = {"form": form, "library": found, "pasted": pasted}
    return render(request, "registry/libraries/library_paste.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@officer
def subject_libraries(request: HttpRequest, number: str) -> HttpResponse:
    """Put one subject into libraries or out of them."""
    user = user_of(request)
    found = subject_selectors.subject_for(user, number)
    form = SubjectLibrariesForm(request.POST if request.method == "POST" else None, subject=found)
    back = reverse("registry:subject", args=[number])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            changed = services.set_libraries(user, found, data["libraries"], why=data["why"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存专项库。" if changed else "没有改动。")
            return redirect(back)
    note = "抽查事项可以限定只抽某个专项库里的对象。不勾选的即移出，变更留痕。"
    context = {"form": form, "subject": found, "title": "设置专项库", "note": note, "back": back}
    context["none"] = not form.fields["libraries"].choices  # type: ignore[attr-defined]
    return render(request, "registry/parts/part_form.html", context, status=400 if form.errors else 200)
