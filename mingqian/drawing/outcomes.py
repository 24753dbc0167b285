"""The result of an opened draw as rows with names, as the draw itself gave it; what changed since is in `standing`."""

from dataclasses import dataclass, field
from typing import Any

from mingqian.drawing.bundle import names_of, result_of
from mingqian.drawing.models import Draw
from mingqian.drawing.states import DrawState


@dataclass(frozen=True)
class Member:
    """An inspector in a team; `appointed` says that he is there not by lot."""

    number: str
    name: str
    division: str
    appointed: bool = False


@dataclass(frozen=True)
class JointMark:
    """That other divisions inspect the subject in the same visit, or are asked to (A12.2)."""

    code: str
    number: str
    words: str
    state: str
    partners: tuple[str, ...]


@dataclass(frozen=True)
class Selected:
    """A selected subject with its team, as pages show it."""

    rank: int
    number: str
    name: str
    district: str
    ticket: str
    lot: int
    batch: int
    team: list[Member]
    #: Numbers of the supplements that changed subject or team since the draw.
    changes: tuple[int, ...] = ()
    joint: JointMark | None = None


@dataclass(frozen=True)
class Stratum:
    """A stratum of an opened draw."""

    name: str
    quota: int
    participants: int
    cutoff: str
    passed: list[dict[str, Any]]
    selected: list[Selected] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == "-" else self.name


def outcome(draw: Draw) -> list[Stratum]:
    """Return the result of an opened draw by stratum, with names; [] where it is not opened."""
    if draw.state != DrawState.OPENED:
        return []
    result, names = result_of(draw), names_of(draw)
    teams = {row["subject"]: row for row in result["assignments"]}
    strata = []
    for stratum in result["strata"]:
        rows = []
        for rank, row in enumerate(stratum["selected"], 1):
            name, district = names.get(row["subject"], ("", ""))
            assigned = teams[row["subject"]]
            team = [Member(number, *names.get(number, ("", ""))) for number in assigned["team"]]
            rows.append(
                Selected(rank, row["subject"], name, district, row["ticket"], row["lot"], assigned["batch"], team)
            )
        strata.append(
            Stratum(
                stratum["stratum"],
                stratum["quota"],
                stratum["participants"],
                stratum["cutoff"],
                stratum["passed"],
                rows,
            )
        )
    return strata
