"""The census: what a watchful reader acts on, although no rule is broken (end of section "On the public log")."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mingqian_draw.chain import Chain, Stage
from mingqian_draw.forms import Opening
from mingqian_draw.grammar import seconds_between, time_ok
from mingqian_draw.outcome import conflict_counts, home_inspectors
from mingqian_draw.selection import groups
from mingqian_draw.supplement_forms import SupplementSeal
from mingqian_draw.tables import Tables


@dataclass(frozen=True)
class Appointed:
    """An appointment, not by lot: of ``inspector`` for ``subject``, in the place of ``replaced`` (empty: of nobody)."""

    number: int
    subject: str
    replaced: str
    inspector: str
    ground: str
    approver: str


@dataclass(frozen=True)
class Joined:
    """An inspector who came in after the draw's seal, with the seal of supplement ``number``.

    ``status`` is that in the table of inspectors, empty for who is not in it.
    """

    number: int
    inspector: str
    unit: str
    status: str
    ground: str
    approver: str


@dataclass(frozen=True)
class Sitting:
    """One seal, of the draw (``number`` 0, ``kind`` "draw") or a supplement, and how it ended.

    ``ending`` is ``opened``, ``voided``, ``appointed`` or ``pending``; ``seconds_open`` how long the seal lay until then,
    ``None`` while pending; ``late`` whether that was after ``open_by``; ``spoke`` which witnesses contributed, in their
    order. ``open_by`` is empty in an appointment; its ground is in :attr:`Census.appointments`.
    """

    number: int
    kind: str
    reason: str
    ending: str
    sealed_at: str
    open_by: str
    ended_at: str
    seconds_open: int | None
    late: bool
    witnesses: tuple[str, ...]
    spoke: tuple[str, ...]
    candidates: int | None
    void_reason: str
    approver: str


@dataclass
class Census:
    """Counts over a bundle. Rows are counted whatever their status, unless the name says otherwise."""

    subjects_by_status: dict[str, int] = field(default_factory=dict)
    subjects_by_lots: dict[int, int] = field(default_factory=dict)
    subjects_by_stratum: dict[str, int] = field(default_factory=dict)
    participants_by_stratum: dict[str, int] = field(default_factory=dict)
    strata_with_one_row: list[str] = field(default_factory=list)
    strata_with_one_participant: list[str] = field(default_factory=list)
    inspectors_by_status: dict[str, int] = field(default_factory=dict)
    least_free_subject: str | None = None
    least_free_inspectors: int | None = None
    conflicts_per_inspector: dict[str, int] = field(default_factory=dict)
    conflicts_found_later: int = 0
    sittings: list[Sitting] = field(default_factory=list)
    supplements: dict[str, int] = field(default_factory=dict)
    """Supplements that changed something, opened ones and appointments, by ``kind/reason``."""
    voids: dict[str, int] = field(default_factory=dict)
    """Voids by ``kind/reason``: ``draw`` with the reason of the void, a supplement's kind with its seal's reason."""
    unavailable_in_teams: list[tuple[str, str]] = field(default_factory=list)
    meeting_conflicts: list[tuple[str, str]] = field(default_factory=list)
    home: str = ""
    """The unit of the lead division, empty without; then how many it has, and how many for the subject with the fewest."""
    home_inspectors: int = 0
    least_home_subject: str | None = None
    least_home_inspectors: int | None = None
    appointments: list[Appointed] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    appointed_in_teams: list[tuple[str, str]] = field(default_factory=list)


def take_census(chain: Chain) -> Census | None:
    """The census of a bundle, ``None`` where seal or tables cannot be read."""
    tables = chain.tables
    if chain.seal is None or tables is None or not tables.sound:
        return None
    census = Census()
    _count_rows(census, tables)
    _count_free(census, chain, tables)
    _count_home(census, chain, tables)
    met = Counter(name for names in tables.pairs.values() for name in names)
    found = chain.state.found if chain.state else set()
    found = {pair for pair in found if pair[1] not in tables.pairs.get(pair[0], ())}
    met.update(inspector for _, inspector in found)
    census.conflicts_per_inspector = dict(sorted(met.items(), key=lambda item: (-item[1], item[0])))
    census.conflicts_found_later = len(found)
    for stage in chain.stages:
        if stage.seal is not None:
            _add_sitting(census, stage, stage.seal)
    _count_teams(census, chain, tables)
    census.appointments, census.joined = appointments_of(chain), joinings_of(chain)
    return census


def appointments_of(chain: Chain) -> list[Appointed]:
    """All appointments of a bundle, a pending one included."""
    return [
        Appointed(stage.number, seal.subject, seal.inspector, seal.appointed, seal.ground, seal.approver)
        for stage in chain.stages
        if (seal := stage.appointment) is not None
    ]


def joinings_of(chain: Chain) -> list[Joined]:
    """Everybody who joined after the seal."""
    units = chain.tables.units if chain.tables else {}
    return [
        Joined(
            stage.number,
            name,
            unit,
            units[name].status if name in units else "",
            stage.seal.joining.ground,
            stage.seal.joining.approver,
        )
        for stage in chain.stages
        if isinstance(stage.seal, SupplementSeal) and stage.seal.joining is not None
        for name, unit in stage.seal.joining.inspectors
    ]


def _count_rows(census: Census, tables: Tables) -> None:
    status, lots, strata, participants = Counter[str](), Counter[int](), Counter[str](), Counter[str]()
    for (stratum, count, state), rows in tables.subjects.kinds.items():
        status[state.decode()] += rows
        lots[int(count)] += rows
        strata[stratum.decode()] += rows
        participants[stratum.decode()] += 0 if state.startswith(b"out") else rows
    census.subjects_by_status = dict(sorted(status.items()))
    census.subjects_by_lots = dict(sorted(lots.items()))
    census.subjects_by_stratum = dict(sorted(strata.items()))
    census.participants_by_stratum = dict(sorted(participants.items()))
    census.strata_with_one_row = sorted(name for name, rows in strata.items() if rows == 1)
    census.strata_with_one_participant = sorted(name for name, rows in participants.items() if rows == 1)
    census.inspectors_by_status = dict(sorted(Counter(person.status for person in tables.people).items()))


def _count_free(census: Census, chain: Chain, tables: Tables) -> None:
    """Of the participants in strata with a quota the one that the fewest inspectors may visit."""
    if chain.seal is None or chain.seal.rules.assignment == "none":
        return
    counts = conflict_counts(chain.seal.rules, tables)
    if counts:
        subject = min(counts, key=lambda name: (-counts[name], name))
        census.least_free_subject, census.least_free_inspectors = subject, len(tables.free) - counts[subject]
        if counts[subject]:
            return
    for _, _, _, ids in groups(tables.subjects, {stratum.encode() for stratum in chain.seal.rules.counts}):
        census.least_free_subject, census.least_free_inspectors = ids[0].decode(), len(tables.free)
        return


def _count_home(census: Census, chain: Chain, tables: Tables) -> None:
    """Of the same participants the one that the fewest inspectors of the lead division may visit."""
    rules = chain.seal.rules if chain.seal else None
    if rules is None or not rules.home:
        return
    able = home_inspectors(rules, tables)
    census.home, census.home_inspectors = rules.home, len(able)
    counts = conflict_counts(rules, tables, able)
    most = max(counts.values(), default=0)
    census.least_home_inspectors = len(able) - most
    if most:
        census.least_home_subject = min(name for name, count in counts.items() if count == most)


def _add_sitting(census: Census, stage: Stage, seal: Opening) -> None:
    kind, reason = (seal.kind, seal.reason) if isinstance(seal, SupplementSeal) else ("draw", "")
    ending = "voided" if stage.void else "opened" if stage.reveal and not stage.pending else "pending"
    if stage.appointment is not None and not stage.pending:
        ending = "appointed"
    ended_at = "" if ending == "pending" else stage.ended_at
    given = stage.void.contributions if stage.void else stage.reveal.contributions if stage.reveal else ()
    timed = time_ok(seal.sealed_at) and time_ok(ended_at)
    census.sittings.append(
        Sitting(
            number=stage.number,
            kind=kind,
            reason=reason,
            ending=ending,
            sealed_at=seal.sealed_at,
            open_by=seal.open_by,
            ended_at=ended_at,
            seconds_open=seconds_between(seal.sealed_at, ended_at) if timed else None,
            late=ended_at > seal.open_by and stage.appointment is None,
            witnesses=seal.witnesses,
            spoke=seal.witnesses[: len(given)],
            candidates=stage.candidates,
            void_reason=stage.void.reason if stage.void else "",
            approver=stage.void.approver if stage.void else "",
        )
    )
    if stage.void is not None:
        name = f"{kind}/{reason or stage.void.reason}"
        census.voids[name] = census.voids.get(name, 0) + 1
    elif ending in {"opened", "appointed"} and stage.number:
        census.supplements[f"{kind}/{reason}"] = census.supplements.get(f"{kind}/{reason}", 0) + 1


def _count_teams(census: Census, chain: Chain, tables: Tables) -> None:
    state = chain.state
    if state is None:
        return
    for subject, team in state.teams.items():
        met = tables.pairs.get(subject, set())
        for inspector in team:
            if inspector in state.unavailable:
                census.unavailable_in_teams.append((subject, inspector))
            if inspector in met or (subject, inspector) in state.found:
                census.meeting_conflicts.append((subject, inspector))
            if (subject, inspector) in state.appointed:
                census.appointed_in_teams.append((subject, inspector))
