"""Tables of items that were brought in."""

from typing import Any

from django.db import models

from mingqian.accounts.models import Division, Organ, User
from mingqian.documents.models import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.planning.imports.states import ImportState


class ItemImport(Recorded):
    """A table of items that was brought in: kept, read as its officer says, then turned into drafts."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="item_imports", verbose_name="机关")
    serial = models.PositiveIntegerField("序号")
    code = models.CharField("编号", max_length=48, unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="责任科室")
    #: {"first": row, "last": row, "columns": {key: index}, "join": bool, "defaults": {...}}: see `reading.Layout`.
    layout = models.JSONField("读取方式", default=dict)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.READY)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    created_at = models.DateTimeField("导入时间")
    #: How many drafts it made.
    made = models.PositiveIntegerField("生成草稿数", default=0)

    class Meta:
        """Numbered within the organ."""

        verbose_name = "事项导入"
        ordering = ("organ", "-serial")
        constraints = (models.UniqueConstraint(fields=("organ", "serial"), name="planning_import_serial"),)

    def __str__(self) -> str:
        """Return number and file."""
        return f"{self.code} {self.file_name}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this import."""
        return f"item-import/{self.code}"

    @property
    def columns(self) -> dict[str, Any]:
        """Return which column holds what."""
        return dict(self.layout.get("columns", {}))
