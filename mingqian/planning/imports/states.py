"""States of imports of items."""

from django.db import models

from mingqian.pages.tones import toned


@toned(READY="soon", DONE="done")
class ImportState(models.TextChoices):
    """Life of a table of items that was brought in."""

    READY = "ready", "待确认"
    DONE = "done", "已导入"
    DISCARDED = "discarded", "已放弃"
