"""Who decided that the people of a draw are not simply those of the task's division (A10.1)."""

from django.db import models
from django.db.models import Q

from mingqian.casework.models import Request
from mingqian.drawing.people.states import PeopleState
from mingqian.planning.models import Task


class PeopleRequest(Request):
    """A request that a draw takes other people than the lot of the task's own division would; it counts for this very content only.

    `content` is what `people_asking.content_of` says of the draft: `divisions`, the codes of those beyond the task's own and the plan's
    partners; `own`, whether the task's division is drawn; `nobody`, whether no inspector is; `left_out`, [number, code] by hand.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="people_requests", verbose_name="抽查任务")
    #: The key of the draft, which is gone once it is sealed or given up; keys are never used again.
    draft_number = models.PositiveBigIntegerField("草稿")
    content = models.JSONField("人员方案", default=dict)
    #: The written explanation; public with the draw.
    ground = models.CharField("书面说明", max_length=200)
    state = models.CharField("状态", max_length=10, choices=PeopleState, default=PeopleState.ASKED)
    decided_as = models.CharField("审定职务", max_length=20, blank=True)

    class Meta:
        """One waits for a draft at a time; whoever decides is named."""

        verbose_name = "人员方案审定"
        ordering = ("-asked_at", "-pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=("draft_number",), condition=Q(state="asked"), name="drawing_one_people_request"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "withdrawn")) | Q(decided_by__isnull=False),
                name="drawing_people_decided",
            ),
        )

    def __str__(self) -> str:
        """Name the task."""
        return f"{self.task} 人员方案"

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names the draft."""
        return f"draft/{self.draft_number}"
