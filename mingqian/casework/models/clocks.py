"""A limit of the rules that runs on a thing."""

from datetime import date

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Division, Organ
from mingqian.casework.clocks.states import KINDS
from mingqian.common import clock
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown


class Clock(Recorded):
    """One limit on one thing, from its start until it is cleared. How the due day came about stands in `working`, as it was reckoned.

    `thing` is the ledger's name of what it runs on; `kind` names the limit (`clocks.states.KINDS`). This room lies below the rules: it is
    handed the days. A thing whose limit begins anew gets another row: what ran once stays.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="clocks", verbose_name="机关")
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="clocks", verbose_name="科室"
    )
    kind = models.CharField("期限", max_length=40)
    thing = models.CharField("对象", max_length=200)
    title = models.CharField("事项", max_length=200)
    path = models.CharField("页面", max_length=200)
    started = models.DateField("起算日")
    days = models.PositiveSmallIntegerField("工作日")
    due = models.DateField("到期日")
    #: From this day on the limit is yellow.
    soon = models.DateField("提醒日")
    working = models.CharField("算法", max_length=500)
    provisional = models.BooleanField("暂定", default=False)
    cleared_at = models.DateTimeField("办结时间", null=True, blank=True)
    cleared_by = models.CharField("办结人", max_length=200, blank=True)
    cleared_how = models.CharField("办结方式", max_length=300, blank=True)

    class Meta:
        """One of a kind runs on a thing at a time; what is cleared says by what."""

        verbose_name = "期限"
        ordering = ("due", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "thing"), condition=Q(cleared_at__isnull=True), name="casework_clock_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | (~Q(cleared_by="") & ~Q(cleared_how="")),
                name="casework_clock_cleared_by",
            ),
            models.CheckConstraint(condition=Q(soon__lte=models.F("due")), name="casework_clock_soon_before_due"),
        )
        indexes = (models.Index(fields=("organ", "due"), name="casework_clock_due"),)

    def __str__(self) -> str:
        """Name limit and thing."""
        return f"{self.kind} {self.thing}"

    @property
    def kind_words(self) -> str:
        """Say which limit it is, and by which article."""
        kind = KINDS[self.kind]
        return f"{kind.title}（{kind.cited}）"

    @property
    def waits_for(self) -> str:
        """Say what a running limit waits for that is still to come, "" for nothing."""
        return "" if self.cleared_at else KINDS[self.kind].waits_for

    @property
    def ended_on(self) -> date | None:
        """Return the date of law on which it was cleared."""
        return self.cleared_at.astimezone(clock.LAW_ZONE).date() if self.cleared_at else None

    @property
    def shown(self) -> Shown:
        """Return how it stands today: green when cleared in time, yellow when it ends soon, red once it is over."""
        due = f"{self.due.month}月{self.due.day}日"
        if (ended := self.ended_on) is not None:
            return Shown("已办结", "done", "check") if ended <= self.due else Shown("逾期办结", "soon", "check")
        today = clock.today()
        if today > self.due:
            return Shown(f"红牌 · {due}已到期", "overdue", "alert")
        if today >= self.soon:
            return Shown("黄牌 · 今天到期" if today == self.due else f"黄牌 · {due}到期", "soon", "clock")
        return Shown(f"{due}到期", "plain", "clock")
