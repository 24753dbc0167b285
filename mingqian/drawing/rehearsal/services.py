"""Rehearsing a plan's year with real draws (A8.2): the selection and dealing of the protocol, with seeds that no real draw has.

Strata are drawn one at a time: what comes of one hangs on its own rows and the seed only. A year that is too large is rehearsed with a
sample of the subjects: each keeps its chances, whole tables of the others are left away.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import compress

from mingqian.planning.rehearsal.services import (
    MOST as MOST_VISITS,
    Dealt,
    Members,
    Progress,
    Rehearsal,
    Round,
    Script,
    Stratum,
)
from mingqian_draw.outcome import Ticket, assign, select
from mingqian_draw.refusal import RefusedError
from mingqian_draw.seal import Rules, check_capacity
from mingqian_draw.tables import Inspector, Tables

#: Tickets of a whole rehearsal: about as many as a machine draws in five seconds. A year is rehearsed once even where it takes more.
TICKETS = 5_000_000
#: A year of more tickets than this is rehearsed with a sample, of about `TICKETS`.
MOST_TICKETS = 10_000_000
#: Teams that are dealt; a year that needs more is rehearsed without inspectors, whose even load is reckoned.
TEAMS = 200_000
MOST_YEARS = 200
#: Rows are told apart by their lots here, so the name of the stratum does not matter.
_NAME = "A"


def years_for(rounds: Iterable[Round]) -> int:
    """Return how many years the budget allows, 1 at least.

    >>> years_for([])
    200
    """
    tickets = sum(one.tickets for one in rounds)
    return max(1, min(MOST_YEARS, TICKETS // max(tickets, 1)))


def rehearse(script: Script, progress: Progress, *, years: int = 0, seed: Callable[[], str] | None = None) -> Rehearsal:
    """Rehearse `years` years (as many as the budget allows); `seed` gives seeds of 64 hexadecimal digits, by chance if not given."""
    years = years or years_for(script.rounds)
    seed = seed or (lambda: secrets.token_hex(32))
    tickets = sum(one.tickets for one in script.rounds)
    kept = bytes([1]) * len(script.faces)
    if tickets > MOST_TICKETS:
        kept = sample(script, TICKETS / tickets, seed())
        script = thinned(script, kept, seed())
    run = _Run(script, years, progress, seed, kept)
    for _year in range(years):
        run.year()
    return run.result()


def _part(seed: str, text: str) -> float:
    """Return a number from 0 up to 1 that follows from both."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{text}".encode()).digest()[:6], "big") / (1 << 48)


def sample(script: Script, share: float, seed: str) -> bytes:
    """Return for each subject 1 where it is in a sample of this share, else 0."""
    return bytes(_part(seed, number) < share for number in script.faces.numbers)


def thinned(script: Script, kept: bytes, seed: str) -> Script:
    """Return the year of the sample `kept`, without inspectors: every stratum with those of its rows, its quota in proportion.

    A quota that does not come out whole is rounded up by chance just so often that it is right on average.
    """
    known: dict[int, Members] = {}

    def of(members: Members) -> Members:
        if id(members) not in known:
            known[id(members)] = Members(p for p in members.positions if kept[p])
        return known[id(members)]

    def cut(stratum: Stratum, where: str) -> Stratum:
        by_lots = tuple((lots, of(members)) for lots, members in stratum.by_lots)
        eligible = sum(len(members) for _lots, members in by_lots)
        whole, rest = divmod(stratum.drawn * eligible, max(stratum.eligible, 1))
        quota = whole + (_part(seed, where) * max(stratum.eligible, 1) < rest)
        return Stratum(stratum.name, quota, by_lots, of(stratum.exempt) if stratum.exempt is not None else None)

    rounds = [
        replace(one, strata=tuple(cut(stratum, f"{r}/{s}") for s, stratum in enumerate(one.strata)))
        for r, one in enumerate(script.rounds)
    ]
    return replace(script, rounds=rounds, people=(), days=())


def _rules(quotas: dict[str, int], team_size: int = 0, home: str | None = None) -> Rules:
    """Return the rules of a round: nobody is dealt where `team_size` is 0."""
    return Rules(quotas, team_size, "per-subject" if team_size else "none", 0, 1, home)


