"""Writers of training records (A10.2)."""

from collections.abc import Sequence

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import refuse_because
from mingqian.common.rows import insert
from mingqian.drawing.bundle.selectors import teams_of
from mingqian.drawing.changes.selectors import conflicts_of
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.training import Training
from mingqian.drawing.training.selectors import Trainee, TrainingValues, trainees_of, wrong_with
from mingqian.ledger import services as ledger

SHORTEST = 4


@transaction.atomic
def record_training(user: User, draw: Draw, number: str, values: TrainingValues) -> list[Training]:
    """Record, once for each subject, how the item's division trained the inspector `number` of another division."""
    refuse_stranger(user, draw)
    trainee = next((one for one in trainees_of(draw) if one.inspector.certificate_number == number), None)
    subjects = list(dict.fromkeys(values.subjects))
    refuse_because(_why_not(trainee, subjects, values))
    refuse_because(wrong_with(values.companion, draw, subjects, teams_of(draw), conflicts_of(draw)))
    rows = [_kept(user, draw, number, subject, values) for subject in subjects]
    details = {"inspector": number, "on": values.on.isoformat(), "subjects": len(rows)}
    ledger.record(user.actor, "draw.train", draw.ledger_subject, rows=rows, details=details)
    return rows


def _why_not(trainee: Trainee | None, subjects: Sequence[str], values: TrainingValues) -> str:
    if trainee is None:
        return "这位人员现在不在检查组里，或者就是任务所属科室的人员，不需要登记业务培训。"
    if not subjects or not set(subjects) <= set(trainee.subjects):
        return "请选择这次培训所针对的检查对象；检查组有变更的，请刷新页面后重新选择。"
    if not set(subjects) <= set(trainee.missing):
        return "这次业务培训已经登记。"
    if len(values.content.strip()) < SHORTEST or not values.trainer.strip():
        return f"请写明培训内容（至少 {SHORTEST} 个字）和培训人（第十条）。"
    return "培训日期在今天以后。培训之后再登记。" if values.on > clock.today() else ""


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
    insert(row, "这次业务培训已经登记。")
    return row
