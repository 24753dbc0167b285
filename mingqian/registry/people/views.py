"""Pages of the two registries. Imports have their own file."""

from django.contrib import messages
from django.db.models import Q, prefetch_related_objects
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
from mingqian.pages import access, versions as common_versions
from mingqian.pages.paging import page_of
from mingqian.registry import organs, versions
from mingqian.registry.history import history_of, keys_of_inspector
from mingqian.registry.imports import selectors as import_selectors
from mingqian.registry.models.inspectors import Inspector
from mingqian.registry.people import selectors, services, workbook
from mingqian.registry.people.forms import InspectorFilter, InspectorForm
from mingqian.registry.people.selectors import OUT_ARTICLES, OUT_WORDS, why_not_drawable


def _tab(request: HttpRequest, *more: str) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in {"history", *more} else "facts"


def _filtered_inspectors(request: HttpRequest, user: User) -> tuple[InspectorFilter, list[Inspector]]:
    organ = organs.organ_to_read(user, request.GET.get("organ", ""))
    rows = selectors.inspectors_visible_to(user, organ.code)
    form = InspectorFilter(request.GET, organ=organ)
    form.is_valid()
    data = form.cleaned_data
    if data.get("division"):
        rows = rows.filter(division=data["division"])
    if data.get("field"):
        rows = rows.filter(inspector_fields__field=data["field"])
    for word in data.get("text", "").split():
        rows = rows.filter(Q(name__icontains=word) | Q(certificate_number__icontains=word) | Q(post__icontains=word))
    found = list(rows)
    if data.get("drawable"):
        today = clock.today()
        found = [
            inspector for inspector in found if bool(why_not_drawable(inspector, today)) == (data["drawable"] == "no")
        ]
    return form, found


@require_GET
@access.roles(*READER_ROLES)
def inspectors(request: HttpRequest) -> HttpResponse:
    """List the inspector registry (A7.1), and say who may be drawn today."""
    user = user_of(request)
    form, rows = _filtered_inspectors(request, user)
    today = clock.today()
    page = page_of(request, rows)
    organ = organs.organ_to_read(user, request.GET.get("organ", ""))
    own = organ.pk == user.organ_id
    context = {
        "form": form,
        "page": page,
        "organ": organ,
        "own": own,
        "organs": organs.organs_to_read(user),
        "rows": [(inspector, OUT_WORDS.get(why_not_drawable(inspector, today), "")) for inspector in page],
        "divisions": len({inspector.division_id for inspector in rows}),
        "drawable": sum(not why_not_drawable(inspector, today) for inspector in rows),
        "empty": not selectors.inspectors_visible_to(user, organ.code).exists(),
        "filtered": any(form.cleaned_data.values()),
        "may_write": own and user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/people/inspectors.html", context)


@require_GET
@access.roles(*READER_ROLES)
def inspectors_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file."""
    _form, rows = _filtered_inspectors(request, user_of(request))
    prefetch_related_objects(rows, "inspector_fields__field", "qualifications")
    today = clock.today()
    cells = (workbook.inspector_cells(inspector, today) for inspector in rows)
    return tables.respond(form, f"执法检查人员名录库-{today:%Y%m%d}", workbook.INSPECTOR_TITLES, cells)


@require_GET
@access.roles(*READER_ROLES)
def inspector(request: HttpRequest, number: str) -> HttpResponse:
    """Show an inspector."""
    user = user_of(request)
    found = selectors.inspector_for(user, number, request.GET.get("organ", ""))
    today = clock.today()
    why = why_not_drawable(found, today)
    own = found.organ_id == user.organ_id
    context = {
        "inspector": found,
        "own": own,
        "organ_query": "" if own else f"&organ={found.organ.code}",
        "out": OUT_WORDS.get(why, ""),
        "article": OUT_ARTICLES.get(why, ""),
        "today": today,
        "tab": _tab(request, "absences", "interests"),
        "absences": [(row, row.covers(today)) for row in found.absences.all()],
        # Interests are the own organ's affair, notes on relatives among them: who looks in from above sees none.
        "interests": [(row, row.covers(today)) for row in found.interests.select_related("subject")] if own else [],
        "fields": [link.field.name for link in found.inspector_fields.select_related("field")],
        "qualifications": [(row, row.valid_on(today)) for row in found.qualifications.filter(withdrawn=False)],
        "history": history_of(keys_of_inspector(found)),
        "imports": import_selectors.imports_of(found.organ, "inspectors", found.certificate_number),
        "may_write": own and user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/people/inspector.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def inspector_new(request: HttpRequest) -> HttpResponse:
    """Put one inspector into the registry without a table."""
    user = user_of(request)
    form = InspectorForm(request.POST or None, organ=user.organ)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.add_inspector(user, form.values(), form.divisions[form.cleaned_data["division"]])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已新增：{found.name}")
            return redirect("registry:inspector", number=found.certificate_number)
    return render(
        request,
        "registry/people/inspector_form.html",
        {"form": form, "title": "新增执法检查人员"},
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def inspector_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change one inspector."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)
    current = InspectorForm(organ=user.organ, inspector=found)
    posted = request.method == "POST"
    form = InspectorForm(
        common_versions.decided(request.POST, current) if posted else None, organ=user.organ, inspector=found
    )
    if posted and form.is_valid():
        division = form.divisions[form.cleaned_data["division"]]
        try:
            changed = services.change_inspector_by_hand(
                user,
                found,
                form.values(),
                division,
                cleared=form.cleared(),
                seen=common_versions.expected(request),
                why=form.cleaned_data["why"],
            )
        except common_versions.EditedMeanwhileError:
            found = selectors.inspector_for(user, number)
            return versions.clash(
                request,
                form,
                InspectorForm(organ=user.organ, inspector=found),
                row=found,
                version=common_versions.version_of(found),
                key=selectors.key_of_inspector(found.organ, number),
                back=reverse("registry:inspector", args=[number]),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已保存，改动了：{'、'.join(changed)}" if changed else "没有改动。")
            return redirect("registry:inspector", number=found.certificate_number)
    context = {"form": form, "title": "修改执法检查人员", "inspector": found}
    context["seen"] = common_versions.carried(request, current, common_versions.version_of(found))
    return render(request, "registry/people/inspector_form.html", context, status=400 if form.errors else 200)
