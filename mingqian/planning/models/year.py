"""What a plan's year would come to, as last reckoned: no business data, so not on the ledger."""

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.planning.year.states import YearPhase


class YearPreview(models.Model):
    """A plan's year as reckoned (A8.2): of a version, or of everything under way. The last result stays while it is redone."""

    plan = models.ForeignKey("Plan", models.PROTECT, related_name="previews", verbose_name="年度计划")
    version = models.ForeignKey(
        "PlanVersion", models.PROTECT, null=True, blank=True, related_name="previews", verbose_name="计划版本"
    )
    phase = models.CharField("阶段", max_length=12, choices=YearPhase, default=YearPhase.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    phase_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发起人")
    asked_at = models.DateTimeField("发起时间")
    message = models.CharField("未完成的原因", max_length=300, blank=True)
    #: As `year_report.report` makes it; what it was made of is recognised by the two digests.
    result = models.JSONField("结果", null=True)
    plan_digest = models.CharField(max_length=64, blank=True)
    books_digest = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        """One for each version, and one for what is under way."""

        verbose_name = "年度测算"
        constraints = (
            models.UniqueConstraint(fields=("plan", "version"), name="planning_preview_version"),
            models.UniqueConstraint(fields=("plan",), condition=Q(version__isnull=True), name="planning_preview_plan"),
        )

    def __str__(self) -> str:
        """Say of what, and how far it is."""
        return f"{self.version or self.plan} {self.phase}"

    @property
    def busy(self) -> bool:
        """Say whether it is being reckoned."""
        return self.phase not in {YearPhase.ENDED, YearPhase.FAILED}
