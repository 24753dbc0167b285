"""The training of inspectors of another division (A10.2)."""

from django.db import models

from mingqian.accounts.models import User
from mingqian.ledger.models import Recorded
from mingqian.registry.models import Inspector


class Training(Recorded):
    """The training that an inspector of another division was given by the item's division before the visit (A10.2)."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="trainings", verbose_name="抽取")
    subject = models.CharField("检查对象", max_length=64)
    inspector = models.CharField("受训人员", max_length=64)
    on = models.DateField("培训日期")
    content = models.CharField("培训内容", max_length=500)
    trainer = models.CharField("培训人", max_length=40)
    companion = models.ForeignKey(Inspector, models.PROTECT, related_name="+", verbose_name="陪同人员")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        """One record for an inspector and a subject."""

        verbose_name = "业务培训"
        ordering = ("draw", "inspector", "subject")
        constraints = (models.UniqueConstraint(fields=("draw", "subject", "inspector"), name="drawing_training_once"),)

    def __str__(self) -> str:
        """Name the person and the day."""
        return f"{self.inspector} {self.on}"
