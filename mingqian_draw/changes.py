"""Lots after the draw: who takes the place of whoever cannot go, which subject that of one that must not be inspected."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from mingqian_draw.outcome import smallest_ticket
from mingqian_draw.refusal import check, within
from mingqian_draw.state import Place, State

MOST_CHANGES = 2000
MOST_TICKETS = 100_000_000
KINDS = ("inspector", "subject", "exchange")


@dataclass(frozen=True)
class Done:
    """What one change of a lot brought; `sheet` as of right before it."""

    subject: str
    inspector: str
    candidates: int
    waived: bool
    to: Place
    ticket: str
    sheet: dict[str, int] | None

    def told(self) -> dict[str, Any]:
        """The entry of `result.json`."""
        return {
            "subject": self.subject,
            "inspector": self.inspector,
            "candidates": self.candidates,
            "waived": self.waived,
            "to": list(self.to),
            "ticket": self.ticket,
        }


def sheet_of(state: State, subject: str) -> dict[str, int]:
    """Of everybody who may come by lot: how many are in the team, cannot come and why, are free; each under the first that holds."""
    sheet = dict.fromkeys(("pool", "team", "unavailable", "sealed", "later", "absent", "free"), 0)
    team = state.teams[subject]
    for key in state.pool():
        sheet["pool"] += 1
        if key in team:
            sheet["team"] += 1
        elif key in state.unavailable:
            sheet["unavailable"] += 1
        elif state.is_sealed_conflict(subject, key):
            sheet["sealed"] += 1
        elif state.is_conflict(subject, key):
            sheet["later"] += 1
        elif (subject, key) in state.absent:
            sheet["absent"] += 1
        else:
            sheet["free"] += 1
    return sheet


def check_changes(state: State, kind: str, changes: list[Place]) -> None:
    """Refuse to seal a lot whose changes are not allowed, or that might come to have fewer than two candidates."""
    fits = len(changes) == 1 if kind == "exchange" else 1 <= len(changes) <= MOST_CHANGES
    check(fits, "changes: how many")
    #: By stratum or subject: the candidates there, less those that earlier changes may take.
    left: dict[str, int] = {}
    lots = 0
    for subject, inspector in changes:
        check_change(state, kind, subject, inspector)
        group = state.tables.stratum_of(subject) if kind == "subject" else subject
        if kind == "subject":
            lots += _lots_of(state, group)
            within(lots, MOST_TICKETS, "changes: too many tickets")
        if group not in left:
            left[group] = _candidates(state, kind, subject, inspector)
        check(left[group] >= 2, "changes: fewer than two candidates")
        left[group] -= 1


def check_change(state: State, kind: str, subject: str, inspector: str) -> None:
    """Refuse a change that no fact allows; `inspector` is "" for kind `subject`."""
    check(subject in state.teams, "changes: subject is not selected")
    if kind == "subject":
        check(subject in state.excused and inspector == "", "changes: the subject is not excused")
        return
    check(inspector in state.teams[subject], "changes: inspector is not in the team")
    if kind == "exchange":
        check(state.is_conflict(subject, inspector), "changes: no conflict to remove")
    else:
        check(state.is_hindered(subject, inspector), "changes: neither unavailable nor in conflict")


def candidates(state: State, kind: str, subject: str, inspector: str = "") -> int:
    """How many a change would have, whatever becomes of the lead division; refused where no fact allows the change.

    A lot wants two at least; of several changes in one seal the later ones at the same subject (kind `subject`: in the same stratum)
    want one more each. An inspector's place with fewer than two is filled by appointment.
    """
    check_change(state, kind, subject, inspector)
    return _candidates(state, kind, subject, inspector)


def _candidates(state: State, kind: str, subject: str, inspector: str) -> int:
    if kind == "subject":
        return len(state.substitutes(state.tables.stratum_of(subject)))
    return len(state.counterparts(subject, inspector) if kind == "exchange" else state.candidates(subject))


def _lots_of(state: State, stratum: str) -> int:
    rows = state.tables.subjects.values()
    return sum(lots for name, lots, status in rows if name == stratum and status == "in")


def _ticket(seed: str, change: int, tail: str) -> str:
    return hashlib.sha256(f"{seed}/{change}/{tail}".encode()).hexdigest()


def _of_home(state: State, subject: str, inspector: str, every: list[str]) -> tuple[list[str], bool]:
    """The candidates for a place, and whether the rule of the lead division is waived."""
    team = state.teams[subject]
    if not state.is_home(inspector) or any(state.is_home(one) for one in team if one != inspector):
        return every, False
    own = [key for key in every if state.is_home(key)]
    return (own, False) if len(own) >= 2 else (every, True)


def _inspector(state: State, seed: str, change: int, subject: str, inspector: str) -> Done:
    sheet = sheet_of(state, subject)
    found, waived = _of_home(state, subject, inspector, state.candidates(subject))
    ticket, comes = min((_ticket(seed, change, f"inspector/{key}"), key) for key in found)
    state.replace(subject, inspector, comes)
    return Done(subject, inspector, len(found), waived, (subject, comes), ticket, sheet)


def _exchange(state: State, seed: str, change: int, subject: str, inspector: str) -> Done:
    every = state.counterparts(subject, inspector)
    kept = [
        (other, one)
        for other, one in every
        if state.keeps_home(state.teams[subject], inspector, one)
        and state.keeps_home(state.teams[other], one, inspector)
    ]
    waived = len(kept) < 2
    found = every if waived else kept
    ticket, other, one = min((_ticket(seed, change, f"exchange/{other}/{one}"), other, one) for other, one in found)
    state.exchange((subject, inspector), (other, one))
    return Done(subject, inspector, len(found), waived, (other, one), ticket, None)


def _subject(state: State, seed: str, change: int, subject: str) -> Done:
    found = state.substitutes(state.tables.stratum_of(subject))
    lots = state.tables.subjects
    ticket, _lot, comes = min((*smallest_ticket(f"{seed}/{change}", key, lots[key][1]), key) for key in found)
    state.move(subject, comes)
    return Done(subject, "", len(found), False, (comes, ""), ticket, None)


def make(state: State, kind: str, seed: str, changes: list[Place]) -> list[Done]:
    """Make the changes of an opened lot one after the other; `state` is changed."""
    done = []
    for change, (subject, inspector) in enumerate(changes, 1):
        if kind == "inspector":
            done.append(_inspector(state, seed, change, subject, inspector))
        elif kind == "exchange":
            done.append(_exchange(state, seed, change, subject, inspector))
        else:
            done.append(_subject(state, seed, change, subject))
    return done
