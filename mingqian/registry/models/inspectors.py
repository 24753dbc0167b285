"""Inspectors, and what belongs to them: absences, interests, fields, qualifications."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Field, Organ, User
from mingqian.common import crypto
from mingqian.ledger.models import Recorded
from mingqian.registry.people.states import InterestKind, InterestSource, OutReason, Sex


class Absence(Recorded):
    """An inspector is away from one day to another, both counted (排除). Ended early by `back_on`, never deleted."""

    inspector = models.ForeignKey(
        "registry.Inspector", models.PROTECT, related_name="absences", verbose_name="执法检查人员"
    )
    reason = models.CharField("原因", max_length=12, choices=OutReason)
    since = models.DateField("自")
    until = models.DateField("至")
    back_on = models.DateField("提前返岗日期", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        """An absence ends after it begins; who comes back early comes back within it."""

        verbose_name = "排除"
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="registry_absence_period"),
            models.CheckConstraint(
                condition=Q(back_on__isnull=True) | Q(back_on__gte=F("since"), back_on__lte=F("until")),
                name="registry_absence_back",
            ),
        )

    def __str__(self) -> str:
        """Name the person and the days."""
        return f"{self.inspector} {self.since} {self.until}"

    def covers(self, on: date) -> bool:
        """Say whether the inspector is away on a date."""
        return self.since <= on <= self.until and (self.back_on is None or on < self.back_on)

    def meets(self, since: date, until: date) -> bool:
        """Say whether a day from `since` to `until` is covered."""
        begins, ends = max(self.since, since), min(self.until, until)
        return begins <= ends and (self.back_on is None or begins < self.back_on)


class Interest(Recorded):
    """An inspector has an interest in a subject (art. 11). Kind and note are for the organ and the inspector only, never public."""

    BOXES: ClassVar[dict[str, str]] = {"note_box": "registry/interest"}

    inspector = models.ForeignKey(
        "registry.Inspector", models.PROTECT, related_name="interests", verbose_name="执法检查人员"
    )
    subject = models.ForeignKey("registry.Subject", models.PROTECT, related_name="interests", verbose_name="抽查对象")
    kind = models.CharField("利害关系", max_length=20, choices=InterestKind)
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    #: Encrypted also where it is empty, so that nobody guesses a row from its published digest.
    note_box = models.BinaryField("说明（密文）")
    source = models.CharField("来源", max_length=10, choices=InterestSource)
    recorded_by = models.CharField("登记人", max_length=200)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        """An interest ends after it begins."""

        verbose_name = "利害关系"
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="registry_interest_period"
            ),
        )

    def __str__(self) -> str:
        """Name the pair."""
        return f"{self.inspector} {self.subject}"

    def covers(self, on: date) -> bool:
        """Say whether the interest is in force on a date."""
        return self.since <= on and (self.until is None or on <= self.until)

    def set_note(self, value: str) -> None:
        """Keep the note encrypted."""
        self.note_box = crypto.encrypt(value, "registry/interest")

    @property
    def note(self) -> str:
        """Return the note, "" where there is none."""
        return crypto.decrypt(bytes(self.note_box), "registry/interest")


class InspectorField(Recorded):
    """An inspector is kept under a business field (art. 7). It sorts and filters; it never keeps anybody from an item (A7.2)."""

    inspector = models.ForeignKey(
        "registry.Inspector", models.PROTECT, related_name="inspector_fields", verbose_name="执法检查人员"
    )
    field = models.ForeignKey(Field, models.PROTECT, related_name="inspector_fields", verbose_name="业务领域")

    class Meta:
        """Named once."""

        verbose_name = "执法检查人员的业务领域"
        ordering = ("inspector", "field")
        constraints = (models.UniqueConstraint(fields=("inspector", "field"), name="registry_inspector_field"),)

    def __str__(self) -> str:
        """Name both."""
        return f"{self.inspector} {self.field}"


class Qualification(Recorded):
    """A qualification of an inspector beside the certificate; withdrawn, never deleted."""

    inspector = models.ForeignKey(
        "registry.Inspector", models.PROTECT, related_name="qualifications", verbose_name="执法检查人员"
    )
    name = models.CharField("资格名称", max_length=60)
    number = models.CharField("证书编号", max_length=64)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    withdrawn = models.BooleanField("已撤下", default=False)

    class Meta:
        """By name."""

        verbose_name = "资格"
        ordering = ("name", "number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("inspector", "name", "number"),
                condition=Q(withdrawn=False),
                name="registry_qualification_once",
            ),
        )

    def __str__(self) -> str:
        """Return name and number."""
        return f"{self.name} {self.number}"

    def valid_on(self, on: date) -> bool:
        """Say whether the qualification counts on a date; one without an end always does."""
        return not self.withdrawn and (self.valid_until is None or on <= self.valid_until)


class Inspector(Recorded):
    """Somebody who may inspect (art. 7). The certificate number is the natural key that enters a draw."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="inspectors", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, related_name="inspectors", verbose_name="科室")
    certificate_number = models.CharField("执法证号", max_length=64)
    name = models.CharField("姓名", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex, default=Sex.UNKNOWN, blank=True)
    post = models.CharField("岗位", max_length=60, blank=True)
    valid_from = models.DateField("证件有效期自", null=True, blank=True)
    valid_until = models.DateField("证件有效期至", null=True, blank=True)
    on_establishment = models.BooleanField("行政编制", default=True)
    enforcement_post = models.BooleanField("在执法岗位", default=True)
    #: The account with which the inspector declares interests; set by the division.
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="inspector", verbose_name="本人账号"
    )

    class Meta:
        """One certificate, one inspector; it ends after it begins."""

        verbose_name = "执法检查人员"
        ordering = ("organ", "certificate_number")
        constraints = (
            models.UniqueConstraint(fields=("organ", "certificate_number"), name="registry_inspector_certificate"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="registry_inspector_validity",
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name
