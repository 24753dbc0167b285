"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mingqian.accounts.models import User
from mingqian.portal.demo import bureau
from mingqian.portal.navigation import entries_for


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation of the user and where the page stands in it."""
    user = request.user if isinstance(getattr(request, "user", None), User) else None
    return {
        "navigation": entries_for(user, request.path) if isinstance(user, User) else [],
        "demo": settings.MINGQIAN_DEMO,
        "demo_users": [(username, role.label) for username, _name, _division, role in bureau.USERS]
        if settings.MINGQIAN_DEMO
        else [],
        "demo_password": bureau.PASSWORD if settings.MINGQIAN_DEMO else "",
        "components_page": settings.MINGQIAN_COMPONENTS_PAGE,
    }
