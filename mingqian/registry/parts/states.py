"""Kinds of flags."""

from django.db import models

from mingqian.pages.tones import toned


class FlagKind(models.TextChoices):
    """Why a subject is inspected more, and outside the cap (art. 12)."""

    COMPLAINTS = "complaints", "多次投诉举报"
    ABNORMAL = "abnormal", "列入经营异常名录"
    DISHONEST = "dishonest", "失信行为"
    SERIOUS = "serious", "严重违法违规"


@toned(NOW="done", LATER="plain:clock", PAST="soon")
class PartState(models.TextChoices):
    """How something with a period stands on a day."""

    NOW = "now", "有效"
    LATER = "later", "尚未生效"
    PAST = "past", "已到期"
    WITHDRAWN = "withdrawn", "已撤销"
