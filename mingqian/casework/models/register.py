"""Versions, revisions and lines of a versioned register; abstract."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from mingqian.accounts.models import Division, User
from mingqian.casework.register.states import OPEN_STATES, ChangeKind, RevisionState, VersionState
from mingqian.ledger.models import Recorded
from mingqian.pages.tones import Shown


def version_constraints(owner: str, name: str) -> tuple[models.BaseConstraint, ...]:
    """Return what holds of the versions of an `owner` (a field): numbered, one at a time before a leader, published with its document."""
    return (
        models.UniqueConstraint(fields=(owner, "serial"), name=f"{name}_serial"),
        models.UniqueConstraint(fields=(owner, "number"), name=f"{name}_number"),
        models.UniqueConstraint(fields=(owner,), condition=Q(state=VersionState.PENDING), name=f"{name}_one_pending"),
        models.CheckConstraint(
            condition=~Q(state=VersionState.PUBLISHED) | Q(document__isnull=False), name=f"{name}_document"
        ),
    )


def revision_constraints(about: str, name: str) -> tuple[models.BaseConstraint, ...]:
    """Return what holds of the revisions of a thing (a field): numbered, one under way at a time, published with a version."""
    return (
        models.UniqueConstraint(fields=(about, "number"), name=f"{name}_number"),
        models.UniqueConstraint(fields=(about,), condition=Q(state__in=OPEN_STATES), name=f"{name}_one_open"),
        models.CheckConstraint(
            condition=~Q(state=RevisionState.PUBLISHED) | Q(version__isnull=False), name=f"{name}_published"
        ),
    )


def line_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return what holds of a version's lines: a revision once, a place once."""
    return (
        models.UniqueConstraint(fields=("version", "position"), name=f"{name}_position"),
        models.UniqueConstraint(fields=("version", "revision"), name=f"{name}_once"),
    )


class RegisterVersion(Recorded):
    """A version of the whole: approved and published at once, or returned. Numbered when published.

    A child adds whose it is (`owned_by` names that field), `document` (what was published, byte for byte), and `version_constraints`.
    """

    owned_by: ClassVar[str]

    serial = models.PositiveIntegerField("报批次序")
    code = models.CharField("编码", max_length=48, unique=True)
    number = models.PositiveIntegerField("版次", null=True, blank=True)
    title = models.CharField("名称", max_length=100)
    why = models.CharField("编制或调整理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=VersionState, default=VersionState.PENDING)
    composed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="编制人")
    composed_at = models.DateTimeField("报批时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人")
    decided_at = models.DateTimeField("批准公布时间", null=True, blank=True)
    remark = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        """What is published has a number and somebody who approved it, who did not compose it."""

        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED) | Q(number__isnull=False, decided_by__isnull=False),
                name="%(app_label)s_%(class)s_published",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("composed_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
        )

    def __str__(self) -> str:
        """Return title and number."""
        return f"{self.title}（第{self.number}版）" if self.number else self.title


class RegisterRevision(Recorded):
    """What one thing says from a version on. Once published it stays as it is.

    A child adds the thing (`about` names that field, `whole` what it stands in), what it says, `version` (the version that it is
    composed into), and `revision_constraints`.
    """

    about: ClassVar[str]
    whole: ClassVar[str]

    number = models.PositiveSmallIntegerField("修订次序")
    change = models.CharField("变动", max_length=10, choices=ChangeKind)
    why = models.CharField("变动理由", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=RevisionState, default=RevisionState.DRAFT)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="责任科室")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    drafted_at = models.DateTimeField("起草时间")
    #: User names of everybody who wrote in it: none of them consults on it or approves it.
    authors = models.JSONField("撰写人", default=list)
    consulted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会同审核人"
    )
    consulted_at = models.DateTimeField("会同审核时间", null=True, blank=True)
    remark = models.CharField("会同意见", max_length=300, blank=True)

    class Meta:
        """What went through consultation says who was consulted, and that was not who drafted it."""

        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=(RevisionState.CONSULTED, RevisionState.PUBLISHED))
                | Q(consulted_by__isnull=False),
                name="%(app_label)s_%(class)s_consulted",
            ),
            models.CheckConstraint(
                condition=Q(consulted_by__isnull=True) | ~Q(consulted_by=F("drafted_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
        )

    @property
    def thing(self) -> Any:
        """Return what the revision is about: it has a code, a name on the ledger, and keeps both."""
        return getattr(self, self.about)

    @property
    def code(self) -> str:
        """Return the code of what it is about."""
        return str(self.thing.code)

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names what it is about."""
        return str(self.thing.ledger_subject)

    @property
    def composed(self) -> bool:
        """Say whether it stands in a version already, before a leader or published."""
        return getattr(self, "version_id") is not None  # noqa: B009

    @property
    def shown(self) -> Shown | None:
        """Return the state where it depends on more than the field: sent back, or before a leader already."""
        if self.state == RevisionState.DRAFT and self.remark:
            return Shown("退回修改", "active", "edit")
        if self.state == RevisionState.CONSULTED:
            return Shown("已报批" if self.composed else f"待编入{self.whole}", "active", "check")
        return None

    def has_author(self, user: User) -> bool:
        """Say whether `user` wrote in it."""
        return user.username in self.authors


class RegisterLine(Recorded):
    """A thing as a published version holds it; a child adds `version` and `revision`, each pair once, each place once."""

    position = models.PositiveIntegerField("序号")

    class Meta:
        """In the order of the published file."""

        abstract = True

    def __str__(self) -> str:
        """Return place and thing."""
        return f"{self.position} {getattr(self, 'revision')}"  # noqa: B009
