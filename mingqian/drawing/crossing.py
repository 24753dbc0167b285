"""Teams that should be changed: a member has an interest in the subject, or cannot come at all (art. 11). Told until they are."""

from dataclasses import dataclass

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock
from mingqian.documents import services as documents
from mingqian.drawing.bundle import names_of, numbered
from mingqian.drawing.models import Draw
from mingqian.drawing.officers import is_officer
from mingqian.drawing.states import DrawState
from mingqian.drawing.supplement_facts import teams_of
from mingqian.planning.selectors import teams_on_record
from mingqian.planning.states import TaskState
from mingqian.registry.selectors import interests_on


@dataclass(frozen=True)
class Crossing:
    """A member of a team who should not be in it, by numbers and names."""

    subject: str
    subject_name: str
    inspector: str
    inspector_name: str
    why: str


def conflicts_of(draw: Draw) -> set[tuple[str, str]]:
    """Return (subject, inspector) of every interest known to the registry, the draw and its supplements."""
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    pairs |= {(row[0], row[1]) for one in numbered(draw) for row in one.conflicts}
    lines = documents.read(draw.conflicts_file).decode().splitlines()
    return pairs | {(line.split("\t")[0], line.split("\t")[1]) for line in lines}


def crossings_of(draw: Draw) -> list[Crossing]:
    """Return who should be changed in an opened draw whose visits go on, by subject."""
    if draw.state != DrawState.OPENED or draw.task is None or draw.task.state != TaskState.DRAWN:
        return []
    return _crossings(draw, teams_of(draw))


def _crossings(draw: Draw, teams: dict[str, list[str]]) -> list[Crossing]:
    pairs = conflicts_of(draw)
    away = {number for one in numbered(draw) for number in one.unavailable}
    held = [
        (subject, number, "有利害关系" if (subject, number) in pairs else "检查期间不能参加")
        for subject, team in sorted(teams.items())
        for number in team
        if (subject, number) in pairs or number in away
    ]
    names = names_of(draw) if held else {}
    return [
        Crossing(subject, names.get(subject, (subject, ""))[0], number, names.get(number, (number, ""))[0], why)
        for subject, number, why in held
    ]


def crossings_to_settle(user: User) -> list[tuple[Draw, int]]:
    """Return (draw, how many) of the draws whose work `user` carries."""
    if not user.has_role(*OFFICER_ROLES):
        return []
    opened = Draw.objects.filter(organ=user.organ, state=DrawState.OPENED, task__state=TaskState.DRAWN)
    mine = [draw for draw in opened.select_related("organ", "division") if is_officer(user, draw)]
    teams = teams_on_record(draw.code for draw in mine)
    counted = (
        (draw, len(_crossings(draw, {one: list(team) for one, team in teams.get(draw.code, {}).items()})))
        for draw in mine
    )
    return [(draw, count) for draw, count in counted if count]
