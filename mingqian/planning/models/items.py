"""Items, their revisions, and the versions of an organ's list."""

from django.db import models
from django.db.models import Q

from mingqian.accounts.models import Organ, User
from mingqian.casework.models import RegisterLine, RegisterRevision, RegisterVersion
from mingqian.casework.models.register import line_constraints, revision_constraints, version_constraints
from mingqian.documents.models import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.planning.items.states import Exemption, ItemKind


class Item(Recorded):
    """An inspection item (抽查事项). Its code stays; what it says stands in its revisions."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="items", verbose_name="机关")
    serial = models.PositiveIntegerField("序号")
    code = models.CharField("事项编码", max_length=48, unique=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        """Numbered within the organ."""

        verbose_name = "抽查事项"
        ordering = ("organ", "serial")
        constraints = (models.UniqueConstraint(fields=("organ", "serial"), name="planning_item_serial"),)

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this item."""
        return f"item/{self.code}"


class ListVersion(RegisterVersion):
    """A version of an organ's item list (随机抽查事项清单)."""

    owned_by = "organ"
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="item_lists", verbose_name="机关")
    #: What was published, byte for byte; its digest stands on the ledger.
    document = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公布文件"
    )

    class Meta:
        """Numbers without gaps come with publication; one version waits for a leader at a time."""

        verbose_name = "清单版本"
        ordering = ("organ", "-serial")
        constraints = (
            *RegisterVersion.Meta.constraints,
            *version_constraints("organ", "planning_list"),
        )

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this version."""
        return f"item-list/{self.code}"


class ItemRevision(RegisterRevision):
    """What an item says from a version of the list on (art. 5)."""

    about, whole = "item", "清单"
    item = models.ForeignKey(Item, models.PROTECT, related_name="revisions", verbose_name="抽查事项")
    category = models.CharField("抽查类别", max_length=100)
    name = models.CharField("抽查事项", max_length=300)
    sub_item = models.CharField("子项", max_length=200, blank=True)
    kind = models.CharField("事项类别", max_length=8, choices=ItemKind, default=ItemKind.GENERAL)
    target = models.TextField("抽查对象", blank=True)
    #: {"fields": [code], "kinds": [kind], "libraries": [code], "tags": [name]}: see `scopes.read`.
    scope = models.JSONField("对象范围", default=dict, blank=True)
    content = models.TextField("抽查内容", blank=True)
    #: [{"law": code or "", "title", "number", "article", "paragraph"}]: see `citing.read`.
    bases = models.JSONField("抽查依据", default=list, blank=True)
    methods = models.JSONField("抽查方式", default=list, blank=True)
    body = models.CharField("检查主体", max_length=200, blank=True)
    #: Basis points of the subjects; of general items limited by the rules.
    ratio = models.PositiveIntegerField("抽查比例", null=True, blank=True)
    ratio_why = models.CharField("超过上限的理由", max_length=300, blank=True)
    #: Draws a year.
    frequency = models.PositiveSmallIntegerField("年抽查频次", null=True, blank=True)
    #: [{"text", "method", "materials"}]
    points = models.JSONField("检查要点", default=list, blank=True)
    #: [{"code": ResultCode, "follow_up": FollowUp}]
    results = models.JSONField("可用检查结果", default=list, blank=True)
    qualifications = models.CharField("检查人员资格要求", max_length=200, blank=True)
    compliance = models.TextField("合规提示", blank=True)
    exemption = models.CharField("免检免扰", max_length=12, choices=Exemption, default=Exemption.APPLIES)
    exemption_why = models.CharField("不适用免检的说明", max_length=200, blank=True)

    version = models.ForeignKey(
        ListVersion, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="编入的清单版本"
    )

    class Meta:
        """One revision of an item is under way at a time."""

        verbose_name = "事项修订"
        ordering = ("item", "-number")
        constraints = (
            *RegisterRevision.Meta.constraints,
            *revision_constraints("item", "planning_revision"),
            models.CheckConstraint(
                condition=Q(ratio__isnull=True) | Q(ratio__gte=1, ratio__lte=10000), name="planning_revision_ratio"
            ),
        )

    def __str__(self) -> str:
        """Return the name of the item, with its part."""
        return f"{self.name}（{self.sub_item}）" if self.sub_item else self.name


class ListEntry(RegisterLine):
    """An item on a published version of the list."""

    version = models.ForeignKey(ListVersion, models.PROTECT, related_name="lines", verbose_name="清单版本")
    revision = models.ForeignKey(ItemRevision, models.PROTECT, related_name="lines", verbose_name="事项修订")

    class Meta:
        """A revision once, a place once."""

        verbose_name = "清单条目"
        ordering = ("version", "position")
        constraints = line_constraints("planning_entry")


class BasisCheck(Recorded):
    """Somebody looked through the bases of a revision: at its consultation, and again when a law had changed."""

    revision = models.ForeignKey(ItemRevision, models.PROTECT, related_name="checks", verbose_name="事项修订")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核对人")
    at = models.DateTimeField("核对时间")
    note = models.CharField("核对结论", max_length=200, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "依据核对"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        """Name the revision and the moment."""
        return f"{self.revision} {self.at}"
