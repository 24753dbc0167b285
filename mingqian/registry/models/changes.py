"""The log of what changed of a subject, field by field."""

from django.db import models

from mingqian.ledger.models import Recorded


class SubjectChange(Recorded):
    """One field of one subject changed: who, when, old, new, why (A6.3). Values that are kept encrypted are only said to have changed."""

    subject = models.ForeignKey("registry.Subject", models.PROTECT, related_name="changes", verbose_name="抽查对象")
    at = models.DateTimeField("时间")
    by = models.CharField("操作人", max_length=200)
    field = models.CharField("栏目", max_length=40)
    old = models.TextField("原值", blank=True)
    new = models.TextField("新值", blank=True)
    why = models.CharField("原因", max_length=300, blank=True)
    #: From when it holds, where that is known (a cancellation has its own day).
    effective_on = models.DateField("生效日期", null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "变更记录"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("subject", "at"), name="registry_change_subject"),)

    def __str__(self) -> str:
        """Name the field and the time."""
        return f"{self.field} {self.at}"
