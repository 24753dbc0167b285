"""Libraries of subjects (专项库)."""

from django.db import models

from mingqian.accounts.models import Organ
from mingqian.ledger.models import Recorded


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
