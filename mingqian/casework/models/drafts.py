"""What somebody typed into a form and has not sent yet."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class FormDraft(models.Model):
    """A form as its browser would send it, by user and address, encrypted: it may hold personal data.

    Not on the ledger: it decides nothing, and nobody else sees it. Forgotten when the form is sent, or after `drafts.services.KEPT_DAYS`.
    """

    BOXES: ClassVar[dict[str, str]] = {"box": "casework/draft/{user_id}/{path}"}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="form_drafts", verbose_name="用户")
    path = models.CharField("页面", max_length=300)
    box = models.BinaryField("内容")
    at = models.DateTimeField("保存时间", db_index=True)

    class Meta:
        """One for a form and a user."""

        verbose_name = "未提交的表单"
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("user", "path"), name="casework_form_draft_once"),)

    def __str__(self) -> str:
        """Name user and page."""
        return f"{self.user_id} {self.path}"

    def context(self) -> str:
        """Return what the content is bound to when it is encrypted."""
        return self.BOXES["box"].format(user_id=self.user_id, path=self.path)
