"""Where outside parties who cannot be reached fetch what they cosign, and hand their signatures in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from mingqian.common.errors import DomainError
from mingqian.ledger.cosigning import selectors, services
from mingqian.pages import access

_TEXT = "text/plain; charset=utf-8"
_MOST = 100_000


@require_GET
@access.public
def cosign_request(_request: HttpRequest, seen: int) -> HttpResponse:
    """Hand out the next checkpoint for somebody who has seen `seen` entries, with its proof (body of C2SP's `add-checkpoint`)."""
    try:
        found = selectors.request_for(seen)
    except ValueError as error:
        raise Http404("留痕没有这么多条。") from error
    if found is None:
        raise Http404("还没有留痕，所以没有检查点。")
    return HttpResponse(found[1], content_type=_TEXT)


# Whoever sends a signature proves himself by it; nobody is signed in, so there is nothing that another site's form could misuse.
@csrf_exempt
@require_POST
@access.public
def cosignatures(request: HttpRequest) -> HttpResponse:
    """Take a cosigned checkpoint."""
    length = request.headers.get("Content-Length", "")
    if not length.isdigit() or int(length) > _MOST:
        return HttpResponse("内容太长。\n", content_type=_TEXT, status=413)
    try:
        taken = services.take(request.body.decode())
    except UnicodeDecodeError:
        return HttpResponse("这不是文本。\n", content_type=_TEXT, status=400)
    except DomainError as error:
        return HttpResponse(f"{error}\n", content_type=_TEXT, status=400)
    return HttpResponse("".join(f"{one.cosigner.name} {one.size}\n" for one in taken), content_type=_TEXT)
