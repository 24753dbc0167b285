"""The law library (法律法规库): laws, their editions, the articles of each edition."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Organ, User
from mingqian.ledger.models import Recorded
from mingqian.planning.laws.states import LawLevel


class Law(Recorded):
    """A law, whatever its level. Organs below may cite it too; the organ that keeps it alone writes it."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="laws", verbose_name="机关")
    code = models.CharField("简码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=150)
    document_number = models.CharField("文号", max_length=100, blank=True)
    issuer = models.CharField("制定机关", max_length=100)
    level = models.CharField("效力层级", max_length=20, choices=LawLevel)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    added_at = models.DateTimeField("录入时间")
    #: The first day on which it is no longer in force.
    repealed_on = models.DateField("废止日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="替代的法律"
    )
    repeal_note = models.CharField("废止说明", max_length=200, blank=True)

    class Meta:
        """By name; a law once in an organ; no law follows itself."""

        verbose_name = "法律"
        ordering = ("name", "code")
        constraints = (
            models.UniqueConstraint(fields=("organ", "name"), name="planning_law_name"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")), name="planning_law_successor"
            ),
        )

    def __str__(self) -> str:
        """Return the name as it is quoted."""
        return f"《{self.name}》"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this law."""
        return f"law/{self.code}"

    def repealed(self, on: date) -> bool:
        """Say whether it is no longer in force on a day."""
        return self.repealed_on is not None and self.repealed_on <= on


class LawAlias(Recorded):
    """Another name under which a table or a draft cites a law: linked by an officer once, recognised from then on."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="law_aliases", verbose_name="机关")
    law = models.ForeignKey(Law, models.PROTECT, related_name="aliases", verbose_name="法律")
    key = models.CharField("归一名称", max_length=200)
    title = models.CharField("名称", max_length=200)
    linked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="关联人")
    linked_at = models.DateTimeField("关联时间")

    class Meta:
        """A name means one law in an organ."""

        verbose_name = "法律别名"
        ordering = ("title",)
        constraints = (models.UniqueConstraint(fields=("organ", "key"), name="planning_alias_key"),)

    def __str__(self) -> str:
        """Return the name."""
        return self.title


class Edition(Recorded):
    """A text of a law as in force from a day on. An amendment is a further one; none is ever changed."""

    law = models.ForeignKey(Law, models.PROTECT, related_name="editions", verbose_name="法律")
    number = models.PositiveSmallIntegerField("版次")
    title = models.CharField("版本名称", max_length=60)
    document_number = models.CharField("修改文号", max_length=100, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)
    effective_from = models.DateField("施行日期")
    excerpt = models.BooleanField("节选", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    added_at = models.DateTimeField("录入时间")

    class Meta:
        """Numbered within the law. Two may take effect on one day: the later number corrects the earlier."""

        verbose_name = "法律版本"
        ordering = ("law", "-effective_from", "-number")
        constraints = (models.UniqueConstraint(fields=("law", "number"), name="planning_edition_number"),)

    def __str__(self) -> str:
        """Return law and edition."""
        return f"{self.law}（{self.title}）"


class Article(Recorded):
    """An article of an edition, its text as it was pasted."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="articles", verbose_name="版本")
    position = models.PositiveSmallIntegerField("次序")
    label = models.CharField("条号", max_length=20)
    chapter = models.CharField("章节", max_length=100, blank=True)
    text = models.TextField("条文")

    class Meta:
        """An article once in an edition."""

        verbose_name = "条文"
        ordering = ("edition", "position")
        constraints = (models.UniqueConstraint(fields=("edition", "label"), name="planning_article_label"),)

    def __str__(self) -> str:
        """Return the label."""
        return self.label
