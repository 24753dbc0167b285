"""Pages of libraries (专项库): which there are, and who is in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.registry.beside import Page
from mingqian.registry.libraries import services
from mingqian.registry.libraries.forms import LibraryForm, PasteForm, SubjectLibrariesForm
from mingqian.registry.libraries.listing import LIBRARY_LIST
from mingqian.registry.models.libraries import Library
from mingqian.registry.subjects import selectors as subject_selectors
from mingqian.registry.subjects.selectors import library_for

officer = access.roles(*OFFICER_ROLES)


@require_GET
@access.roles(*READER_ROLES)
def libraries(request: HttpRequest) -> HttpResponseBase:
    """List the libraries with how many subjects are in each."""
    return LIBRARY_LIST.respond(request, may_write=user_of(request).has_role(*OFFICER_ROLES))


def _page() -> Page:
    back = reverse("registry:libraries")
    return Page(back, (("抽查对象", reverse("registry:subjects")), (LIBRARY_LIST.title, back)))


@require_http_methods(["GET", "POST"])
@officer
def library_new(request: HttpRequest) -> HttpResponse:
    """Set up a library."""
    user = user_of(request)
    return submit(
        request,
        LibraryForm,
        lambda form: services.add_library(user, **form.cleaned_data),
        done=lambda found: f"已建立专项库：{found.name}。下一步可以批量加入对象。",
        to=reverse("registry:libraries"),
        template="registry/form.html",
        context={"title": "新建专项库", "page_of": _page()},
    )


def _change(user: User, library: Library, form: LibraryForm) -> Library:
    data = form.cleaned_data
    return services.change_library(user, library, name=data["name"], basis=data["basis"], active=data["active"])


@require_http_methods(["GET", "POST"])
@officer
def library_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a library, change its basis, retire it."""
    user = user_of(request)
    found = library_for(user, code)
    return submit(
        request,
        lambda data: LibraryForm(data, library=found),
        lambda form: _change(user, found, form),
        done=lambda changed: f"已保存专项库：{changed.name}",
        to=reverse("registry:libraries"),
        template="registry/form.html",
        context={"title": "修改专项库", "page_of": _page()},
    )


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
    back = reverse("registry:subject", args=[number])
    crumbs = (("抽查对象", reverse("registry:subjects")), (found.name, back))

    def act(form: SubjectLibrariesForm) -> bool:
        return services.set_libraries(user, found, form.cleaned_data["libraries"], why=form.cleaned_data["why"])

    return submit(
        request,
        lambda data: SubjectLibrariesForm(data, subject=found),
        act,
        done=lambda changed: "已保存专项库。" if changed else "没有改动。",
        to=back,
        template="registry/libraries/subject.html",
        context=lambda form: {
            "title": "设置专项库",
            "note": "抽查事项可以限定只抽某个专项库里的对象。不勾选的即移出，变更留痕。",
            "page_of": Page(back, crumbs, f"{found.name}　登记号 {found.number}"),
            "none": form.none,
        },
    )
