"""The training that inspectors of another division are given before the visit, and who accompanies them (A10.2).

It does not matter how they came into the team: drawn from the start, joined by a supplement, or appointed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.crossing import conflicts_of
from mingqian.drawing.models import Draw, Training
from mingqian.drawing.officers import is_officer, refuse_stranger
from mingqian.drawing.states import DrawState
from mingqian.drawing.supplement_facts import teams_of
from mingqian.ledger import services as ledger
from mingqian.planning.selectors import teams_on_record
from mingqian.planning.states import TaskState
from mingqian.registry.models import Inspector

SHORTEST = 4


@dataclass(frozen=True)
class TrainingValues:
    """What is recorded of a training; `companions` go along to the subjects."""

    on: date
    content: str
    trainer: str
    companion: Inspector
    subjects: Sequence[str]


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
    records: dict[tuple[int, str], list[Training]] = {}
    for row in Training.objects.filter(draw__in=held).select_related("companion", "recorded_by"):
        records.setdefault((row.draw_id, row.inspector), []).append(row)
    found = {}
    for draw in held:
        subjects: dict[str, list[str]] = {}
        for subject, team in sorted(teams.get(draw.code, {}).items()):
            for number in team:
                one = people.get((draw.organ_id, number))
                if one is not None and one.division_id != draw.division_id:
                    subjects.setdefault(number, []).append(subject)
        found[draw.pk] = [
            Trainee(people[draw.organ_id, number], tuple(places), tuple(records.get((draw.pk, number), ())))
            for number, places in sorted(subjects.items())
        ]
    return found


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
    return [one for one in found.order_by("certificate_number") if not _wrong_with(one, draw, subjects, teams, pairs)]


def _wrong_with(
    companion: Inspector,
    draw: Draw,
    subjects: Sequence[str],
    teams: dict[str, list[str]],
    pairs: set[tuple[str, str]],
) -> str:
    number = companion.certificate_number
    if companion.organ_id != draw.organ_id or companion.division_id != draw.division_id:
        return "陪同人员应当是任务所属科室的人员（第十条）。"
    if any(number in teams.get(subject, []) for subject in subjects):
        return f"{companion.name}是检查组成员，不能作为陪同人员（第十条）。"
    if any((subject, number) in pairs for subject in subjects):
        return f"{companion.name}与检查对象有利害关系，不能作为陪同人员（第十条）。"
    return ""


@transaction.atomic
def record_training(user: User, draw: Draw, number: str, values: TrainingValues) -> list[Training]:
    """Record, once for each subject, how the item's division trained the inspector `number` of another division."""
    refuse_stranger(user, draw)
    trainee = next((one for one in trainees_of(draw) if one.inspector.certificate_number == number), None)
    if trainee is None:
        raise DomainError("这位人员现在不在检查组里，或者就是任务所属科室的人员，不需要登记业务培训。")
    subjects = list(dict.fromkeys(values.subjects))
    if not subjects or not set(subjects) <= set(trainee.subjects):
        raise DomainError("请选择这次培训所针对的检查对象；检查组有变更的，请刷新页面后重新选择。")
    if not set(subjects) <= set(trainee.missing):
        raise DomainError("这次业务培训已经登记。")
    if len(values.content.strip()) < SHORTEST or not values.trainer.strip():
        raise DomainError(f"请写明培训内容（至少 {SHORTEST} 个字）和培训人（第十条）。")
    if values.on > clock.today():
        raise DomainError("培训日期在今天以后。培训之后再登记。")
    if wrong := _wrong_with(values.companion, draw, subjects, teams_of(draw), conflicts_of(draw)):
        raise DomainError(wrong)
    rows = [_kept(user, draw, number, subject, values) for subject in subjects]
    details = {"inspector": number, "on": values.on.isoformat(), "subjects": len(rows)}
    ledger.record(user.actor, "draw.train", draw.ledger_subject, rows=rows, details=details)
    return rows


def _kept(user: User, draw: Draw, number: str, subject: str, values: TrainingValues) -> Training:
    row = Training(
        draw=draw,
        subject=subject,
        inspector=number,
        on=values.on,
        content=values.content.strip(),
        trainer=values.trainer.strip(),
        companion=values.companion,
        recorded_by=user,
        recorded_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("这次业务培训已经登记。") from error
    return row
