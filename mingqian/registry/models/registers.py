"""The books that give out numbers."""

from django.db import models

from mingqian.accounts.models import Organ
from mingqian.ledger.models import Recorded
from mingqian.registry.states import RegisterKind


class Register(Recorded):
    """A book of an organ: the last number that it gave out, and a version that every write raises.

    Whoever writes locks the row first, so that numbers have no gaps and an import knows whether what it checked still holds.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="registers", verbose_name="机关")
    kind = models.CharField("登记簿", max_length=12, choices=RegisterKind)
    version = models.PositiveBigIntegerField("版本", default=0)
    last_number = models.PositiveBigIntegerField("最后一个登记号", default=0)

    class Meta:
        """One book of a kind for an organ."""

        verbose_name = "登记簿"
        constraints = (models.UniqueConstraint(fields=("organ", "kind"), name="registry_register_kind"),)
