"""Steps 6 to 10: tickets, selection, batches, inspectors, the result."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from math import isqrt
from typing import Any

from mingqian_draw.seal import PROTOCOL, Rules, is_home
from mingqian_draw.tables import Tables

#: (ticket, subject, lot): a subject's smallest ticket and the lot that gave it.
Ticket = tuple[str, str, int]


def smallest_ticket(prefix: str, subject: str, lots: int) -> tuple[str, int]:
    """A subject's smallest ticket over its lots, and the lot; `prefix` is the seed, in a later lot with the change."""
    base = hashlib.sha256(f"{prefix}/subject/".encode())
    best = ("", 0)
    for lot in range(1, lots + 1):
        state = base.copy()
        state.update(f"{subject}/{lot}".encode())
        best = min(best, (state.hexdigest(), lot)) if best[1] else (state.hexdigest(), lot)
    return best


#: Ticket as bytes, subject, lot, whether it is `in`.
_Drawn = tuple[bytes, str, int, bool]
_TOP = 1 << 256


def _below(seed: str, tables: Tables, bounds: Mapping[str, bytes]) -> dict[str, list[_Drawn]]:
    """By stratum the rows not `out:` whose ticket is at most the bound of it, unsorted."""
    found: dict[str, list[_Drawn]] = {stratum: [] for stratum in bounds}
    kinds = {
        kind: (bounds[kind[0]], found[kind[0]].append, kind[1], kind[2] == "in")
        for kind in tables.kinds
        if kind[0] in bounds and not kind[2].startswith("out")
    }
    # The seed with its tail fills one block of SHA-256: its state is computed once, a ticket costs one copy more.
    fork = hashlib.sha256(f"{seed}/subject/".encode()).copy
    for key, kind in tables.subjects.items():
        told = kinds.get(kind)
        if told is None:
            continue
        bound, keep, lots, able = told
        if lots == 1:
            state = fork()
            state.update(f"{key}/1".encode())
            ticket, lot = state.digest(), 1
        else:
            text, lot = smallest_ticket(seed, key, lots)
            ticket = bytes.fromhex(text)
        if ticket <= bound:
            keep((ticket, key, lot, able))
    return found


