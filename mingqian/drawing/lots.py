"""What witnesses contribute to: the lot of a draw, or of a change of it. One ceremony serves both."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import QuerySet
from django.urls import reverse

import mingqian_draw as mq
from mingqian.common import clock, crypto
from mingqian.common.errors import DomainError
from mingqian.common.rows import held
from mingqian.documents.models import PaperNumber
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.invitations import WitnessInvite, WitnessSignature
from mingqian.drawing.models.lots import Contribution
from mingqian.drawing.protocol import in_words

#: Pages of a lot that want no more than the lot.
_PAGES = (
    "witness",
    "invites",
    "ceremony",
    "ceremony-state",
    "ceremony-close",
    "ceremony-data",
    "open",
    "record",
    "void",
)
#: The keys of the papers that record a draw, and a change.
RECORD_KINDS = ("draw-record", "change-record")


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
    def contributions(self) -> QuerySet[Contribution]:
        """Return what its witnesses gave, by position."""
        rows = Contribution.objects.filter(draw=self.draw, supplement=self.supplement)
        return rows.order_by("position")

    @property
    def place(self) -> str:
        """Return where it was drawn, "" where nobody said."""
        return self.supplement.place if self.supplement else self.draw.plan.get("place", "")

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
    def given_by(self) -> list[tuple[int, str, Contribution | None]]:
        """Return (position, witness, what was contributed) for each witness of the seal."""
        given = {row.position: row for row in self.contributions}
        return [(position, name, given.get(position)) for position, name in enumerate(self.witnesses, 1)]

    @property
    def turn(self) -> int:
        """Return the position of the first witness who gave nothing yet, 0 where nobody is to give."""
        if self.thing.state != DrawState.SEALED:
            return 0
        return next((position for position, _name, given in self.given_by if given is None), 0)

    @property
    def unopened(self) -> list[Contribution]:
        """Return the commitments that were not opened: before the opening they are waited for, after a void they were withheld."""
        return [row for row in self.contributions if row.committed and not row.known]

    @property
    def voidable(self) -> bool:
        """Say whether it may still be void: once everything is known the outcome stands, and has to be opened (draw protocol, "void")."""
        if self.thing.state == DrawState.CLOSED:
            return bool(self.unopened) or (
                self.beacon_due is not None and not self.draw.readings.exclude(state="declined").exists()
            )
        return self.thing.state == DrawState.SEALED

    @property
    def guard(self) -> str:
        """Say in one sentence what the lot guards against, as verifiers do (draw protocol, "What a verifier says")."""
        count, committed = len(self.witnesses), sum(1 for row in self.contributions if row.committed)
        beacon = f"，并约定了公开随机源（{self.seal['beacon']['source']}）" if self.seal.get("beacon") else ""
        if self.thing.voided_at and self.thing.closed_at and self.unopened:
            withheld = "、".join(self.witnesses[row.position - 1] for row in self.unopened)
            return (
                f"{count} 位监督人，其中 {committed} 位用自己的手机先承诺{beacon}；献数截止之后没有公布的：{withheld}。"
            )
        if committed:
            return f"{count} 位监督人，其中 {committed} 位用自己的手机先承诺后公布{beacon}：只要其中一位诚实，谁也选不了结果。"
        if self.thing.voided_at and not self.contributions:
            return f"{count} 位监督人都没有献数{beacon}，也没有未公开的承诺：不能证明经办人作废之前没有算过会抽到谁。"
        if self.turn:
            return f"{count} 位监督人{beacon}。至少一位用自己的手机先承诺后公布，经办人才选不了结果。"
        if beacon:
            return f"{count} 位监督人当众报数{beacon}：号码公布之前谁也不知道结果，公布时点由公开留痕说明。"
        return f"{count} 位监督人都是当众报数，没有人先承诺后公布，也没有公开随机源：经办人与最后报数的人串通，本可以选择结果。"

    def given(self, position: int) -> Contribution | None:
        """Return what the witness at `position` contributed, None where nothing yet."""
        return self.contributions.filter(position=position).first()

    @property
    def secret(self) -> str:
        """Return the system's secret, as long as it is kept."""
        return crypto.decrypt(bytes(self.thing.secret_box or b""), self.thing.secret_context)

    def _fields(self, made: dict[str, bytes]) -> dict[str, Any]:
        """Return the files that a step made as fields of the row, and the digest that goes on the log: that of the last of them."""
        fields: dict[str, Any] = {}
        for name, content in made.items():
            fields[name.rpartition("/")[2].replace(".", "_")] = content
            fields["digest"] = mq.digest(content)
        return fields

    def closed(self, files: dict[str, bytes], now: datetime) -> dict[str, Any]:
        """Return what closing leaves, once every witness has given (draw protocol, step 4)."""
        with in_words():
            return self._fields(
                mq.close(files, [row.as_closed for row in self.contributions], closed_at=clock.to_text(now))
            )

    def opened(self, files: dict[str, bytes], now: datetime, beacon: str | None) -> dict[str, Any]:
        """Return what opening leaves; raise DomainError where a commitment is not opened yet."""
        if waited := [row.witness for row in self.unopened]:
            raise DomainError(
                f"{'、'.join(waited)}还没有在自己的手机上公布承诺的数字，不能开签。请本人打开手机上的页面；"
                "手机坏了打不开的，只能申请作废，另行封存。"
            )
        openings = {row.position: row.as_known for row in self.contributions if row.committed}
        with in_words():
            return self._fields(
                mq.open_lot(files, secret=self.secret, openings=openings, opened_at=clock.to_text(now), beacon=beacon)
            )

    def voided(self, files: dict[str, bytes], now: datetime, **said: Any) -> dict[str, Any]:
        """Return what voiding leaves; raise DomainError where everything is known, for then the outcome stands."""
        # Before the close no commitment is opened, so what is known is what was handed over.
        given = [row.as_known if row else None for _position, _name, row in self.given_by]
        with in_words():
            return self._fields(
                mq.void(files, secret=self.secret, contributions=given, voided_at=clock.to_text(now), **said)
            )

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
