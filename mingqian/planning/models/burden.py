"""What each subject bears: every inspection that was drawn or ordered, whoever held it (art. 12, 21)."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.ledger.models import Recorded
from mingqian.planning.burden.states import BurdenSource, Ground, SpecialState
from mingqian.registry.models import Subject, split


class SpecialInspection(Recorded):
    """An inspection outside the lottery (art. 21): never a draw, but it counts for what a subject bears. Withdrawn, never deleted.

    One in which the organ took part in a draw led by another authority (A21.1) names that authority in `led_by`.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="special_inspections", verbose_name="机关")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, related_name="special_inspections", verbose_name="科室"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    #: ASCII, for addresses.
    code = models.CharField("编码", max_length=64, unique=True)
    number = models.CharField("登记编号", max_length=64)
    ground = models.CharField("事由", max_length=12, choices=Ground)
    led_by = models.CharField("发起部门", max_length=100, blank=True)
    title = models.CharField("检查名称", max_length=100)
    document = models.CharField("依据文件", max_length=200)
    content = models.TextField("检查内容")
    since = models.DateField("检查自")
    until = models.DateField("检查至")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=SpecialState, default=SpecialState.RECORDED)
    withdrawn_why = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        """Numbered without gaps within the organ's year; it ends after it begins and names its paper."""

        verbose_name = "专项检查"
        ordering = ("-since", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organ", "year", "serial"), name="planning_special_serial"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="planning_special_period"),
            models.CheckConstraint(condition=~Q(document=""), name="planning_special_document"),
            models.CheckConstraint(
                condition=~Q(state=SpecialState.WITHDRAWN) | ~Q(withdrawn_why=""), name="planning_special_withdrawn"
            ),
            models.CheckConstraint(
                condition=(Q(ground=Ground.ELSEWHERE) & ~Q(led_by="")) | (~Q(ground=Ground.ELSEWHERE) & Q(led_by="")),
                name="planning_special_led_by",
            ),
        )

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.number} {self.title}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names it."""
        return f"special/{self.code}"

    @property
    def source(self) -> BurdenSource:
        """Return as what it counts for its subjects."""
        return BurdenSource.OTHER if self.ground == Ground.ELSEWHERE else BurdenSource.SPECIAL


class Encounter(Recorded):
    """One subject is inspected once, drawn or by order, between two days, both counted; the day itself where it is known.

    `reference` is the number of the draw or of the special inspection, `items` the codes of the items ("" where none is named) and `team`
    the certificate numbers, both as `|a|b|`. One that was dropped (exempted, replaced, withdrawn) says why and counts no more.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="encounters", verbose_name="机关")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="encounters", verbose_name="抽查对象")
    source = models.CharField("来源", max_length=8, choices=BurdenSource)
    reference = models.CharField("编号", max_length=64)
    title = models.CharField("名称", max_length=200)
    items = models.TextField("事项编码", blank=True)
    task = models.ForeignKey(
        "Task", models.PROTECT, null=True, blank=True, related_name="encounters", verbose_name="抽查任务"
    )
    team = models.TextField("检查人员", blank=True)
    since = models.DateField("自")
    until = models.DateField("至")
    on = models.DateField("检查日期", null=True, blank=True)
    dropped_why = models.CharField("不再计入的原因", max_length=200, blank=True)

    class Meta:
        """One subject is met once by one reference."""

        verbose_name = "受检登记"
        ordering = ("-since", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("subject", "reference"), name="planning_encounter_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="planning_encounter_period"),
        )
        indexes = (models.Index(fields=("organ", "since"), name="planning_encounter_since"),)

    def __str__(self) -> str:
        """Name subject and reference."""
        return f"{self.subject} {self.reference}"

    @property
    def item_codes(self) -> tuple[str, ...]:
        """Return the codes of the items, none where none is named."""
        return split(self.items)

    @property
    def day(self) -> date:
        """Return the day that counts: that of the visit, else the first of the window."""
        return self.on or self.since
