"""The result as it stands now: the outcome of a draw as rows with names, after its changes, and the changes as pages tell them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from mingqian.drawing.changes.states import ChangeState, Kind
from mingqian.drawing.draw.selectors import names_of, numbered, result_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.joint.states import JointMark
from mingqian.drawing.lots import Given, Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.planning.pool import selectors as pool_selectors


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
    """A stratum of an opened draw."""

    name: str
    quota: int
    participants: int
    cutoff: str
    passed: list[dict[str, Any]]
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


def standing(draw: Draw) -> list[Stratum]:
    """Return the result of an opened draw as it stands after all supplements; [] where it is not opened."""
    strata = outcome(draw)
    done = [one for one in numbered(draw) if one.state == ChangeState.OPENED]
    if not done or not strata:
        return strata
    rows = {row.number: row for stratum in strata for row in stratum.selected}
    order = {number: number for number in rows}
    names = names_of(draw)
    for supplement in done:
        _carry_out(rows, order, supplement, current_result(supplement), names)
    return [replace(stratum, selected=[rows[order[row.number]] for row in stratum.selected]) for stratum in strata]


def _carry_out(
    rows: dict[str, Selected], order: dict[str, str], supplement: Supplement, result: dict[str, Any], names: Names
) -> None:
    """Carry out one supplement on the rows by subject; `order` leads from the subject first drawn to the one there now."""
    number, subject = supplement.number or 0, supplement.subject
    if supplement.kind == Kind.SUBJECT:
        row, new = rows.pop(subject), str(result["subject"])
        name, district = names.get(new, ("", ""))
        changes = (*row.changes, number)
        rows[new] = replace(row, number=new, name=name, district=district, ticket=result["ticket"], changes=changes)
        order.update({first: new for first, now in order.items() if now == subject})
        return
    if supplement.kind == Kind.EXCHANGE:
        other = str(result["subject"])
        here, there = _member(rows[subject], supplement.inspector), _member(rows[other], result["inspector"])
        rows[subject] = _put(rows[subject], here, there, number)
        rows[other] = _put(rows[other], there, here, number)
        return
    came = Member(result["inspector"], *names.get(result["inspector"], ("", "")), appointed=not supplement.by_lot)
    gone = _member(rows[subject], supplement.inspector) if supplement.inspector else None
    rows[subject] = _put(rows[subject], gone, came, number)


def _member(row: Selected, number: str) -> Member:
    return next(member for member in row.team if member.number == number)


def _put(row: Selected, gone: Member | None, came: Member, number: int) -> Selected:
    team = [came if member == gone else member for member in row.team] if gone else [*row.team, came]
    return replace(row, team=team, changes=(*row.changes, number))


@dataclass(frozen=True)
class Told:
    """A supplement as pages tell it, with the names behind the numbers; empty where there is none."""

    row: Supplement
    subject: str
    inspector: str
    #: Who or what came: the new subject, the new member, the counterpart of an exchange.
    came_subject: str
    came_inspector: str
    appointed: str
    witnesses: tuple[tuple[int, str, Given | None], ...]
    void: dict[str, Any] | None
    joining: tuple[str, ...] = ()

    @property
    def across(self) -> bool:
        """Say whether inspectors of other divisions join the lot (art. 10); who was left out at the seal may be of one's own."""
        division = self.row.draw.division
        own = pool_selectors.as_word(division.name) if division else ""
        return self.row.by_lot and any(unit != own for _number, unit in self.row.joining.get("inspectors", []))


def told(supplement: Supplement, names: Names) -> Told:
    """Return a supplement, or a request for one, as pages tell it."""
    result = current_result(supplement)
    subject, inspector = str(result.get("subject", "")), str(result.get("inspector", ""))
    void = None if supplement.void_json is None else json.loads(bytes(supplement.void_json))
    return Told(
        supplement,
        _name(names, supplement.subject),
        _name(names, supplement.inspector),
        _name(names, subject) if subject != supplement.subject else "",
        _name(names, inspector),
        _name(names, supplement.appointed),
        tuple(Lot.of(supplement).spoken),
        void,
        tuple(f"{name}（{division}）" for name, division in supplement.names.values()),
    )


def outcome_words(change: Told) -> str:
    """Return what a change brought, in a sentence."""
    row = change.row
    if row.kind == Kind.SUBJECT:
        return f"{change.subject}由{change.came_subject}替补，检查组和批次随之转过去。"
    if row.kind == Kind.EXCHANGE:
        return f"{change.inspector}改去{change.came_subject}，{change.came_inspector}改去{change.subject}。"
    before = f"接替{change.inspector}，" if change.inspector else ""
    return f"{change.came_inspector}{before}参加对{change.subject}的检查。"


def _name(names: Names, number: str) -> str:
    return names.get(number, (number, ""))[0] or number


def tell_all(supplements: Iterable[Supplement], draw: Draw) -> list[Told]:
    """Return supplements or requests of a draw as pages tell them."""
    rows = list(supplements)
    names = names_of(draw) if rows else {}
    return [told(row, names | _own_names(row)) for row in rows]


def _own_names(row: Supplement) -> Names:
    return {number: (name, division) for number, (name, division) in row.names.items()}


def names_for(row: Supplement) -> Names:
    """Return the names of the draw and of those who would come in by this request."""
    return names_of(row.draw) | _own_names(row)


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
