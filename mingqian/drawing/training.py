"""The training that an inspector of another division is given before the visit, and who accompanies him (A10.2)."""

import json
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.drawing.bundle import bundle_files, numbered
from mingqian.drawing.models import Draw, Supplement, Training
from mingqian.drawing.supplement_asking import refuse_stranger
from mingqian.drawing.supplement_facts import teams_of
from mingqian.drawing.supplement_states import ChangeState, Kind
from mingqian.ledger import services as ledger
from mingqian.registry.models import Inspector
from mingqian.registry.selectors import interests_on

SHORTEST = 4


@dataclass(frozen=True)
class TrainingValues:
    """What is recorded of a training."""

    on: date
    content: str
    trainer: str
    companion: Inspector


def trainee_of(supplement: Supplement) -> Inspector | None:
    """Return the inspector of another division who came in by this supplement, None where nobody did."""
    if supplement.state != ChangeState.OPENED or supplement.kind not in {Kind.INSPECTOR, Kind.APPOINTMENT}:
        return None
    number = json.loads(bytes(supplement.result_json or b"{}")).get("inspector", "")
    found = Inspector.objects.filter(organ=supplement.draw.organ, certificate_number=number).select_related("division")
    one = found.first()
    return one if one is not None and one.division_id != supplement.draw.division_id else None


def companions_for(supplement: Supplement) -> list[Inspector]:
    """Return who may come along: of the item's division, no member of the team, without interest in the subject."""
    draw = supplement.draw
    found = Inspector.objects.filter(organ=draw.organ, division=draw.division).select_related("division")
    return [one for one in found.order_by("certificate_number") if not _wrong_with(one, draw, supplement.subject)]


def _wrong_with(companion: Inspector, draw: Draw, subject: str) -> str:
    number = companion.certificate_number
    if companion.organ_id != draw.organ_id or companion.division_id != draw.division_id:
        return "陪同人员应当是任务所属科室的人员（第十条）。"
    if number in teams_of(draw).get(subject, []):
        return f"{companion.name}是检查组成员，不能作为陪同人员（第十条）。"
    pairs = {(i.subject.number, i.inspector.certificate_number) for i in interests_on(draw.organ, clock.today())}
    pairs |= {(row[0], row[1]) for one in numbered(draw) for row in one.conflicts}
    lines = bundle_files(draw)["conflicts.tsv"].decode().splitlines()
    if (subject, number) in pairs or f"{subject}\t{number}" in lines:
        return f"{companion.name}与检查对象有利害关系，不能作为陪同人员（第十条）。"
    return ""


@transaction.atomic
def record_training(user: User, supplement: Supplement, values: TrainingValues) -> Training:
    """Record, once, how the item's division trained who came in from another division."""
    draw = supplement.draw
    refuse_stranger(user, draw)
    trainee = trainee_of(supplement)
    if trainee is None:
        raise DomainError("这项变更没有其他科室的人员加入检查组，不需要登记业务培训。")
    if len(values.content.strip()) < SHORTEST or not values.trainer.strip():
        raise DomainError(f"请写明培训内容（至少 {SHORTEST} 个字）和培训人（第十条）。")
    if values.on > clock.today():
        raise DomainError("培训日期在今天以后。培训之后再登记。")
    if wrong := _wrong_with(values.companion, draw, supplement.subject):
        raise DomainError(wrong)
    row = Training(
        supplement=supplement,
        inspector=trainee.certificate_number,
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
    details = {"inspector": row.inspector, "on": row.on.isoformat()}
    ledger.record(user.actor, "supplement.train", supplement.ledger_subject, rows=[row], details=details)
    return row


def training_of(supplement: Supplement) -> Training | None:
    """Return the record of the training, None where there is none yet."""
    return Training.objects.filter(supplement=supplement).select_related("companion", "recorded_by").first()
