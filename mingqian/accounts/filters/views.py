"""Pages of a user's saved filters."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mingqian.accounts.filters import services
from mingqian.accounts.models.filters import SavedFilter
from mingqian.accounts.selectors import user_of
from mingqian.common.errors import DomainError
from mingqian.pages import access
from mingqian.pages.listing import kept_lists


@require_GET
@access.signed_in
def saved(request: HttpRequest) -> HttpResponse:
    """List one's own saved filters, by list."""
    rows: dict[str, list[SavedFilter]] = {}
    for row in SavedFilter.objects.filter(user=user_of(request)):
        rows.setdefault(row.page, []).append(row)
    groups = [(title, reverse(page), rows[page]) for page, title in kept_lists().items() if page in rows]
    return render(request, "accounts/filters.html", {"groups": groups})


@require_POST
@access.signed_in
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list under a name, and go back to it."""
    page, query = request.POST.get("page", ""), services.tidy(request.POST.get("query", ""))
    if page not in kept_lists():
        raise Http404
    try:
        row = services.save_filter(user_of(request), page=page, name=request.POST.get("name", ""), query=query)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已保存常用筛选：{row.name}")
    return services.send_back(reverse(page), query)


@require_POST
@access.signed_in
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a filter, forget it, or have it used where its list is opened."""
    user = user_of(request)
    row = services.filter_for(user, pk)
    act = request.POST.get("act", "")
    try:
        if act == "rename":
            services.rename_filter(user, row, request.POST.get("name", ""))
        elif act in {"always", "never"}:
            services.use_filter(user, row, always=act == "always")
        elif act == "delete":
            services.delete_filter(user, row)
            messages.success(request, f"已删除常用筛选：{row.name}")
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("accounts:filters")
