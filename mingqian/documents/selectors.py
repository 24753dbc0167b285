"""Reading stored files and uploads under way."""

from collections.abc import Iterator

from django.db.models import QuerySet

from mingqian.accounts.models import User
from mingqian.documents.models import StoredFile, Upload
from mingqian.documents.services import Announced, FileDamagedError, check
from mingqian.documents.serving import file_response
from mingqian.documents.states import UploadState

__all__ = ["damaged_files", "file_response", "stored_as", "uploads_about"]


def damaged_files() -> Iterator[StoredFile]:
    """Yield every stored file whose content is missing or no longer has its digest."""
    for row in StoredFile.objects.order_by("pk").iterator(200):
        try:
            check(row)
        except FileDamagedError:
            yield row


def uploads_about(user: User, about: str) -> QuerySet[Upload]:
    """Return the user's own uploads about a thing."""
    return Upload.objects.filter(owner=user, about=about)


def stored_as(about: str, purpose: str, told: Announced) -> list[str]:
    """Return the digests under which files of this name, size and beginning were stored about a thing before."""
    rows = Upload.objects.filter(about=about, purpose=purpose, state=UploadState.STORED)
    return list(rows.filter(name=told.name, size=told.size, head=told.head).values_list("stored", flat=True))
