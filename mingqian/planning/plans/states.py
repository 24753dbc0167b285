"""States of an entry as the plan shows it."""

from django.db import models

from mingqian.pages.tones import toned


@toned(DRAFTING="active:edit", WAITING="plain:clock", DUE="soon", RUNNING="active", MISSED="overdue", DONE="done")
class PlanState(models.TextChoices):
    """How far a year's plan, or an entry of it, has come; computed from the tasks below, never kept."""

    DRAFTING = "drafting", "编制中"
    WAITING = "waiting", "未到检查时间"
    DUE = "due", "待开立任务"
    RUNNING = "running", "执行中"
    MISSED = "missed", "逾期未抽取"
    DONE = "done", "已完成"
