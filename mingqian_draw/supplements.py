"""Supplements: facts, with whom they let join; appointments; the seals of later lots."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingqian_draw.canonical import keyed
from mingqian_draw.changes import KINDS, check_changes, sheet_of
from mingqian_draw.contributions import Once
from mingqian_draw.grammar import is_hash, is_line, is_name, is_time, is_word
from mingqian_draw.refusal import RefusedError, check
from mingqian_draw.seal import PROTOCOL, LotSeal, lot_of
from mingqian_draw.state import Place, State

_HEAD = ("protocol", "draw_id", "number", "previous", "kind", "sealed_at")
_LOT = ("changes", "open_by", "witnesses", "beacon", "commitment")
_KEYS: dict[str, tuple[str, ...]] = {
    "facts": ("conflicts", "absent", "unavailable", "excused", "joining", "ground", "approver", "salt"),
    "appointment": ("subject", "inspector", "appointed", "ground", "approver", "salt"),
    **dict.fromkeys(KINDS, _LOT),
}


@dataclass(frozen=True)
class After:
    """What a supplement has to follow: its number, the digest and the time of the file before it."""

    draw_id: str
    number: int
    previous: str
    time: str


def read_head(value: object, after: After) -> dict[str, Any]:
    """The seal of a supplement as an object, its head checked."""
    name = f"supplement-{after.number}"
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _KEYS:
        raise RefusedError("kind")
    row: dict[str, Any] = keyed(value, (*_HEAD, *_KEYS[kind]), f"{name}/seal.json: keys")
    same = row["protocol"] == PROTOCOL and row["draw_id"] == after.draw_id and type(row["number"]) is int
    check(same and row["number"] == after.number and row["previous"] == after.previous, f"{name}: head")
    check(is_time(row["sealed_at"]) and row["sealed_at"] >= after.time, f"{name}: sealed_at")
    return row


def _listed(value: object, width: int, unique: int) -> list[tuple[str, ...]]:
    """A sorted list of tuples of texts, unique in the first `unique`."""
    fits = isinstance(value, list) and all(isinstance(one, list) and len(one) == width for one in value)
    if not fits or not isinstance(value, list) or not all(isinstance(part, str) for one in value for part in one):
        raise RefusedError("a list of pairs")
    rows = [tuple(one) for one in value]
    ordered = all(one < other for one, other in itertools.pairwise(rows))
    once = len({row[:unique] for row in rows}) == len(rows)
    check(ordered and once, "pairs are not sorted and unique")
    return rows


def pairs_of(value: object) -> list[Place]:
    """A sorted list of pairs of texts."""
    return [(one[0], one[1]) for one in _listed(value, 2, 2)]


def _answerable(row: Mapping[str, Any], once: Once) -> None:
    fits = is_line(row["ground"]) and is_name(row["approver"]) and is_hash(row["salt"])
    check(fits, "ground, approver or salt")
    once.secret(row["salt"])


@dataclass(frozen=True)
class Facts:
    """What a file of facts declares."""

    conflicts: list[Place]
    absent: list[tuple[str, str, str]]
    unavailable: list[Place]
    excused: list[Place]
    joining: tuple[list[Place], Place] | None
    #: Who comes in, in the order of the table.
    joins: list[str]


def read_facts(row: Mapping[str, Any], state: State, once: Once) -> Facts:
    """The facts of a supplement, held against the state before it."""
    _answerable(row, once)
    tables = state.tables
    conflicts = pairs_of(row["conflicts"])
    absent = [(one[0], one[1], one[2]) for one in _listed(row["absent"], 3, 2)]
    unavailable = [(one[0], one[1]) for one in _listed(row["unavailable"], 2, 1)]
    excused = [(one[0], one[1]) for one in _listed(row["excused"], 2, 1)]
    for subject, inspector in conflicts:
        known = subject in tables.subjects and inspector in tables.inspectors
        check(known and not state.is_conflict(subject, inspector), "facts: conflicts")
    for subject, inspector, code in absent:
        known = subject in tables.subjects and inspector in tables.inspectors and is_word(code)
        check(known and (subject, inspector) not in state.absent, "facts: absent")
    for inspector, code in unavailable:
        known = inspector in tables.inspectors and is_word(code)
        check(known and inspector not in state.unavailable, "facts: unavailable")
    for subject, code in excused:
        check(subject in tables.subjects and is_word(code) and subject not in state.excused, "facts: excused")
    joining, joins = _joining(row["joining"], state)
    check(bool(conflicts or absent or unavailable or excused or joining), "facts: none")
    return Facts(conflicts, absent, unavailable, excused, joining, joins)


def _joining(value: object, state: State) -> tuple[tuple[list[Place], Place] | None, list[str]]:
    if value is None:
        return None, []
    row = keyed(value, ("groups", "place"), "joining: keys")
    if not isinstance(row["groups"], list):
        raise RefusedError("joining: keys")
    groups = pairs_of(row["groups"])
    place = pairs_of([row["place"]])[0]
    subject, inspector = place
    fits = subject in state.teams and inspector in state.teams[subject] and state.is_hindered(subject, inspector)
    check(fits, "joining: place")
    check(len(state.candidates(subject)) < 2, "joining: a lot is possible")
    joins: list[str] = []
    for unit, code in groups:
        here = [
            key
            for key, one in state.tables.inspectors.items()
            if one.unit == unit and one.status == f"out:{code}" and key not in state.joined
        ]
        check(bool(here), "joining: nobody")
        joins += here
    check(len(joins) >= 2, "joining: fewer than two")
    return (groups, place), joins


def take_facts(facts: Facts, state: State, number: int) -> None:
    """Let facts hold from here on."""
    for subject, inspector in facts.conflicts:
        state.later.setdefault(subject, set()).add(inspector)
    state.absent.update({(subject, inspector): code for subject, inspector, code in facts.absent})
    state.unavailable.update(facts.unavailable)
    state.excused.update(facts.excused)
    order = {key: place for place, key in enumerate(state.tables.inspectors)}
    for key in sorted(facts.joins, key=order.__getitem__):
        state.joined[key] = number


def take_appointment(row: Mapping[str, Any], state: State, once: Once) -> dict[str, int]:
    """Appoint somebody where no lot is possible; return the sheet of the place as it was before."""
    _answerable(row, once)
    subject, inspector, appointed = row["subject"], row["inspector"], row["appointed"]
    texts = all(isinstance(one, str) for one in (subject, inspector, appointed))
    check(texts and subject in state.teams, "appointment: subject is not selected")
    team = state.teams[subject]
    if inspector == "":
        check(state.rules.assignment == "none", "appointment: in nobody's place")
    else:
        check(inspector in team, "appointment: not in the team")
        check(state.is_hindered(subject, inspector), "appointment: neither unavailable nor in conflict")
        check(len(state.candidates(subject)) < 2, "appointment: the lot goes first")
    fits = appointed in state.tables.inspectors and appointed not in team
    check(fits and not state.is_hindered(subject, appointed), "appointment: cannot be appointed")
    sheet = sheet_of(state, subject)
    if inspector == "":
        team.append(appointed)
    else:
        state.replace(subject, inspector, appointed)
    state.appointed.add((subject, appointed))
    return sheet


def read_lot(row: Mapping[str, Any], data: bytes, state: State, number: int) -> tuple[LotSeal, list[Place]]:
    """The seal of a later lot, and the changes that it is about."""
    check(is_time(row["open_by"]) and row["sealed_at"] < row["open_by"], "seal times")
    lot = lot_of(row, data, number, row["kind"])
    changes = pairs_of(row["changes"])
    check_changes(state, row["kind"], changes)
    return lot, changes
