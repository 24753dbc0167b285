"""Changes of a draw after its opening: who asked and why, who approved, the bytes of the supplement, what witnesses contributed."""

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.casework.models import Request
from mingqian.common import clock, crypto
from mingqian.documents.models import StoredFile
from mingqian.drawing.changes.states import (
    ABSENCES,
    ARTICLES,
    PUBLIC_WORDS,
    RECUSALS,
    AskedAs,
    ChangeState,
    Kind,
    Reason,
)
from mingqian.drawing.models.lots import LotFiles
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown
from mingqian.registry.people.states import InterestKind


class Supplement(LotFiles, Request):
    """Changes of who inspects whom, by one statement, one decision and one lot: a request first, from its seal on a supplement of the draw.

    `changes` are (subject, inspector), sorted, as the seal has them; `joining` are the groups (unit, code) of the sealed table that are let
    in. What it rests on goes on the log before it, as `Facts`.
    """

    BOXES: ClassVar[dict[str, str]] = {
        "secret_box": "supplement/{draw_id}/{serial}",
        "statement_box": "supplement-statement/{draw_id}/{serial}",
    }

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="supplements", verbose_name="抽取")
    #: Of the request, within the draw.
    serial = models.PositiveSmallIntegerField("申请序号")
    #: Of the supplement, within the draw, without gap; given by the seal.
    number = models.PositiveSmallIntegerField("变更序号", null=True)
    kind = models.CharField("方式", max_length=12, choices=Kind)
    changes = models.JSONField("变更")
    appointed = models.CharField("委派人员", max_length=64, blank=True)
    reason = models.CharField("原因", max_length=20, choices=Reason)
    #: Encrypted: it may speak of health and family.
    statement_box = models.BinaryField("说明（密文）")
    statement_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="说明原件"
    )
    all_visits = models.BooleanField("对其他对象也不能参加", default=False)
    interest = models.CharField("利害关系", max_length=20, choices=InterestKind, blank=True)
    interest_until = models.DateField("利害关系至", null=True, blank=True)
    #: The written explanation where a division has too few inspectors (art. 10).
    ground = models.CharField("人员不足的说明", max_length=200, blank=True)
    joining = models.JSONField("加入的科室", default=list, blank=True)
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_as = models.CharField("申请身份", max_length=10, choices=AskedAs)
    #: What its approver saw that it would rest on: facts by the keys of the protocol.
    approved_facts = models.JSONField("审批时的事实", default=list, blank=True)
    decided_as = models.CharField("审批职务", max_length=20, blank=True)
    witnesses = models.JSONField("抽取监督人", default=list, blank=True)
    place = models.CharField("抽取地点", max_length=100, blank=True)
    sealed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="封存人")
    sealed_at = models.DateTimeField("封存时间", null=True)
    open_by = models.DateTimeField("最迟开签时间", null=True)
    closed_at = models.DateTimeField("献数截止时间", null=True)
    opened_at = models.DateTimeField("开签时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    candidates = models.PositiveIntegerField("候选数", null=True)
    seal_json = models.BinaryField(null=True)
    seal_digest = models.CharField("封存指纹", max_length=64, blank=True)

    class Meta:
        """Numbers without gap; one supplement of a draw at a time; what is ended has the file that ends it."""

        verbose_name = "变更"
        ordering = ("draw", "serial")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(fields=("draw", "serial"), name="drawing_supplement_serial"),
            models.UniqueConstraint(fields=("draw", "number"), name="drawing_supplement_number"),
            models.UniqueConstraint(
                fields=("draw",), condition=Q(state__in=("sealed", "closed")), name="drawing_one_supplement"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "approved", "declined", "withdrawn"), number__isnull=True)
                | Q(state__in=("sealed", "closed", "opened", "voided"), number__isnull=False, seal_json__isnull=False),
                name="drawing_supplement_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state="opened") | Q(result_json__isnull=False) | Q(kind="appointment"),
                name="drawing_supplement_result",
            ),
            models.CheckConstraint(
                condition=~Q(state="voided") | Q(void_json__isnull=False), name="drawing_supplement_void"
            ),
        )

    def __str__(self) -> str:
        """Name the draw and the request."""
        return f"{self.draw_id} 变更申请 {self.serial}"

    @property
    def places(self) -> list[tuple[str, str]]:
        """Return (subject, inspector) of each change; the inspector is "" where the subject is replaced, or nobody."""
        return [(subject, inspector) for subject, inspector in self.changes]

    @property
    def subjects(self) -> list[str]:
        """Return the subjects that it speaks of."""
        return [subject for subject, _inspector in self.changes]

    @property
    def inspectors(self) -> set[str]:
        """Return the inspectors who are to be replaced."""
        return {inspector for _subject, inspector in self.changes if inspector}

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names what is done about it, its steps in `log_subject` apart."""
        return f"{self.draw.ledger_subject}/{self.serial}"

    @property
    def log_subject(self) -> str:
        """Return how the ledger names its steps once it has a number."""
        return f"{self.draw.log_subject}/{self.number}"

    @property
    def secret_context(self) -> str:
        """Return what the secret is encrypted for."""
        return self.BOXES["secret_box"].format(draw_id=self.draw_id, serial=self.serial)

    def set_statement(self, text: str) -> None:
        """Keep the statement encrypted; draw and serial must be set."""
        context = self.BOXES["statement_box"].format(draw_id=self.draw_id, serial=self.serial)
        self.statement_box = crypto.encrypt(text, context)

    @property
    def statement(self) -> str:
        """Return the statement of absence or recusal."""
        context = self.BOXES["statement_box"].format(draw_id=self.draw_id, serial=self.serial)
        return crypto.decrypt(bytes(self.statement_box), context)

    @property
    def by_lot(self) -> bool:
        """Say whether the lot decides; an appointment is not by lot."""
        return self.kind != Kind.APPOINTMENT

    @property
    def public_reason(self) -> str:
        """Return the word of the seal, which everybody reads."""
        return PUBLIC_WORDS[Reason.SHORTAGE] if self.kind == Kind.APPOINTMENT else PUBLIC_WORDS[self.reason]

    @property
    def article(self) -> str:
        """Return the article that allows the change."""
        special = self.kind == Kind.APPOINTMENT or self.joining
        return ARTICLES[Reason.SHORTAGE] if special else ARTICLES[self.reason]

    @property
    def reason_article(self) -> str:
        """Return the article that names the reason; `article` is that of the way in which it is settled."""
        return ARTICLES[self.reason]

    @property
    def is_absence(self) -> bool:
        """Say whether an inspector is absent."""
        return self.reason in ABSENCES

    @property
    def from_all(self) -> bool:
        """Say whether the absent cannot go anywhere any more (art. 11)."""
        return self.is_absence and (self.all_visits or self.reason == Reason.POST)

    @property
    def is_recusal(self) -> bool:
        """Say whether an inspector is to stand out for an interest."""
        return self.reason in RECUSALS

    @property
    def needs_principal(self) -> bool:
        """Say whether only the principal leader decides (art. 10)."""
        return self.kind == Kind.APPOINTMENT or bool(self.joining)

    @property
    def is_making(self) -> bool:
        """Say whether it is sealed and not yet ended."""
        return self.state in {ChangeState.SEALED, ChangeState.CLOSED}

    @property
    def is_live(self) -> bool:
        """Say whether it is sealed and not yet ended, in the word that draws use."""
        return self.is_making

    @property
    def overdue(self) -> bool:
        """Say whether it should have been opened by now."""
        return self.is_making and self.open_by is not None and clock.now() > self.open_by

    @property
    def shown(self) -> Shown:
        """Return how it stands: also whether it should have been opened by now."""
        return Shown("超期未开签", "overdue", "alert") if self.overdue else shown(self, own=False)

    def files(self) -> dict[str, bytes]:
        """Return the files of the supplement, by their names in the bundle; {} before its seal."""
        return {f"supplement-{self.number}/{name}": content for name, content in self.lot_files().items()}


class Facts(Recorded):
    """What a change rests on, on the log before it: who cannot go, what must not meet, who is let in (draw protocol, "facts")."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="facts", verbose_name="抽取")
    supplement = models.ForeignKey(Supplement, models.PROTECT, related_name="facts", verbose_name="变更")
    number = models.PositiveSmallIntegerField("变更序号")
    sealed_at = models.DateTimeField("封存时间")
    seal_json = models.BinaryField()
    seal_digest = models.CharField("封存指纹", max_length=64)

    class Meta:
        """Numbered with the supplements of the draw."""

        verbose_name = "变更的事实"
        ordering = ("draw", "number")
        constraints = (models.UniqueConstraint(fields=("draw", "number"), name="drawing_facts_number"),)

    @property
    def log_subject(self) -> str:
        """Return how the ledger names it."""
        return f"{self.draw.log_subject}/{self.number}"

    @property
    def told(self) -> dict[str, Any]:
        """Return what it says, by the keys of the protocol."""
        found: dict[str, Any] = json.loads(bytes(self.seal_json))
        return found

    def files(self) -> dict[str, bytes]:
        """Return its one file, by its name in the bundle."""
        return {f"supplement-{self.number}/seal.json": bytes(self.seal_json)}
