"""Invitations by which witnesses contribute on their own phones, and what they signed with."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.documents.models import StoredFile
from mingqian.drawing.witnesses.states import Credential
from mingqian.ledger.models import Recorded


class WitnessInvite(Recorded):
    """A link for one witness of one lot, given after their identity was checked (art. 9). Good for one contribution, or taken back.

    The lot is that of the draw, or of one supplement of it.
    """

    BOXES: ClassVar[dict[str, str]] = {"token_box": "draw/witness/{draw_id}/{position}"}

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="invites", verbose_name="抽取")
    supplement = models.ForeignKey(
        "drawing.Supplement", models.PROTECT, null=True, related_name="invites", verbose_name="变更"
    )
    position = models.PositiveSmallIntegerField("次序")
    witness = models.CharField("抽取监督人", max_length=200)
    credential = models.CharField("核验证件", max_length=12, choices=Credential)
    #: SHA-256 of the token in the link; the token itself is kept encrypted, to be shown as a QR code again.
    token_digest = models.CharField(max_length=64, unique=True)
    token_box = models.BinaryField()
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核验人")
    invited_at = models.DateTimeField("邀请时间")
    opened_at = models.DateTimeField("首次打开", null=True)
    #: SHA-256 of what the device that opened it first keeps; the link is good on no other.
    device_digest = models.CharField(max_length=64, blank=True)
    revoked_why = models.CharField("收回原因", max_length=200, blank=True)

    class Meta:
        """One invitation that counts for a witness."""

        verbose_name = "监督人邀请"
        ordering = ("draw", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("draw", "position"),
                condition=Q(revoked_why="", supplement__isnull=True),
                name="drawing_invite_once",
            ),
            models.UniqueConstraint(
                fields=("supplement", "position"), condition=Q(revoked_why=""), name="drawing_change_invite_once"
            ),
        )

    def __str__(self) -> str:
        """Name draw and witness."""
        return f"{self.draw.draw_id} {self.witness}"


class WitnessSignature(Recorded):
    """How a witness signed the record of a draw, or of a supplement, drawn on their phone: put into the record as it prints."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="signatures", verbose_name="抽取")
    supplement = models.ForeignKey(
        "drawing.Supplement", models.PROTECT, null=True, related_name="signatures", verbose_name="变更"
    )
    position = models.PositiveSmallIntegerField("次序")
    witness = models.CharField("抽取监督人", max_length=200)
    image = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="签名")
    signed_at = models.DateTimeField("签名时间")

    class Meta:
        """Each witness signs once."""

        verbose_name = "监督人签名"
        ordering = ("draw", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("draw", "position"), condition=Q(supplement__isnull=True), name="drawing_signature_once"
            ),
            models.UniqueConstraint(fields=("supplement", "position"), name="drawing_change_signature_once"),
        )

    def __str__(self) -> str:
        """Name draw and witness."""
        return f"{self.draw.draw_id} {self.witness}"
