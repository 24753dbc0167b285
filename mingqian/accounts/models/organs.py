"""Organs, their divisions and fields of work."""

from django.db import models

from mingqian.accounts.states import DivisionKind, OrganKind
from mingqian.ledger.models import Recorded


class Organ(Recorded):
    """A bureau (机关). Organs form a tree; an upper one sees down, nobody edits another's (art. 4, 22)."""

    code = models.CharField("机关代码", max_length=32, unique=True)
    name = models.CharField("机关名称", max_length=100)
    short_name = models.CharField("简称", max_length=40)
    kind = models.CharField("层级", max_length=10, choices=OrganKind)
    area_code = models.CharField("行政区划代码", max_length=6, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机关"
    )

    class Meta:
        """By code."""

        verbose_name = "机关"
        ordering = ("code",)

    def __str__(self) -> str:
        """Return the full name."""
        return self.name


class Division(Recorded):
    """A division (科室) of an organ."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="divisions", verbose_name="机关")
    code = models.CharField("科室代码", max_length=32)
    name = models.CharField("科室名称", max_length=40)
    kind = models.CharField("科室类别", max_length=12, choices=DivisionKind)

    class Meta:
        """One code for one division of an organ."""

        verbose_name = "科室"
        ordering = ("organ", "code")
        constraints = (models.UniqueConstraint(fields=("organ", "code"), name="accounts_division_code"),)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Field(Recorded):
    """A business field (业务领域) of an organ; registries are kept per field (art. 6, 7)."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="fields", verbose_name="机关")
    code = models.CharField("领域代码", max_length=32)
    name = models.CharField("业务领域", max_length=40)

    class Meta:
        """One code for one field of an organ."""

        verbose_name = "业务领域"
        ordering = ("organ", "code")
        constraints = (models.UniqueConstraint(fields=("organ", "code"), name="accounts_field_code"),)

    def __str__(self) -> str:
        """Return the name."""
        return self.name
