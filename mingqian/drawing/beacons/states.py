"""States of what somebody read as the value of a beacon."""

from django.db import models

from mingqian.pages.tones import toned


@toned(ASKED="soon", CONFIRMED="done")
class BeaconState(models.TextChoices):
    """Life of a reading: it counts once another person has read the same."""

    ASKED = "asked", "待复核"
    CONFIRMED = "confirmed", "已复核"
    DECLINED = "declined", "复核不符"
