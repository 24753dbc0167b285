"""Who inspects whom after the draw, and the facts that bear on it: what every later file starts from."""

from __future__ import annotations

from dataclasses import dataclass, field

from mingqian_draw.seal import Rules, is_home
from mingqian_draw.tables import Tables

#: (subject, inspector): a place in a team.
Place = tuple[str, str]


@dataclass
class State:
    """The teams as they stand, and all facts so far; facts are never taken back."""

    rules: Rules
    tables: Tables
    teams: dict[str, list[str]] = field(default_factory=dict)
    #: Conflicts declared after the draw: subject -> inspectors.
    later: dict[str, set[str]] = field(default_factory=dict)
    absent: dict[Place, str] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    #: Who joined: inspector -> number of the facts that let them in.
    joined: dict[str, int] = field(default_factory=dict)
    appointed: set[Place] = field(default_factory=set)
    free: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read once who is `in`."""
        self.free = self.tables.free()

    def is_sealed_conflict(self, subject: str, inspector: str) -> bool:
        """Whether the table keeps the two apart."""
        return inspector in self.tables.conflicts.get(subject, ())

    def is_conflict(self, subject: str, inspector: str) -> bool:
        """Whether the two must not meet, by the table or a later fact."""
        return self.is_sealed_conflict(subject, inspector) or inspector in self.later.get(subject, ())

    def is_hindered(self, subject: str, inspector: str) -> bool:
        """Whether an inspector cannot go to a subject: unavailable, in conflict with it, or absent there."""
        gone = inspector in self.unavailable or (subject, inspector) in self.absent
        return gone or self.is_conflict(subject, inspector)

    def is_home(self, inspector: str) -> bool:
        """Whether an inspector is of the lead division."""
        return is_home(self.rules, self.tables, inspector)

    def pool(self) -> list[str]:
        """Everybody who may come by lot: `in`, or joined."""
        return [*self.free, *self.joined]

    def candidates(self, subject: str) -> list[str]:
        """Who could come into a subject's team, whatever their unit."""
        team = self.teams[subject]
        return [key for key in self.pool() if key not in team and not self.is_hindered(subject, key)]

    def keeps_home(self, team: list[str], goes: str, comes: str) -> bool:
        """Whether the team keeps somebody of the lead division where one goes and another comes; a team without any does not count."""
        before = [one for one in team if self.is_home(one)]
        return not before or self.is_home(comes) or any(one != goes for one in before)

    def counterparts(self, subject: str, inspector: str) -> list[Place]:
        """With whom an inspector could change places, whatever becomes of the lead division."""
        own = self.teams[subject]
        found = []
        for other, team in self.teams.items():
            if other == subject or inspector in team or self.is_hindered(other, inspector):
                continue
            found += [(other, one) for one in team if one not in own and not self.is_hindered(subject, one)]
        return found

    def substitutes(self, stratum: str) -> list[str]:
        """The subjects that could take a place in a stratum."""
        return [
            key
            for key, (name, _lots, status) in self.tables.subjects.items()
            if name == stratum and status == "in" and key not in self.teams and key not in self.excused
        ]

    def replace(self, subject: str, goes: str, comes: str) -> None:
        """Put one in the place of another, in this team alone."""
        team = self.teams[subject]
        team[team.index(goes)] = comes
        self.appointed.discard((subject, goes))

    def exchange(self, one: Place, other: Place) -> None:
        """Let two change places; marks of appointments go with them."""
        marks = [place in self.appointed for place in (one, other)]
        self.appointed -= {one, other}
        for (subject, goes), (_subject, comes) in ((one, other), (other, one)):
            team = self.teams[subject]
            team[team.index(goes)] = comes
        if marks[0]:
            self.appointed.add((other[0], one[1]))
        if marks[1]:
            self.appointed.add((one[0], other[1]))

    def move(self, subject: str, to: str) -> None:
        """Pass a subject's team, in its order, to another subject."""
        self.teams = {to if key == subject else key: team for key, team in self.teams.items()}
        marks = {place for place in self.appointed if place[0] == subject}
        self.appointed = (self.appointed - marks) | {(to, inspector) for _subject, inspector in marks}
