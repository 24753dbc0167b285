"""What belongs to subjects beside their own row: libraries, permits, flags, exemptions, and the log of what changed, field by field."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Organ
from mingqian.ledger.models import Recorded
from mingqian.registry.states import FlagKind

#: Between and around the names of a column that holds several, so that one name is found with a plain LIKE '%|name|%'.
BAR = "|"


def joined(names: Any) -> str:
    """Return the text of a column that holds several names, sorted and each once.

    >>> joined(["重点用能", "民爆", "民爆"]), joined([])
    ('|民爆|重点用能|', '')
    """
    found = sorted({name.strip() for name in names if name.strip()})
    return BAR + BAR.join(found) + BAR if found else ""


def split(text: str) -> tuple[str, ...]:
    """Undo `joined`.

    >>> split("|民爆|重点用能|")
    ('民爆', '重点用能')
    """
    return tuple(name for name in text.split(BAR) if name)


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


class Library(Recorded):
    """A special library (专项库) of an organ: subjects of one sort, to which items refer. Retired, never deleted."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="libraries", verbose_name="机关")
    code = models.CharField("专项库代码", max_length=32)
    name = models.CharField("专项库名称", max_length=60)
    basis = models.CharField("建库依据", max_length=300, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        """One code, one name in an organ."""

        verbose_name = "专项库"
        ordering = ("organ", "code")
        constraints = (
            models.UniqueConstraint(fields=("organ", "code"), name="registry_library_code"),
            models.UniqueConstraint(fields=("organ", "name"), name="registry_library_name"),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


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
