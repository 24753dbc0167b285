"""Pages of the versions of the item list."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import Role
from mingqian.planning.items.selectors import ITEM_RECORDS
from mingqian.planning.items.views import PAGES
from mingqian.planning.lists.listing import LIST_VERSIONS
from mingqian.planning.registers import composer, reader


@require_GET
@reader
def lists(request: HttpRequest) -> HttpResponseBase:
    """List the versions: what waits for a leader, what was published, what was returned."""
    user = user_of(request)
    waiting = len(ITEM_RECORDS.consulted(user.organ))
    return LIST_VERSIONS.respond(request, may_compose=user.has_role(Role.REGULATIONS_OFFICER), waiting=waiting)


@require_http_methods(["GET", "POST"])
@composer
def compose(request: HttpRequest) -> HttpResponse:
    """Choose what was agreed to, say why, and send the version to a leader."""
    return PAGES.compose(request, user_of(request).organ)
