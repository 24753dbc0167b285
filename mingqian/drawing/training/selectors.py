"""Reading who is to be trained for a draw, and who accompanies them (A10.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.selectors import conflicts_of
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.training import Training
from mingqian.planning.burden.selectors import teams_on_record
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Inspector


@dataclass(frozen=True)
class Trainee:
    """An inspector of another division in the teams of a draw: the numbers of the subjects, and the records there are."""

    inspector: Inspector
    subjects: tuple[str, ...]
    records: tuple[Training, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the subjects for which no training is on record."""
        done = {row.subject for row in self.records}
        return tuple(subject for subject in self.subjects if subject not in done)


def trainees_of(draw: Draw) -> list[Trainee]:
    """Return who is in a team of the draw now and of another division than the task's, by certificate number."""
    return _trainees([draw]).get(draw.pk, []) if draw.state == DrawState.OPENED else []


def _trainees(draws: Iterable[Draw]) -> dict[int, list[Trainee]]:
    """Return draw → trainees, with a few queries for all of them."""
    held = [draw for draw in draws if draw.division_id is not None]
    teams = teams_on_record(draw.code for draw in held)
    organs = {draw.organ_id for draw in held}
    people = {
        (one.organ_id, one.certificate_number): one
        for one in Inspector.objects.filter(organ__in=organs).select_related("division")
    }
    records = _records_of(held)
    return {
        draw.pk: [
            Trainee(people[draw.organ_id, number], tuple(subjects), tuple(records.get((draw.pk, number), ())))
            for number, subjects in sorted(_places_of(draw, teams.get(draw.code, {}), people).items())
        ]
        for draw in held
    }


def _records_of(draws: Iterable[Draw]) -> dict[tuple[int, str], list[Training]]:
    """Return (draw, inspector) → what was recorded."""
    records: dict[tuple[int, str], list[Training]] = {}
    for row in Training.objects.filter(draw__in=draws).select_related("companion", "recorded_by"):
        records.setdefault((row.draw_id, row.inspector), []).append(row)
    return records


def _places_of(
    draw: Draw, teams: Mapping[str, Sequence[str]], people: Mapping[tuple[int, str], Inspector]
) -> dict[str, list[str]]:
    """Return inspector of another division → the subjects in whose teams they are."""
    places: dict[str, list[str]] = {}
    for number, subject in _pairs(teams):
        one = people.get((draw.organ_id, number))
        if one is not None and one.division_id != draw.division_id:
            places.setdefault(number, []).append(subject)
    return places


def _pairs(teams: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(number, subject) for subject, team in sorted(teams.items()) for number in team]


def trainings_to_record(user: User) -> list[tuple[Draw, int]]:
    """Return (draw, how many inspectors) whose training `user` is still to see to."""
    if not user.has_role(*OFFICER_ROLES):
        return []
    opened = Draw.objects.filter(organ=user.organ, state=DrawState.OPENED, task__state=TaskState.DRAWN)
    mine = [draw for draw in opened.select_related("organ", "division") if is_officer(user, draw)]
    found = _trainees(mine)
    counted = ((draw, sum(1 for one in found.get(draw.pk, ()) if one.missing)) for draw in mine)
    return [(draw, count) for draw, count in counted if count]


def companions_for(draw: Draw, subjects: Sequence[str]) -> list[Inspector]:
    """Return who may come along to every one of `subjects`: of the item's division, in no such team, without interest."""
    found = Inspector.objects.filter(organ=draw.organ, division=draw.division).select_related("division")
    teams, pairs = teams_of(draw), conflicts_of(draw)
    return [one for one in found.order_by("certificate_number") if not wrong_with(one, draw, subjects, teams, pairs)]


def wrong_with(
    companion: Inspector, draw: Draw, subjects: Sequence[str], teams: dict[str, list[str]], pairs: set[tuple[str, str]]
) -> str:
    """Return why an inspector cannot accompany who comes from elsewhere to `subjects`, "" where nothing speaks against it."""
    number = companion.certificate_number
    if companion.organ_id != draw.organ_id or companion.division_id != draw.division_id:
        return "陪同人员应当是任务所属科室的人员（第十条）。"
    if any(number in teams.get(subject, []) for subject in subjects):
        return f"{companion.name}是检查组成员，不能作为陪同人员（第十条）。"
    if any((subject, number) in pairs for subject in subjects):
        return f"{companion.name}与检查对象有利害关系，不能作为陪同人员（第十条）。"
    return ""


@dataclass(frozen=True)
class TrainingValues:
    """What is recorded of a training; `companions` go along to the subjects."""

    on: date
    content: str
    trainer: str
    companion: Inspector
    subjects: Sequence[str]
