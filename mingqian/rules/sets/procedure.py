"""The life of a version of a rule set: drafted by the regulations division, approved by a leader who is none of its authors (A21.1)."""

from mingqian.accounts.models import User
from mingqian.accounts.states import LEADER_ROLES, Role
from mingqian.casework.procedure import MAY_SAY, Procedure, Remark, Step
from mingqian.rules.models import RuleSet
from mingqian.rules.states import SetState

#: Who wrote in it: none of them decides on it.
AUTHORS = ("drafted_by", "changed_by", "submitted_by")
_OTHERS = "这是其他机关的规则集，可以查看，不能办理（第四条）。"


def may_draft(user: User, row: RuleSet) -> str:
    """Say why `user` does not draft it."""
    if not user.has_role(Role.REGULATIONS_OFFICER):
        return "规则集由综合法规科经办人起草和送审（第四条）。"
    return "" if user.organ_id == row.organ_id else _OTHERS


def may_decide(user: User, row: RuleSet) -> str:
    """Say why `user` does not decide on it."""
    if not user.has_role(*LEADER_ROLES):
        return "规则集由分管领导或主要领导审批（第五条、第二十一条）。"
    return "" if user.organ_id == row.organ_id else _OTHERS


RULE_SETS: Procedure[RuleSet] = Procedure(
    name="rules",
    thing="规则集",
    model=RuleSet,
    states=SetState,
    address="rules:set",
    at=lambda row: (row.code,),
    ends=(SetState.APPROVED, SetState.DROPPED),
    article="A21.1",
    rows=lambda user: RuleSet.objects.filter(organ=user.organ).select_related("organ", "division", "submitted_by"),
    title=lambda row: row.name,
    describe=lambda row: f"{row.submitted_by} 报送" if row.submitted_by else "",
    steps=(
        Step("draft", (), SetState.DRAFT, "起草", "起草规则", may_draft),
        Step("change", (SetState.DRAFT,), SetState.DRAFT, "修改", "修改规则草稿", may_draft, hidden=True),
        Step(
            "submit", (SetState.DRAFT,), SetState.PENDING, "送审", "规则送审", may_draft, stamps=("submitted_by", "submitted_at"),
            done="已送审，等待分管领导或主要领导审批。",
        ),
        Step("drop", (SetState.DRAFT,), SetState.DROPPED, "放弃草稿", "放弃规则草稿", may_draft, done="已放弃这份草稿，记录保留。"),
        Step(
            "approve", (SetState.PENDING,), SetState.APPROVED, "批准", "批准规则", may_decide, not_by=AUTHORS, remark=MAY_SAY,
            stamps=("decided_by", "decided_at"), todo="审批规则集", go="去审批", address="rules:decide",
            done="已批准，到生效日期自动执行。", irrevocable=True,
        ),
        Step(
            "return", (SetState.PENDING,), SetState.DRAFT, "退回修改", "退回规则草稿", may_decide, not_by=AUTHORS,
            remark=Remark("退回修改须写明意见，请填写审批意见。", "审批意见"), stamps=("decided_by", "decided_at"),
            done="已退回起草人修改。",
        ),
    ),
)  # fmt: skip
