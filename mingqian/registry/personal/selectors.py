"""Reading who looked at personal data in full."""

from django.db.models import QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.selectors import organs_visible_to
from mingqian.accounts.states import Role
from mingqian.registry.models.personal import PersonalAccess


def accesses_visible_to(user: User) -> QuerySet[PersonalAccess]:
    """Return the accesses that `user` looks after: the audit administrator all of the organ and below, a head those of the own division."""
    found = PersonalAccess.objects.select_related("user__division", "organ")
    if user.has_role(Role.AUDIT_ADMIN):
        return found.filter(organ__in=organs_visible_to(user))
    if user.has_role(Role.DIVISION_HEAD) and user.division_id is not None:
        return found.filter(organ=user.organ, user__division=user.division_id)
    return found.none()
