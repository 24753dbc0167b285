"""The census: what whoever does not trust the operator wants counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mingqian_draw.chain import Bundle, Supplement
from mingqian_draw.contributions import Given, Lot
from mingqian_draw.state import State
from mingqian_draw.tables import Kind


@dataclass
class Proved:
    """By lot: whether cosigners prove that the close (of a void: the void) was on the log before the beacon was due."""

    closed: dict[int, bool] = field(default_factory=dict)
    voided: dict[int, bool] = field(default_factory=dict)


def _counted(values: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for value, rows in values:
        counts[value] += rows
    return dict(sorted(counts.items()))


def _subjects(bundle: Bundle) -> dict[str, Any]:
    kinds, quotas = bundle.state.tables.kinds, bundle.seal.rules.quotas
    strata: dict[str, dict[str, Any]] = {}
    for (stratum, _lots, status), rows in kinds.items():
        one = strata.setdefault(stratum, {"stratum": stratum, "in": 0, "exempt": 0, "out": 0})
        one[status.partition(":")[0]] += rows
    for stratum, one in strata.items():
        one["quota"] = quotas.get(stratum, 0)
        one["certain"] = one["quota"] > 0 and one["quota"] == one["in"]
    return {
        "rows": kinds.total(),
        "status": _counted((status, rows) for (_stratum, _lots, status), rows in kinds.items()),
        "lots": _counted((str(lots), rows) for (_stratum, lots, _status), rows in kinds.items()),
        "strata": [strata[key] for key in sorted(strata)],
    }


def _inspectors(bundle: Bundle) -> dict[str, Any]:
    rows = bundle.state.tables.inspectors.values()
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = units.setdefault(row.unit, {"unit": row.unit, "in": 0, "out": 0})
        one[row.status.partition(":")[0]] += 1
    return {
        "rows": len(rows),
        "status": _counted((row.status, 1) for row in rows),
        "units": [units[key] for key in sorted(units)],
    }


def _is_drawn_from(bundle: Bundle, kind: Kind) -> bool:
    """Whether a row is not `out:` and of a stratum with a quota."""
    return kind[0] in bundle.seal.rules.quotas and not kind[2].startswith("out")


def _least(bundle: Bundle, among: set[str]) -> dict[str, int]:
    tables = bundle.state.tables
    # Rows without a conflict have everybody; only the others are counted one by one.
    counts = Counter({len(among): sum(rows for kind, rows in tables.kinds.items() if _is_drawn_from(bundle, kind))})
    for key, barred in tables.conflicts.items():
        if _is_drawn_from(bundle, tables.subjects[key]):
            counts[len(among)] -= 1
            counts[len(among - barred)] += 1
    least = min(count for count, rows in counts.items() if rows)
    return {"least": least, "subjects": counts[least]}


def _barred(bundle: Bundle) -> list[list[Any]]:
    state = bundle.state
    by_table, later = (
        Counter(
            one for key, those in pairs.items() if _is_drawn_from(bundle, state.tables.subjects[key]) for one in those
        )
        for pairs in (state.tables.conflicts, state.later)
    )
    return [[key, by_table[key], later[key]] for key in sorted(by_table.keys() | later.keys())]


def how_given(given: Given | None) -> str:
    """How a witness contributed: committed, spoken, or none."""
    if given is None:
        return "none"
    return "committed" if "commit" in given or "nonce" in given else "spoken"


def is_guarded(lot: Lot, proved: Proved) -> bool | None:
    """Whether nobody could have chosen this lot: somebody committed, or a beacon is proved; None where it is only sealed."""
    number = lot.seal.number
    if lot.state == "sealed":
        return None
    if lot.state == "void":
        unopened = any(one is not None and "commit" in one for one in lot.known)
        return unopened or (lot.beacon is None and proved.voided.get(number, False))
    committed = any(how_given(one) == "committed" for one in lot.known)
    return committed or proved.closed.get(number, False)


def _rests(lot: Lot, proved: Proved) -> str | None:
    if lot.seal.beacon is None or lot.state == "sealed":
        return None
    by = proved.voided if lot.state == "void" else proved.closed
    return "cosigners" if by.get(lot.seal.number) else "holder"


def lots_of(bundle: Bundle, proved: Proved) -> list[dict[str, Any]]:
    """What the census says of each lot."""
    had = bundle.seal.lot.witnesses
    found = []
    for lot in bundle.lots:
        seal = lot.seal
        beacon = "none" if seal.beacon is None else "missing" if lot.beacon is None else "given"
        found.append(
            {
                "number": seal.number,
                "kind": seal.kind,
                "state": lot.state,
                "sealed_at": seal.sealed_at,
                "open_by": seal.open_by,
                "ended_at": lot.ended_at,
                "late": lot.ended_at is not None and lot.ended_at > seal.open_by,
                "witnesses": [
                    [name, how_given(one), one is not None and "digits" in one]
                    for name, one in zip(seal.witnesses, lot.known, strict=False)
                ],
                "draw_witnesses": len(had),
                "new": [name for name in seal.witnesses if name not in had],
                "beacon": beacon,
                "beacon_rests": _rests(lot, proved),
                "closed": lot.closed is not None,
                "guarded": is_guarded(lot, proved),
            }
        )
    return found


def _fact(one: Supplement) -> dict[str, Any]:
    keys = ("conflicts", "absent", "unavailable", "excused", "joining", "ground", "approver", "sealed_at")
    joins = one.facts.joins if one.facts is not None else []
    return {"number": one.number, "joined": len(joins), **{key: one.row[key] for key in keys}}


def _changes(bundle: Bundle) -> list[dict[str, Any]]:
    found = []
    for one in bundle.supplements:
        for change, done in enumerate(one.done, 1):
            told = {key: value for key, value in done.told().items() if key != "ticket"}
            found.append({"number": one.number, "change": change, "kind": one.row["kind"], "sheet": done.sheet, **told})
    return found


def _appointment(one: Supplement, state: State) -> dict[str, Any]:
    row = state.tables.inspectors[one.row["appointed"]]
    keys = ("subject", "inspector", "appointed", "ground", "approver", "sealed_at")
    came = state.joined.get(one.row["appointed"], one.number)
    return {
        "number": one.number,
        **{key: one.row[key] for key in keys},
        "status": row.status,
        "unit": row.unit,
        "joined": came < one.number,
        "sheet": one.sheet,
    }


def _now(bundle: Bundle) -> dict[str, Any]:
    state = bundle.state
    places = sorted((subject, one) for subject, team in state.teams.items() for one in team)
    homeless = [key for key, team in state.teams.items() if not any(map(state.is_home, team))]
    return {
        "unavailable": [list(place) for place in places if place[1] in state.unavailable],
        "conflicts": [list(place) for place in places if state.is_conflict(*place)],
        "absent": [list(place) for place in places if place in state.absent],
        "appointed": [list(place) for place in places if place in state.appointed],
        "without_home": sorted(homeless) if state.rules.home is not None else [],
        "excused": sorted(key for key in state.teams if key in state.excused),
    }


def census(bundle: Bundle, proved: Proved) -> dict[str, Any]:
    """The whole census of a bundle."""
    state = bundle.state
    free = set(state.free)
    unit = bundle.seal.rules.home
    own = {key for key in free if state.is_home(key)}
    attempts: Counter[tuple[str, str]] = Counter(place for one in bundle.supplements for place in one.changes)
    inspectors: Mapping[str, Any] = state.tables.inspectors
    return {
        "draw_id": bundle.seal.lot.draw_id,
        "scope": bundle.seal.scope,
        "attempt": bundle.seal.attempt,
        "subjects": _subjects(bundle),
        "inspectors": _inspectors(bundle),
        "free": _least(bundle, free),
        "home": None if unit is None else {"unit": unit, "in": len(own), **_least(bundle, own)},
        "barred": _barred(bundle),
        "lots": lots_of(bundle, proved),
        "facts": [_fact(one) for one in bundle.supplements if one.row["kind"] == "facts"],
        "joined": [[key, inspectors[key].unit, inspectors[key].status, number] for key, number in state.joined.items()],
        "changes": _changes(bundle),
        "appointments": [_appointment(one, state) for one in bundle.supplements if one.row["kind"] == "appointment"],
        "attempts": [[*place, seals] for place, seals in sorted(attempts.items())],
        "now": _now(bundle),
    }
