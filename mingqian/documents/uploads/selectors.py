"""Reading uploads under way."""

from django.db.models import QuerySet

from mingqian.accounts.models import User
from mingqian.documents.models.uploads import Upload


def uploads_about(user: User, about: str) -> QuerySet[Upload]:
    """Return the user's own uploads about a thing."""
    return Upload.objects.filter(owner=user, about=about)
