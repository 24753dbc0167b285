"""What belongs to inspectors beside their own row: absences, interests, fields, qualifications; and experts, who are apart."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Field, Organ
from mingqian.common import crypto
from mingqian.ledger.models import Recorded
from mingqian.registry.states import ExpertKind, InterestKind, InterestSource, OutReason


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


class Expert(Recorded):
    """A specialist or a testing body who may come along (art. 9): named on a task, never in a team, never in a draw."""

    BOXES: ClassVar[dict[str, str]] = {"contact_box": "registry/expert-contact"}

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="experts", verbose_name="机关")
    number = models.CharField("编号", max_length=20)
    kind = models.CharField("类别", max_length=12, choices=ExpertKind)
    name = models.CharField("名称", max_length=100)
    organisation = models.CharField("所在单位", max_length=200, blank=True)
    speciality = models.CharField("专业或检测项目", max_length=200)
    qualification = models.CharField("资质名称", max_length=100, blank=True)
    qualification_number = models.CharField("资质编号", max_length=64, blank=True)
    valid_from = models.DateField("资质有效期自", null=True, blank=True)
    valid_until = models.DateField("资质有效期至", null=True, blank=True)
    contact_box = models.BinaryField("联系方式（密文）", null=True, blank=True)
    active = models.BooleanField("可以邀请", default=True)

    class Meta:
        """One number, one expert; the qualification ends after it begins."""

        verbose_name = "专家和检测机构"
        ordering = ("organ", "number")
        constraints = (
            models.UniqueConstraint(fields=("organ", "number"), name="registry_expert_number"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="registry_expert_validity",
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def set_contact(self, value: str) -> None:
        """Keep the contact encrypted; an empty one clears it."""
        self.contact_box = crypto.encrypt(value, "registry/expert-contact") if value else None

    def contact(self) -> str:
        """Return the contact, "" where none is known. For comparing; pages show `contact_masked`."""
        return crypto.decrypt(bytes(self.contact_box), "registry/expert-contact") if self.contact_box else ""

    @property
    def contact_masked(self) -> str:
        """Return the contact with its middle hidden."""
        contact = self.contact()
        if not contact:
            return ""
        return contact[:3] + "****" + contact[-4:] if len(contact) > 8 else "****"

    def may_come_on(self, on: date) -> bool:
        """Say whether the expert may be asked along on a date."""
        begun = self.valid_from is None or self.valid_from <= on
        return self.active and begun and (self.valid_until is None or on <= self.valid_until)
