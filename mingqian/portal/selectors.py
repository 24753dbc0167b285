"""What the workbench reads from the rooms below."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, READER_ROLES
from mingqian.drawing.selectors import drafts_visible_to, draws_visible_to, void_requests_for
from mingqian.drawing.states import LIVE, DrawState
from mingqian.ledger.models import Entry
from mingqian.registry.selectors import inspectors_visible_to, subjects_visible_to


@dataclass(frozen=True)
class Todo:
    """Something that waits for the user."""

    title: str
    detail: str
    state: str
    tone: str
    action: str
    url: str
    due: datetime | None = None


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


def board_for(user: User) -> Board:
    """Return what the workbench of `user` shows."""
    # Storing a file is a part of another act, which is in the list itself.
    own = Entry.objects.filter(actor=user.actor).exclude(verb="file.store").exclude(verb__startswith="sign-in.")
    board = Board(acts=list(own.order_by("-index")[:8]))
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
    board.todo = [
        *_decisions(user),
        *(_live_draws(user) if board.may_draw else []),
        *(_drafts(user) if board.may_draw else []),
    ]
    return board


def _decisions(user: User) -> list[Todo]:
    return [
        Todo(
            f"审批作废申请：{request.draw.title}",
            f"{request.asked_by} 申请，理由：{request.reason}",
            "待审批",
            "soon",
            "去审批",
            reverse("drawing:void-decide", args=[request.draw.code, request.pk]),
            request.draw.open_by,
        )
        for request in void_requests_for(user)
    ]


def _live_draws(user: User) -> list[Todo]:
    found = []
    for draw in draws_visible_to(user).filter(organ=user.organ, state__in=LIVE).order_by("open_by"):
        closed = draw.state == DrawState.CLOSED
        url = reverse("drawing:open" if closed else "drawing:draw", args=[draw.code])
        state, tone = ("超期未开签", "overdue") if draw.overdue else ("待开签" if closed else "待献数", "sealed")
        found.append(
            Todo(
                f"{'开签' if closed else '组织献数'}：{draw.title}",
                draw.draw_id,
                state,
                tone,
                "去办理",
                url,
                draw.open_by,
            )
        )
    return found


def _drafts(user: User) -> list[Todo]:
    return [
        Todo(
            f"准备抽取：{draft.title}",
            f"任务编号 {draft.scope}",
            "草稿",
            "plain",
            "继续",
            reverse("drawing:draft-scope", args=[draft.pk]),
        )
        for draft in drafts_visible_to(user)
    ]


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
