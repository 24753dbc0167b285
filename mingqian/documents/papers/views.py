"""Pages on which a bureau words its papers and looks at a sample of each."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.models.papers import Wording
from mingqian.documents.papers import services
from mingqian.documents.papers.forms import WordingForm
from mingqian.documents.papers.listing import LISTING
from mingqian.documents.papers.pdf import has_fonts
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.states import PaperKind, kind_of
from mingqian.pages import access


def _kind(key: str) -> PaperKind:
    found = kind_of(key)
    if found is None:
        raise Http404("没有这种文书。请从“文书用语”的列表进入。")
    return found


@require_GET
@access.roles(*READER_ROLES)
def papers(request: HttpRequest) -> HttpResponseBase:
    """List the kinds of papers."""
    return LISTING.respond(request, has_fonts=has_fonts())


@require_http_methods(["GET", "POST"])
@access.roles(*READER_ROLES)
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """Show how a kind of paper is worded, with a sample; the regulations division words it anew."""
    user, kind = user_of(request), _kind(key)
    texts = services.wording(user.organ, kind)
    seen = services.digest_of(texts)
    form = WordingForm(request.POST or None, kind=kind, texts=texts)
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            texts = form.texts()
        else:
            try:
                changed = services.change_wording(
                    user, kind, form.texts(), why=form.cleaned_data["why"], seen=request.POST.get("seen", "")
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"已保存，改动了：{'、'.join(changed)}" if changed else "没有改动。")
                return redirect("documents:paper", key=key)
    context = {
        "kind": kind,
        "form": form,
        "seen": seen,
        "paper": preview(kind.sample(texts)),
        "may_write": user.has_role(Role.REGULATIONS_OFFICER),
        "versions": Wording.objects.filter(organ=user.organ, kind=key).order_by("-changed_at", "-pk")[:50],
        "labels": {part.key: part.label for part in kind.parts},
        "has_fonts": has_fonts(),
    }
    return render(request, "documents/paper.html", context, status=400 if form.errors else 200)


@require_GET
@access.roles(*READER_ROLES)
def sample(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Give a sample of a kind of paper, in the wording in force."""
    kind = _kind(key)
    if form not in {"pdf", "docx"}:
        raise Http404("只能下载 PDF 或 Word 文件。")
    texts = services.wording(user_of(request).organ, kind)
    return services.paper_response([kind.sample(texts)], form, f"样张-{kind.title}", clock.now())
