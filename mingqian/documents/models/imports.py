"""Imports of tables, and what became of each row."""

from typing import ClassVar

from django.db import models

from mingqian.accounts.models import Organ
from mingqian.documents.imports.states import ImportPhase, ImportState, Kind, RowOutcome, kind_named
from mingqian.documents.models.files import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown


class Import(Recorded):
    """A table that somebody brings in: file, how it is read, what became of it (A6.1). `kind_name` is the name of its kind."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="imports", verbose_name="机关")
    serial = models.PositiveIntegerField("序号")
    number = models.CharField("导入编号", max_length=20)
    kind_name = models.CharField("导入到", max_length=20)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    header_row = models.PositiveIntegerField("表头所在行", default=0)
    mapping = models.JSONField("列的对应", default=dict)
    update_existing = models.BooleanField("更新已有的", default=True)
    all_or_nothing = models.BooleanField("全部正确才导入", default=False)
    state = models.CharField("状态", max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    message = models.CharField("说明", max_length=500, blank=True)
    total = models.PositiveIntegerField("行数", default=0)
    taken = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    refused = models.PositiveIntegerField("未采用", default=0)
    created_by = models.CharField("导入人", max_length=200)
    created_at = models.DateTimeField("上传时间")
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "导入"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organ", "serial"), name="documents_import_serial"),
            models.UniqueConstraint(fields=("organ", "number"), name="documents_import_number"),
        )

    def __str__(self) -> str:
        """Return the number."""
        return self.number

    @property
    def kind(self) -> Kind:
        """Return what a table of this kind holds and what becomes of it."""
        return kind_named(self.kind_name)

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names an import."""
        return f"import/{self.organ.code}/{self.number}"


class ImportWork(models.Model):
    """What the worker notes while it works on an import, and what the preview shows; no business data, not on the ledger."""

    of = models.OneToOneField(Import, models.PROTECT, related_name="work", primary_key=True)
    phase = models.CharField(max_length=10, choices=ImportPhase, default=ImportPhase.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    phase_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    seconds_writing = models.FloatField(null=True)
    book_version = models.PositiveBigIntegerField(null=True)
    last_number = models.PositiveBigIntegerField(default=0)
    report_digest = models.CharField(max_length=64, blank=True)
    reasons = models.JSONField(default=dict)
    sheets = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    preview = models.JSONField(default=list)

    def __str__(self) -> str:
        """Say what is done to which import."""
        return f"{self.of_id} {self.phase}"


class ImportRow(models.Model):
    """What became of one row of the table; `reason` says why it was refused, or what was changed."""

    of = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=10, choices=RowOutcome)
    code = models.CharField("原因代码", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    name = models.CharField("名称", max_length=200, blank=True)
    number = models.CharField("登记号", max_length=64, blank=True)

    class Meta:
        """In the order of the table."""

        verbose_name = "导入明细"
        ordering = ("row",)
        constraints = (models.UniqueConstraint(fields=("of", "row"), name="documents_import_row"),)
        indexes = (
            models.Index(fields=("of", "outcome", "row"), name="documents_import_outcome"),
            models.Index(fields=("number",), name="documents_import_row_number"),
        )

    def __str__(self) -> str:
        """Say what became of which row."""
        return f"{self.row} {self.outcome}"

    @property
    def shown(self) -> Shown:
        """Return what became of it, with its colour."""
        return shown(self, "outcome")


class ImportChunk(models.Model):
    """Decisions of a checked table that wait for its confirmation, packed and encrypted (they hold ID and phone numbers)."""

    BOXES: ClassVar[dict[str, str]] = {"box": "documents/import-chunk/{of_id}/{position}"}

    of = models.ForeignKey(Import, models.PROTECT, related_name="chunks")
    position = models.PositiveIntegerField()
    box = models.BinaryField()

    class Meta:
        """In the order of the table."""

        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("of", "position"), name="documents_import_chunk"),)

    def __str__(self) -> str:
        """Say which chunk of which import."""
        return f"{self.of_id} {self.position}"
