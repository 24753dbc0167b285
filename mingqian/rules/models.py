"""Versions of rule sets, and the years of the working-day calendar that were published here."""

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown
from mingqian.rules.states import SetKind, SetState


class RuleSet(Recorded):
    """A version of the rules of an organ (`division` empty) or of one of its divisions (art. 21, 22). Once approved it stays as it is."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="rule_sets", verbose_name="机关")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="rule_sets", verbose_name="科室"
    )
    serial = models.PositiveIntegerField("序号")
    code = models.CharField("编码", max_length=48, unique=True)
    kind = models.CharField("类别", max_length=12, choices=SetKind, default=SetKind.REFINEMENT)
    name = models.CharField("名称", max_length=100)
    basis = models.CharField("文号", max_length=60, blank=True)
    why = models.CharField("制定理由", max_length=300)
    effective_from = models.DateField("生效日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    #: {key: {"value": int, "article": text, "reason": text}}; booleans as 0 and 1.
    stated = models.JSONField("数值", default=dict)
    state = models.CharField("状态", max_length=8, choices=SetState, default=SetState.DRAFT)
    #: Counts the saves of a draft, so that the second of two people who edit it is told.
    revision = models.PositiveIntegerField("保存次数", default=0)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    drafted_at = models.DateTimeField("起草时间")
    #: Whoever saved it last; an author like the one who began it.
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="最后修改人")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="送审人")
    submitted_at = models.DateTimeField("送审时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True)
    remark = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        """Numbered within an organ; a division refines and has no regulation of its own."""

        verbose_name = "规则集"
        ordering = ("-effective_from", "-serial")
        constraints = (
            models.UniqueConstraint(fields=("organ", "serial"), name="rules_set_serial"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("effective_from")), name="rules_set_period"
            ),
            models.CheckConstraint(
                condition=Q(division__isnull=True) | Q(kind=SetKind.REFINEMENT), name="rules_division_refines"
            ),
            models.CheckConstraint(
                condition=~Q(state=SetState.APPROVED) | Q(decided_by__isnull=False), name="rules_approved_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state=SetState.APPROVED)
                | (~Q(decided_by=F("drafted_by")) & ~Q(decided_by=F("changed_by")) & ~Q(decided_by=F("submitted_by"))),
                name="rules_two_people",
            ),
        )

    def __str__(self) -> str:
        """Return the name as it is quoted."""
        return f"《{self.name}》"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this version."""
        return f"rules/{self.code}"

    @property
    def shown(self) -> Shown:
        """Return the state with its colour: a draft that came back says so."""
        if self.state == SetState.DRAFT and self.remark:
            return Shown("退回修改", "active", "edit")
        return shown(self, "state", own=False)

    @property
    def level_name(self) -> str:
        """Say whose rules these are."""
        return f"{self.organ.short_name}{self.division.name}" if self.division else self.organ.short_name


class CalendarYear(Recorded):
    """A year of the State Council's calendar as published here. A correction is a further version; the last one counts."""

    year = models.PositiveSmallIntegerField("年份")
    version = models.PositiveSmallIntegerField("版本")
    basis = models.CharField("通知文号", max_length=100)
    text = models.TextField("通知原文")
    #: [[first day, last day, holiday], ...] as ISO dates, both counted.
    off = models.JSONField("放假")
    work = models.JSONField("调休上班")
    reason = models.CharField("更正理由", max_length=200, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="公布人")
    published_at = models.DateTimeField("公布时间")

    class Meta:
        """Each version once; a correction says why."""

        verbose_name = "放假安排"
        ordering = ("-year", "-version")
        constraints = (
            models.UniqueConstraint(fields=("year", "version"), name="rules_calendar_version"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="rules_calendar_reason"),
        )

    def __str__(self) -> str:
        """Name year and version."""
        return f"{self.year}年放假安排第{self.version}版"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this year."""
        return f"calendar/{self.year}"
