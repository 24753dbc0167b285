"""What somebody asks for and another person decides on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mingqian.ledger.models import Recorded
from mingqian.pages.templatetags.mingqian import day


class Request(Recorded):
    """Asked for by one person, decided on by another; abstract.

    A child has a field `state`, and whatever it is about. Nothing of a request is ever wiped: who asks again makes another row.
    Its `Meta` takes over the constraint: `constraints = (*Request.Meta.constraints, ...)`.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    remark = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        """Nobody decides on their own, in the database too; a decision has a person and a time, or neither."""

        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="%(app_label)s_%(class)s_two_people",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="%(app_label)s_%(class)s_decided_when",
            ),
        )

    @property
    def already(self) -> str:
        """Say who asked when, to whoever asks for the same again."""
        return f"已由{self.asked_by}于{day(self.asked_at)}提出"