def _bound(wanted: int, there: int) -> bytes:
    """A ticket below which `wanted` of `there` rows are found almost surely: six deviations above the mean."""
    return min(_TOP - 1, _TOP * (wanted + 6 * isqrt(wanted) + 16) // there).to_bytes(32, "big")


def _up_to(rows: list[_Drawn], quota: int) -> list[_Drawn] | None:
    """The rows up to the one that fills the quota, None where they do not."""
    met = 0
    for place, row in enumerate(rows, 1):
        met += row[3]
        if met == quota:
            return rows[:place]
    return None


def _lowest(seed: str, rules: Rules, tables: Tables) -> dict[str, list[_Drawn]]:
    """By stratum the rows in ascending order of ticket, up to the one that fills the quota.

    Only those below a bound are sorted. A bound that proves too low is taken away: the outcome never depends on it.
    """
    able: Counter[str] = Counter()
    for (stratum, _lots, status), rows in tables.kinds.items():
        able[stratum] += rows if status == "in" else 0
    bounds = {stratum: _bound(quota, able[stratum]) for stratum, quota in rules.quotas.items()}
    done: dict[str, list[_Drawn]] = {}
    while bounds:
        for stratum, found in _below(seed, tables, bounds).items():
            rows_in = _up_to(sorted(found), rules.quotas[stratum])
            if rows_in is None:
                bounds[stratum] = (_TOP - 1).to_bytes(32, "big")
            else:
                del bounds[stratum]
                done[stratum] = rows_in
    return done


def select(seed: str, rules: Rules, tables: Tables) -> list[dict[str, Any]]:
    """Step 7: per stratum of the quotas who is selected, how many were passed, the cutoff."""
    strata = []
    drawn = _lowest(seed, rules, tables)
    taking_part: Counter[str] = Counter()
    for (stratum, _lots, status), rows in tables.kinds.items():
        taking_part[stratum] += 0 if status.startswith("out") else rows
    for stratum, quota in rules.quotas.items():
        selected = [
            {"subject": key, "ticket": ticket.hex(), "lot": lot} for ticket, key, lot, able in drawn[stratum] if able
        ]
        strata.append(
            {
                "stratum": stratum,
                "quota": quota,
                "participants": taking_part[stratum],
                "selected": selected,
                "passed": len(drawn[stratum]) - quota,
                "cutoff": selected[-1]["ticket"],
            }
        )
    return strata


def batch_of(position: int, total: int, batches: int) -> int:
    """Step 8: the batch (from 1) of the selected subject at a position (from 0).

    >>> [batch_of(position, 5, 3) for position in range(5)]
    [1, 1, 2, 2, 3]
    """
    length, longer = divmod(total, batches)
    if position < longer * (length + 1):
        return position // (length + 1) + 1
    return (position - longer) // length + 1


class Deck:
    """Next cards of holders (inspectors, or team numbers) as heaps: one, or two where a lead division has its own.

    All cards of a holder are alike, so his next card is always that of the round after those dealt to him: one entry for each holder.
    """

    def __init__(self, seed: str, kind: str, holders: Collection[str], home: Collection[str] | None = None) -> None:
        self._prefix = f"{seed}/{kind}/"
        own = set(home or ())
        self._heaps: tuple[list[tuple[int, str, str]], list[tuple[int, str, str]]] = ([], [])
        for holder in holders:
            self._heaps[holder not in own if home is not None else 1].append((1, self._card(1, holder), holder))
        for heap in self._heaps:
            heapq.heapify(heap)
        self._with_home = home is not None

    def _card(self, turn: int, holder: str) -> str:
        return hashlib.sha256(f"{self._prefix}{turn}/{holder}".encode()).hexdigest()

    def deal(self, count: int, barred: Collection[str]) -> list[str]:
        """The next `count` different holders that are not barred, in the order dealt; with a lead division the first is of it."""
        own, others = self._heaps
        dealt: list[str] = []
        aside: list[tuple[list[tuple[int, str, str]], tuple[int, str, str]]] = []
        while len(dealt) < count:
            heap = others
            if self._with_home and (not dealt or not others or (own and own[0] < others[0])):
                heap = own
            entry = heapq.heappop(heap)
            turn, _card, holder = entry
            if holder not in barred:
                dealt.append(holder)
                entry = (turn + 1, self._card(turn + 1, holder), holder)
            # What was passed over, and a member's next card, do not fit this team: they wait until it is dealt.
            aside.append((heap, entry))
        for heap, entry in aside:
            heapq.heappush(heap, entry)
        return dealt


def _standing(seed: str, rules: Rules, tables: Tables) -> list[list[str]]:
    """The teams of an assignment `teams`, cut from the cards of round 1."""
    free = tables.free()
    order = sorted(free, key=lambda key: hashlib.sha256(f"{seed}/inspector/1/{key}".encode()).hexdigest())
    if rules.home is None:
        return [order[i * rules.team_size : (i + 1) * rules.team_size] for i in range(rules.teams)]
    leads = [key for key in order if is_home(rules, tables, key)][: rules.teams]
    rest = [key for key in order if key not in set(leads)]
    more = rules.team_size - 1
    return [[lead, *rest[i * more : (i + 1) * more]] for i, lead in enumerate(leads)]


def assign(seed: str, rules: Rules, tables: Tables, ranked: list[Ticket]) -> list[list[str]]:
    """Step 9: the team of each selected subject, in ascending order of ticket."""
    if rules.assignment == "none":
        return [[] for _ in ranked]
    free = tables.free()
    if rules.assignment == "per-subject":
        home = None if rules.home is None else [key for key in free if is_home(rules, tables, key)]
        deck = Deck(seed, "inspector", free, home)
        return [deck.deal(rules.team_size, tables.conflicts.get(key, ())) for _ticket, key, _lot in ranked]
    teams = _standing(seed, rules, tables)
    member_of = {member: str(i) for i, team in enumerate(teams, 1) for member in team}
    deck = Deck(seed, "team", [str(i) for i in range(1, len(teams) + 1)])
    found = []
    for _ticket, key, _lot in ranked:
        barred = {member_of[one] for one in tables.conflicts.get(key, ()) if one in member_of}
        found.append(list(teams[int(deck.deal(1, barred)[0]) - 1]))
    return found


def draw(seed: str, rules: Rules, tables: Tables) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The strata and assignments of a result, from the seed alone."""
    strata = select(seed, rules, tables)
    ranked = sorted((one["ticket"], one["subject"], one["lot"]) for stratum in strata for one in stratum["selected"])
    teams = assign(seed, rules, tables, ranked)
    assignments = [
        {
            "subject": key,
            "batch": batch_of(position, len(ranked), rules.batches),
            "team": team,
            "leader": team[0] if team else "",
        }
        for position, ((_ticket, key, _lot), team) in enumerate(zip(ranked, teams, strict=True))
    ]
    return strata, assignments


def result_head(draw_id: str, number: int, seal: str, close: str, reveal: str, seed: str) -> dict[str, Any]:
    """What every result begins with."""
    return {
        "protocol": PROTOCOL,
        "draw_id": draw_id,
        "number": number,
        "seal": seal,
        "close": close,
        "reveal": reveal,
        "seed": seed,
    }
