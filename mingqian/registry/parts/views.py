"""Permits, flags and exemptions of subjects: adding, ending, withdrawing; the lists of flags and of exemptions."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.pages import access
from mingqian.registry.beside import Page, answer
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts.kinds import KINDS
from mingqian.registry.parts.listing import EXEMPTION_LIST, FLAG_LIST, flags_in_force
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.subjects.selectors import part_for, subject_for

officer = access.roles(*OFFICER_ROLES)


def _page(subject: Subject) -> Page:
    back = reverse("registry:subject", args=[subject.number]) + "?tab=parts"
    crumbs = (("抽查对象", reverse("registry:subjects")), (subject.name, back))
    return Page(back, crumbs, f"{subject.name}　登记号 {subject.number}")


@require_http_methods(["GET", "POST"])
@officer
def new(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Put a permit, a flag (A12.3) or an exemption (A9.2) beside a subject."""
    found = subject_for(user_of(request), number)
    return answer(request, KINDS[kind].new, found, _page(found))


@require_http_methods(["GET", "POST"])
@officer
def deed(request: HttpRequest, pk: int, kind: str, verb: str) -> HttpResponse:
    """End or withdraw one."""
    part = part_for(user_of(request), kind, pk)
    return answer(request, KINDS[kind].deeds[verb], part, _page(part.subject))


@require_GET
@access.roles(*READER_ROLES)
def flags(request: HttpRequest) -> HttpResponseBase:
    """List all flags in force (A12.3)."""
    user = user_of(request)
    counts = Counter(flags_in_force(user).order_by().values_list("kind", flat=True))
    kinds = [(value, label, counts[value]) for value, label in FlagKind.choices]
    return FLAG_LIST.respond(request, kinds=kinds, may_write=user.has_role(*OFFICER_ROLES))


@require_GET
@access.roles(*READER_ROLES)
def exemptions(request: HttpRequest) -> HttpResponseBase:
    """List the exemptions, in force and past (A9.2)."""
    return EXEMPTION_LIST.respond(request, may_write=user_of(request).has_role(*OFFICER_ROLES))
