"""The life of a wish that an expert come along to the visits of a task: asked for, agreed to by another person, taken back (A9.6)."""

from mingqian.accounts.models import User
from mingqian.casework.officers import head_or_leader_of
from mingqian.casework.procedure import MAY_SAY, Procedure, Remark, Step
from mingqian.planning.experts.states import HelperState
from mingqian.planning.models.experts import TaskExpert
from mingqian.planning.selectors import works_on
from mingqian.planning.tasks.states import TaskState

#: While the visits are still to come, or go on.
LIVE = (TaskState.OPEN, TaskState.SEALED, TaskState.DRAWN)


def _decides(user: User, row: TaskExpert) -> str:
    return head_or_leader_of(user, row.task.organ_id, row.task.division)


EXPERTS: Procedure[TaskExpert] = Procedure(
    name="task-expert",
    thing="辅助检查人员",
    model=TaskExpert,
    states=HelperState,
    address="plans:task",
    at=lambda row: (row.task.code,),
    ends=(HelperState.DECLINED, HelperState.WITHDRAWN),
    article="A9.6",
    rows=lambda user: TaskExpert.objects.filter(task__organ=user.organ, task__state__in=LIVE).select_related(
        "task__division", "expert", "asked_by"
    ),
    subject=lambda row: row.task.ledger_subject,
    details=lambda row: {"expert": row.expert.number},
    title=lambda row: row.expert.name,
    describe=lambda row: f"{row.task.title}，{row.asked_by} 提出：{row.purpose}",
    steps=(
        Step(
            "ask", (), HelperState.PENDING, "提出", "提出辅助检查人员", lambda user, row: works_on(user, row.task),
            stamps=("asked_by", "asked_at"), done="已提出，等待科室负责人或领导审批。",
        ),
        Step(
            "approve", (HelperState.PENDING,), HelperState.APPROVED, "批准", "批准辅助检查人员", _decides, not_by=("asked_by",),
            remark=MAY_SAY, stamps=("decided_by", "decided_at"), todo="审批辅助检查人员", go="去审批", done="已批准，列入任务。",
        ),
        Step(
            "decline", (HelperState.PENDING,), HelperState.DECLINED, "不批准", "不批准辅助检查人员", _decides, not_by=("asked_by",),
            remark=Remark("不批准须写明意见，请填写。"), stamps=("decided_by", "decided_at"), done="未批准。",
        ),
        Step(
            "withdraw", (HelperState.PENDING, HelperState.APPROVED), HelperState.WITHDRAWN, "撤回", "撤回辅助检查人员",
            lambda user, row: works_on(user, row.task), remark=MAY_SAY, done="已撤回。",
        ),
    ),
)  # fmt: skip
