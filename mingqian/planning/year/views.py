"""The page on which a plan's year is seen before it is approved (A8.2): asked for, watched, read, taken along."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import READER_ROLES
from mingqian.common.tables import book_response
from mingqian.pages import access
from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.models.year import YearPreview
from mingqian.planning.plans import selectors as plan_selectors
from mingqian.planning.year import selectors, services
from mingqian.planning.year.display import FIRST, Shown
from mingqian.planning.year.inputs import entries_for
from mingqian.planning.year.states import YearPhase
from mingqian.planning.year.workbook import sheets

#: What templates need to show the first rows of a list and the rest apart.
_SLICES = {"first_rows": f":{FIRST}", "rest_rows": f"{FIRST}:", "minus_first": -FIRST}

reader = access.roles(*READER_ROLES)


def _own(user: User, code: str, version_code: str) -> tuple[Plan, PlanVersion | None]:
    """Return the plan of the user's own organ, and the version that is asked for; what is being drafted is no business of others."""
    plan = plan_selectors.plan_for(user, code)
    if plan.organ_id != user.organ_id:
        raise Http404("年度测算只供编制计划的机关使用。")
    if not version_code:
        return plan, None
    version = plan.versions.filter(code=version_code).select_related("plan__organ").first()
    if version is None:
        raise Http404("这份计划没有这一版。")
    return plan, version


def address_of(plan: Plan, version: PlanVersion | None) -> str:
    """Return the address of the page."""
    query = f"?version={version.code}" if version is not None else ""
    return reverse("plans:year", args=[plan.code]) + query


@require_GET
@reader
def year(request: HttpRequest, code: str) -> HttpResponse:
    """Show how the reckoning stands: at work, its result, or how to ask for it."""
    plan, version = _own(user_of(request), code, request.GET.get("version", ""))
    services.give_up_dead(plan)
    standing = selectors.standing_of(plan, version)
    preview = standing.preview
    busy = preview is not None and preview.busy
    context: dict[str, Any] = {
        "plan": plan,
        "version": version,
        "standing": standing,
        "preview": preview,
        "busy": busy,
        "address": address_of(plan, version),
        "entries": len(entries_for(plan, version)),
    }
    if preview is not None and busy:
        context |= _progress(preview)
    if request.headers.get("HX-Request"):
        if busy:
            return render(request, "planning/year/_year_progress.html", context)
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if preview is not None and preview.result is not None:
        context |= {"shown": Shown(plan, preview.result), "first": FIRST, "months": range(1, 13), **_SLICES}
    return render(request, "planning/year/year.html", context)


def _progress(preview: YearPreview) -> dict[str, Any]:
    """Return what the worker has noted: phase, counts, time left by its own speed."""
    elapsed = (timezone.now() - preview.phase_at).total_seconds()
    left: float | None = None
    if preview.done and preview.total > preview.done:
        worked = max((preview.beat_at - preview.phase_at).total_seconds(), 0.1)
        left = worked * (preview.total - preview.done) / preview.done
    return {
        "percent": min(preview.done * 100 // preview.total, 100) if preview.total else None,
        "unit": "张签" if preview.phase == YearPhase.REHEARSING else "个条目",
        "left": f"{max(round(left), 1)} 秒" if left is not None else "",
        "idle": preview.phase == YearPhase.WAITING and elapsed > 30,
    }


@require_POST
@reader
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """Have the year reckoned; the page shows how far it is."""
    user = user_of(request)
    plan, version = _own(user, code, request.POST.get("version", ""))
    services.ask_year(user, plan, version)
    return redirect(address_of(plan, version))


@require_GET
@reader
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Give the last result as a workbook."""
    plan, version = _own(user_of(request), code, request.GET.get("version", ""))
    preview = selectors.standing_of(plan, version).preview
    if preview is None or preview.result is None:
        raise Http404("还没有测算结果，请先测算。")
    return book_response(f"{plan}-全年测算", sheets(Shown(plan, preview.result)))
