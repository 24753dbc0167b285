"""Tasks that the entries of a plan open, subjects that are left out of their draws by hand, proposals of joint inspections."""

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.casework.models import Request
from mingqian.ledger.models import Recorded
from mingqian.planning.pool.states import ExclusionState
from mingqian.planning.tasks.states import JointState, TaskState
from mingqian.registry.models import Subject


class Task(Recorded):
    """An inspection task (抽查任务): one time of an approved entry, in its window. Its draw, visits and results hang below it."""

    revision = models.ForeignKey("EntryRevision", models.PROTECT, related_name="tasks", verbose_name="计划条目修订")
    entry = models.ForeignKey("PlanEntry", models.PROTECT, related_name="tasks", verbose_name="计划条目")
    #: Which of the entry's windows, from 1.
    round = models.PositiveSmallIntegerField("次序")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="tasks", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, related_name="tasks", verbose_name="检查科室")
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    #: ASCII, for addresses.
    code = models.CharField("编码", max_length=80, unique=True)
    number = models.CharField("任务编号", max_length=64)
    title = models.CharField("任务名称", max_length=80)
    since = models.DateField("检查自")
    until = models.DateField("检查至")
    state = models.CharField("状态", max_length=10, choices=TaskState, default=TaskState.OPEN)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开立人")
    opened_at = models.DateTimeField("开立时间")
    cancelled_why = models.CharField("取消原因", max_length=200, blank=True)

    class Meta:
        """Numbered without gaps for the division and the year; a window of an entry has one task that counts."""

        verbose_name = "抽查任务"
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("division", "year", "serial"), name="planning_task_serial"),
            models.UniqueConstraint(fields=("organ", "number"), name="planning_task_number"),
            models.UniqueConstraint(
                fields=("entry", "round"), condition=~Q(state=TaskState.CANCELLED), name="planning_task_once"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="planning_task_period"),
        )

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.number} {self.title}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this task."""
        return f"task/{self.code}"


class Exclusion(Request):
    """Somebody asks that a subject be kept out of a task, saying why; a leader decides. Counted in public."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="exclusions", verbose_name="抽查任务")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="exclusions", verbose_name="抽查对象")
    state = models.CharField("状态", max_length=10, choices=ExclusionState, default=ExclusionState.PENDING)
    reason = models.CharField("理由", max_length=200)

    class Meta:
        """One that waits or counts for a subject of a task; nobody decides on their own."""

        verbose_name = "人工排除"
        ordering = ("-asked_at", "-pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=("task", "subject"),
                condition=Q(state__in=(ExclusionState.PENDING, ExclusionState.APPROVED)),
                name="planning_exclusion_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="planning_exclusion_reason"),
        )

    def __str__(self) -> str:
        """Name task and subject."""
        return f"{self.task.number} {self.subject}"


class JointProposal(Request):
    """Two tasks of different divisions meet the same subjects in the same window: inspect together, or the later keeps them out."""

    #: The task that is still to be drawn.
    task = models.ForeignKey(Task, models.PROTECT, related_name="joint_proposals", verbose_name="抽查任务")
    #: The task of another division whose draw selected the subjects.
    other = models.ForeignKey(Task, models.PROTECT, related_name="joint_requests", verbose_name="对方任务")
    state = models.CharField("状态", max_length=10, choices=JointState, default=JointState.PROPOSED)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        """Two tasks speak of it once."""

        verbose_name = "联合检查提议"
        ordering = ("-asked_at", "-pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(fields=("task", "other"), name="planning_joint_once"),
            models.CheckConstraint(condition=~Q(task=F("other")), name="planning_joint_two"),
        )

    def __str__(self) -> str:
        """Name both tasks."""
        return f"{self.task.number} — {self.other.number}"
