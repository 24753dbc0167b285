"""Requests to void a sealed draw, or a sealed change of one."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from mingqian.casework.models import Request
from mingqian.drawing.voids.states import VoidState

if TYPE_CHECKING:
    from mingqian.drawing.models.changes import Supplement
    from mingqian.drawing.models.draws import Draw


class VoidRequest(Request):
    """Somebody asks that a draw, or `supplement` of it, be voided; somebody else decides."""

    draw = models.ForeignKey("drawing.Draw", models.PROTECT, related_name="void_requests", verbose_name="抽取")
    supplement = models.ForeignKey(
        "drawing.Supplement", models.PROTECT, null=True, related_name="void_requests", verbose_name="变更"
    )
    state = models.CharField("状态", max_length=8, choices=VoidState, default=VoidState.PENDING)
    reason = models.CharField("理由", max_length=200)
    #: How the lot stood when it was asked for: a request from before the close voids nothing after it.
    asked_in = models.CharField("申请时的状态", max_length=8, blank=True)

    class Meta:
        """One pending request for a draw, and for a change."""

        verbose_name = "作废申请"
        ordering = ("-asked_at", "-pk")
        constraints = (
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=("draw",), condition=Q(state="pending", supplement__isnull=True), name="drawing_one_pending_void"
            ),
            models.UniqueConstraint(
                fields=("supplement",), condition=Q(state="pending"), name="drawing_one_pending_change_void"
            ),
        )

    def __str__(self) -> str:
        """Name what is to be void."""
        return f"作废申请 {self.thing}"

    @property
    def thing(self) -> "Draw | Supplement":
        """Return what is to be void."""
        return self.supplement or self.draw

    @property
    def ledger_subject(self) -> str:
        """Return how the ledger names what is to be void."""
        return self.thing.ledger_subject
