"""What witnesses contribute to: the lot of a draw, or of a change of it. One ceremony serves both."""

import json
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.common.rows import held
from mingqian.documents.models import PaperNumber
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement, SupplementContribution
from mingqian.drawing.models.draws import Contribution, Draw
from mingqian.drawing.models.invitations import WitnessInvite, WitnessSignature

#: Pages of a lot that want no more than the lot.
_PAGES = ("witness", "invites", "ceremony", "ceremony-state", "ceremony-data", "open", "record", "void")
#: The keys of the papers that record a draw, and a change.
RECORD_KINDS = ("draw-record", "change-record")
Given = Contribution | SupplementContribution


def locked(supplement: Supplement) -> Supplement:
    """Return the supplement with its draw locked: one supplement of a draw at a time."""
    draws = Draw.objects.select_for_update(no_key=True, of=("self",)).select_related("organ", "task", "division")
    draw = draws.get(pk=supplement.draw_id)
    row = held(supplement)
    row.draw = draw
    return row


@dataclass(frozen=True)
class Lot:
    """The lot of a draw, or of a supplement of it. States have the same words in both."""

    draw: Draw
    supplement: Supplement | None = None

    @classmethod
    def of(cls, thing: Draw | Supplement) -> Self:
        """Return the lot of a draw or of a supplement."""
        return cls(thing.draw, thing) if isinstance(thing, Supplement) else cls(thing)

    @classmethod
    def invited(cls, invitation: WitnessInvite) -> Self:
        """Return the lot that a link is for."""
        return cls(invitation.draw, invitation.supplement)

    @property
    def thing(self) -> Draw | Supplement:
        """Return the row that has state, contributions and seal."""
        return self.supplement or self.draw

    @property
    def witnesses(self) -> list[str]:
        """Return the witnesses whom the seal names, in its order."""
        return list(self.supplement.witnesses if self.supplement else self.draw.plan["witnesses"])

    @property
    def beacon_due(self) -> str | None:
        """Return when the beacon speaks, after which nothing is taken; None where none was agreed on."""
        return None if self.supplement else self.draw.plan.get("beacon_due")

    @property
    def number(self) -> int:
        """Return the number of the supplement within the draw, 0 for the draw itself."""
        return (self.supplement.number if self.supplement else 0) or 0

    @property
    def named(self) -> str:
        """Return which change it is, "" for the draw itself."""
        row = self.supplement
        if row is None:
            return ""
        return f"第 {row.number} 号变更" if row.number else f"变更申请 {row.serial}"

    @property
    def title(self) -> str:
        """Return what a witness reads above the page."""
        return f"{self.draw.title} · {self.draw.draw_id} {self.named}".rstrip()

    @property
    def said(self) -> str:
        """Return what it is, as a sentence names it."""
        return "这项变更" if self.supplement else "这次抽取"

    @property
    def record_number(self) -> PaperNumber | None:
        """Return the number of its record, None where it has none yet."""
        numbers = PaperNumber.objects.filter(
            series__organ=self.draw.organ, series__kind=RECORD_KINDS[bool(self.supplement)]
        )
        return numbers.filter(about=self.thing.ledger_subject).first()

    @property
    def record_name(self) -> str:
        """Return what its record is called."""
        return "变更记录" if self.supplement else "抽取记录"

    @property
    def seal(self) -> dict[str, Any]:
        """Return `seal.json` as an object, {} before the seal."""
        found: dict[str, Any] = json.loads(bytes(self.thing.seal_json or b"{}"))
        return found

    @property
    def invites(self) -> QuerySet[WitnessInvite]:
        """Return the links that were given out for this lot."""
        return WitnessInvite.objects.filter(draw=self.draw, supplement=self.supplement)

    @property
    def signatures(self) -> QuerySet[WitnessSignature]:
        """Return how its witnesses signed."""
        return WitnessSignature.objects.filter(draw=self.draw, supplement=self.supplement)

    @property
    def spoken(self) -> list[tuple[int, str, Given | None]]:
        """Return (position, witness, what was contributed) for each witness of the seal."""
        given = {row.position: row for row in self.thing.contributions.all()}
        return [(position, name, given.get(position)) for position, name in enumerate(self.witnesses, 1)]

    @property
    def turn(self) -> int:
        """Return the position of the witness who is to speak now, 0 where nobody is."""
        if self.thing.state != DrawState.SEALED:
            return 0
        return next((position for position, _name, given in self.spoken if given is None), 0)

    def given(self, position: int) -> Given | None:
        """Return what the witness at `position` contributed, None where nothing yet."""
        return self.thing.contributions.filter(position=position).first()

    def page(self, name: str, *more: str | int) -> str:
        """Return the address of one of its pages."""
        row = self.supplement
        at = [self.draw.code, *([row.serial] if row else ()), *more]
        return reverse(f"drawing:{'change-' if row else ''}{name}", args=at)

    @property
    def home(self) -> str:
        """Return the address of the page of the draw, or of the change."""
        row = self.supplement
        return reverse("drawing:change", args=[self.draw.code, row.serial]) if row else self.page("draw")

    @property
    def pages(self) -> dict[str, str]:
        """Return its pages by name, for templates."""
        return {name.replace("-", "_"): self.page(name) for name in _PAGES}

    def locked(self) -> "Lot":
        """Return the lot anew, held until the transaction ends."""
        if self.supplement is not None:
            return Lot.of(locked(self.supplement))
        return Lot(Draw.objects.select_for_update(no_key=True).get(pk=self.draw.pk))
