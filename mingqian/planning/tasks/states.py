"""States of tasks and of proposals of joint inspections."""

from django.db import models

from mingqian.pages.tones import toned


@toned(OPEN="soon", SEALED="active:lock", DRAWN="active:check", DONE="done")
class TaskState(models.TextChoices):
    """Life of a task: it follows from what becomes of its draw and of the inspections below."""

    OPEN = "open", "待抽取"
    SEALED = "sealed", "已封存，待开签"
    DRAWN = "drawn", "已抽取，检查中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


@toned(PROPOSED="soon", AGREED="done")
class JointState(models.TextChoices):
    """What two divisions make of drawing the same subjects in the same window (art. 12)."""

    PROPOSED = "proposed", "待对方答复"
    AGREED = "agreed", "同意联合检查"
    DECLINED = "declined", "不联合，予以避开"
