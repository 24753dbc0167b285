"""The life of a task, of a wish to keep a subject out of its draw, and of a proposal to inspect together (A2.2, A9.2, A12.2)."""

from mingqian.accounts.models import User
from mingqian.casework.officers import leader_of
from mingqian.casework.procedure import MAY_SAY, Procedure, Remark, Step
from mingqian.planning.models.tasks import Exclusion, JointProposal, Task
from mingqian.planning.pool.states import ExclusionState
from mingqian.planning.selectors import lock_task, works_on
from mingqian.planning.tasks.states import JointState, TaskState


def _answers(user: User, row: JointProposal) -> str:
    """Say why `user` does not answer a proposal: the other task's officers do, none of the division that proposed."""
    if sentence := works_on(user, row.other):
        return sentence
    return "联合检查的提议由对方科室答复。" if user.division_id == row.task.division_id else ""


#: A sealed draw that is voided gives the task back; what was drawn is never undone.
TASKS: Procedure[Task] = Procedure(
    name="task",
    thing="抽查任务",
    model=Task,
    states=TaskState,
    address="plans:task",
    at=lambda row: (row.code,),
    ends=(TaskState.DONE, TaskState.CANCELLED),
    article="A2.2",
    lock=lock_task,
    details=lambda row: {"number": row.number},
    steps=(
        Step("open", (), TaskState.OPEN, "开立抽查任务", "开立抽查任务", stamps=("opened_by", "opened_at")),
        Step("seal", (TaskState.OPEN,), TaskState.SEALED, "封存", "任务的抽取已封存", hidden=True),
        Step("void", (TaskState.SEALED,), TaskState.OPEN, "作废", "任务的抽取已作废", hidden=True),
        Step("draw", (TaskState.SEALED,), TaskState.DRAWN, "开签", "任务已抽取", hidden=True),
        Step("finish", (TaskState.DRAWN,), TaskState.DONE, "办结", "任务完成", hidden=True),
        Step(
            "cancel", (TaskState.OPEN,), TaskState.CANCELLED, "取消任务", "取消任务", works_on, words="cancelled_why",
            remark=Remark("取消任务须写明原因，请填写。", "取消原因", longest=200), done="任务已取消。", irrevocable=True,
        ),
    ),
)  # fmt: skip


EXCLUSIONS: Procedure[Exclusion] = Procedure(
    name="exclusion",
    thing="人工排除",
    model=Exclusion,
    states=ExclusionState,
    address="plans:task",
    at=lambda row: (row.task.code,),
    ends=(ExclusionState.APPROVED, ExclusionState.DECLINED, ExclusionState.WITHDRAWN),
    article="A9.2",
    rows=lambda user: Exclusion.objects.filter(task__organ=user.organ, task__state=TaskState.OPEN).select_related(
        "task__division", "subject", "asked_by"
    ),
    subject=lambda row: row.task.ledger_subject,
    details=lambda row: {"subject": row.subject.number},
    title=lambda row: str(row.subject),
    describe=lambda row: f"{row.task.title}，{row.asked_by} 申请：{row.reason}",
    steps=(
        Step(
            "ask", (), ExclusionState.PENDING, "申请排除", "申请人工排除", lambda user, row: works_on(user, row.task),
            stamps=("asked_by", "asked_at"), done="已提交，等待领导审批。审批前不能封存抽取。",
        ),
        Step(
            "approve", (ExclusionState.PENDING,), ExclusionState.APPROVED, "批准", "批准人工排除",
            lambda user, row: leader_of(user, row.task.organ_id), not_by=("asked_by",), remark=MAY_SAY,
            stamps=("decided_by", "decided_at"), todo="审批人工排除", go="去审批", done="已批准排除。",
        ),
        Step(
            "decline", (ExclusionState.PENDING,), ExclusionState.DECLINED, "不批准", "不批准人工排除",
            lambda user, row: leader_of(user, row.task.organ_id), not_by=("asked_by",),
            remark=Remark("不批准须写明意见，请填写。"), stamps=("decided_by", "decided_at"),
            done="未批准，对象照常参加抽取。",
        ),
        Step(
            "withdraw", (ExclusionState.PENDING,), ExclusionState.WITHDRAWN, "撤回", "撤回人工排除申请",
            lambda user, row: works_on(user, row.task), done="已撤回申请。",
        ),
    ),
)  # fmt: skip


JOINT: Procedure[JointProposal] = Procedure(
    name="joint",
    thing="联合检查提议",
    model=JointProposal,
    states=JointState,
    address="plans:task",
    at=lambda row: (row.other.code,),
    ends=(JointState.AGREED, JointState.DECLINED),
    article="A12.2",
    rows=lambda user: JointProposal.objects.filter(other__organ=user.organ, task__state=TaskState.OPEN).select_related(
        "task__division", "other__division", "asked_by"
    ),
    subject=lambda row: row.task.ledger_subject,
    details=lambda row: {"other": row.other.code},
    title=lambda row: f"{row.task.division}的{row.task.title}",
    describe=lambda row: row.note or "同一时段有相同对象，进一次门、查多项事。",
    steps=(
        Step(
            "propose", (), JointState.PROPOSED, "提议联合检查", "提议联合检查", lambda user, row: works_on(user, row.task),
            stamps=("asked_by", "asked_at"), done="已向对方科室提议联合检查。",
        ),
        Step(
            "keep-out", (), JointState.DECLINED, "不能联合，避开对方已抽取的", "定为避开",
            lambda user, row: works_on(user, row.task), words="note", stamps=("asked_by", "asked_at"),
            remark=Remark("请写明不能联合检查的原因。", "说明", longest=200), done="已定为避开，对方抽取的对象不参加本次抽取。",
        ),
        Step(
            "agree", (JointState.PROPOSED,), JointState.AGREED, "同意联合检查", "同意联合检查", _answers, not_by=("asked_by",),
            remark=MAY_SAY, stamps=("decided_by", "decided_at"), todo="答复联合检查", go="去答复", done="已同意联合检查。",
        ),
        Step(
            "decline", (JointState.PROPOSED,), JointState.DECLINED, "不同意，请对方避开", "不同意联合检查", _answers,
            not_by=("asked_by",), remark=Remark("不同意联合检查须写明原因，请填写。"), stamps=("decided_by", "decided_at"),
            done="已答复不联合，对方将避开。",
        ),
    ),
)  # fmt: skip
