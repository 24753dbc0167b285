"""Pages of inspectors: the list, one inspector, what stands beside them, who may be drawn on a day, one's own page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock
from mingqian.documents.imports.selectors import imports_of
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.registry import organs
from mingqian.registry.beside import Page, answer
from mingqian.registry.editing import edit
from mingqian.registry.history import history_of, keys_of_inspector
from mingqian.registry.models.inspectors import Inspector
from mingqian.registry.people import selectors, services
from mingqian.registry.people.forms import InspectorForm
from mingqian.registry.people.kinds import ABSENCES, DECLARE, INTERESTS, KINDS, OWN, QUALIFICATIONS
from mingqian.registry.people.listing import DRAWABLE_LIST, INSPECTOR_LIST, standing_of

officer = access.roles(*OFFICER_ROLES)
_LIST = ("执法检查人员", "registry:inspectors")
_INTERESTS_NOTE = "类别和说明只有本人、本机关经办人和领导能看到，不公开。抽取名单只公开哪两者回避。"


def _page(inspector: Inspector, tab: str = "") -> Page:
    back = reverse("registry:inspector", args=[inspector.certificate_number]) + (f"?tab={tab}" if tab else "")
    crumbs = ((_LIST[0], reverse(_LIST[1])), (inspector.name, back))
    return Page(back, crumbs, f"{inspector.name}　执法证号 {inspector.certificate_number}")


@require_GET
@access.roles(*READER_ROLES)
def inspectors(request: HttpRequest) -> HttpResponseBase:
    """List the inspector registry (A7.1), and say who may be drawn today."""
    return INSPECTOR_LIST.respond(request, **organs.organ_facts(request))


@require_GET
@access.roles(*READER_ROLES)
def drawable(request: HttpRequest) -> HttpResponseBase:
    """Say who may be drawn on a day and who may not, with the reason and its article (A7.1, A11.1)."""
    return DRAWABLE_LIST.respond(request)


@require_GET
@access.roles(*READER_ROLES)
def inspector(request: HttpRequest, number: str) -> HttpResponse:
    """Show an inspector."""
    user = user_of(request)
    found = selectors.inspector_for(user, number, request.GET.get("organ", ""))
    today = clock.today()
    own = found.organ_id == user.organ_id
    may_write = own and user.has_role(*OFFICER_ROLES)
    tab = request.GET.get("tab", "")
    # Interests are the own organ's affair, notes on relatives among them: who looks in from above sees none.
    interests = list(found.interests.select_related("subject")) if own else []
    kinds: dict[str, Any] = {
        "absences": (ABSENCES, found.absences.all()),
        "interests": (INTERESTS, interests),
        "facts": (QUALIFICATIONS, found.qualifications.filter(withdrawn=False)),
    }
    tab = tab if tab in {"history", *kinds} else "facts"
    context = {
        "inspector": found,
        "own": own,
        "organ_query": "" if own else f"&organ={found.organ.code}",
        "standing": standing_of(found, today),
        "tab": tab,
        "absences": len(kinds["absences"][1]),
        "interests": len(interests),
        "fields": [link.field.name for link in found.inspector_fields.select_related("field")],
        "history": history_of(keys_of_inspector(found)),
        "imports": imports_of(found.organ, "inspectors", found.certificate_number),
        "may_write": may_write,
    }
    if tab in kinds:
        kind, rows = kinds[tab]
        note = _INTERESTS_NOTE if tab == "interests" else ""
        context["section"] = kind.section(rows, today, number, may_write=may_write, note=note)
    return render(request, "registry/people/inspector.html", context)


@require_http_methods(["GET", "POST"])
@officer
def inspector_new(request: HttpRequest) -> HttpResponse:
    """Put one inspector into the registry without a table."""
    user, back = user_of(request), reverse(_LIST[1])
    return submit(
        request,
        lambda data: InspectorForm(data, organ=user.organ),
        lambda form: services.add_inspector(user, form.values(), form.divisions[form.cleaned_data["division"]]),
        done=lambda found: f"已新增：{found.name}",
        to=lambda found: reverse("registry:inspector", args=[found.certificate_number]),
        template="registry/form.html",
        context={"title": "新增执法检查人员", "page_of": Page(back, ((_LIST[0], back),))},
    )


@require_http_methods(["GET", "POST"])
@officer
def inspector_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change one inspector."""
    user = user_of(request)
    found = selectors.inspector_for(user, number)

    def change(form: InspectorForm, seen: str) -> list[str]:
        division = form.divisions[form.cleaned_data["division"]]
        why = form.cleaned_data["why"]
        return services.change_inspector_by_hand(
            user, found, form.values(), division, cleared=form.cleared(), seen=seen, why=why
        )

    return edit(
        request,
        find=lambda: selectors.inspector_for(user, number),
        form_of=lambda data, row: InspectorForm(data, organ=user.organ, inspector=row),
        change=change,
        key=selectors.key_of_inspector(found.organ, number),
        title="修改执法检查人员",
        page=_page(found),
    )


@require_http_methods(["GET", "POST"])
@officer
def new(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Put an absence, an interest (A11.2) or a qualification beside an inspector."""
    found = selectors.inspector_for(user_of(request), number)
    described, tab = KINDS[kind]
    return answer(request, described.new, found, _page(found, tab))


@require_http_methods(["GET", "POST"])
@officer
def deed(request: HttpRequest, pk: int, kind: str, verb: str) -> HttpResponse:
    """End or withdraw one."""
    row = selectors.beside_for(user_of(request), kind, pk)
    described, tab = KINDS[kind]
    return answer(request, described.deeds[verb], row, _page(row.inspector, tab))


@require_http_methods(["GET", "POST"])
@officer
def own(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Link an inspector with an account, or say under which business fields they are kept."""
    found = selectors.inspector_for(user_of(request), number)
    return answer(request, OWN[verb], found, _page(found, "facts"))


@require_GET
@access.roles(Role.INSPECTOR)
def mine(request: HttpRequest) -> HttpResponse:
    """Show inspectors what the registry says of themselves."""
    found = selectors.inspector_of(user_of(request))
    standing = standing_of(found, clock.today()) if found else None
    return render(request, "registry/people/mine.html", {"inspector": found, "standing": standing})


@require_http_methods(["GET", "POST"])
@access.roles(Role.INSPECTOR)
def declare(request: HttpRequest) -> HttpResponse:
    """Let inspectors declare an interest of their own (A11.2)."""
    found = selectors.inspector_of(user_of(request))
    if found is None:
        return redirect("registry:mine")
    back = reverse("registry:mine")
    return answer(request, DECLARE, found, Page(back, (("我的名录信息", back),), _page(found).sub))
