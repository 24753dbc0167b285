"""Kinds of pictures and videos."""

from django.db import models


class MediaKind(models.TextChoices):
    """What of a draw is on file (art. 9)."""

    PICTURE = "picture", "照片"
    VIDEO = "video", "录像"
