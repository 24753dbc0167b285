"""Reading what is on file of a draw: pictures and videos, and what is still missing of them (A9.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock
from mingqian.documents.models import Upload
from mingqian.documents.uploads.selectors import uploads_about
from mingqian.documents.uploads.states import UploadState
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.media.states import MediaKind
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import DrawMedia
from mingqian.rules.calendar.selectors import current_calendar
from mingqian.rules.deadlines.selectors import add_working_days, law_date

#: Working days after the opening by when pictures or video are on file: soon enough that whoever was there still has them.
DAYS = 1


@dataclass(frozen=True)
class Gallery:
    """What is on file of a draw."""

    shown: list[DrawMedia]
    withdrawn: list[DrawMedia]

    @property
    def pictures(self) -> int:
        """Return how many pictures count."""
        return sum(row.kind == MediaKind.PICTURE for row in self.shown)

    @property
    def videos(self) -> int:
        """Return how many videos count."""
        return len(self.shown) - self.pictures

    @property
    def every(self) -> list[DrawMedia]:
        """Return all, also the withdrawn, by number."""
        return sorted([*self.shown, *self.withdrawn], key=lambda row: row.serial)


def gallery_of(draw: Draw) -> Gallery:
    """Return the pictures and videos of a draw."""
    rows = list(draw.media.select_related("file", "added_by", "withdrawn_by"))
    return Gallery([row for row in rows if not row.withdrawn_why], [row for row in rows if row.withdrawn_why])


def unfinished(user: User, draw: Draw, purpose: str) -> list[Upload]:
    """Return the user's own uploads about a draw that are not through: under way, and the last ones that were cleared."""
    rows = uploads_about(user, draw.ledger_subject).filter(purpose=purpose)
    running = rows.filter(state=UploadState.RUNNING)
    again = rows.filter(state__in=(UploadState.RUNNING, UploadState.STORED))
    ended = rows.filter(state=UploadState.EXPIRED).exclude(head__in=again.values("head"))
    return [*running, *ended[:5]]


@dataclass(frozen=True)
class Missing:
    """An opened draw of which nothing is on file, and until when there should be."""

    draw: Draw
    due: date


def without_media(user: User) -> Iterator[Missing]:
    """Yield the opened draws that the user carries and that have neither picture nor video, oldest first (A9.4)."""
    if not user.has_role(*OFFICER_ROLES):
        return
    media = DrawMedia.objects.filter(draw=OuterRef("pk"), withdrawn_why="")
    rows = Draw.objects.filter(organ=user.organ, state=DrawState.OPENED).exclude(Exists(media))
    calendar = current_calendar()
    for draw in rows.order_by("opened_at"):
        if draw.opened_at is not None and is_officer(user, draw):
            yield Missing(draw, add_working_days(law_date(draw.opened_at), DAYS, calendar).due)


def is_late(missing: Missing) -> bool:
    """Say whether the day until when something should be on file is over."""
    return clock.today() > missing.due
