"""States of imports of items."""

from django.db import models


class ImportState(models.TextChoices):
    """Life of a table of items that was brought in."""

    READY = "ready", "待确认"
    DONE = "done", "已导入"
    DISCARDED = "discarded", "已放弃"


IMPORT_MOVES: dict[tuple[str, str], str] = {
    (ImportState.READY, "change"): ImportState.READY,
    (ImportState.READY, "finish"): ImportState.DONE,
    (ImportState.READY, "discard"): ImportState.DISCARDED,
}
