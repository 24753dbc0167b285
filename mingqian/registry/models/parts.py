"""What belongs to subjects beside their own row: permits, flags, exemptions."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from mingqian.ledger.models import Recorded
from mingqian.registry.parts.states import FlagKind, PartState


class _Period(Recorded):
    """Something that holds from one day to another, both counted; without an end it goes on. Ended early, never deleted."""

    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_at = models.DateTimeField("登记时间")
    #: Entered by mistake: kept and shown as such, counts nowhere.
    withdrawn_why = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        """Only a base."""

        abstract = True

    def covers(self, on: date) -> bool:
        """Say whether it holds on a date."""
        return not self.withdrawn_why and self.since <= on and (self.until is None or on <= self.until)

    def standing(self, on: date) -> PartState:
        """Return how it stands on a date."""
        if self.withdrawn_why:
            return PartState.WITHDRAWN
        if self.since > on:
            return PartState.LATER
        return PartState.NOW if self.covers(on) else PartState.PAST


class Permit(_Period):
    """A permit of a subject. One subject may hold several, and is one ticket in a draw all the same."""

    subject = models.ForeignKey("registry.Subject", models.PROTECT, related_name="permits", verbose_name="抽查对象")
    name = models.CharField("许可名称", max_length=100)
    number = models.CharField("许可证编号", max_length=64)
    issuer = models.CharField("发证机关", max_length=100, blank=True)

    class Meta:
        """It ends after it begins; one number of one permit counts once."""

        verbose_name = "许可"
        ordering = ("name", "number", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="registry_permit_period"
            ),
            models.UniqueConstraint(
                fields=("subject", "name", "number"), condition=Q(withdrawn_why=""), name="registry_permit_once"
            ),
        )

    def __str__(self) -> str:
        """Return name and number."""
        return f"{self.name} {self.number}"


class Flag(_Period):
    """A reason for which a subject is inspected more (art. 12): never without its source."""

    subject = models.ForeignKey("registry.Subject", models.PROTECT, related_name="flags", verbose_name="抽查对象")
    kind = models.CharField("标记", max_length=12, choices=FlagKind)
    source = models.CharField("来源", max_length=200, help_text="哪个部门、哪份文件或哪个名单。")
    document = models.CharField("文号或编号", max_length=100, blank=True)

    class Meta:
        """It ends after it begins and names its source."""

        verbose_name = "信用标记"
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="registry_flag_period"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="registry_flag_source"),
        )

    def __str__(self) -> str:
        """Name the flag and the day."""
        return f"{self.get_kind_display()} {self.since}"


class Exemption(_Period):
    """A subject on the exemption list (免检免扰名单, art. 9): who put it there, on what basis, how long."""

    subject = models.ForeignKey("registry.Subject", models.PROTECT, related_name="exemptions", verbose_name="抽查对象")
    code = models.CharField("名单代码", max_length=32, help_text="抽取明细中公开的代码，例如 miansao-2026。")
    basis = models.CharField("免检依据", max_length=300)
    source = models.CharField("名单来源", max_length=200)

    class Meta:
        """It ends after it begins and names basis and source."""

        verbose_name = "免检免扰"
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="registry_exemption_period"
            ),
            models.CheckConstraint(condition=~Q(basis="") & ~Q(source=""), name="registry_exemption_basis"),
        )

    def __str__(self) -> str:
        """Name the list and the day."""
        return f"{self.code} {self.since}"
