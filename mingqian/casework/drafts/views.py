"""Where a page keeps its form while it is written, and where one says that it is not wanted any more."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mingqian.accounts.selectors import user_of
from mingqian.casework.drafts.services import Drafts
from mingqian.pages import access
from mingqian.pages.submission import rescue


@require_POST
@access.public
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the posted form of whoever the page was made for: its signed token says so, also once the session has ended (204, else 400)."""
    return HttpResponse(status=204 if rescue(request.POST) else 400)


@require_POST
@access.signed_in
def drop(request: HttpRequest) -> HttpResponse:
    """Forget what was kept of a form, and show the form anew."""
    path = request.POST.get("path", "")
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        path = "/"
    Drafts().drop(user_of(request).pk, path)
    return HttpResponseRedirect(path)
