"""The workbench, the ledger's page for those who answer for it, error pages, the page of components."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES, Role
from mingqian.ledger import selectors as ledger_selectors
from mingqian.ledger.models import Verification
from mingqian.ledger.verification import services as verification_services
from mingqian.pages import access
from mingqian.pages.submission import submit
from mingqian.portal.forms import AnswerForm
from mingqian.portal.gallery import component_samples
from mingqian.portal.listing import LEDGER
from mingqian.portal.workbench import selectors as workbench_selectors

_SERVER_ERROR = Path(__file__).parent / "templates" / "portal" / "server_error.html"
LEDGER_READERS = (*READER_ROLES, Role.AUDIT_ADMIN)


@require_GET
@access.signed_in
def workbench(request: HttpRequest) -> HttpResponse:
    """Show what waits for the user, what runs, and what was done last."""
    return render(request, "portal/workbench.html", {"board": workbench_selectors.board_for(user_of(request))})


@require_GET
@access.roles(*LEDGER_READERS)
def ledger(request: HttpRequest) -> HttpResponseBase:
    """Show the newest acts, the latest signed checkpoint, and the last verifications."""
    return LEDGER.respond(
        request,
        size=ledger_selectors.size(),
        checkpoint=ledger_selectors.latest_checkpoint(),
        runs=Verification.objects.all()[:5],
    )


@require_POST
@access.roles(*LEDGER_READERS)
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """Start a verification of the whole log in the background."""
    run = verification_services.ask_for_verification(user_of(request).actor)
    return redirect("portal:ledger-verification", pk=run.pk)


@require_GET
@access.roles(*LEDGER_READERS)
def ledger_verification(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a verification; while it runs, the page asks again by itself."""
    run = get_object_or_404(Verification, pk=pk)
    template = "portal/_verification.html" if request.headers.get("HX-Request") else "portal/verification.html"
    return render(request, template, {"run": run, "may_answer": user_of(request).has_role(Role.AUDIT_ADMIN)})


@require_http_methods(["GET", "POST"])
@access.roles(Role.AUDIT_ADMIN)
def ledger_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was found out about the problems of a verification."""
    run, page = get_object_or_404(Verification, pk=pk), reverse("portal:ledger-verification", args=[pk])
    return submit(
        request,
        AnswerForm,
        lambda form: verification_services.answer(user_of(request).actor, run, form.cleaned_data["answer"]),
        template="form.html",
        to=page,
        done="说明已写入留痕。",
        context={
            "title": "说明核验结果",
            "sub": f"{len(run.problems)} 个问题，说明写入留痕后不能修改；问题本身照样保留。",
            "crumbs": [("留痕", reverse("portal:ledger")), ("核验", page)],
            "act": "写入留痕",
        },
    )


@require_GET
@access.public
def components(request: HttpRequest) -> HttpResponse:
    """Show every component with sample content, for developers."""
    if not settings.MINGQIAN_COMPONENTS_PAGE:
        raise Http404
    return render(request, "portal/components.html", component_samples())


@require_GET
@access.public
def health(_request: HttpRequest) -> JsonResponse:
    """Say that the web process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    message = str(exception or "") or "您的角色不能打开这个页面。如需使用，请联系本机关的系统管理员调整角色。"
    return render(request, "portal/problem.html", {"title": "没有权限", "message": message}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404. The reason is shown only where a view worded it for the user."""
    text = str(exception or "")
    message = text if text and text[0] > "\u3000" else "这个地址不存在，或者您无权知道它是否存在。请从导航重新进入。"
    return render(request, "portal/problem.html", {"title": "没有找到", "message": message}, status=404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500, without anything that could fail again."""
    return HttpResponse(_SERVER_ERROR.read_bytes(), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    message = "页面停留过久或浏览器未保存登录信息，这次提交没有被接受，什么都没有改变。请返回上一页，刷新后再提交。"
    return render(request, "portal/problem.html", {"title": "提交未被接受", "message": message}, status=403)
