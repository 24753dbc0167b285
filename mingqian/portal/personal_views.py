"""Who looked at personal data in full: for those who look after it (A20.1)."""

from datetime import timedelta

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import Role
from mingqian.pages import access
from mingqian.portal.listing import PERSONAL
from mingqian.registry.personal.selectors import accesses_visible_to

#: The summary by person counts so many days.
RECENT_DAYS = 30


@require_GET
@access.roles(Role.AUDIT_ADMIN, Role.DIVISION_HEAD)
def personal(request: HttpRequest) -> HttpResponseBase:
    """List who saw which numbers in full and why, and how often each did of late."""
    recent = accesses_visible_to(user_of(request)).filter(at__gte=timezone.now() - timedelta(days=RECENT_DAYS))
    people = (
        recent.order_by()
        .values("user__name", "user__username", "user__division__name")
        .annotate(times=Count("pk"), subjects=Sum("count"))
        .order_by("-times", "user__username")[:10]
    )
    return PERSONAL.respond(request, people=people, days=RECENT_DAYS, whole=user_of(request).has_role(Role.AUDIT_ADMIN))
