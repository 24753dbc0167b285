"""Notices to users, and where somebody wants them as mail."""

from typing import ClassVar

from django.db import models

from mingqian.ledger.models import Recorded


class Notice(models.Model):
    """Something that a user is told: on the workbench until it was seen, and as mail where an address is on record.

    Not on the ledger: it repeats to one person what an act that is on the ledger has brought.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="notices", verbose_name="用户")
    title = models.CharField("标题", max_length=120)
    detail = models.CharField("内容", max_length=400)
    #: Where the platform shows more; the path of an address.
    path = models.CharField("页面", max_length=200)
    at = models.DateTimeField("时间")
    seen_at = models.DateTimeField("已阅时间", null=True)
    mailed_at = models.DateTimeField("邮件发出时间", null=True)
    mail_problem = models.CharField("邮件问题", max_length=200, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "通知"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("user", "seen_at"), name="accounts_notice_unseen"),)

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class MailAddress(Recorded):
    """Where a user wants notices sent; encrypted. Without a row there is no mail."""

    BOXES: ClassVar[dict[str, str]] = {"box": "accounts/mail/{user_id}"}

    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="mail", verbose_name="用户")
    box = models.BinaryField()

    class Meta:
        """By user."""

        verbose_name = "通知邮箱"
        ordering = ("user",)

    def __str__(self) -> str:
        """Name the user, never the address."""
        return f"{self.user} 的通知邮箱"
