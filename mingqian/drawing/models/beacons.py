"""What was read as the value of the public source of chance of a draw: typed by one, confirmed by another."""

from django.db import models
from django.db.models import Q

from mingqian.casework.models import Request
from mingqian.documents.models import StoredFile
from mingqian.drawing.beacons.states import BeaconState


class BeaconReading(Request):
    """The digits that a public event gave, with a picture of where they were read."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="readings", verbose_name="抽取")
    digits = models.CharField("公布的号码", max_length=100)
    source = models.CharField("公布的地方", max_length=200)
    picture = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="截图或照片")
    state = models.CharField("状态", max_length=10, choices=BeaconState, default=BeaconState.ASKED)

    class Meta:
        """One reading that waits or counts for a draw."""

        verbose_name = "公开随机源的号码"
        ordering = ("draw", "pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=("draw",), condition=Q(state__in=("asked", "confirmed")), name="drawing_one_reading"
            ),
        )

    def __str__(self) -> str:
        """Name the draw and the digits."""
        return f"{self.draw.draw_id} {self.digits}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names the draw."""
        return self.draw.ledger_subject
