"""Whose registries somebody may read."""

from typing import Any

from django import forms
from django.http import HttpRequest

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organ_for, organs_visible_to, user_of
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.pages.fields import FilterForm


def organs_to_read(user: User) -> list[Organ]:
    """Return the organs whose registries `user` may look into: the own one first, then those below it (A4.2)."""
    return sorted(organs_visible_to(user), key=lambda organ: (organ.pk != user.organ_id, organ.code))


def organ_to_read(user: User, code: str) -> Organ:
    """Return the organ that an address names (`?organ=CODE`), else the own one; Http404 where it is not below the own one."""
    return user.organ if code in {"", user.organ.code} else organ_for(user, code)


class OrganFilter(FilterForm):
    """Filters above a list of a registry, which may be that of an organ below the own one."""

    organ = forms.CharField(required=False, widget=forms.HiddenInput)


def organ_facts(request: HttpRequest) -> dict[str, Any]:
    """Return what the page of a list says of the organ that its address names: whether it is the own one, who may write, which others."""
    user = user_of(request)
    organ = organ_to_read(user, request.GET.get("organ", ""))
    own = organ.pk == user.organ_id
    organs = organs_to_read(user)
    return {"organ": organ, "own": own, "organs": organs, "may_write": own and user.has_role(*OFFICER_ROLES)}
