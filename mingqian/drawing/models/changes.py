"""Changes of a draw after its opening: who asked and why, who approved, the bytes of the supplement, what witnesses contributed."""

from typing import ClassVar

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
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown, shown
from mingqian.registry.people.states import InterestKind


class Supplement(Request):
    """One change of who inspects whom: a request first, from its seal on a supplement of the draw with a number of its own.

    `conflicts` and `unavailable` are what its seal reports (draw protocol); `joining` is `{}` or the seal's own; `names` are the (name,
    division) of those whom the draw's names do not know.
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
    subject = models.CharField("检查对象", max_length=64)
    inspector = models.CharField("检查人员", max_length=64, blank=True)
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
    joining = models.JSONField("加入人员", default=dict, blank=True)
    names = models.JSONField("加入人员姓名", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_as = models.CharField("申请身份", max_length=10, choices=AskedAs)
    decided_as = models.CharField("审批职务", max_length=20, blank=True)
    conflicts = models.JSONField("新发现的利害关系", default=list, blank=True)
    unavailable = models.JSONField("不能参加的人员", default=list, blank=True)
    witnesses = models.JSONField("抽取监督人", default=list, blank=True)
    sealed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="封存人")
    sealed_at = models.DateTimeField("封存时间", null=True)
    open_by = models.DateTimeField("最迟开签时间", null=True)
    closed_at = models.DateTimeField("献数截止时间", null=True)
    opened_at = models.DateTimeField("开签时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    candidates = models.PositiveIntegerField("候选数", null=True)
    seal_json = models.BinaryField(null=True)
    seal_digest = models.CharField("封存指纹", max_length=64, blank=True)
    secret_box = models.BinaryField(null=True)
    reveal_json = models.BinaryField(null=True)
    result_json = models.BinaryField(null=True)
    void_json = models.BinaryField(null=True)

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
            models.UniqueConstraint(
                fields=("draw", "subject", "inspector"),
                condition=Q(state__in=("asked", "approved")),
                name="drawing_one_request",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "approved", "declined", "withdrawn"), number__isnull=True)
                | Q(state__in=("sealed", "closed", "opened", "voided"), number__isnull=False, seal_json__isnull=False),
                name="drawing_supplement_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state="opened") | Q(result_json__isnull=False), name="drawing_supplement_result"
            ),
            models.CheckConstraint(
                condition=~Q(state="voided") | Q(void_json__isnull=False), name="drawing_supplement_void"
            ),
        )

    def __str__(self) -> str:
        """Name the draw and the request."""
        return f"{self.draw_id} 变更申请 {self.serial}"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names the supplement (`docs/ledger-format.md`); before its seal, the request."""
        head = self.draw.ledger_subject
        return f"{head}/{self.number}" if self.number else head

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
        if self.number is None:
            return {}
        held = (
            ("seal.json", self.seal_json),
            ("reveal.json", self.reveal_json),
            ("result.json", self.result_json),
            ("void.json", self.void_json),
        )
        return {f"supplement-{self.number}/{name}": bytes(content) for name, content in held if content is not None}


class SupplementContribution(Recorded):
    """The digits of one witness to a supplement. Given once, never changed."""

    supplement = models.ForeignKey(Supplement, models.PROTECT, related_name="contributions", verbose_name="变更")
    position = models.PositiveSmallIntegerField("次序")
    witness = models.CharField("抽取监督人", max_length=200)
    digits = models.CharField("献数", max_length=100)
    receipt = models.CharField("回执", max_length=64)
    given_at = models.DateTimeField("时间")

    class Meta:
        """Each witness speaks once, in the seal's order."""

        verbose_name = "变更的献数"
        ordering = ("supplement", "position")
        constraints = (
            models.UniqueConstraint(fields=("supplement", "position"), name="drawing_supplement_spoken_once"),
        )
