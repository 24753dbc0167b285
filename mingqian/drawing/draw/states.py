"""States and closed lists of draws."""

from django.db import models

from mingqian.pages.tones import toned


@toned(SEALED="sealed", CLOSED="sealed", OPENED="done")
class DrawState(models.TextChoices):
    """Life of a sealed draw. There is no way back."""

    SEALED = "sealed", "已封存"
    CLOSED = "closed", "献数截止"
    OPENED = "opened", "已开签"
    VOIDED = "voided", "已作废"


LIVE = (DrawState.SEALED, DrawState.CLOSED)


class Assignment(models.TextChoices):
    """How inspectors are dealt (draw protocol, steps 8 and 9)."""

    PER_SUBJECT = "per-subject", "逐个对象抽人"
    TEAMS = "teams", "先组成固定检查组再分派"
    NONE = "none", "只抽对象，不抽人员"


class Publication(models.TextChoices):
    """When the list is published; the digests are public at once in any case."""

    AT_ONCE = "at-once", "开签后立即公布名单"
    LATER = "later", "检查结束后再公布名单"