class _Run:
    def __init__(self, script: Script, years: int, progress: Progress, seed: Callable[[], str], kept: bytes) -> None:
        self.script, self.years, self.progress, self.seed, self.kept = script, years, progress, seed, kept
        self.place = {number: position for position, number in enumerate(script.faces.numbers)}
        self.order = sorted(
            range(len(script.rounds)), key=lambda r: (script.rounds[r].since, script.rounds[r].until, r)
        )
        teams = sum(one.visits for one in script.rounds)
        self.dealt_years = min(years, TEAMS // max(teams, 1)) if script.people else 0
        self.done, self.total = 0, years * sum(one.tickets for one in script.rounds)
        self.spreads: list[list[int]] = []
        self.selected: Counter[tuple[int, int, int]] = Counter()
        self.took_part: Counter[tuple[int, int, int]] = Counter()
        self.kept_out = self.passed = 0
        self.loads: list[Counter[str]] = []
        self.stuck: Counter[int] = Counter()

    def year(self) -> None:
        """Rehearse one year, its rounds in the order of their windows."""
        counts = bytearray(len(self.script.faces))
        for position, already in self.script.faces.already.items():
            counts[position] = min(already, 255)
        times = {item: Counter(self.script.times.get(item, {})) for item in self.script.capped}
        load: Counter[str] = Counter()
        for r in self.order:
            one = self.script.rounds[r]
            tickets = self._round(r, one, times)
            for _ticket, number, _lot in tickets:
                position = self.place[number]
                counts[position] = min(counts[position] + 1, 255)
            if len(self.loads) < self.dealt_years:
                self._deal(r, one, tickets, load)
            self.done += one.tickets
            self.progress(self.done, self.total)
        if len(self.loads) < self.dealt_years:
            self.loads.append(load)
        found = Counter(compress(counts, self.kept))
        spread = [found[count] for count in range(MOST_VISITS)]
        self.spreads.append([*spread, sum(found.values()) - sum(spread)])

    def _round(self, r: int, one: Round, times: dict[str, Counter[int]]) -> list[Ticket]:
        """Draw a round and return its selected subjects in ascending order of ticket."""
        capped = [item for item in one.items if item in times]
        full = {p for item in capped for p, count in times[item].items() if count >= self.script.cap}
        full -= self.script.uncapped
        seed, tickets = self.seed(), []
        for s, stratum in enumerate(one.strata):
            drawn = self._stratum((r, s), stratum, full, seed)
            tickets += drawn
        tickets.sort()
        for item in capped:
            times[item].update(self.place[number] for _ticket, number, _lot in tickets)
        return tickets

    def _stratum(self, where: tuple[int, int], stratum: Stratum, full: set[int], seed: str) -> list[Ticket]:
        numbers = self.script.faces.numbers
        tables = Tables()

        def put(members: Members, lots: int, status: str) -> int:
            row = (_NAME, lots, status)
            kept = [numbers[p] for p in members.positions if p not in full] if full else [
                numbers[p] for p in members.positions
            ]  # fmt: skip
            tables.subjects.update(dict.fromkeys(kept, row))
            if kept:
                tables.kinds[row] += len(kept)
            return len(kept)

        eligible = 0
        for lots, members in stratum.by_lots:
            count = put(members, lots, "in")
            self.took_part[*where, lots] += count
            self.kept_out += len(members) - count
            eligible += count
        quota = min(stratum.quota, eligible)
        if not quota:
            return []
        if stratum.exempt is not None:
            put(stratum.exempt, 1, "exempt:listed")
        (result,) = select(seed, _rules({_NAME: quota}), tables)
        self.passed += result["passed"]
        tickets = [(one["ticket"], one["subject"], one["lot"]) for one in result["selected"]]
        self._note(where, stratum, tickets)
        return tickets

    def _note(self, where: tuple[int, int], stratum: Stratum, selected: list[Ticket]) -> None:
        if len(stratum.by_lots) == 1:
            self.selected[*where, stratum.by_lots[0][0]] += len(selected)
            return
        chosen = {self.place[number] for _ticket, number, _lot in selected}
        # The largest class is what remains: it needs no counting.
        *few, (lots, _most) = sorted(stratum.by_lots, key=lambda row: len(row[1]))
        rest = len(chosen)
        for held, members in few:
            count = len(chosen.intersection(members.positions))
            self.selected[*where, held] += count
            rest -= count
        self.selected[*where, lots] += rest

    def _deal(self, r: int, one: Round, tickets: list[Ticket], load: Counter[str]) -> None:
        day = self.script.days[r]
        free = set(self._free(one, day)) if day else set()
        home = one.divisions[0] if one.home else None
        rules = _rules({_NAME: max(1, len(tickets))}, one.team_size, home)
        conflicts = self.script.conflicts
        tables = Tables(
            subjects={number: (_NAME, 1, "in") for _ticket, number, _lot in tickets},
            kinds=Counter({(_NAME, 1, "in"): len(tickets)}),
            inspectors={p.number: Inspector(p.division, "in") for p in self.script.people if p.number in free},
            conflicts={number: conflicts[number] for _ticket, number, _lot in tickets if number in conflicts},
        )
        try:
            check_capacity(rules, tables)
        except RefusedError:
            self.stuck[r] += 1
            return
        for team in assign(self.seed(), rules, tables, tickets):
            load.update(team)

    def _free(self, one: Round, day: date) -> list[str]:
        return sorted(p.number for p in self.script.people if p.division in one.divisions and day in p.free)

    def result(self) -> Rehearsal:
        """Return what the years gave."""
        by_count = list(zip(*self.spreads, strict=True))
        # What was found in a sample stands for everybody.
        scale = len(self.kept) / sum(self.kept) if any(self.kept) else 1.0
        found = {key: self.selected[key] / count for key, count in self.took_part.items() if count}
        people = sorted(person.number for person in self.script.people)
        loads = [[load[number] for load in self.loads] for number in people] if self.loads else []
        return Rehearsal(
            years=self.years,
            share=1 / scale,
            spread=[scale * sum(counts) / self.years for counts in by_count],
            least=[round(scale * min(counts)) for counts in by_count],
            most=[round(scale * max(counts)) for counts in by_count],
            found=found,
            kept_out=scale * self.kept_out / self.years,
            passed=scale * self.passed / self.years,
            dealt_years=len(self.loads),
            dealt=[Dealt(n, sum(c) / len(c), min(c), max(c)) for n, c in zip(people, loads, strict=bool(loads))],
            stuck={r: count / self.dealt_years for r, count in self.stuck.items()},
        )
