"""The annual plan of an organ (art. 8): its versions, its entries with their revisions, and the lines of a version."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from mingqian.accounts.models import Organ
from mingqian.casework.models import RegisterLine, RegisterRevision, RegisterVersion
from mingqian.casework.models.register import line_constraints, revision_constraints, version_constraints
from mingqian.documents.models import StoredFile
from mingqian.ledger.models import Recorded
from mingqian.planning.items.states import ItemKind
from mingqian.planning.plans.states import FlagMode, QuotaMode, Stratify


class Plan(Recorded):
    """The annual inspection plan (年度抽查工作计划) of an organ for a calendar year. What it says stands in its versions."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="plans", verbose_name="机关")
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2200)])
    #: ASCII, for addresses.
    code = models.CharField("编码", max_length=48, unique=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        """One plan a year."""

        verbose_name = "年度抽查工作计划"
        ordering = ("organ", "-year")
        constraints = (models.UniqueConstraint(fields=("organ", "year"), name="planning_plan_year"),)

    def __str__(self) -> str:
        """Return organ and year."""
        return f"{self.organ.short_name}{self.year}年度抽查工作计划"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this plan."""
        return f"plan/{self.code}"


class PlanVersion(RegisterVersion):
    """A version of a plan: the first is the plan itself, the later ones adjust it."""

    owned_by = "plan"
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name="年度计划")
    #: What was published, byte for byte; its digest stands on the ledger.
    document = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公布文件"
    )

    class Meta:
        """Numbers without gaps come with publication; one version of a plan waits for a leader at a time."""

        verbose_name = "计划版本"
        ordering = ("plan", "-serial")
        constraints = (
            *RegisterVersion.Meta.constraints,
            *version_constraints("plan", "planning_plan_version"),
        )

    @property
    def organ(self) -> Organ:
        """Return the organ whose plan it is."""
        return self.plan.organ

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this version."""
        return f"plan-version/{self.code}"


class PlanEntry(Recorded):
    """An entry of a plan. Its code stays; what it says stands in its revisions."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="entries", verbose_name="年度计划")
    serial = models.PositiveIntegerField("序号")
    code = models.CharField("条目编码", max_length=48, unique=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        """Numbered within the plan."""

        verbose_name = "计划条目"
        ordering = ("plan", "serial")
        constraints = (models.UniqueConstraint(fields=("plan", "serial"), name="planning_plan_entry_serial"),)

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names this entry."""
        return f"plan-entry/{self.code}"


class EntryRevision(RegisterRevision):
    """What an entry says from a version of the plan on (art. 8)."""

    about, whole = "entry", "计划"
    entry = models.ForeignKey(PlanEntry, models.PROTECT, related_name="revisions", verbose_name="计划条目")
    title = models.CharField("抽查任务名称", max_length=80)
    #: Codes of the items, in order; what they say is read from the list that counts.
    items = models.JSONField("抽查事项", default=list)
    #: General as soon as one of the items is: then the ceiling on the ratio holds (art. 5).
    kind = models.CharField("事项类别", max_length=8, choices=ItemKind, default=ItemKind.GENERAL)
    #: Conditions beyond those of the items, as `conditions.read` takes them.
    criteria = models.JSONField("对象条件", default=dict, blank=True)
    stratify = models.CharField("分层", max_length=10, choices=Stratify, default=Stratify.DISTRICT)
    quota_mode = models.CharField("名额方式", max_length=8, choices=QuotaMode, default=QuotaMode.RATIO)
    #: Basis points with RATIO, a count for each stratum with NUMBER.
    quota_value = models.PositiveIntegerField("比例或数量", default=500)
    #: {stratum: count}, of strata that differ.
    quotas = models.JSONField("各层名额", default=dict, blank=True)
    flag_mode = models.CharField("重点监管对象", max_length=8, choices=FlagMode, default=FlagMode.LOTS)
    #: Lots a subject with LOTS, basis points of the stratum with STRATUM.
    flag_value = models.PositiveIntegerField("加大幅度", default=2)
    #: [{"since": "2027-03-01", "until": "2027-04-30"}], one for each time, both days counted, in order.
    windows = models.JSONField("检查时间", default=list)
    #: Codes of divisions that come along (联合抽查), and other organs by name.
    partners = models.JSONField("联合科室", default=list, blank=True)
    partner_organs = models.CharField("联合部门", max_length=200, blank=True)
    team_size = models.PositiveSmallIntegerField("每组人数", default=2)
    #: Every team has somebody of the inspecting division, who leads: a rule of the seal (draw protocol, E1).
    lead_present = models.BooleanField("每组由检查科室人员带队", default=False)
    ratio_why = models.CharField("超过上限的理由", max_length=300, blank=True)

    #: Subjects in scope that may be drawn, and how many would be drawn each time, as counted on `estimated_on`.
    estimated = models.PositiveIntegerField("预估抽查对象总数", null=True, blank=True)
    estimated_draw = models.PositiveIntegerField("每次预估抽取数", null=True, blank=True)
    estimated_on = models.DateField("预估日期", null=True, blank=True)

    version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="编入的计划版本"
    )

    class Meta:
        """One revision of an entry is under way at a time."""

        verbose_name = "计划条目修订"
        ordering = ("entry", "-number")
        constraints = (
            *RegisterRevision.Meta.constraints,
            *revision_constraints("entry", "planning_entry_revision"),
        )

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def organ(self) -> Organ:
        """Return the organ whose plan it stands in."""
        return self.entry.plan.organ

    @property
    def frequency(self) -> int:
        """Return how often a year it is drawn."""
        return len(self.windows)

    @property
    def targeted(self) -> bool:
        """Say whether only some of the items' subjects are meant (定向抽查)."""
        return bool(self.criteria)


class PlanLine(RegisterLine):
    """An entry as a published version of the plan holds it."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="lines", verbose_name="计划版本")
    revision = models.ForeignKey(EntryRevision, models.PROTECT, related_name="lines", verbose_name="计划条目修订")

    class Meta:
        """A revision once, a place once."""

        verbose_name = "计划行"
        ordering = ("version", "position")
        constraints = line_constraints("planning_line")
