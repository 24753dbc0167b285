"""Uploads that arrive in pieces and go on after the line broke."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.documents.uploads.states import UploadState
from mingqian.ledger.models import Recorded

#: Pieces of an upload nobody goes on with are kept so long after the last one arrived.
KEPT = timedelta(days=7)


class Upload(Recorded):
    """A file on its way: whose, for what, how far. The same file chosen again by the same person for the same thing goes on here."""

    #: How far it has come changes with every piece; each piece is checked by itself, and the whole when all are there.
    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"offset", "seen_at"})

    key = models.CharField("编号", max_length=32, unique=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="uploads", verbose_name="上传人")
    #: How the ledger names the thing that the file is for, and what for.
    about = models.CharField("所属", max_length=200, db_index=True)
    purpose = models.CharField("用途", max_length=20)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    #: SHA-256 of the first bytes (`HEAD_BYTES`), by which the file is known again.
    head = models.CharField("开头指纹", max_length=64)
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=UploadState, default=UploadState.RUNNING)
    offset = models.PositiveBigIntegerField("已收字节数", default=0)
    why = models.CharField("原因", max_length=200, blank=True)
    #: SHA-256 of the whole, once it is stored.
    stored = models.CharField("存档指纹", max_length=64, blank=True)
    begun_at = models.DateTimeField("开始时间")
    seen_at = models.DateTimeField("最近收到")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """Newest first; one upload under way for a file."""

        verbose_name = "上传"
        ordering = ("-begun_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "about", "purpose", "name", "size", "head"),
                condition=Q(state="running"),
                name="documents_upload_once",
            ),
        )

    def __str__(self) -> str:
        """Name the file."""
        return self.name

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this upload."""
        return f"upload/{self.key}"

    @property
    def is_complete(self) -> bool:
        """Say whether all bytes are here."""
        return self.offset == self.size

    @property
    def expires_at(self) -> datetime:
        """Return until when its pieces are kept."""
        return self.seen_at + KEPT

    @property
    def percent(self) -> int:
        """Return how much is here, rounded down, so that 100 means all."""
        return self.offset * 100 // self.size


class UploadPart(models.Model):
    """A piece of an upload, as it lies in the storage until the whole is there. Not on the ledger: the whole is, by its digest."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="parts", verbose_name="上传")
    offset = models.PositiveBigIntegerField("起点")
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField("数字指纹", max_length=64)
    path = models.CharField("存放位置", max_length=200)

    class Meta:
        """In order; one piece at a place."""

        ordering = ("upload", "offset")
        constraints = (models.UniqueConstraint(fields=("upload", "offset"), name="documents_part_once"),)

    def __str__(self) -> str:
        """Name the place."""
        return f"{self.upload_id}+{self.offset}"
