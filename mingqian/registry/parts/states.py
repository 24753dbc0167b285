"""Kinds of flags."""

from django.db import models


class FlagKind(models.TextChoices):
    """Why a subject is inspected more, and outside the cap (art. 12)."""

    COMPLAINTS = "complaints", "多次投诉举报"
    ABNORMAL = "abnormal", "列入经营异常名录"
    DISHONEST = "dishonest", "失信行为"
    SERIOUS = "serious", "严重违法违规"
