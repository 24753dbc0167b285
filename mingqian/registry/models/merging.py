"""Subjects that look alike and are not the same."""

from django.db import models
from django.db.models import F, Q

from mingqian.ledger.models import Recorded


class Distinct(Recorded):
    """Two subjects that look like one are two, as somebody found (A6.1): kept, shown, and taken back if it proves wrong."""

    #: The one with the smaller key first, so that a pair stands once.
    one = models.ForeignKey("registry.Subject", models.PROTECT, related_name="+", verbose_name="抽查对象")
    other = models.ForeignKey("registry.Subject", models.PROTECT, related_name="+", verbose_name="另一对象")
    why = models.CharField("理由", max_length=200)
    recorded_by = models.CharField("认定人", max_length=200)
    recorded_at = models.DateTimeField("认定时间")
    withdrawn_why = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        """A pair counts once; never without a reason."""

        verbose_name = "不是同一对象"
        ordering = ("-recorded_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("one", "other"), condition=Q(withdrawn_why=""), name="registry_distinct_once"
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="registry_distinct_order"),
            models.CheckConstraint(condition=~Q(why=""), name="registry_distinct_why"),
        )

    def __str__(self) -> str:
        """Name both."""
        return f"{self.one} {self.other}"
