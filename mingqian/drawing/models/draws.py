"""Drafts of draws, sealed draws, what witnesses contributed."""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Division, Organ, User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.models import StoredFile
from mingqian.drawing.draw.states import LIVE, Assignment, DrawState, Publication
from mingqian.drawing.models.lots import LotFiles
from mingqian.drawing.people.states import clauses
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown
from mingqian.planning.models import Task


class Draft(Recorded):
    """A draw being prepared. Nothing in it is fixed; sealing copies it into a Draw."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="drafts", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="drafts", verbose_name="科室")
    owner = models.ForeignKey(User, models.PROTECT, related_name="drafts", verbose_name="经办人")
    title = models.CharField("抽取名称", max_length=100)
    #: What is drawn, and how many, follows from the task's entry of the annual plan (art. 2).
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="drafts", verbose_name="抽查任务")
    divisions = models.JSONField("人员所在科室", default=list)
    left_out = models.JSONField("排除人员", default=dict)
    conflicts = models.JSONField("利害关系", default=list)
    assignment = models.CharField("派人方式", max_length=12, choices=Assignment, default=Assignment.PER_SUBJECT)
    team_size = models.PositiveSmallIntegerField(
        "每组人数", default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    teams = models.PositiveSmallIntegerField("检查组数", default=0, validators=[MaxValueValidator(500)])
    batches = models.PositiveSmallIntegerField(
        "批次", default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    witnesses = models.JSONField("抽取监督人", default=list)
    open_by = models.DateTimeField("最迟开签时间", null=True, blank=True)
    place = models.CharField("抽取地点", max_length=100, blank=True)
    beacon = models.JSONField("公开随机源", null=True, blank=True)
    publication = models.CharField("名单公布", max_length=8, choices=Publication, default=Publication.AT_ONCE)
    updated_at = models.DateTimeField("最后保存")

    class Meta:
        """Newest first."""

        verbose_name = "抽取草稿"
        ordering = ("-updated_at",)

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def task_number(self) -> str:
        """Return the number of the task."""
        return self.task.number if self.task else ""

    @property
    def drawn_for(self) -> Task:
        """Return the task that the draw is for; raise DomainError where there is none (art. 2)."""
        if self.task is None:
            raise DomainError("这份草稿没有对应的抽查任务，不能抽取（第二条）。请放弃它，从“抽查任务”开始。")
        return self.task


class Draw(LotFiles, Recorded):
    """A sealed draw. The bytes of its bundle are kept as they were made; everything else on the row repeats them for look-ups."""

    BOXES: ClassVar[dict[str, str]] = {"secret_box": "draw/{draw_id}"}

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="draws", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="draws", verbose_name="科室")
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    #: ASCII, for addresses.
    code = models.CharField("编码", max_length=64, unique=True)
    draw_id = models.CharField("抽取编号", max_length=64, unique=True)
    title = models.CharField("抽取名称", max_length=200)
    #: What the log counts by: one time of one entry of the plan, whatever became of the tasks for it (draw protocol, "seal").
    scope = models.CharField("范围", max_length=64)
    attempt = models.PositiveSmallIntegerField("第几次封存", default=1)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="draws", verbose_name="抽查任务")
    state = models.CharField("状态", max_length=8, choices=DrawState, default=DrawState.SEALED)
    publication = models.CharField("名单公布", max_length=8, choices=Publication, default=Publication.AT_ONCE)
    published_at = models.DateTimeField("名单公布时间", null=True)
    sealed_by = models.ForeignKey(User, models.PROTECT, related_name="sealed_draws", verbose_name="封存人")
    sealed_at = models.DateTimeField("封存时间")
    open_by = models.DateTimeField("最迟开签时间")
    closed_at = models.DateTimeField("献数截止时间", null=True)
    opened_at = models.DateTimeField("开签时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    subjects_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    inspectors_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    conflicts_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    #: `id TAB name TAB detail` of every row, for display only; no part of the bundle.
    names_file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    seal_json = models.BinaryField()
    seal_digest = models.CharField("封存指纹", max_length=64)
    #: The conditions, quotas with how they came about, and reasons, in words, for the page; no part of the bundle.
    plan = models.JSONField("抽取方案", default=dict)

    class Meta:
        """One number in a year; one draw that is not void for a scope (draw protocol, "seal")."""

        verbose_name = "抽取"
        ordering = ("-sealed_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organ", "year", "serial"), name="drawing_draw_serial"),
            models.UniqueConstraint(fields=("scope",), condition=~Q(state="voided"), name="drawing_one_live_seal"),
            models.UniqueConstraint(fields=("scope", "attempt"), name="drawing_attempt_once"),
            models.CheckConstraint(
                condition=~Q(state="opened") | Q(result_json__isnull=False), name="drawing_opened_has_result"
            ),
            models.CheckConstraint(
                condition=~Q(state="voided") | Q(void_json__isnull=False), name="drawing_voided_has_void"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("sealed", "closed")) | Q(secret_box__isnull=False),
                name="drawing_live_has_secret",
            ),
        )

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.draw_id} {self.title}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this draw, its steps in `log_subject` apart."""
        return f"lot/{self.draw_id}"

    @property
    def log_subject(self) -> str:
        """Return how the ledger names the steps of this draw, and nothing else (draw protocol, "On the public log")."""
        return f"draw/{self.scope}/{self.attempt}"

    @property
    def task_number(self) -> str:
        """Return the number of the task that it is for."""
        return self.task.number if self.task else ""

    @property
    def secret_context(self) -> str:
        """Return what the secret is encrypted for."""
        return self.BOXES["secret_box"].format(draw_id=self.draw_id)

    @property
    def shown(self) -> Shown:
        """Return how it stands: also whether it should have been opened by now, or was opened late."""
        if self.late:
            return Shown("已开签（逾期开签）", "soon", "check")
        if self.overdue:
            return Shown("红牌 · 超期未开签", "overdue", "alert")
        words = {DrawState.SEALED: "已封存，待献数", DrawState.CLOSED: "献数截止，待开签"}
        now = shown(self, own=False)
        return replace(now, label=words.get(DrawState(self.state), now.label))

    @property
    def people_words(self) -> list[str]:
        """Say what was decided of the draw's people beyond its own division, [] where nothing was (A10.1)."""
        told = self.plan.get("people")
        return clauses(told) if told else []

    @property
    def people_decided_at(self) -> datetime | None:
        """Return when that was decided."""
        told = self.plan.get("people")
        return clock.from_text(told["decided_at"]) if told else None

    @property
    def is_live(self) -> bool:
        """Say whether the draw is neither opened nor void."""
        return self.state in LIVE

    @property
    def overdue(self) -> bool:
        """Say whether the draw should have been opened by now."""
        return self.is_live and clock.now() > self.open_by

    @property
    def late(self) -> bool:
        """Say whether the draw was opened after the time it had set itself."""
        return self.opened_at is not None and self.opened_at > self.open_by

    @property
    def is_public(self) -> bool:
        """Say whether the tables and the list are public, not the digests alone."""
        return self.published_at is not None


def local_year(moment: datetime) -> int:
    """Return the year of a moment by the date of law."""
    return moment.astimezone(clock.LAW_ZONE).year
