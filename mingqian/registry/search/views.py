"""The list of the subject registry: filters that stay in the address, counts above, export."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from mingqian.accounts.states import READER_ROLES
from mingqian.pages import access
from mingqian.registry.organs import organ_facts
from mingqian.registry.search.listing import SUBJECT_LIST


@require_GET
@access.roles(*READER_ROLES)
def subjects(request: HttpRequest) -> HttpResponseBase:
    """List the subject registry (A6.1), of the own organ or of one below it (A4.2)."""
    return SUBJECT_LIST.respond(request, **organ_facts(request))
