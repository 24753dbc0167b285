"""Pages of experts and testing bodies (A9.6)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.registry import organs
from mingqian.registry.beside import Page
from mingqian.registry.editing import edit
from mingqian.registry.experts import selectors, services
from mingqian.registry.experts.forms import ExpertForm
from mingqian.registry.experts.listing import EXPERT_LIST, usable_state
from mingqian.registry.guards import key_of_expert
from mingqian.registry.history import history_of
from mingqian.registry.personal.services import may_reveal


@require_GET
@access.roles(*READER_ROLES)
def experts(request: HttpRequest) -> HttpResponseBase:
    """List experts and testing bodies; contacts leave masked."""
    return EXPERT_LIST.respond(request, **organs.organ_facts(request))


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
        "usable": usable_state(found),
        "tab": "history" if request.GET.get("tab") == "history" else "facts",
        "history": history_of([key_of_expert(found.organ, found.number)]),
        "may_write": own and user.has_role(*OFFICER_ROLES),
    }
    return render(request, "registry/experts/expert.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def expert_new(request: HttpRequest) -> HttpResponse:
    """Put an expert or a testing body on the list."""
    user, back = user_of(request), reverse("registry:experts")
    return submit(
        request,
        ExpertForm,
        lambda form: services.add_expert(user, form.values()),
        done=lambda found: f"已新增：{found.name}，编号 {found.number}",
        to=lambda found: reverse("registry:expert", args=[found.number]),
        template="registry/form.html",
        context={"title": "新增专家或检测机构", "page_of": Page(back, ((EXPERT_LIST.title, back),))},
    )


@require_http_methods(["GET", "POST"])
@access.roles(*OFFICER_ROLES)
def expert_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change an expert or a testing body."""
    user = user_of(request)
    found = selectors.expert_for(user, number)
    back = reverse("registry:expert", args=[number])
    return edit(
        request,
        find=lambda: selectors.expert_for(user, number),
        form_of=lambda data, row: ExpertForm(data, expert=row),
        change=lambda form, seen: services.change_expert(
            user, found, form.values(), seen=seen, why=form.cleaned_data["why"]
        ),
        key=key_of_expert(found.organ, number),
        title="修改专家或检测机构",
        page=Page(back, ((EXPERT_LIST.title, reverse("registry:experts")), (found.name, back))),
    )
