"""Early warnings: visits too close together, the same inspector at the same subject again and again; a reason is asked for and kept."""

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.drawing.warnings.states import WarningKind, WarningReason, WarningState, WarningVerb
from mingqian.ledger.models import Recorded
from mingqian.registry.models import Subject


class EarlyWarning(Recorded):
    """One thing about one subject of a draw that wants a reason. Nothing about the draw changes by it: a lot is a lot.

    `facts` are sentences with what they rest on: [{"text", "reference"}]. `inspector` is the certificate number, "" where nobody is meant.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="early_warnings", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, related_name="early_warnings", verbose_name="科室")
    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="early_warnings", verbose_name="抽取")
    #: The supplement at whose opening it was found, 0 for the draw's own.
    supplement = models.PositiveSmallIntegerField("变更序号", default=0)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="early_warnings", verbose_name="检查对象")
    inspector = models.CharField("执法证号", max_length=64, blank=True)
    inspector_name = models.CharField("执法检查人员", max_length=60, blank=True)
    kind = models.CharField("类别", max_length=8, choices=WarningKind)
    facts = models.JSONField("情况", default=list)
    state = models.CharField("状态", max_length=10, choices=WarningState, default=WarningState.ASKED)
    found_at = models.DateTimeField("预警时间")
    reason = models.CharField("理由", max_length=16, choices=WarningReason, blank=True)
    words = models.CharField("具体说明", max_length=300, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    answered_at = models.DateTimeField("说明时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    decided_at = models.DateTimeField("确认时间", null=True)
    remark = models.CharField("确认意见", max_length=300, blank=True)
    lifted_why = models.CharField("解除的原因", max_length=200, blank=True)

    class Meta:
        """Asked once for what is the same; what is answered has a reason; nobody confirms their own."""

        verbose_name = "预警"
        ordering = ("-found_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("draw", "subject", "kind", "inspector"),
                condition=~Q(state=WarningState.LIFTED),
                name="drawing_warning_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(WarningState.ANSWERED, WarningState.CONFIRMED))
                | (~Q(reason="") & ~Q(words="") & Q(answered_by__isnull=False)),
                name="drawing_warning_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("answered_by")),
                name="drawing_warning_two_people",
            ),
        )
        indexes = (models.Index(fields=("organ", "state"), name="drawing_warning_state"),)

    def __str__(self) -> str:
        """Say what about whom."""
        return f"{self.get_kind_display()} {self.subject}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names it."""
        return f"warning/{self.pk}"


class WarningStep(Recorded):
    """One answer to an early warning, or one decision about an answer: kept, whatever comes after it."""

    warning = models.ForeignKey(EarlyWarning, models.PROTECT, related_name="steps", verbose_name="预警")
    serial = models.PositiveSmallIntegerField("次序")
    verb = models.CharField("办理", max_length=8, choices=WarningVerb)
    reason = models.CharField("理由", max_length=16, choices=WarningReason, blank=True)
    #: The words of a reason, or the remark of whoever decided.
    words = models.CharField("内容", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间")

    class Meta:
        """In the order in which it was said; an answer has a reason."""

        verbose_name = "预警的办理"
        ordering = ("warning", "serial")
        constraints = (
            models.UniqueConstraint(fields=("warning", "serial"), name="drawing_warning_step"),
            models.CheckConstraint(
                condition=~Q(verb=WarningVerb.ANSWER) | (~Q(reason="") & ~Q(words="")),
                name="drawing_warning_step_reason",
            ),
        )

    def __str__(self) -> str:
        """Say what was done about which warning."""
        return f"{self.get_verb_display()} {self.warning}"
