"""Experts and testing bodies that come along to the visits of a task: named on it by procedure, never members of a team (art. 9)."""

from django.db import models
from django.db.models import Q

from mingqian.casework.models import Request
from mingqian.planning.experts.states import HelperState
from mingqian.registry.models import Expert


class TaskExpert(Request):
    """An expert, or a testing body, that helps with the visits of a task; somebody asks and says what for, another decides."""

    task = models.ForeignKey("planning.Task", models.PROTECT, related_name="experts", verbose_name="抽查任务")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="tasks", verbose_name="专家或检测机构")
    state = models.CharField("状态", max_length=10, choices=HelperState, default=HelperState.PENDING)
    purpose = models.CharField("辅助检查的内容", max_length=200)

    class Meta:
        """One that waits or counts for an expert of a task; nobody decides on their own."""

        verbose_name = "辅助检查人员"
        ordering = ("task", "asked_at", "pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=("task", "expert"),
                condition=Q(state__in=(HelperState.PENDING, HelperState.APPROVED)),
                name="planning_task_expert_once",
            ),
        )

    def __str__(self) -> str:
        """Name task and expert."""
        return f"{self.task.number} {self.expert}"

    @property
    def words(self) -> str:
        """Return who comes along and with what, as papers say it."""
        where = f"{self.expert.organisation}，" if self.expert.organisation else ""
        return f"{self.expert.name}（{where}{self.expert.speciality}）：{self.purpose}"
