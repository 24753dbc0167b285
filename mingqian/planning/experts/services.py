"""Writers of who comes along to the visits of a task: asked for with a purpose, agreed to by another person, taken back (A9.6)."""

from typing import Any

from django.db import IntegrityError, transaction

from mingqian.accounts.models import User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.text import clean
from mingqian.ledger import services as ledger
from mingqian.planning.experts.states import HELPER_MOVES, HelperState
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.models.tasks import Task
from mingqian.planning.tasks.services import lock_task, refuse_unless_officer
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Expert

#: While the visits are still to come, or go on.
LIVE = (TaskState.OPEN, TaskState.SEALED, TaskState.DRAWN)
SHORTEST = 4


def _refuse_over(task: Task) -> None:
    if task.state not in LIVE:
        raise DomainError(f"任务{task.get_state_display()}，不能再变更辅助检查人员。")


def _refuse_unfit(task: Task, expert: Expert) -> None:
    if expert.organ_id != task.organ_id or not expert.active:
        raise DomainError("这位专家或检测机构不在本机关可以邀请的名单内，请先到“执法检查人员”页的专家名单登记。")
    since, until = expert.valid_from, expert.valid_until
    if (since and since > task.since) or (until and until < task.until):
        raise DomainError(f"{expert.name}的资质有效期没有覆盖检查时间，请更新资质后再提出，或另选他人。")


def may_agree(user: User, task: Task) -> bool:
    """Say whether the user decides on who comes along: the division's head, or a leader."""
    head = user.has_role(Role.DIVISION_HEAD) and user.division_id == task.division_id
    return user.organ_id == task.organ_id and (head or user.has_role(*LEADER_ROLES))


@transaction.atomic
def ask_expert(user: User, task: Task, expert: Expert, *, purpose: str) -> TaskExpert:
    """Ask that an expert or a testing body come along to the visits of a task."""
    refuse_unless_officer(user, task)
    purpose = clean(purpose)
    if not SHORTEST <= len(purpose) <= 200:
        raise DomainError(f"请写明辅助检查的内容，{SHORTEST} 至 200 个字，例如：查看能源计量器具的检测结果。")
    task = lock_task(task)
    _refuse_over(task)
    _refuse_unfit(task, expert)
    row = TaskExpert(task=task, expert=expert, purpose=purpose, asked_by=user, asked_at=clock.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(f"{expert.name}已经在这个任务的辅助检查人员里，不必重复提出。") from error
    details = {"expert": expert.number, "purpose": purpose}
    ledger.record(user.actor, "task-expert.ask", task.ledger_subject, rows=[row], details=details)
    return row


@transaction.atomic
def decide_expert(user: User, row: TaskExpert, *, approve: bool, remark: str = "") -> TaskExpert:
    """Agree or not; by the division's head or a leader, never by whoever asked."""
    task = lock_task(row.task)
    if not may_agree(user, task):
        raise NotAllowedError("辅助检查人员由任务所属科室负责人或本机关领导审批。")
    refuse_same_person(row.asked_by_id, user)
    _refuse_over(task)
    if approve:
        _refuse_unfit(task, row.expert)
    elif not remark.strip():
        raise DomainError("不批准须写明意见，请填写。")
    return _moved(user, row, "approve" if approve else "decline", remark, decided_by=user, decided_at=clock.now())


@transaction.atomic
def withdraw_expert(user: User, row: TaskExpert, *, remark: str = "") -> TaskExpert:
    """Take it back, also when it was agreed to; then with the reason."""
    task = lock_task(row.task)
    refuse_unless_officer(user, task)
    _refuse_over(task)
    row.refresh_from_db()
    if row.state == HelperState.APPROVED and not remark.strip():
        raise DomainError("已经批准的，请写明不再邀请的原因。")
    return _moved(user, row, "withdraw", remark)


def _moved(user: User, row: TaskExpert, verb: str, remark: str, **changes: Any) -> TaskExpert:
    remark = clean(remark)[:200]
    return ledger.move(
        user.actor,
        verb,
        row,
        HELPER_MOVES,
        subject=row.task.ledger_subject,
        entry_verb=f"task-expert.{verb}",
        details={"expert": row.expert.number, "remark": remark},
        remark=remark,
        **changes,
    )
