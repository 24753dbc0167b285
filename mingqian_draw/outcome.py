"""Sealing rules (step 2) and the result (step 10)."""

from __future__ import annotations

from collections.abc import Sequence

from mingqian_draw.dealing import assign
from mingqian_draw.errors import Problems
from mingqian_draw.forms import Rules, Seal
from mingqian_draw.selection import Ticket, batch_of, groups, ranked, select
from mingqian_draw.steps import PROTOCOL
from mingqian_draw.tables import SUBJECTS, Tables


def check_sealing(rules: Rules, tables: Tables, problems: Problems) -> None:
    """Step 2: note why this may not be sealed. The tables must be sound."""
    for stratum, quota in rules.counts.items():
        found = tables.subjects.eligible(stratum)
        if found < quota:
            problems.add("stratum-quota", SUBJECTS, stratum=stratum, expected=quota, found=found)
    if rules.assignment == "per-subject":
        _check_free(rules, tables, problems)
        if rules.home:
            _check_home(rules, tables, problems)
    elif rules.assignment == "teams":
        needed = rules.teams * rules.team_size
        if len(tables.free) < needed:
            problems.add("too-few-inspectors", "inspectors.tsv", expected=needed, found=len(tables.free))
        able = len(home_inspectors(rules, tables))
        if rules.home and able < rules.teams:
            problems.add("home-inspectors", "inspectors.tsv", unit=rules.home, expected=rules.teams, found=able)
        for subject, met in conflict_counts(rules, tables).items():
            if met >= rules.teams:
                problems.add("subject-conflicts", SUBJECTS, subject=subject, expected=rules.teams, found=met)


def home_inspectors(rules: Rules, tables: Tables) -> list[str]:
    """The ``in`` inspectors of the lead division (extension E1), none where the rules name none."""
    return [person.id for person in tables.people if person.status == "in" and person.unit == rules.home]


def conflict_counts(rules: Rules, tables: Tables, among: Sequence[str] | None = None) -> dict[str, int]:
    """For each participant of a stratum with a quota that has conflicts: with how many of the ``in`` inspectors.

    ``among`` are those who count, all of them where nothing is said.
    """
    strata = {stratum.encode() for stratum in rules.counts}
    free = set(tables.free if among is None else among)
    counts = {}
    for subject, met in tables.pairs.items():
        stratum, _, status = tables.subjects.known[subject.encode()]
        if stratum in strata and not status.startswith(b"out"):
            counts[subject] = len(met & free)
    return counts


def _check_free(rules: Rules, tables: Tables, problems: Problems) -> None:
    """Every participant of a stratum with a quota needs ``team_size`` inspectors that it may meet."""
    _check_each(rules, tables, "subject-inspectors", tables.free, rules.team_size, problems)


def _check_home(rules: Rules, tables: Tables, problems: Problems) -> None:
    """Every such participant needs one inspector of the lead division that it may meet."""
    _check_each(rules, tables, "subject-home", home_inspectors(rules, tables), 1, problems)


def _check_each(rules: Rules, tables: Tables, code: str, able: Sequence[str], needed: int, problems: Problems) -> None:
    total, met = len(able), conflict_counts(rules, tables, able)
    if total >= needed:
        for subject, count in met.items():
            if total - count < needed:
                problems.add(code, SUBJECTS, subject=subject, expected=needed, found=total - count)
        return
    for _, _, _, ids in groups(tables.subjects, {stratum.encode() for stratum in rules.counts}):
        for at, subject in enumerate(key.decode() for key in ids):
            if problems.full(code, SUBJECTS):
                problems.skip(code, SUBJECTS, len(ids) - at)
                break
            problems.add(code, SUBJECTS, subject=subject, expected=needed, found=total - met.get(subject, 0))


def _entry(ticket: Ticket, *, passed: bool) -> dict[str, object]:
    entry: dict[str, object] = {"subject": ticket.subject, "ticket": ticket.ticket, "lot": ticket.lot}
    if passed:
        entry["status"] = ticket.status
    return entry


def compute_result(seal: Seal, tables: Tables, seed: str, reveal_digest: str) -> dict[str, object]:
    """``result.json`` of a draw. The tables must be sound and pass :func:`check_sealing`."""
    strata = select(tables.subjects, seed, seal.rules.counts)
    order = ranked(strata)
    home = home_inspectors(seal.rules, tables)
    teams = assign(seed, seal.rules, tables.free, tables.pairs, order, home)
    return {
        "protocol": PROTOCOL,
        "draw_id": seal.draw_id,
        "seal": seal.digest,
        "reveal": reveal_digest,
        "seed": seed,
        "strata": [
            {
                "stratum": stratum.stratum,
                "quota": stratum.quota,
                "participants": stratum.participants,
                "selected": [_entry(ticket, passed=False) for ticket in stratum.selected],
                "passed": [_entry(ticket, passed=True) for ticket in stratum.passed],
                "cutoff": stratum.cutoff,
            }
            for stratum in strata
        ],
        "assignments": [
            {
                "subject": ticket.subject,
                "team": team,
                "leader": team[0] if team else "",
                "batch": batch_of(position, len(order), seal.rules.batches),
            }
            for position, (ticket, team) in enumerate(zip(order, teams, strict=True))
        ],
    }
