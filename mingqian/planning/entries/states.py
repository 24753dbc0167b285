"""Closed lists of a plan's entries: strata, quotas, flags."""

from django.db import models


class Stratify(models.TextChoices):
    """What the pool is cut into strata by."""

    NONE = "none", "不分层"
    DISTRICT = "district", "按区县分层"
    KIND = "kind", "按对象类别分层"


class QuotaMode(models.TextChoices):
    """How a quota is set."""

    RATIO = "ratio", "按比例"
    NUMBER = "number", "按数量"


class FlagMode(models.TextChoices):
    """How subjects with a mark of article 12, third paragraph, are inspected more."""

    NONE = "none", "不加大"
    LOTS = "lots", "一家多签"
    STRATUM = "stratum", "单独成层"
