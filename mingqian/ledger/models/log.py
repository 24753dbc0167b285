"""The append-only log: entries, what they left behind, the tree over them, signed checkpoints."""

from typing import Any, ClassVar

from django.db import models

from mingqian.common.processes import is_dead
from mingqian.ledger.models.encoding import canonical
from mingqian.ledger.models.rows import row_digest


class Entry(models.Model):
    """One act. Its leaf in the tree is the canonical JSON of the six texts (`docs/ledger-format.md`)."""

    index = models.PositiveBigIntegerField("序号", primary_key=True)
    time = models.CharField("时间", max_length=20)
    actor = models.CharField("操作人", max_length=200)
    verb = models.CharField("动作", max_length=64)
    subject = models.CharField("对象", max_length=200, db_index=True)
    digest = models.CharField("内容指纹", max_length=64)
    rows = models.CharField("数据指纹", max_length=64)

    class Meta:
        """Newest last."""

        ordering = ("index",)

    def __str__(self) -> str:
        """Say who did what."""
        return f"{self.index} {self.time} {self.actor} {self.verb} {self.subject}"

    def body(self) -> dict[str, str]:
        """Return the six texts that the leaf is made of."""
        return {name: getattr(self, name) for name in ("actor", "digest", "rows", "subject", "time", "verb")}

    def leaf(self) -> bytes:
        """Return the bytes of the leaf."""
        return canonical(self.body())


class Manifest(models.Model):
    """What an act said in detail, and the digests of the database rows that it left behind (zlib-compressed text)."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="manifest")
    body = models.BinaryField()

    def __str__(self) -> str:
        """Name the entry."""
        return f"manifest of {self.entry_id}"


class Node(models.Model):
    """Hash of a complete subtree: node (level, position) covers 2^level leaves."""

    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        """A node is written once."""

        constraints = (models.UniqueConstraint(fields=("level", "position"), name="ledger_node_once"),)

    def __str__(self) -> str:
        """Name the place in the tree."""
        return f"node {self.level}/{self.position}"


class Checkpoint(models.Model):
    """A signed statement: the log has `size` entries and this root."""

    size = models.PositiveBigIntegerField(primary_key=True)
    note = models.TextField()

    def __str__(self) -> str:
        """Name the size."""
        return f"checkpoint {self.size}"


class Recorded(models.Model):
    """A business row whose every state is on the ledger, so that a change by hand in the database is found.

    A service that writes such rows names them to `services.record`; `verification` compares each row with what was recorded last.
    """

    #: Fields that change without an act (time of the last sign-in, say).
    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        """Only a base."""

        abstract = True

    def ledger_key(self) -> str:
        """Return the name of this row in manifests: label of the model and primary key."""
        return f"{self._meta.label_lower}:{self.pk}"

    def ledger_digest(self) -> str:
        """Return SHA-256 over all fields of the row as they stand in the database."""
        return row_digest(self, self.LEDGER_IGNORES)


class Verification(Recorded):
    """One run over the whole log, asked for by somebody; its outcome is kept."""

    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"worker"})

    class Outcome(models.TextChoices):
        """How a run ended, or that it has not."""

        RUNNING = "running", "核验中"
        SOUND = "sound", "一致"
        DAMAGED = "damaged", "发现改动"
        BROKEN = "broken", "中断"

    asked_by = models.CharField("发起人", max_length=200)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("结论", max_length=10, choices=Outcome, default=Outcome.RUNNING)
    entries = models.PositiveBigIntegerField("条目数", default=0)
    rows = models.PositiveBigIntegerField("数据行数", default=0)
    problems = models.JSONField("问题", default=list)
    #: The process at work on it (`common.processes`), so that its death can be seen.
    worker = models.CharField(max_length=200, blank=True)
    #: What somebody found out about the problems; the finding itself stays.
    answer = models.TextField("说明", blank=True)
    answered_by = models.CharField("说明人", max_length=200, blank=True)
    answered_at = models.DateTimeField("说明时间", null=True)

    class Meta:
        """Newest first."""

        verbose_name = "核验记录"
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        """Say when it ran and what it found."""
        return f"{self.started_at} {self.outcome}"

    @property
    def is_abandoned(self) -> bool:
        """Say whether the process that was at work on it has died."""
        return self.outcome == self.Outcome.RUNNING and is_dead(self.worker) is True


class Cosigner(Recorded):
    """An outside party with its key (C2SP cosignature/v1); counted by public key, so no key is registered twice."""

    #: How the last contact went.
    LEDGER_IGNORES: ClassVar[frozenset[str]] = frozenset({"trouble", "troubled_at"})

    name = models.CharField("见证方", max_length=60)
    key = models.CharField("公钥", max_length=200)
    public = models.CharField(max_length=64, unique=True)
    address = models.URLField("地址", blank=True, help_text="见证服务的地址；留空则由见证方自己来取，或人工传递文件。")
    registered_by = models.CharField("登记人", max_length=200)
    registered_at = models.DateTimeField("登记时间")
    ended_by = models.CharField("停用人", max_length=200, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True)
    ended_why = models.CharField("停用原因", max_length=200, blank=True)
    trouble = models.CharField("最近一次联系", max_length=200, blank=True)
    troubled_at = models.DateTimeField(null=True)

    class Meta:
        """In the order of registration."""

        verbose_name = "外部见证方"
        ordering = ("pk",)

    def __str__(self) -> str:
        """Name the party."""
        return self.name


class Cosignature(models.Model):
    """A line that goes under a checkpoint. Anybody can check it against the party's key."""

    cosigner = models.ForeignKey(Cosigner, models.PROTECT, related_name="signatures")
    size = models.PositiveBigIntegerField("条数", db_index=True)
    at = models.PositiveBigIntegerField("见证时间（Unix 秒）")
    line = models.CharField(max_length=300)

    class Meta:
        """One for each party and checkpoint."""

        constraints = (models.UniqueConstraint(fields=("cosigner", "size"), name="ledger_cosigned_once"),)
        ordering = ("size", "cosigner")

    def __str__(self) -> str:
        """Say who signed what."""
        return f"{self.cosigner_id} {self.size}"


def recorded_models() -> list[type[Recorded]]:
    """Return every model whose rows are on the ledger."""
    found: list[type[Recorded]] = []
    waiting: list[Any] = [Recorded]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if not child._meta.abstract:
                found.append(child)
    return sorted(found, key=lambda model: model._meta.label_lower)
