"""What the workbench reads from the rooms below."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.ledger.models import Entry
from mingqian.registry.selectors import inspectors_visible_to, subjects_visible_to


@dataclass
class Board:
    """The workbench of one user."""

    subjects: int = 0
    districts: int = 0
    inspectors: int = 0
    todo: list[object] = field(default_factory=list)
    acts: list[Entry] = field(default_factory=list)


def board_for(user: User) -> Board:
    """Return what the workbench of `user` shows."""
    board = Board(acts=list(Entry.objects.filter(actor=user.actor).order_by("-index")[:8]))
    if user.has_role(*READER_ROLES):
        subjects = subjects_visible_to(user)
        board.subjects = subjects.count()
        board.districts = subjects.order_by().values("district").distinct().count()
        board.inspectors = inspectors_visible_to(user).count()
    return board


def acts(query: str) -> QuerySet[Entry]:
    """Return the acts whose actor, verb, subject or digest contain `query`, newest first."""
    entries = Entry.objects.order_by("-index")
    if query:
        entries = entries.filter(
            Q(actor__icontains=query) | Q(verb__icontains=query) | Q(subject__icontains=query) | Q(digest__startswith=query)
        )
    return entries
