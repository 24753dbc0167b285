"""Why a subject was drawn or not: its tickets next to the cutoff, its row with the proof, its team now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingqian_draw.canonical import loads
from mingqian_draw.census import Appointed, Joined, appointments_of, joinings_of
from mingqian_draw.chain import Chain, Stage, read_chain
from mingqian_draw.errors import DrawError, Problems
from mingqian_draw.forms import parse_seal
from mingqian_draw.grammar import word_ok
from mingqian_draw.proofs import Proof, prove
from mingqian_draw.selection import StratumResult, draw_tickets, groups, lot_tickets, select
from mingqian_draw.supplement_forms import parse_supplement
from mingqian_draw.supplements import State, initial_state
from mingqian_draw.tables import Subjects
from mingqian_draw.verification import verdict_of


@dataclass(frozen=True)
class Explanation:
    """A subject's part in a draw.

    ``reason`` says why it was selected or not: ``selected``, ``beyond-cutoff``, ``passed`` (exempt, its ticket came
    up), ``exempt-beyond-cutoff``, ``out``, ``no-quota`` (its stratum gives none), ``no-seed`` (not opened, or voided
    before all had spoken: then there are no tickets). ``draw`` is ``opened``, ``voided`` or ``pending``; in a voided
    draw everything is what would have come. ``tickets`` are those of lots 1, 2 ... in hex, ``rank`` (from 1) is among
    the ``participants`` of the stratum. ``selected_now`` and ``team`` are after all supplements; ``replaced_by`` names
    the subject that came instead of this one. ``verdict`` is that on the whole bundle. ``appointed`` are those of the
    team who are there not by lot, ``appointments`` those that concern the subject or its team, ``joined`` those of the
    team and of the appointed who came in after the seal.
    """

    subject: str
    row: int
    stratum: str
    lots: int
    status: str
    draw: str
    verdict: str
    reason: str
    selected: bool
    tickets: tuple[str, ...]
    ticket: str
    lot: int
    rank: int
    participants: int
    quota: int
    cutoff: str
    batch: int
    selected_now: bool
    team: tuple[str, ...]
    replaced_by: str
    proof: Proof
    appointed: tuple[str, ...] = ()
    appointments: tuple[Appointed, ...] = ()
    joined: tuple[Joined, ...] = ()


def explain(files: Mapping[str, bytes], subject_id: str) -> Explanation:
    """Explain one subject's part. Raises :class:`DrawError` where it has no row, or seal or tables cannot be read."""
    chain = read_chain(files)
    problems = chain.problems.listed()
    if chain.seal is None or chain.tables is None or not chain.tables.sound:
        raise problems[0] if problems else DrawError("files-missing", "seal.json")
    subjects = chain.tables.subjects
    kind = subjects.kind(subject_id) if word_ok(subject_id) else None
    if kind is None:
        raise DrawError("no-row", "subjects.tsv", key=subject_id)
    stratum, lots, status = kind[0].decode(), int(kind[1]), kind[2].decode()
    proof, draw = prove(files, "subjects", subject_id), chain.stages[0]
    seed = "" if chain.refused else draw.seed
    quota = chain.seal.rules.counts.get(stratum, 0)
    result = select(subjects, seed, {stratum: quota})[0] if seed and quota else StratumResult(stratum, quota, 0)
    tickets = lot_tickets(seed, subject_id, lots) if seed and not status.startswith("out") else []
    ticket = min(tickets, default="")
    selected = any(entry.subject == subject_id for entry in result.selected)
    state = chain.state or State()
    team = tuple(state.teams.get(subject_id, ()))
    appointed = tuple(name for name in team if (subject_id, name) in state.appointed)
    appointments = tuple(
        found for found in appointments_of(chain) if found.subject == subject_id or found.inspector in appointed
    )
    concerned = {*team, *(found.inspector for found in appointments)}
    return Explanation(
        subject=subject_id,
        row=proof.index + 1,
        stratum=stratum,
        lots=lots,
        status=status,
        draw=_ending(draw),
        verdict=verdict_of(problems),
        reason=_reason(status, seed, quota, result, ticket, selected=selected),
        selected=selected,
        tickets=tuple(tickets),
        ticket=ticket,
        lot=tickets.index(ticket) + 1 if tickets else 0,
        rank=_rank(subjects, seed, stratum, ticket) if ticket else 0,
        participants=subjects.participants(stratum),
        quota=quota,
        cutoff=result.cutoff if result.selected else "",
        batch=_batch(chain, draw, subject_id),
        selected_now=subject_id in state.teams,
        team=team,
        replaced_by=state.replaced.get(subject_id, ""),
        proof=proof,
        appointed=appointed,
        appointments=appointments,
        joined=tuple(found for found in joinings_of(chain) if found.inspector in concerned),
    )


def _ending(draw: Stage) -> str:
    return "voided" if draw.void else "pending" if draw.pending or draw.reveal is None else "opened"


def _reason(status: str, seed: str, quota: int, result: StratumResult, ticket: str, *, selected: bool) -> str:
    if status.startswith("out"):
        return "out"
    if not quota:
        return "no-quota"
    if not seed:
        return "no-seed"
    if status.startswith("exempt"):
        return "passed" if ticket < result.cutoff else "exempt-beyond-cutoff"
    return "selected" if selected else "beyond-cutoff"


def _rank(subjects: Subjects, seed: str, stratum: str, ticket: str) -> int:
    """The place of a ticket among those of its stratum's participants."""
    mine, before = bytes.fromhex(ticket), 0
    for _, lots, _, ids in groups(subjects, {stratum.encode()}):
        before += sum(1 for digest, _ in draw_tickets(seed, ids, lots) if digest < mine)
    return before + 1


def _batch(chain: Chain, draw: Stage, subject: str) -> int:
    """The batch of a subject that is or was selected, 0 for any other."""
    if chain.state is not None and subject in chain.state.batches:
        return chain.state.batches[subject]
    first = initial_state(draw.result).batches if draw.result is not None else {}
    return first.get(subject, 0)


def assignments_now(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Subject to team, in the order drawn, after all supplements that were opened; the first member leads.

    Reads the results as they stand, without checking them (that is :func:`verify`). Raises :class:`DrawError` for files
    that cannot be what they should; a draw that is voided or pending has no assignments.
    """
    if "result.json" not in files or "seal.json" not in files:
        raise DrawError("pending", "seal.json")
    problems = Problems()
    seal = parse_seal(files["seal.json"], problems)
    problems.raise_first()
    state = initial_state(_object(files, "result.json"))
    number = 1
    while seal is not None and f"supplement-{number}/seal.json" in files:
        supplement = parse_supplement(files[f"supplement-{number}/seal.json"], number, seal.draw_id, problems)
        problems.raise_first()
        name = f"supplement-{number}/result.json"
        if supplement is not None and name in files:
            result = _object(files, name)
            subject, inspector = result.get("subject"), result.get("inspector")
            if not isinstance(subject, str) or not isinstance(inspector, str):
                raise DrawError("result-form", name)
            state.change(supplement.kind, supplement.subject, supplement.inspector, subject, inspector)
        number += 1
    return state.teams


def _object(files: Mapping[str, bytes], name: str) -> dict[str, object]:
    value, _ = loads(files[name], name)
    if not isinstance(value, dict):
        raise DrawError("not-object", name)
    return value
