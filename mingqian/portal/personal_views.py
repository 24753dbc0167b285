"""Who looked at personal data in full: for those who look after it (A20.1)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.tables import Titles, respond
from mingqian.pages import access
from mingqian.pages.paging import page_of
from mingqian.registry.models import PersonalAccess
from mingqian.registry.personal.selectors import accesses_visible_to
from mingqian.registry.personal.states import PersonalAct

#: The summary by person counts so many days.
RECENT_DAYS = 30
_TITLES: Titles = (
    ("时间", 20), ("查看人", 14), ("用户名", 16), ("科室", 20), ("方式", 8), ("对象", 36), ("内容", 22),
    ("原因", 44), ("筛选条件", 40), ("人数", 8),
)  # fmt: skip


class AccessFilter(forms.Form):
    """Filters above the list; every one is optional and stays in the address."""

    text = forms.CharField(label="查看人、对象、原因", required=False, max_length=60)
    act = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *PersonalAct.choices])
    since = forms.DateField(label="日期自", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="日期至", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, rows: QuerySet[PersonalAccess]) -> QuerySet[PersonalAccess]:
        """Return the rows that are asked for."""
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        for word in data.get("text", "").split():
            whom = Q(user__name__icontains=word) | Q(user__username__icontains=word)
            rows = rows.filter(whom | Q(name__icontains=word) | Q(reason__icontains=word))
        if data.get("act"):
            rows = rows.filter(act=data["act"])
        if data.get("since"):
            rows = rows.filter(at__date__gte=data["since"])
        if data.get("until"):
            rows = rows.filter(at__date__lte=data["until"])
        return rows


def _asked(request: HttpRequest) -> tuple[AccessFilter, QuerySet[PersonalAccess]]:
    form = AccessFilter(request.GET)
    return form, form.narrow(accesses_visible_to(user_of(request)))


@require_GET
@access.roles(Role.AUDIT_ADMIN, Role.DIVISION_HEAD)
def personal(request: HttpRequest) -> HttpResponse:
    """List who saw which numbers in full and why, and how often each did of late."""
    form, rows = _asked(request)
    recent = accesses_visible_to(user_of(request)).filter(at__gte=timezone.now() - timedelta(days=RECENT_DAYS))
    people = (
        recent.order_by()
        .values("user__name", "user__username", "user__division__name")
        .annotate(times=Count("pk"), subjects=Sum("count"))
        .order_by("-times", "user__username")[:10]
    )
    context = {
        "form": form,
        "page": page_of(request, rows),
        "people": people,
        "days": RECENT_DAYS,
        "filtered": any(form.cleaned_data.values()),
        "whole": user_of(request).has_role(Role.AUDIT_ADMIN),
    }
    return render(request, "portal/personal.html", context)


@require_GET
@access.roles(Role.AUDIT_ADMIN, Role.DIVISION_HEAD)
def personal_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the filtered list as a file; it holds no number, only who saw one."""
    _form, rows = _asked(request)
    cells = (
        [
            f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
            row.user.name,
            row.user.username,
            row.user.division.name if row.user.division else "",
            row.get_act_display(),
            row.name,
            row.columns,
            row.reason,
            row.filters,
            str(row.count),
        ]
        for row in rows.iterator(2000)
    )
    return respond(form, f"查看个人信息记录-{clock.today():%Y%m%d}", _TITLES, cells)
