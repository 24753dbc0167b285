"""The outside parties who cosign the log: who they are, up to where they signed, and what comes by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.ledger import selectors as ledger_selectors
from mingqian.ledger.cosigning import services
from mingqian.ledger.cosigning.selectors import parties
from mingqian.ledger.models import Cosigner
from mingqian.pages import access
from mingqian.pages.submission import deed, submit
from mingqian.portal.forms import CosignatureForm, CosignerEndForm, CosignerForm

READERS = (*READER_ROLES, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN)
BEARERS = (Role.AUDIT_ADMIN, Role.SECURITY_ADMIN)
_CRUMBS = [("外部见证", "/ledger/cosigners/")]


def _page() -> str:
    return reverse("portal:cosigners")


@require_GET
@access.roles(*READERS)
def cosigners(request: HttpRequest) -> HttpResponse:
    """Show the parties and up to where each has signed."""
    me = user_of(request)
    context = {
        "parties": parties(),
        "size": ledger_selectors.size(),
        "may_read": me.has_role(*READER_ROLES, Role.AUDIT_ADMIN),
        "may_register": me.has_role(Role.SECURITY_ADMIN),
        "may_upload": me.has_role(*BEARERS),
    }
    return render(request, "portal/cosigners.html", context)


@require_http_methods(["GET", "POST"])
@access.roles(Role.SECURITY_ADMIN)
def cosigner_new(request: HttpRequest) -> HttpResponse:
    """Register a party."""
    return submit(
        request,
        CosignerForm,
        lambda form: services.register(user_of(request).actor, **form.cleaned_data),
        template="form.html",
        to=_page(),
        done=lambda made: f"已登记{made.name}。",
        context={
            "title": "登记外部见证方",
            "sub": "审计、公证、媒体等机关以外的单位为检查点签名后，改写历史、另造一份记录都会被发现。",
            "crumbs": _CRUMBS,
            "act": "登记",
        },
    )


@require_http_methods(["GET", "POST"])
@access.roles(Role.SECURITY_ADMIN)
def cosigner_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a party no longer."""
    row = get_object_or_404(Cosigner, pk=pk)
    return submit(
        request,
        CosignerEndForm,
        lambda form: services.end(user_of(request).actor, row, form.cleaned_data["why"]),
        template="form.html",
        to=_page(),
        done=f"已停用{row.name}，它签过的检查点照样有效。",
        context={"title": f"停用{row.name}", "sub": "停用以后不再计入见证数。", "crumbs": _CRUMBS, "act": "停用"},
    )


@require_http_methods(["GET", "POST"])
@access.roles(*BEARERS)
def cosignature_upload(request: HttpRequest) -> HttpResponse:
    """Take a signature that was carried by hand."""
    return submit(
        request,
        lambda data: CosignatureForm(data, request.FILES or None),
        lambda form: services.take(form.cleaned_data["file"]),
        template="portal/cosignature.html",
        to=_page(),
        done=lambda taken: "、".join(f"{one.cosigner.name}见证到 {one.size:,} 条" for one in taken),
        context={
            "title": "上传见证签名",
            "sub": "人工传递：下载请求文件，由见证方签名，再把文件传回来。",
            "crumbs": _CRUMBS,
        },
    )


@require_POST
@access.roles(*BEARERS)
def cosigners_ask(request: HttpRequest) -> HttpResponse:
    """Ask every party that has an address, in the background."""
    return deed(request, services.ask_everybody, done="正在向有地址的见证方请求签名，稍后刷新查看。", to=_page())
