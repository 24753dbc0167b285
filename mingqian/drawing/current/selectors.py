"""The result as it stands now: the outcome of a draw as rows with names, after its changes, and the changes as pages tell them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from mingqian.drawing.bundle.selectors import names_of, numbered, result_of, void_of
from mingqian.drawing.changes.states import ChangeState, Kind
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.joint.states import JointMark
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.lots import Contribution
from mingqian.planning.pool import selectors as pool_selectors
from mingqian.registry.people.selectors import OUT_WORDS


@dataclass(frozen=True)
class Member:
    """An inspector in a team; `appointed` says that he is there not by lot."""

    number: str
    name: str
    division: str
    appointed: bool = False


@dataclass(frozen=True)
class Selected:
    """A selected subject with its team, as pages show it."""

    rank: int
    number: str
    name: str
    district: str
    ticket: str
    lot: int
    batch: int
    team: list[Member]
    #: Numbers of the supplements that changed subject or team since the draw.
    changes: tuple[int, ...] = ()
    joint: JointMark | None = None


@dataclass(frozen=True)
class Stratum:
    """A stratum of an opened draw; `passed` counts the exempt that were met on the way."""

    name: str
    quota: int
    participants: int
    cutoff: str
    passed: int
    selected: list[Selected] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == "-" else self.name


def outcome(draw: Draw) -> list[Stratum]:
    """Return the result of an opened draw by stratum, with names; [] where it is not opened."""
    if draw.state != DrawState.OPENED:
        return []
    result, names = result_of(draw), names_of(draw)
    teams = {row["subject"]: row for row in result["assignments"]}
    strata = []
    for stratum in result["strata"]:
        rows = []
        for rank, row in enumerate(stratum["selected"], 1):
            name, district = names.get(row["subject"], ("", ""))
            assigned = teams[row["subject"]]
            team = [Member(number, *names.get(number, ("", ""))) for number in assigned["team"]]
            rows.append(
                Selected(rank, row["subject"], name, district, row["ticket"], row["lot"], assigned["batch"], team)
            )
        strata.append(
            Stratum(
                stratum["stratum"],
                stratum["quota"],
                stratum["participants"],
                stratum["cutoff"],
                stratum["passed"],
                rows,
            )
        )
    return strata


Names = dict[str, tuple[str, str]]


def current_result(supplement: Supplement) -> dict[str, Any]:
    """Return `result.json` of a supplement as an object, {} where it has none."""
    return {} if supplement.result_json is None else json.loads(bytes(supplement.result_json))


def done_by(supplement: Supplement) -> list[dict[str, Any]]:
    """Return what a change brought, as the entries of `result.json` say it: subject, inspector, `to`; [] where nothing came yet."""
    if supplement.state != ChangeState.OPENED:
        return []
    if supplement.by_lot:
        found: list[dict[str, Any]] = current_result(supplement)["changes"]
        return found
    return [{"subject": s, "inspector": i, "to": [s, supplement.appointed], "ticket": ""} for s, i in supplement.places]


def standing(draw: Draw) -> list[Stratum]:
    """Return the result of an opened draw as it stands after all supplements; [] where it is not opened."""
    strata = outcome(draw)
    done = [(one, entry) for one in numbered(draw) for entry in done_by(one)]
    if not done or not strata:
        return strata
    rows = {row.number: row for stratum in strata for row in stratum.selected}
    order = {number: number for number in rows}
    names = names_of(draw)
    for supplement, entry in done:
        _carry_out(rows, order, supplement, entry, names)
    return [replace(stratum, selected=[rows[order[row.number]] for row in stratum.selected]) for stratum in strata]


def _carry_out(
    rows: dict[str, Selected], order: dict[str, str], supplement: Supplement, entry: dict[str, Any], names: Names
) -> None:
    """Carry out one change on the rows by subject; `order` leads from the subject first drawn to the one there now."""
    number, subject, inspector = supplement.number or 0, str(entry["subject"]), str(entry["inspector"])
    other, one = entry["to"]
    if supplement.kind == Kind.SUBJECT:
        row = rows.pop(subject)
        name, district = names.get(other, ("", ""))
        changes = (*row.changes, number)
        rows[other] = replace(row, number=other, name=name, district=district, ticket=entry["ticket"], changes=changes)
        order.update({first: other for first, now in order.items() if now == subject})
    elif supplement.kind == Kind.EXCHANGE:
        here, there = _member(rows[subject], inspector), _member(rows[other], one)
        rows[subject] = _put(rows[subject], here, there, number)
        rows[other] = _put(rows[other], there, here, number)
    else:
        came = Member(one, *names.get(one, ("", "")), appointed=not supplement.by_lot)
        gone = _member(rows[subject], inspector) if inspector else None
        rows[subject] = _put(rows[subject], gone, came, number)


def _member(row: Selected, number: str) -> Member:
    return next(member for member in row.team if member.number == number)


def _put(row: Selected, gone: Member | None, came: Member, number: int) -> Selected:
    team = [came if member == gone else member for member in row.team] if gone else [*row.team, came]
    return replace(row, team=team, changes=(*row.changes, number))


@dataclass(frozen=True)
class Place:
    """One of the changes of a supplement, with the names behind the numbers; who or what came is "" where nobody did yet."""

    kind: str
    subject: str
    subject_number: str
    inspector: str
    inspector_number: str
    #: The new subject, or that of the counterpart of an exchange; the new member, or the counterpart.
    came_subject: str = ""
    came_inspector: str = ""
    candidates: int | None = None
    ticket: str = ""
    #: The rule that the lead division keeps somebody in the team was waived: it had fewer than two.
    waived: bool = False

    @property
    def outcome(self) -> str:
        """Return what it brought, in a sentence; "" where nothing came yet."""
        if not self.came_subject and not self.came_inspector:
            return ""
        if self.kind == Kind.SUBJECT:
            return f"{self.subject}由{self.came_subject}替补，检查组和批次随之转过去。"
        if self.kind == Kind.EXCHANGE:
            return f"{self.inspector}改去{self.came_subject}，{self.came_inspector}改去{self.subject}。"
        before = f"接替{self.inspector}，" if self.inspector else ""
        waived = "（任务所属科室人员不足两人，本次不限科室）" if self.waived else ""
        return f"{self.came_inspector}{before}参加对{self.subject}的检查{waived}。"


@dataclass(frozen=True)
class Told:
    """A supplement, or a request for one, as pages tell it, with the names behind the numbers."""

    row: Supplement
    places: tuple[Place, ...]
    appointed: str
    witnesses: tuple[tuple[int, str, Contribution | None], ...]
    void: dict[str, Any] | None
    guard: str = ""

    @property
    def subject(self) -> str:
        """Name the subjects, the first and how many."""
        more = len({place.subject_number for place in self.places}) - 1
        return self.places[0].subject + (f"等 {more + 1} 家" if more else "")

    @property
    def inspector(self) -> str:
        """Name whom it is about, "" where nobody is replaced."""
        return "、".join(dict.fromkeys(place.inspector for place in self.places if place.inspector))

    @property
    def joining(self) -> list[str]:
        """Return the groups that are let in (art. 10)."""
        return [f"{unit}（{OUT_WORDS.get(code, code)}）" for unit, code in self.row.joining]

    @property
    def across(self) -> bool:
        """Say whether inspectors of other divisions join the lot (art. 10); who was left out at the seal may be of one's own."""
        division = self.row.draw.division
        own = pool_selectors.as_word(division.name) if division else ""
        return self.row.by_lot and any(unit != own for unit, _code in self.row.joining)


