"""Experts and testing bodies, who are apart from inspectors."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Organ
from mingqian.common import crypto
from mingqian.ledger.models import Recorded
from mingqian.registry.experts.states import ExpertKind


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
