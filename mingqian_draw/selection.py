"""Steps 5 to 7: tickets, the selected and the passed of each stratum, batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isqrt

from mingqian_draw.tables import Subjects

_TOP = 1 << 256


@dataclass(frozen=True, slots=True)
class Ticket:
    """A subject's smallest ticket (hex), the lot that gave it, and the status of the subject's row."""

    ticket: str
    subject: str
    lot: int
    status: str


@dataclass
class StratumResult:
    """What the lots gave in one stratum, in ascending order of ticket."""

    stratum: str
    quota: int
    participants: int
    selected: list[Ticket] = field(default_factory=list)
    passed: list[Ticket] = field(default_factory=list)

    @property
    def cutoff(self) -> str:
        """Ticket of the last selected."""
        return self.selected[-1].ticket


Drawn = tuple[bytes, int]
"""A subject's smallest ticket (32 bytes) and its lot."""


def lot_tickets(seed: str, subject: str, lots: int) -> list[str]:
    """The ticket (hex) of each lot of a subject, from lot 1 on.

    >>> seed = "a486cd4f05f1f69cef167f9e01c088884448cf0fbedd3f475e0a64f92d5c9159"
    >>> [ticket[:16] for ticket in lot_tickets(seed, "913703001600791902", 1)]
    ['07a1715819904f26']
    """
    return [hashlib.sha256(f"{seed}/subject/{subject}/{lot}".encode()).hexdigest() for lot in range(1, lots + 1)]


def _digests(seed: str, ids: list[bytes], lot: int) -> list[bytes]:
    # The seed is exactly one block: its state is computed once, and a ticket costs one copy and one block more.
    fork = hashlib.sha256(f"{seed}/subject/".encode()).copy
    suffix = b"/%d" % lot
    digests = []
    for subject in ids:
        state = fork()
        state.update(subject + suffix)
        digests.append(state.digest())
    return digests


def draw_tickets(seed: str, ids: list[bytes], lots: int) -> list[Drawn]:
    """For each subject its smallest ticket and the lot that gave it."""
    best = [(digest, 1) for digest in _digests(seed, ids, 1)]
    for lot in range(2, lots + 1):
        best = [min(old, (new, lot)) for old, new in zip(best, _digests(seed, ids, lot), strict=True)]
    return best


Group = tuple[bytes, int, bytes, list[bytes]]
"""Stratum, lots, status and ids of rows that are alike in the three."""


def groups(subjects: Subjects, strata: set[bytes]) -> Iterator[Group]:
    """The rows of ``strata`` that are not ``out:``, gathered by stratum, lots and status, chunk by chunk."""
    alike = len(subjects.kinds) == 1
    for ids, names, lots, status in subjects.columns():
        if alike:
            found = {(names[0], lots[0], status[0]): ids}
        else:
            found = {}
            for subject, kind in zip(ids, zip(names, lots, status, strict=True), strict=True):
                if kind in found:
                    found[kind].append(subject)
                else:
                    found[kind] = [subject]
        for (name, count, state), members in found.items():
            if name in strata and not state.startswith(b"out"):
                yield name, int(count), state, members


Candidate = tuple[bytes, bytes, int, bytes]
"""Ticket, subject, lot, status."""


def _below(subjects: Subjects, seed: str, bounds: Mapping[bytes, bytes]) -> dict[bytes, list[Candidate]]:
    """All participants whose ticket is at most their stratum's bound, unsorted."""
    found: dict[bytes, list[Candidate]] = {stratum: [] for stratum in bounds}
    for stratum, lots, status, ids in groups(subjects, set(bounds)):
        bound, keep = bounds[stratum], found[stratum]
        if lots == 1:
            digests = _digests(seed, ids, 1)
            keep += [(digest, key, 1, status) for digest, key in zip(digests, ids, strict=True) if digest <= bound]
        else:
            drawn = draw_tickets(seed, ids, lots)
            keep += [
                (digest, key, lot, status) for (digest, lot), key in zip(drawn, ids, strict=True) if digest <= bound
            ]
    return found


def _bound(wanted: int, eligible: int) -> bytes:
    """A ticket below which ``wanted`` of ``eligible`` rows are found almost surely: six deviations above the mean."""
    share = min(_TOP - 1, _TOP * (wanted + 6 * isqrt(wanted) + 16) // max(eligible, 1))
    return share.to_bytes(32, "big")


def lowest(subjects: Subjects, seed: str, wanted: Mapping[str, int]) -> dict[str, list[Candidate]]:
    """For each stratum the participants in ascending order of ticket, up to the ``wanted``-th ``in`` row.

    Only rows below a bound are sorted. Where a bound proves too low it is taken away: the answer never depends on it.
    ``wanted`` is at least 1, and at most the number of ``in`` rows of its stratum.
    """
    need = {name.encode(): count for name, count in wanted.items()}
    bounds = {name.encode(): _bound(count, subjects.eligible(name)) for name, count in wanted.items()}
    done: dict[str, list[Candidate]] = {}
    while bounds:
        for stratum, found in _below(subjects, seed, bounds).items():
            cut = _cut(sorted(found), need[stratum])
            if cut is None:
                bounds[stratum] = (_TOP - 1).to_bytes(32, "big")
            else:
                del bounds[stratum]
                done[stratum.decode()] = cut
    return done


def _cut(found: list[Candidate], wanted: int) -> list[Candidate] | None:
    """The list up to the ``wanted``-th ``in`` row, ``None`` where there are fewer."""
    met = 0
    for at, candidate in enumerate(found):
        met += candidate[3] == b"in"
        if met == wanted:
            return found[: at + 1]
    return None


def select(subjects: Subjects, seed: str, quotas: Mapping[str, int]) -> list[StratumResult]:
    """Step 6, by stratum in the order of ``quotas``. Each quota must be at most the number of ``in`` rows."""
    found = lowest(subjects, seed, quotas)
    results = []
    for stratum, quota in quotas.items():
        result = StratumResult(stratum, quota, subjects.participants(stratum))
        for digest, key, lot, status in found[stratum]:
            ticket = Ticket(digest.hex(), key.decode(), lot, status.decode())
            (result.selected if status == b"in" else result.passed).append(ticket)
        results.append(result)
    return results


def ranked(strata: list[StratumResult]) -> list[Ticket]:
    """All selected subjects in ascending order of ticket."""
    return sorted((ticket for stratum in strata for ticket in stratum.selected), key=lambda ticket: ticket.ticket)


def batch_of(position: int, total: int, batches: int) -> int:
    """Step 7: the batch (from 1) of the selected subject at a position (from 0).

    >>> [batch_of(position, 5, 3) for position in range(5)]
    [1, 1, 2, 2, 3]
    """
    length, longer = divmod(total, batches)
    if position < longer * (length + 1):
        return position // (length + 1) + 1
    return (position - longer) // length + 1
