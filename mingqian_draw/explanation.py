"""Why a subject was drawn or not: its tickets next to the cutoff, its team now, its row with the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingqian_draw import chain
from mingqian_draw.chain import Bundle
from mingqian_draw.outcome import smallest_ticket
from mingqian_draw.proofs import Proof, prove
from mingqian_draw.refusal import RefusedError


@dataclass(frozen=True)
class Explanation:
    """A subject's part in a draw.

    `reason`: `selected`, `beyond` (its ticket is above the cutoff), `passed` (exempt, its ticket came up), `exempt-beyond`, `out`,
    `no-quota`, `no-seed` (not opened, or voided). `lot` gave its smallest `ticket`; `rank`, from 1, is among the `participants` of the
    stratum. `team` is as it stands now; `came` is who took its place, "" where nobody did.
    """

    subject: str
    stratum: str
    lots: int
    status: str
    reason: str
    ticket: str
    lot: int
    rank: int
    participants: int
    quota: int
    cutoff: str
    batch: int
    selected_now: bool
    team: tuple[str, ...]
    appointed: tuple[str, ...]
    came: str
    proof: Proof


def explain(files: Mapping[str, bytes], subject: str) -> Explanation:
    """Explain one subject's part in a bundle; refused where the bundle is, or has no such row."""
    bundle = chain.read(files)
    state = bundle.state
    if subject not in state.tables.subjects:
        raise RefusedError("no subject of this bundle")
    stratum, lots, status = state.tables.subjects[subject]
    told = next((one for one in bundle.strata if one["stratum"] == stratum), None)
    out = status.startswith("out")
    ticket, lot = smallest_ticket(bundle.lot.seed, subject, lots) if told is not None and not out else ("", 0)
    own = next((one for one in bundle.assignments if one["subject"] == subject), None)
    team = state.teams.get(subject, ())
    return Explanation(
        subject,
        stratum,
        lots,
        status,
        _reason(bundle, status, stratum, ticket <= told["cutoff"] if told is not None else False),
        ticket,
        lot,
        _rank(bundle, stratum, (ticket, subject, lot)) if ticket else 0,
        told["participants"] if told is not None else 0,
        bundle.seal.rules.quotas.get(stratum, 0),
        told["cutoff"] if told is not None else "",
        own["batch"] if own is not None else 0,
        subject in state.teams,
        tuple(team),
        tuple(one for one in team if (subject, one) in state.appointed),
        _came(bundle, subject),
        prove(files, "subjects.tsv", subject),
    )


def _reason(bundle: Bundle, status: str, stratum: str, within: bool) -> str:
    if status.startswith("out"):
        return "out"
    if stratum not in bundle.seal.rules.quotas:
        return "no-quota"
    if not bundle.strata:
        return "no-seed"
    if status != "in":
        return "passed" if within else "exempt-beyond"
    return "selected" if within else "beyond"


def _rank(bundle: Bundle, stratum: str, own: tuple[str, str, int]) -> int:
    seed = bundle.lot.seed
    return 1 + sum(
        (*smallest_ticket(seed, key, lots)[:1], key) < own[:2]
        for key, (name, lots, status) in bundle.state.tables.subjects.items()
        if name == stratum and not status.startswith("out")
    )


def _came(bundle: Bundle, subject: str) -> str:
    """Who took a subject's place by the changes that were opened."""
    for one in bundle.supplements:
        for done in one.done:
            if one.row["kind"] == "subject" and done.subject == subject:
                return done.to[0]
    return ""
