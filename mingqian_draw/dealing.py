"""Steps 8 and 9: inspectors and standing teams are dealt from decks.

The protocol deals from a deck to which whole rounds are appended, and skipped cards keep their place. All cards of one
holder (an inspector, a team) are alike, so a holder's cards leave the deck in the order of the rounds: his next card is
always that of round ``dealt so far + 1``. So the first card that fits is that of the fitting holder with the smallest
``(dealt + 1, hash of that round)``, and a round needs appending only where that round is a new one. A heap with one
entry for each holder deals the same cards without ever building the deck; skipped cards cost other subjects nothing.

With a lead division (extension E1) its inspectors have a heap of their own: the first card of a team comes from there,
the others from whichever heap has the earlier card on top.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Container, Sequence

from mingqian_draw.errors import DrawError
from mingqian_draw.forms import Rules
from mingqian_draw.selection import Ticket
from mingqian_draw.tables import Pairs

NOBODY: frozenset[str] = frozenset()
Card = tuple[int, bytes, str]
"""The next card of a holder: its round, what it is sorted by there, the holder."""


def card(seed: str, kind: str, turn: int, holder: str) -> bytes:
    """What a holder's card of round ``turn`` (from 1) is sorted by."""
    return hashlib.sha256(f"{seed}/{kind}/{turn}/{holder}".encode()).digest()


class Deck:
    """A deck of ``kind`` (``inspector`` or ``team``) over holders."""

    def __init__(self, seed: str, kind: str, holders: Sequence[str]) -> None:
        self._seed = seed
        self._kind = kind
        self._heap = [(1, card(seed, kind, 1, holder), holder) for holder in holders]
        heapq.heapify(self._heap)

    def deal(self, count: int, barred: Container[str]) -> list[str]:
        """The next ``count`` different holders that are not ``barred``, in the order dealt.

        Raises :class:`DrawError` where there are not so many.
        """
        dealt: list[str] = []
        aside: list[tuple[int, bytes, str]] = []
        while len(dealt) < count:
            if not self._heap:
                raise DrawError("deck-empty", count=count)
            entry = heapq.heappop(self._heap)
            turn, _, holder = entry
            if holder in barred:
                aside.append(entry)
            else:
                # The next card of a member does not fit this team either, so it waits aside like a barred one.
                dealt.append(holder)
                aside.append((turn + 1, card(self._seed, self._kind, turn + 1, holder), holder))
        for entry in aside:
            heapq.heappush(self._heap, entry)
        return dealt


class HomeDeck:
    """The deck of inspectors where each team's first card is of the lead division, ``home``."""

    def __init__(self, seed: str, free: Sequence[str], home: Collection[str]) -> None:
        self._seed = seed
        own = frozenset(home)
        heaps: tuple[list[Card], list[Card]] = ([], [])
        for holder in free:
            heaps[holder not in own].append((1, card(seed, "inspector", 1, holder), holder))
        self._home, self._others = heaps
        heapq.heapify(self._home)
        heapq.heapify(self._others)

    def deal(self, count: int, barred: Container[str]) -> list[str]:
        """The next ``count`` different holders that are not ``barred``, the first of them of ``home``.

        Raises :class:`DrawError` where there are not so many.
        """
        dealt: list[str] = []
        aside: list[tuple[list[Card], Card]] = []
        while len(dealt) < count:
            heap = self._home
            if dealt and self._others and (not self._home or self._others[0] < self._home[0]):
                heap = self._others
            if not heap:
                raise DrawError("deck-empty", count=count)
            entry = heapq.heappop(heap)
            turn, _, holder = entry
            if holder not in barred:
                dealt.append(holder)
                entry = (turn + 1, card(self._seed, "inspector", turn + 1, holder), holder)
            aside.append((heap, entry))
        for heap, entry in aside:
            heapq.heappush(heap, entry)
        return dealt


def standing_teams(seed: str, rules: Rules, free: Sequence[str], home: Collection[str] = ()) -> list[list[str]]:
    """Step 9: the standing teams, the first member of each leads; ``home`` are those of the lead division, if any."""
    order = sorted(free, key=lambda holder: card(seed, "inspector", 1, holder))
    size = rules.team_size
    if rules.home:
        own = frozenset(home)
        leaders = [holder for holder in order if holder in own][: rules.teams]
        led = frozenset(leaders)
        rest = [holder for holder in order if holder not in led]
        return [[leader, *rest[at * (size - 1) : (at + 1) * (size - 1)]] for at, leader in enumerate(leaders)]
    return [order[at * size : (at + 1) * size] for at in range(rules.teams)]


def assign(
    seed: str, rules: Rules, free: Sequence[str], pairs: Pairs, selected: Sequence[Ticket], home: Collection[str] = ()
) -> list[list[str]]:
    """The team of each selected subject, in the order given (ascending by ticket).

    ``home`` are those of ``free`` who are of the lead division, where the rules name one.
    """
    if rules.assignment == "none":
        return [[] for _ in selected]
    if rules.assignment == "per-subject":
        deck = HomeDeck(seed, free, home) if rules.home else Deck(seed, "inspector", free)
        return [deck.deal(rules.team_size, pairs.get(ticket.subject, NOBODY)) for ticket in selected]
    teams = standing_teams(seed, rules, free, home)
    places = {member: str(number) for number, team in enumerate(teams, 1) for member in team}
    numbers = Deck(seed, "team", [str(number) for number in range(1, len(teams) + 1)])
    dealt = []
    for ticket in selected:
        barred = {places[member] for member in pairs.get(ticket.subject, NOBODY) if member in places}
        dealt += numbers.deal(1, barred)
    return [list(teams[int(number) - 1]) for number in dealt]
