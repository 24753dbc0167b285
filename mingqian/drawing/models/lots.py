"""What a draw and a lot after it have alike: the bytes of their files, and what each witness gave."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q

from mingqian.ledger.models import Recorded


class LotFiles(models.Model):
    """The files of a lot as they were made, and its secret until it is laid open (draw protocol, "The bundle")."""

    secret_box = models.BinaryField(null=True)
    close_json = models.BinaryField(null=True)
    reveal_json = models.BinaryField(null=True)
    result_json = models.BinaryField(null=True)
    void_json = models.BinaryField(null=True)

    class Meta:
        """No table of its own."""

        abstract = True

    def lot_files(self) -> dict[str, bytes]:
        """Return what there is, by the names of the bundle."""
        names = ("seal", "close", "reveal", "result", "void")
        held = ((f"{name}.json", getattr(self, f"{name}_json")) for name in names)
        return {name: bytes(content) for name, content in held if content is not None}


class Contribution(Recorded):
    """What one witness gave to a lot: a commitment from a device, opened after the close, or digits spoken aloud. Never changed."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="+", verbose_name="抽取")
    supplement = models.ForeignKey(
        "drawing.Supplement", models.PROTECT, null=True, related_name="+", verbose_name="变更"
    )
    position = models.PositiveSmallIntegerField("次序")
    witness = models.CharField("抽取监督人", max_length=200)
    #: Of who committed first; "" for who spoke.
    commit = models.CharField("承诺", max_length=64, blank=True)
    digits = models.CharField("献数", max_length=100, blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    #: What somebody keeps who spoke.
    receipt = models.CharField("回执", max_length=16, blank=True)
    given_at = models.DateTimeField("时间")
    #: When a commitment was opened.
    opened_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        """Each witness gives once; a nonce only opens a commitment."""

        verbose_name = "献数"
        ordering = ("draw", "supplement", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("draw", "position"), condition=Q(supplement__isnull=True), name="drawing_contribution_once"
            ),
            models.UniqueConstraint(fields=("supplement", "position"), name="drawing_change_contribution_once"),
            models.UniqueConstraint(fields=("commit",), condition=~Q(commit=""), name="drawing_commit_once"),
            models.CheckConstraint(
                condition=Q(commit="", nonce="", receipt__gt="", digits__gt="") | Q(commit__gt="", receipt=""),
                name="drawing_contribution_kind",
            ),
        )

    @property
    def committed(self) -> bool:
        """Say whether it is a commitment from a device."""
        return bool(self.commit)

    @property
    def known(self) -> bool:
        """Say whether the digits are known: spoken, or opened."""
        return bool(self.digits)

    @property
    def as_closed(self) -> Mapping[str, str]:
        """Return it as `close.json` has it."""
        return {"commit": self.commit} if self.commit else {"digits": self.digits}

    @property
    def as_known(self) -> Mapping[str, str]:
        """Return it as far as it is known."""
        return {"digits": self.digits, "nonce": self.nonce} if self.nonce else self.as_closed