def told(supplement: Supplement, names: Names) -> Told:
    """Return a supplement, or a request for one, as pages tell it."""
    done: dict[tuple[str, str], dict[str, Any]] = {
        (one["subject"], one["inspector"]): one for one in done_by(supplement)
    }
    lot = Lot.of(supplement)
    sealed = supplement.number is not None and supplement.by_lot
    return Told(
        supplement,
        tuple(_place(supplement, place, done.get(place), names) for place in supplement.places),
        _name(names, supplement.appointed),
        tuple(lot.given_by),
        void_of(supplement),
        lot.guard if sealed else "",
    )


def _place(supplement: Supplement, place: tuple[str, str], came: dict[str, Any] | None, names: Names) -> Place:
    subject, inspector = place
    held = Place(supplement.kind, _name(names, subject), subject, _name(names, inspector), inspector)
    if came is None:
        return held
    to_subject, to_inspector = came["to"]
    return replace(
        held,
        came_subject=_name(names, to_subject) if to_subject != subject else "",
        came_inspector=_name(names, to_inspector),
        candidates=came.get("candidates"),
        ticket=came["ticket"],
        waived=bool(came.get("waived")),
    )


def _name(names: Names, number: str) -> str:
    return names.get(number, (number, ""))[0] or number


def tell_all(supplements: Iterable[Supplement], draw: Draw) -> list[Told]:
    """Return supplements or requests of a draw as pages tell them."""
    rows = list(supplements)
    names = names_of(draw) if rows else {}
    return [told(row, names) for row in rows]


def public_changes(draw: Draw) -> list[Told]:
    """Return the supplements of a draw for the public side, by number."""
    return tell_all(numbered(draw), draw)


def requests_of(draw: Draw) -> QuerySet[Supplement]:
    """Return every request for a change of a draw, newest first."""
    return draw.supplements.select_related("asked_by", "decided_by").order_by("-serial")


def with_joint(strata: Iterable[Stratum], marks: dict[str, JointMark]) -> list[Stratum]:
    """Return the rows of a result with the marks of joint visits on them."""
    return [
        replace(stratum, selected=[replace(row, joint=marks.get(row.number)) for row in stratum.selected])
        for stratum in strata
    ]
