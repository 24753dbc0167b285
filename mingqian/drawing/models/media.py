"""Pictures and videos of a draw, and the scanned copies of its signed record (art. 9)."""

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import User
from mingqian.documents.models import StoredFile
from mingqian.drawing.media.states import MediaKind
from mingqian.ledger.models import Recorded


class DrawMedia(Recorded):
    """A picture or a video of a draw. Nothing of it is deleted: one that was taken by mistake is withdrawn, and stays on record."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="media", verbose_name="抽取")
    serial = models.PositiveIntegerField("序号")
    kind = models.CharField("种类", max_length=8, choices=MediaKind)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    media_type = models.CharField("格式", max_length=40)
    name = models.CharField("文件名", max_length=200)
    caption = models.CharField("说明", max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间")
    withdrawn_why = models.CharField("撤下原因", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤下人")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        """In the order in which they came; the same content once, unless it was withdrawn."""

        verbose_name = "抽取影像"
        ordering = ("draw", "serial")
        constraints = (
            models.UniqueConstraint(fields=("draw", "serial"), name="drawing_media_serial"),
            models.UniqueConstraint(fields=("draw", "file"), condition=Q(withdrawn_why=""), name="drawing_media_once"),
        )

    def __str__(self) -> str:
        """Name kind and number."""
        return f"{self.get_kind_display()} {self.serial}"

    @property
    def is_video(self) -> bool:
        """Say whether it is played."""
        return self.kind == MediaKind.VIDEO


class SignedCopy(Recorded):
    """The record of a draw as it was signed on paper, scanned. A later copy takes its place; the earlier ones are kept."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="signed_copies", verbose_name="抽取")
    serial = models.PositiveIntegerField("份次")
    number = models.CharField("文号", max_length=200)
    #: Who of those that the record names signed on it, and who else.
    signers = models.JSONField("签字人", default=list)
    others = models.CharField("其他签字人", max_length=200, blank=True)
    why = models.CharField("换件原因", max_length=200, blank=True)
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    attached_at = models.DateTimeField("上传时间")

    class Meta:
        """The last one counts."""

        verbose_name = "抽取记录签字件"
        ordering = ("draw", "-serial")
        constraints = (models.UniqueConstraint(fields=("draw", "serial"), name="drawing_signed_serial"),)

    def __str__(self) -> str:
        """Name number and copy."""
        return f"{self.number} 第 {self.serial} 份"


class SignedPage(Recorded):
    """A scanned file of a signed record: a PDF of one or more pages, or a picture of one. Without a copy it still waits for the others."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="signed_pages", verbose_name="抽取")
    copy = models.ForeignKey(SignedCopy, models.PROTECT, null=True, related_name="pages", verbose_name="签字件")
    position = models.PositiveIntegerField("次序")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    media_type = models.CharField("格式", max_length=40)
    name = models.CharField("文件名", max_length=200)
    count = models.PositiveSmallIntegerField("页数")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移出时间", null=True)

    class Meta:
        """In the order in which they came."""

        verbose_name = "签字件扫描页"
        ordering = ("draw", "position")
        constraints = (
            models.UniqueConstraint(fields=("draw", "position"), name="drawing_signed_page_position"),
            models.CheckConstraint(
                condition=Q(copy__isnull=True) | Q(removed_at__isnull=True), name="drawing_signed_page_kept"
            ),
        )

    def __str__(self) -> str:
        """Name the file."""
        return self.name

    @property
    def is_picture(self) -> bool:
        """Say whether the page shows it."""
        return self.media_type.startswith("image/")
