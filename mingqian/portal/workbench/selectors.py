"""What the workbench reads from the rooms below."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from mingqian.accounts.models import Notice, User
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.casework.procedure import Todo
from mingqian.drawing.draw.selectors import draws_visible_to
from mingqian.drawing.draw.states import LIVE, DrawState
from mingqian.ledger.models import Entry
from mingqian.portal.workbench.todos import todos_for
from mingqian.registry.people.selectors import inspectors_visible_to
from mingqian.registry.subjects.selectors import subjects_visible_to


@dataclass
class Board:
    """The workbench of one user."""

    reads: bool = False
    may_draw: bool = False
    subjects: int = 0
    districts: int = 0
    inspectors: int = 0
    live: int = 0
    opened: int = 0
    todo: list[Todo] = field(default_factory=list)
    acts: list[Entry] = field(default_factory=list)
    unseen: int = 0
    notices: list[Notice] = field(default_factory=list)


def board_for(user: User) -> Board:
    """Return what the workbench of `user` shows."""
    # Sending and storing a file are parts of another act, which is in the list itself.
    parts = ("file.store", "upload.begin", "upload.store")
    own = Entry.objects.filter(actor=user.actor).exclude(verb__in=parts).exclude(verb__startswith="sign-in.")
    board = Board(acts=list(own.order_by("-index")[:8]))
    board.todo = todos_for(user)
    told = user.notices.filter(seen_at__isnull=True)
    board.unseen, board.notices = told.count(), list(told[:5])
    if not user.has_role(*READER_ROLES):
        return board
    board.reads, board.may_draw = True, user.has_role(*OFFICER_ROLES)
    subjects = subjects_visible_to(user)
    board.subjects = subjects.count()
    board.districts = subjects.order_by().values("district").distinct().count()
    board.inspectors = inspectors_visible_to(user).count()
    draws = draws_visible_to(user).filter(organ=user.organ)
    board.live = draws.filter(state__in=LIVE).count()
    board.opened = draws.filter(state=DrawState.OPENED).count()
    return board


def acts(query: str) -> QuerySet[Entry]:
    """Return the acts whose actor, verb, subject or digest contain `query`, newest first."""
    entries = Entry.objects.order_by("-index")
    if query:
        entries = entries.filter(
            Q(actor__icontains=query)
            | Q(verb__icontains=query)
            | Q(subject__icontains=query)
            | Q(digest__startswith=query)
        )
    return entries
