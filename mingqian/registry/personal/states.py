"""How personal data is looked at."""

from django.db import models


class PersonalAct(models.TextChoices):
    """How personal data was seen in full (A20.1)."""

    REVEAL = "reveal", "查看"
    EXPORT = "export", "导出"
