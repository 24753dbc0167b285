"""Numbers given to papers, and the wording that a bureau made its own."""

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Division, Organ
from mingqian.ledger.models import Recorded


class PaperSeries(Recorded):
    """A run of numbers: of an organ or one of its divisions, for a kind of paper, in a year. Whoever numbers locks it."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="paper_series", verbose_name="机关")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="paper_series", verbose_name="科室")
    kind = models.CharField("文书种类", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        """One run for a division, one for the organ itself."""

        verbose_name = "文号序列"
        ordering = ("organ", "kind", "-year")
        constraints = (
            models.UniqueConstraint(
                fields=("organ", "division", "kind", "year"),
                condition=Q(division__isnull=False),
                name="documents_series_division",
            ),
            models.UniqueConstraint(
                fields=("organ", "kind", "year"), condition=Q(division__isnull=True), name="documents_series_organ"
            ),
        )

    def __str__(self) -> str:
        """Name kind and year."""
        return f"{self.kind} {self.year}"


class PaperNumber(Recorded):
    """A number once given stays given, to one thing: 〔2026〕12号. `about` is how the ledger names the thing."""

    series = models.ForeignKey(PaperSeries, models.PROTECT, related_name="numbers", verbose_name="序列")
    serial = models.PositiveIntegerField("序号")
    text = models.CharField("文号", max_length=200)
    about = models.CharField("所属", max_length=200)
    given_by = models.CharField("取号人", max_length=200)
    given_at = models.DateTimeField("取号时间")

    class Meta:
        """No number twice, no thing with two numbers of a kind."""

        verbose_name = "文号"
        ordering = ("series", "serial")
        constraints = (
            models.UniqueConstraint(fields=("series", "serial"), name="documents_number_serial"),
            models.UniqueConstraint(fields=("series", "about"), name="documents_number_about"),
        )

    def __str__(self) -> str:
        """Return the number."""
        return self.text


class Wording(Recorded):
    """How a bureau words a part of a kind of paper. The newest version counts; an empty text takes it back to what ships."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="wordings", verbose_name="机关")
    kind = models.CharField("文书种类", max_length=40)
    part = models.CharField("部分", max_length=40)
    version = models.PositiveIntegerField("版次")
    text = models.TextField("文字", blank=True)
    why = models.CharField("修改原因", max_length=200)
    changed_by = models.CharField("修改人", max_length=200)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        """Newest first."""

        verbose_name = "文书用语"
        ordering = ("organ", "kind", "part", "-version")
        constraints = (
            models.UniqueConstraint(fields=("organ", "kind", "part", "version"), name="documents_wording_version"),
        )

    def __str__(self) -> str:
        """Name the part."""
        return f"{self.kind}/{self.part} {self.version}"
