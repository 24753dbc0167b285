"""Pages of experts and testing bodies (A9.6)."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.models import Organ
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.common import clock, tables
from mingqian.common.errors import DomainError
from mingqian.pages import access, versions as common_versions
from mingqian.pages.paging import page_of
from mingqian.registry import organs, versions
from mingqian.registry.experts import selectors, services, workbook
from mingqian.registry.experts.forms import ExpertFilter, ExpertForm
from mingqian.registry.guards import key_of_expert
from mingqian.registry.history import history_of
from mingqian.registry.models.experts import Expert
from mingqian.registry.personal.services import may_reveal


def filtered(request: HttpRequest) -> tuple[Organ, ExpertFilter, list[Expert]]:
    """Return the organ, the filters and the experts that the address asks for; Http404 for an organ that is not to be read."""
    user = user_of(request)
    organ = organs.organ_to_read(user, request.GET.get("organ", ""))
    rows = selectors.experts_visible_to(user, organ.code)
    form = ExpertFilter(request.GET)
    form.is_valid()
    data = form.cleaned_data
    if data.get("kind"):
        rows = rows.filter(kind=data["kind"])
    for word in data.get("text", "").split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(organisation__icontains=word)
            | Q(speciality__icontains=word)
            | Q(qualification_number__icontains=word)
        )
    today = clock.today()
    usable = data.get("usable")
    return organ, form, [row for row in rows if not usable or row.may_come_on(today) == (usable == "yes")]


@require_GET
@access.roles(*READER_ROLES)
def experts(request: HttpRequest) -> HttpResponse:
    """List experts and testing bodies."""
    user = user_of(request)
    organ, form, rows = filtered(request)
    own = organ.pk == user.organ_id
    today = clock.today()
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, row.may_come_on(today)) for row in page],
        "usable": sum(row.may_come_on(today) for row in rows),
        "empty": not selectors.experts_visible_to(user, organ.code).exists(),
        "filtered": any(form.cleaned_data.values()),
        "organ": organ,
        "own": own,
        "organs": organs.organs_to_read(user),
        "may_write": own and user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/experts/experts.html", context)


@require_GET
@access.roles(*READER_ROLES)
def experts_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file; contacts leave masked."""
    _organ, _form, rows = filtered(request)
    today = clock.today()
    cells = (workbook.expert_cells(row, today) for row in rows)
    return tables.respond(form, f"专家和检测机构-{today:%Y%m%d}", workbook.EXPERT_TITLES, cells)


@require_GET
@access.roles(*READER_ROLES)
def expert(request: HttpRequest, number: str) -> HttpResponse:
    """Show an expert or a testing body."""
    user = user_of(request)
    found = selectors.expert_for(user, number, request.GET.get("organ", ""))
    own = found.organ_id == user.organ_id
    context = {
        "expert": found,
        "own": own,
        "organ_query": "" if own else f"&organ={found.organ.code}",
        "may_reveal": bool(found.contact_box) and may_reveal(user, found.organ),
        "usable": found.may_come_on(clock.today()),
        "tab": "history" if request.GET.get("tab") == "history" else "facts",
        "history": history_of([key_of_expert(found.organ, found.number)]),
        "may_write": own and user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/experts/expert.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def expert_new(request: HttpRequest) -> HttpResponse:
    """Put an expert or a testing body on the list."""
    form = ExpertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.add_expert(user_of(request), form.values())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已新增：{found.name}，编号 {found.number}")
            return redirect("registry:expert", number=found.number)
    context = {"form": form, "title": "新增专家或检测机构"}
    return render(request, "registry/experts/expert_form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def expert_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change an expert or a testing body."""
    user = user_of(request)
    found = selectors.expert_for(user, number)
    current = ExpertForm(expert=found)
    posted = request.method == "POST"
    form = ExpertForm(common_versions.decided(request.POST, current) if posted else None, expert=found)
    if posted and form.is_valid():
        try:
            changed = services.change_expert(
                user, found, form.values(), seen=common_versions.expected(request), why=form.cleaned_data["why"]
            )
        except common_versions.EditedMeanwhileError:
            found = selectors.expert_for(user, number)
            return versions.clash(
                request,
                form,
                ExpertForm(expert=found),
                row=found,
                version=common_versions.version_of(found),
                key=key_of_expert(found.organ, found.number),
                back=reverse("registry:expert", args=[number]),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存，改动了：{'、'.join(changed)}" if changed else "没有改动。")
            return redirect("registry:expert", number=number)
    context = {"form": form, "title": "修改专家或检测机构", "expert": found}
    context["seen"] = common_versions.carried(request, current, common_versions.version_of(found))
    return render(request, "registry/experts/expert_form.html", context, status=400 if form.errors else 200)
