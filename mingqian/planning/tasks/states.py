"""States of tasks and of proposals of joint inspections."""

from django.db import models


class TaskState(models.TextChoices):
    """Life of a task: it follows from what becomes of its draw and of the inspections below."""

    OPEN = "open", "待抽取"
    SEALED = "sealed", "已封存，待开签"
    DRAWN = "drawn", "已抽取，检查中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


#: A sealed draw that is voided gives the task back; what was drawn is never undone.
TASK_MOVES: dict[tuple[str, str], str] = {
    (TaskState.OPEN, "seal"): TaskState.SEALED,
    (TaskState.SEALED, "void"): TaskState.OPEN,
    (TaskState.SEALED, "draw"): TaskState.DRAWN,
    (TaskState.DRAWN, "finish"): TaskState.DONE,
    (TaskState.OPEN, "cancel"): TaskState.CANCELLED,
}


class JointState(models.TextChoices):
    """What two divisions make of drawing the same subjects in the same window (art. 12)."""

    PROPOSED = "proposed", "待对方答复"
    AGREED = "agreed", "同意联合检查"
    DECLINED = "declined", "不联合，予以避开"


JOINT_MOVES: dict[tuple[str, str], str] = {
    (JointState.PROPOSED, "agree"): JointState.AGREED,
    (JointState.PROPOSED, "decline"): JointState.DECLINED,
}
