"""Section "After the draw": who inspects whom after supplements, candidates, the lot among them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.forms import Rules
from mingqian_draw.grammar import word_ok
from mingqian_draw.selection import lowest
from mingqian_draw.steps import PROTOCOL
from mingqian_draw.supplement_forms import APPOINTMENT, SupplementSeal
from mingqian_draw.tables import Pairs, Tables


@dataclass
class State:
    """What holds at one moment after the draw.

    ``teams`` by subject selected now; ``strata`` and ``batches`` of all that were ever selected; ``gone`` the pairs
    (subject, inspector) where an ``inspector`` supplement or an appointment replaced the inspector, ``replaced`` the
    subjects that a ``subject`` supplement replaced, each with the one that came; ``found`` conflicts since sealing;
    ``unavailable`` inspectors; ``joined`` the units of those who came in after the seal; ``appointed`` the pairs
    (subject, inspector) of members who are in the teams not by lot.
    """

    teams: dict[str, list[str]] = field(default_factory=dict)
    strata: dict[str, str] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    replaced: dict[str, str] = field(default_factory=dict)
    found: set[tuple[str, str]] = field(default_factory=set)
    unavailable: set[str] = field(default_factory=set)
    joined: dict[str, str] = field(default_factory=dict)
    appointed: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, seal: SupplementSeal) -> None:
        """Take over who a supplement's seal lets join, and the conflicts and absences that it reports.

        They hold whatever becomes of it.
        """
        self.joined.update(seal.joining.inspectors if seal.joining else ())
        self.found.update(seal.conflicts)
        self.unavailable.update(seal.unavailable)

    def change(self, kind: str, subject: str, inspector: str, new_subject: str, new_inspector: str) -> None:
        """Carry out a supplement. Whoever comes takes the place in the team, and the lead with it.

        Raises :class:`DrawError` where the state does not hold what is to be changed.
        """
        try:
            if kind in {"inspector", APPOINTMENT}:
                self._put(subject, inspector, new_inspector)
                if kind == APPOINTMENT:
                    self.appointed.add((subject, new_inspector))
            elif kind == "exchange":
                here, there = self.teams[subject].index(inspector), self.teams[new_subject].index(new_inspector)
                self.teams[subject][here], self.teams[new_subject][there] = new_inspector, inspector
                moves = {(subject, inspector): new_subject, (new_subject, new_inspector): subject}
                self.appointed = {(moves.get(pair, pair[0]), pair[1]) for pair in self.appointed}
            else:
                self.teams[new_subject] = self.teams.pop(subject)
                self.strata[new_subject] = self.strata[subject]
                self.batches[new_subject] = self.batches[subject]
                self.replaced[subject] = new_subject
                self.appointed = {(new_subject if at == subject else at, name) for at, name in self.appointed}
        except (KeyError, ValueError) as error:
            raise DrawError("supplement-target", subject=subject, inspector=inspector) from error

    def _put(self, subject: str, inspector: str, new_inspector: str) -> None:
        """Put somebody in the place of ``inspector``, or at the end of the team where that is nobody."""
        team = self.teams[subject]
        if not inspector:
            team.append(new_inspector)
            return
        team[team.index(inspector)] = new_inspector
        self.gone.add((subject, inspector))
        self.appointed.discard((subject, inspector))


def initial_state(result: dict[str, object]) -> State:
    """The state that a draw's result leaves. Raises :class:`DrawError` for what cannot be a result."""
    state = State()
    try:
        for stratum in _dicts(result["strata"]):
            for entry in _dicts(stratum["selected"]):
                state.strata[_text(entry["subject"])] = _text(stratum["stratum"])
        for entry in _dicts(result["assignments"]):
            subject = _text(entry["subject"])
            state.teams[subject] = [_text(name) for name in _list(entry["team"])]
            state.batches[subject] = _integer(entry["batch"])
    except (KeyError, TypeError) as error:
        raise DrawError("result-form", "result.json") from error
    if state.teams.keys() != state.strata.keys():
        raise DrawError("result-form", "result.json")
    return state


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _dicts(value: object) -> Iterator[dict[str, object]]:
    for entry in _list(value):
        if not isinstance(entry, dict):
            raise TypeError
        yield entry


