"""Reading what is on file of a draw: pictures and videos (A9.4)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.documents.files import states as file_states
from mingqian.documents.models import Upload
from mingqian.documents.uploads import services as upload_services
from mingqian.documents.uploads.selectors import uploads_about
from mingqian.documents.uploads.services import size_in_words
from mingqian.documents.uploads.states import UploadState
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.media.states import MediaKind
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import DrawMedia


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


MEDIA, SIGNED = "media", "signed"


def purposes() -> dict[str, upload_services.Purpose]:
    """Return what files about a draw are for."""
    kinds = (*file_states.PICTURES, *file_states.VIDEOS)
    return {
        MEDIA: upload_services.Purpose(MEDIA, kinds, settings.MINGQIAN_MAX_MEDIA),
        SIGNED: upload_services.Purpose(SIGNED, file_states.SCANS, settings.MINGQIAN_MAX_UPLOAD),
    }


def _may_add(user: User, draw: Draw) -> bool:
    return is_officer(user, draw)


def uploader(user: User, draw: Draw, purpose: str) -> dict[str, Any]:
    """Return what the part of a page that sends files shows: the user's own uploads that are not through, and what is taken."""
    wanted = purposes()[purpose]
    return {
        "purpose": purpose,
        "url": reverse("drawing:uploads", args=[draw.code]),
        "waiting": unfinished(user, draw, purpose),
        "accept": ",".join(kind.media_type for kind in wanted.kinds),
        "kinds": "、".join(kind.words for kind in wanted.kinds),
        "most": size_in_words(wanted.most),
        "most_bytes": wanted.most,
    }


def gallery_context(user: User, draw: Draw) -> dict[str, Any]:
    """Return what the part of a page with the pictures and videos shows."""
    found: dict[str, Any] = {"draw": draw, "gallery": gallery_of(draw)}
    if _may_add(user, draw):
        found["uploader"] = uploader(user, draw, MEDIA)
    return found
