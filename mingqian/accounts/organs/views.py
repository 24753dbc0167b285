"""Organs, divisions and fields: what the system administrator keeps."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts import services
from mingqian.accounts.forms import DivisionForm, FieldForm, OrganForm
from mingqian.accounts.models.organs import Division, Organ
from mingqian.accounts.organs.listing import LISTING
from mingqian.accounts.selectors import fields_of, organ_for, organs_visible_to, user_of
from mingqian.accounts.states import ADMIN_ROLES, DivisionKind, OrganKind, Role
from mingqian.pages import access
from mingqian.pages.submission import submit

system = access.roles(Role.SYSTEM_ADMIN)
_SIMPLE = "accounts/simple_form.html"


def _page(organ: Organ) -> str:
    return reverse("accounts:organ", args=[organ.code])


@require_GET
@access.roles(*ADMIN_ROLES)
def organs(request: HttpRequest) -> HttpResponseBase:
    """Show the tree of organs with their divisions."""
    return LISTING.respond(request, may_edit=user_of(request).has_role(Role.SYSTEM_ADMIN))


@require_http_methods(["GET", "POST"])
@system
def organ_new(request: HttpRequest) -> HttpResponseBase:
    """Add an organ below one's own."""
    user = user_of(request)
    known, initial = organs_visible_to(user), {"parent": user.organ, "kind": OrganKind.DISTRICT}

    def add(form: OrganForm) -> Organ:
        parent = form.cleaned_data["parent"] or user.organ
        return services.create_organ(user.actor, **{**form.cleaned_data, "parent": parent})

    return submit(
        request,
        lambda data: OrganForm(data, organs=known, initial=initial),
        add,
        done=lambda made: f"已新增机关“{made.name}”。",
        to=_page,
        template="accounts/organ_form.html",
    )


@require_http_methods(["GET", "POST"])
@system
def organ(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change an organ; show its divisions and fields."""
    user = user_of(request)
    thing = organ_for(user, code)
    initial = {name: getattr(thing, name) for name in ("name", "short_name", "kind", "area_code", "parent")}

    def change(form: OrganForm) -> Organ:
        # What stands above one's own organ is not one's own to change.
        own = {"parent": thing.parent} if thing.pk == user.organ_id else {}
        return services.change_organ(user.actor, thing, **{**form.cleaned_data, **own})

    return submit(
        request,
        lambda data: OrganForm(data, organs=organs_visible_to(user), fixed_code=True, initial=initial),
        change,
        done="已保存。",
        to=_page(thing),
        template="accounts/organ.html",
        context={
            "organ": thing,
            "divisions": thing.divisions.prefetch_related("division_fields__field"),
            "fields": fields_of(thing),
        },
    )


@require_http_methods(["GET", "POST"])
@system
def division_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """Add a division."""
    user = user_of(request)
    thing = organ_for(user, code)

    def add(form: DivisionForm) -> Division:
        data = form.cleaned_data
        made = services.create_division(
            user.actor, organ=thing, code=data["code"], name=data["name"], kind=data["kind"]
        )
        return services.change_division(
            user.actor, made, name=made.name, kind=data["kind"], fields=data["fields_of_work"]
        )

    return submit(
        request,
        lambda data: DivisionForm(data, fields=fields_of(thing), initial={"kind": DivisionKind.BUSINESS}),
        add,
        done=lambda made: f"已新增科室“{made.name}”。",
        to=_page(thing),
        template=_SIMPLE,
        context={"organ": thing, "title": "新增科室"},
    )


@require_http_methods(["GET", "POST"])
@system
def division(request: HttpRequest, code: str, division_code: str) -> HttpResponseBase:
    """Change a division."""
    user = user_of(request)
    thing = organ_for(user, code)
    found = get_object_or_404(Division, organ=thing, code=division_code)
    held = [row.field_id for row in found.division_fields.all()]
    initial = {"name": found.name, "kind": found.kind, "fields_of_work": held}

    def change(form: DivisionForm) -> Division:
        data = form.cleaned_data
        return services.change_division(
            user.actor, found, name=data["name"], kind=data["kind"], fields=data["fields_of_work"]
        )

    return submit(
        request,
        lambda data: DivisionForm(data, fields=fields_of(thing), fixed_code=True, initial=initial),
        change,
        done="已保存。",
        to=_page(thing),
        template=_SIMPLE,
        context={"organ": thing, "title": f"科室：{found.name}"},
    )


@require_http_methods(["GET", "POST"])
@system
def field_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """Add a business field."""
    user = user_of(request)
    thing = organ_for(user, code)
    return submit(
        request,
        FieldForm,
        lambda form: services.create_field(user.actor, organ=thing, **form.cleaned_data),
        done="已新增业务领域。",
        to=_page(thing),
        template=_SIMPLE,
        context={"organ": thing, "title": "新增业务领域"},
    )
