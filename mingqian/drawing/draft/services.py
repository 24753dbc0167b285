"""Writers of drafts."""

from typing import Any

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.rows import held
from mingqian.drawing.draft.selectors import why_not_prepare
from mingqian.drawing.limits import limits_for
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.people import services as people_services
from mingqian.ledger import services as ledger
from mingqian.planning.models import Task
from mingqian.planning.selectors import lock_task
from mingqian.planning.tasks.states import TaskState

_DRAFT_FIELDS = frozenset(
    field.name
    for field in Draft._meta.concrete_fields
    if field.name not in {"id", "organ", "division", "owner", "task", "title", "updated_at"}
)


@transaction.atomic
def create_draft(user: User, task: Task) -> Draft:
    """Begin to prepare the draw of a task; where somebody has begun already, return what there is."""
    refuse(why_not_prepare(user, task))
    task = lock_task(task)
    found = Draft.objects.filter(task=task).first()
    if found is not None:
        return found
    if task.state != TaskState.OPEN:
        raise DomainError(f"任务{task.get_state_display()}，不能再准备抽取。请到“抽取”查看。")
    least = limits_for(task.organ, task.division).team_size
    draft = Draft.objects.create(
        organ=task.organ,
        division=task.division,
        owner=user,
        task=task,
        title=task.title,
        divisions=[task.division_id],
        team_size=max(least, task.revision.team_size),
        updated_at=clock.now(),
    )
    details = {"title": draft.title, "task": task.code}
    ledger.record(user.actor, "draft.save", f"draft/{draft.pk}", rows=[draft], details=details)
    return draft


@transaction.atomic
def save_draft(user: User, draft: Draft, **fields: Any) -> Draft:
    """Keep what the user entered into a draft: these fields alone, so that a step saved meanwhile from another page stays."""
    unknown = fields.keys() - _DRAFT_FIELDS
    if unknown:
        raise ValueError(f"a draft has no {sorted(unknown)}")
    try:
        held(draft)
    except Draft.DoesNotExist as error:
        raise DomainError("这份草稿已经封存或放弃，没有保存。请到“抽取”查看。") from error
    draft.refresh_from_db()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.updated_at = clock.now()
    draft.save(update_fields=[*fields, "updated_at"])
    ledger.record(user.actor, "draft.save", f"draft/{draft.pk}", rows=[draft], details={"fields": sorted(fields)})
    return draft


@transaction.atomic
def drop_draft(user: User, draft: Draft) -> None:
    """Give up a draft. Nothing was fixed by it, so the row goes; that it was there stays on the ledger."""
    people_services.take_back(user, draft)
    key, name = draft.ledger_key(), f"draft/{draft.pk}"
    draft.delete()
    ledger.record(user.actor, "draft.drop", name, deleted=[key], details={"title": draft.title})
