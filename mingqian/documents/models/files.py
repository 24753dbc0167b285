"""Stored files, by content."""

from django.db import models

from mingqian.ledger.models import Recorded


class StoredFile(Recorded):
    """A file by the SHA-256 of its content; the same content is stored once and never overwritten."""

    digest = models.CharField("数字指纹", max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField("字节数")
    created_at = models.DateTimeField("存入时间")
    confidential = models.BooleanField(
        "加密存放", default=False, help_text="含个人信息的文件（例如上传的名单）加密存放。"
    )

    class Meta:
        """Newest first."""

        verbose_name = "文件"
        ordering = ("-created_at",)

    @property
    def path(self) -> str:
        """Return the name under which the storage holds the content."""
        name = f"{self.digest[:2]}/{self.digest[2:4]}/{self.digest}"
        return f"{name}.box" if self.confidential else name
