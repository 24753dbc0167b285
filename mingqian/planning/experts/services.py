"""Writers of who comes along to the visits of a task: asked for with a purpose, agreed to by another person, taken back (A9.6)."""

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.casework.officers import refuse
from mingqian.casework.procedure import Remark
from mingqian.common.errors import DomainError
from mingqian.planning.experts.procedure import EXPERTS, LIVE
from mingqian.planning.experts.states import HelperState
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.models.tasks import Task
from mingqian.planning.selectors import lock_task, works_on
from mingqian.registry.models import Expert

_PURPOSE = Remark(
    "请写明辅助检查的内容，4 至 200 个字，例如：查看能源计量器具的检测结果。", "辅助检查的内容", shortest=4, longest=200
)


def _refuse_over(task: Task) -> None:
    if task.state not in LIVE:
        raise DomainError(f"任务{task.get_state_display()}，不能再变更辅助检查人员。")


def _refuse_unfit(task: Task, expert: Expert) -> None:
    if expert.organ_id != task.organ_id or not expert.active:
        raise DomainError("这位专家或检测机构不在本机关可以邀请的名单内，请先到“执法检查人员”页的专家名单登记。")
    since, until = expert.valid_from, expert.valid_until
    if (since and since > task.since) or (until and until < task.until):
        raise DomainError(f"{expert.name}的资质有效期没有覆盖检查时间，请更新资质后再提出，或另选他人。")


@transaction.atomic
def ask_expert(user: User, task: Task, expert: Expert, *, purpose: str) -> TaskExpert:
    """Ask that an expert or a testing body come along to the visits of a task."""
    refuse(works_on(user, task))
    purpose = _PURPOSE.checked(purpose)
    task = lock_task(task)
    _refuse_over(task)
    _refuse_unfit(task, expert)
    live = (HelperState.PENDING, HelperState.APPROVED)
    if held := task.experts.filter(expert=expert, state__in=live).first():
        raise DomainError(f"{expert.name}{held.already}，不必重复提出。")
    return EXPERTS.begin(user, TaskExpert(task=task, expert=expert, purpose=purpose), details={"purpose": purpose})


@transaction.atomic
def decide_expert(user: User, row: TaskExpert, *, approve: bool, remark: str = "") -> TaskExpert:
    """Agree or not; by the division's head or a leader, never by whoever asked."""
    verb = "approve" if approve else "decline"
    task = lock_task(row.task)
    refuse(EXPERTS.forbids(user, row, verb))
    _refuse_over(task)
    if approve:
        _refuse_unfit(task, row.expert)
    return EXPERTS.take(user, row, verb, remark=remark)


@transaction.atomic
def withdraw_expert(user: User, row: TaskExpert, *, remark: str = "") -> TaskExpert:
    """Take it back, also when it was agreed to; then with the reason."""
    task = lock_task(row.task)
    refuse(EXPERTS.forbids(user, row, "withdraw"))
    _refuse_over(task)
    row.refresh_from_db()
    if row.state == HelperState.APPROVED and not remark.strip():
        raise DomainError("已经批准的，请写明不再邀请的原因。")
    return EXPERTS.take(user, row, "withdraw", remark=remark)