def _integer(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def check_ids(seal: SupplementSeal, tables: Tables, state: State, problems: Problems) -> None:
    """Note ids in a supplement's seal that it may not name; ``state`` is that before it."""
    joining = dict(seal.joining.inspectors) if seal.joining else {}
    _check_joining(seal, joining, tables, state, problems)
    for subject, inspector in seal.conflicts:
        if tables.subjects.kind(subject) is None:
            problems.add("supplement-id", seal.file, "conflicts", id=subject)
        if not (inspector in tables.units or inspector in state.joined or inspector in joining):
            problems.add("supplement-id", seal.file, "conflicts", id=inspector)
    for inspector in seal.unavailable:
        if not (inspector in tables.units or inspector in state.joined or inspector in joining):
            problems.add("supplement-id", seal.file, "unavailable", id=inspector)


def _check_joining(
    seal: SupplementSeal, joining: dict[str, str], tables: Tables, state: State, problems: Problems
) -> None:
    """Note who may not join: known people, save those who were ``out`` at the seal; to a lot nobody of the table's units."""
    units = {person.unit for person in tables.people} if joining else set()
    for name, unit in joining.items():
        person = tables.units.get(name)
        if name in state.joined or (person is not None and person.status == "in"):
            problems.add("joining-id", seal.file, "joining.inspectors", id=name)
        elif person is not None and person.unit != unit:
            problems.add("joining-unit-sealed", seal.file, "joining.inspectors", id=name, unit=person.unit, found=unit)
        elif person is None and seal.by_lot and unit in units:
            problems.add("joining-unit", seal.file, "joining.inspectors", id=name, unit=unit)


class Supplement:
    """One supplement by lot over a state that has already learned what its seal reports."""

    def __init__(self, seal: SupplementSeal, state: State, tables: Tables, rules: Rules) -> None:
        self.seal = seal
        self.state = state
        self.tables = tables
        self.rules = rules

    def meets(self, subject: str, inspector: str) -> bool:
        """Whether the two are in conflict by now."""
        pairs: Pairs = self.tables.pairs
        return inspector in pairs.get(subject, ()) or (subject, inspector) in self.state.found

    def check(self, problems: Problems) -> int | None:
        """Note why this may not be sealed; the number of candidates, ``None`` where there is nothing to replace."""
        seal, team = self.seal, self.state.teams.get(self.seal.subject)
        if team is None:
            problems.add("not-selected", seal.file, "subject", subject=seal.subject)
            return None
        if seal.kind != "subject" and seal.inspector not in team:
            problems.add("not-in-team", seal.file, "inspector", subject=seal.subject, inspector=seal.inspector)
            return None
        if seal.kind == "exchange" and not self.meets(seal.subject, seal.inspector):
            problems.add("no-conflict", seal.file, "inspector", subject=seal.subject, inspector=seal.inspector)
        count = self.count()
        if count < 2:
            problems.add("candidates", seal.file, "", found=count)
        if seal.joining is not None:
            own = self.count_without_joining()
            if own >= 2:
                problems.add("joining-needless", seal.file, "joining", found=own)
        return count

    def count_without_joining(self) -> int:
        """How many candidates a lot for the place of ``inspector`` has without those who join with this very seal."""
        joining = dict(self.seal.joining.inspectors) if self.seal.joining else {}
        return sum(1 for name in self.inspectors() if name not in joining)

    def _at_home(self, inspector: str) -> bool:
        """Whether an inspector is of the lead division."""
        person = self.tables.units.get(inspector)
        return (person.unit if person else self.state.joined.get(inspector)) == self.rules.home

    def _keeps_home(self, team: Collection[str], gone: str, new: str) -> bool:
        """Whether a team does not lose its last member of the lead division when ``new`` comes for ``gone``."""
        if not self.rules.home or not self._at_home(gone) or self._at_home(new):
            return True
        return any(self._at_home(member) for member in team if member != gone)

    def inspectors(self) -> Iterator[str]:
        """The candidates of a lot for the place of ``inspector`` in ``subject``'s team."""
        subject, gone = self.seal.subject, self.seal.inspector
        team = self.state.teams[subject]
        for inspector in chain(self.tables.free, self.state.joined):
            if self._may_come(inspector, subject) and self._keeps_home(team, gone, inspector):
                yield inspector

    def _may_come(self, inspector: str, subject: str) -> bool:
        state = self.state
        return (
            inspector not in state.unavailable
            and not self.meets(subject, inspector)
            and inspector not in state.teams[subject]
            and (subject, inspector) not in state.gone
        )

    def _exchanges(self) -> Iterator[tuple[str, str]]:
        subject, inspector = self.seal.subject, self.seal.inspector
        for other, team in self.state.teams.items():
            if other != subject and self._may_come(inspector, other):
                for member in team:
                    if self._may_come(member, subject) and self._both_keep_home(other, member):
                        yield other, member

    def _both_keep_home(self, other: str, member: str) -> bool:
        here, there = self.state.teams[self.seal.subject], self.state.teams[other]
        inspector = self.seal.inspector
        return self._keeps_home(here, inspector, member) and self._keeps_home(there, member, inspector)

    def _barred_subjects(self) -> set[str]:
        """The ``in`` rows of the stratum that are selected now or were replaced: all that were ever selected."""
        stratum = self.state.strata[self.seal.subject]
        return {subject for subject, name in self.state.strata.items() if name == stratum}

    def count(self) -> int:
        """How many candidates there are. The subject must be selected now."""
        if self.seal.kind == "inspector":
            return sum(1 for _ in self.inspectors())
        if self.seal.kind == "exchange":
            return sum(1 for _ in self._exchanges())
        eligible = self.tables.subjects.eligible(self.state.strata[self.seal.subject])
        return eligible - len(self._barred_subjects())

    def pick(self, seed: str) -> tuple[str, str, str]:
        """The lot: subject and inspector as ``result.json`` names them, and the ticket. There must be a candidate."""
        if self.seal.kind == "inspector":
            ticket, name = _smallest(seed, "inspector/1", ((name,) for name in self.inspectors()))
            return self.seal.subject, name[0], ticket
        if self.seal.kind == "exchange":
            ticket, name = _smallest(seed, "exchange", self._exchanges())
            return name[0], name[1], ticket
        stratum, barred = self.state.strata[self.seal.subject], self._barred_subjects()
        for digest, key, _, status in lowest(self.tables.subjects, seed, {stratum: len(barred) + 1})[stratum]:
            if status == b"in" and key.decode() not in barred:
                return key.decode(), "", digest.hex()
        raise DrawError("candidates", self.seal.file, "", found=0)

    def result(self, seed: str, reveal_digest: str) -> dict[str, object]:
        """``result.json`` of the supplement, which is carried out with it."""
        seal, count = self.seal, self.count()
        subject, inspector, ticket = self.pick(seed)
        self.state.change(seal.kind, seal.subject, seal.inspector, subject, inspector)
        return {
            "protocol": PROTOCOL,
            "draw_id": seal.draw_id,
            "number": seal.number,
            "seal": seal.digest,
            "reveal": reveal_digest,
            "seed": seed,
            "candidates": count,
            "subject": subject,
            "inspector": inspector,
            "ticket": ticket,
        }


def _smallest(seed: str, kind: str, names: Iterable[tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    return min((hashlib.sha256(f"{seed}/{kind}/{'/'.join(name)}".encode()).hexdigest(), name) for name in names)


def word_pairs(pairs: Iterable[Iterable[str]]) -> list[list[str]]:
    """Conflict pairs for a seal: as lists, sorted, each once. Raises :class:`DrawError` for what is no pair."""
    found = {tuple(pair) for pair in pairs}
    for pair in found:
        if len(pair) != 2 or not all(word_ok(name) for name in pair):
            raise DrawError("supplement-conflicts", row="conflicts", expected="@pair", found=list(pair))
    return [list(pair) for pair in sorted(found)]
