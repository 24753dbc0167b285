"""Reading clocks: those on a thing, those that run in an organ, those that wait for a user."""

from collections.abc import Iterator

from django.db.models import QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.selectors import organs_below
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.casework.clocks.states import KINDS
from mingqian.casework.models.clocks import Clock
from mingqian.casework.officers import officer_of
from mingqian.casework.procedure import Todo
from mingqian.common import clock


def clocks_on(thing: str) -> QuerySet[Clock]:
    """Return the clocks of a thing by its ledger name, also those that are cleared, in the order in which they were started."""
    return Clock.objects.filter(thing=thing).select_related("division").order_by("started", "pk")


def clocks_visible_to(user: User) -> QuerySet[Clock]:
    """Return the clocks of the user's organ and of those below it (A4.2)."""
    if not user.has_role(*READER_ROLES):
        return Clock.objects.none()
    return Clock.objects.filter(organ__in=organs_below(user.organ)).select_related("organ", "division")


def provisional_clocks() -> QuerySet[Clock]:
    """Return the running clocks whose calendar was not published when they were reckoned."""
    return Clock.objects.filter(provisional=True, cleared_at__isnull=True).select_related("organ", "division")


def clock_todos(user: User) -> Iterator[Todo]:
    """Yield the running limits that the user has to see to, the first due first."""
    if not user.has_role(*OFFICER_ROLES):
        return
    rows = Clock.objects.filter(organ=user.organ, cleared_at__isnull=True, kind__in=KINDS).select_related("division")
    for row in rows.order_by("due", "pk"):
        kind = KINDS[row.kind]
        if not kind.todo or officer_of(user, row.organ_id, row.division):
            continue
        due = clock.end_of(row.due)
        shown = row.shown
        yield Todo(f"{kind.todo}：{row.title}", row.working, shown.label, shown.tone, kind.action, row.path, due)
