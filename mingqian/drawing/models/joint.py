"""Joint visits: one door, several divisions' draws, with leaders settled between them (A12.2)."""

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.common import clock
from mingqian.drawing.joint.states import FoundBy, JointVisitState, PartState, SettlementState
from mingqian.ledger.models import Recorded
from mingqian.registry.models import Subject


class JointVisit(Recorded):
    """One subject that two or more divisions' draws selected in one window. Who inspects stays as drawn: nobody enters a team by this."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="joint_visits", verbose_name="机关")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="joint_visits", verbose_name="检查对象")
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    #: ASCII, for addresses.
    code = models.CharField("编码", max_length=64, unique=True)
    number = models.CharField("编号", max_length=64)
    state = models.CharField("状态", max_length=10, choices=JointVisitState, default=JointVisitState.PROPOSED)
    found_by = models.CharField("由来", max_length=10, choices=FoundBy)
    found_at = models.DateTimeField("发现时间")
    #: Settled: the draw whose division leads, certificate numbers of leader and second leader, days within all windows.
    lead = models.ForeignKey(
        "drawing.JointPart", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头科室"
    )
    leader = models.CharField("检查组长", max_length=64, blank=True)
    second = models.CharField("副组长", max_length=64, blank=True)
    since = models.DateField("计划检查自", null=True, blank=True)
    until = models.DateField("计划检查至", null=True, blank=True)
    #: Why what had been settled holds no longer.
    reopened_why = models.CharField("须重新商定的原因", max_length=200, blank=True)
    ended_why = models.CharField("终止的原因", max_length=200, blank=True)

    class Meta:
        """Numbered without gaps within the organ's year; what is settled is whole."""

        verbose_name = "联合检查"
        ordering = ("-found_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organ", "year", "serial"), name="drawing_joint_serial"),
            models.CheckConstraint(
                condition=~Q(state=JointVisitState.SETTLED)
                | (Q(lead__isnull=False, since__isnull=False, until__gte=F("since")) & ~Q(leader="") & ~Q(second="")),
                name="drawing_joint_settled",
            ),
            models.CheckConstraint(condition=Q(leader="") | ~Q(leader=F("second")), name="drawing_joint_two_leaders"),
        )

    def __str__(self) -> str:
        """Return the number and whom it visits."""
        return f"{self.number} {self.subject}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names it."""
        return f"joint-visit/{self.code}"


class JointPart(Recorded):
    """A draw that takes part in a joint visit, with what its division says; the team follows every supplement of the draw.

    `number` is that of the subject as the draw has it, `team` is [[certificate number, name, division]], the leader of the team first.
    """

    visit = models.ForeignKey(JointVisit, models.PROTECT, related_name="parts", verbose_name="联合检查")
    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="joint_parts", verbose_name="抽取")
    division = models.ForeignKey(Division, models.PROTECT, related_name="joint_parts", verbose_name="科室")
    number = models.CharField("登记号", max_length=64)
    team = models.JSONField("检查组", default=list)
    state = models.CharField("答复", max_length=10, choices=PartState, default=PartState.WAITING)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)
    remark = models.CharField("说明", max_length=200, blank=True)
    #: The last day for the answer; none where it was agreed before the seal.
    due = models.DateField("最迟答复日", null=True)

    class Meta:
        """A draw is in a joint visit once, and in one at a time for a subject."""

        verbose_name = "联合检查的抽取"
        ordering = ("visit", "pk")
        constraints = (
            models.UniqueConstraint(fields=("visit", "draw"), name="drawing_joint_part_once"),
            models.UniqueConstraint(
                fields=("draw", "number"),
                condition=Q(state__in=(PartState.WAITING, PartState.AGREED)),
                name="drawing_joint_part_live",
            ),
        )

    def __str__(self) -> str:
        """Name division and draw."""
        return f"{self.division} {self.draw.draw_id}"

    @property
    def members(self) -> dict[str, str]:
        """Return certificate number → name, the leader of the team first."""
        return {number: name for number, name, _division in self.team}

    @property
    def is_late(self) -> bool:
        """Say whether the last day for an answer is over, and nobody answered."""
        return self.state == PartState.WAITING and self.due is not None and self.due < clock.today()

    @property
    def is_silent(self) -> bool:
        """Say whether the division counts as not joining because it said nothing."""
        return self.state == PartState.DECLINED and self.answered_by_id is None


class JointSettlement(Recorded):
    """A proposal of who leads a joint visit and when it takes place; the other divisions agree, or one refuses."""

    visit = models.ForeignKey(JointVisit, models.PROTECT, related_name="settlements", verbose_name="联合检查")
    serial = models.PositiveSmallIntegerField("次序")
    state = models.CharField("状态", max_length=10, choices=SettlementState, default=SettlementState.PROPOSED)
    lead = models.ForeignKey(JointPart, models.PROTECT, related_name="+", verbose_name="牵头科室")
    leader = models.CharField("检查组长", max_length=64)
    second = models.CharField("副组长", max_length=64)
    since = models.DateField("计划检查自")
    until = models.DateField("计划检查至")
    note = models.CharField("说明", max_length=200, blank=True)
    #: The plan's entry names the other divisions as its partners: its own leads, and nobody need propose it.
    by_plan = models.BooleanField("按年度计划确定", default=False)
    #: The part for whose division it was proposed; none where the plan says it.
    part = models.ForeignKey(JointPart, models.PROTECT, null=True, related_name="+", verbose_name="提议科室")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提议人")
    proposed_at = models.DateTimeField("提议时间")
    decided_at = models.DateTimeField("结束时间", null=True)
    remark = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        """One waits for an answer at a time."""

        verbose_name = "组长方案"
        ordering = ("visit", "-serial")
        constraints = (
            models.UniqueConstraint(fields=("visit", "serial"), name="drawing_settlement_serial"),
            models.UniqueConstraint(
                fields=("visit",), condition=Q(state=SettlementState.PROPOSED), name="drawing_settlement_one"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="drawing_settlement_period"),
        )

    def __str__(self) -> str:
        """Name visit and serial."""
        return f"{self.visit} {self.serial}"


class JointConsent(Recorded):
    """A division agrees to a proposal of leaders."""

    settlement = models.ForeignKey(JointSettlement, models.PROTECT, related_name="consents", verbose_name="组长方案")
    part = models.ForeignKey(JointPart, models.PROTECT, related_name="consents", verbose_name="科室")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("答复时间")

    class Meta:
        """Each division speaks once."""

        verbose_name = "组长方案的同意"
        ordering = ("settlement", "pk")
        constraints = (models.UniqueConstraint(fields=("settlement", "part"), name="drawing_consent_once"),)

    def __str__(self) -> str:
        """Name settlement and part."""
        return f"{self.settlement} {self.part}"
