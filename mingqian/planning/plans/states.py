"""States of an entry as the plan shows it."""

from django.db import models


class PlanState(models.TextChoices):
    """How far a year's plan, or an entry of it, has come; computed from the tasks below, never kept."""

    DRAFTING = "drafting", "编制中"
    WAITING = "waiting", "未到检查时间"
    DUE = "due", "待开立任务"
    RUNNING = "running", "执行中"
    MISSED = "missed", "逾期未抽取"
    DONE = "done", "已完成"
