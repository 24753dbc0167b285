"""The life of an early warning: found by the system, a reason given by one person, confirmed by another (A12.1)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES, Role
from mingqian.casework.officers import head_or_leader_of, officer_of
from mingqian.casework.procedure import Procedure, Remark, Step, decision
from mingqian.drawing.models.warnings import EarlyWarning
from mingqian.drawing.warnings.states import WarningState

ASKED, ANSWERED = WarningState.ASKED, WarningState.ANSWERED
CONFIRMED, LIFTED = WarningState.CONFIRMED, WarningState.LIFTED
#: A reason says something.
REASON = Remark("请写明具体情况，至少 6 个字。理由长期保存。", "具体说明", shortest=6, longest=300)


def _officer(user: User, row: EarlyWarning) -> str:
    return officer_of(user, row.draw.organ_id, row.draw.division)


def _rows(user: User) -> QuerySet[EarlyWarning]:
    """Return those of the user's own division; the regulations division and leaders may as well, but are not asked to."""
    if not user.division_id or not user.has_role(*OFFICER_ROLES, Role.DIVISION_HEAD):
        return EarlyWarning.objects.none()
    rows = EarlyWarning.objects.filter(organ=user.organ, division=user.division_id)
    return rows.select_related("draw__division", "division", "subject").order_by("found_at", "pk")


def _list(user: User, step: Step[Any]) -> str:
    state = ASKED if step.verb == "answer" else ANSWERED
    return f"{reverse('drawing:warnings')}?state={state}&division={user.division.code if user.division else ''}"


WARNING: Procedure[EarlyWarning] = Procedure(
    name="warning",
    thing="预警",
    model=EarlyWarning,
    states=WarningState,
    article="A12.1",
    address="drawing:warning",
    at=lambda row: [row.pk],
    ends=(CONFIRMED, LIFTED),
    rows=_rows,
    details=lambda row: {"draw": row.draw.draw_id, "kind": row.kind, "subject": row.subject.number},
    title=lambda row: row.subject.name,
    describe=lambda row: f"{row.get_kind_display()}，{row.draw.draw_id}",
    list_of=_list,
    steps=(
        Step("find", (), ASKED, "预警", "预警", hidden=True),
        Step(
            "answer",
            (ASKED,),
            ANSWERED,
            "说明",
            "说明预警理由",
            _officer,
            remark=REASON,
            words="words",
            stamps=("answered_by", "answered_at"),
            todo="说明预警理由",
            go="去说明",
        ),
        *decision(
            ANSWERED,
            (CONFIRMED, ASKED),
            lambda user, row: head_or_leader_of(user, row.organ_id, row.division),
            verbs=("confirm", "return"),
            labels=("确认", "退回"),
            told=("确认预警理由", "退回预警理由"),
            done=("已确认理由。", "已退回，由经办人重新说明。"),
            missing="退回的请写明意见，说明还缺什么。",
            not_by="answered_by",
            todo="确认预警理由",
            go="去确认",
            address="drawing:warning-decide",
        ),
        Step("lift", (ASKED, ANSWERED), LIFTED, "解除", "解除预警", words="lifted_why", hidden=True),
    ),
)
