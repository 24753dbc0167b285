"""Writers of requests about the people of a draw (A10.1)."""

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.casework.officers import officer_of, refuse
from mingqian.common.errors import DomainError
from mingqian.common.rows import held
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.people.procedure import PEOPLE, STALE
from mingqian.drawing.people.selectors import SHORTEST_GROUND, decided_as, is_stale, people_of, requests_of
from mingqian.drawing.people.states import PeopleState


@transaction.atomic
def ask(user: User, draft: Draft, *, ground: str) -> PeopleRequest:
    """Explain the draft's people as they stand and ask for the decision; a request about earlier content is taken back by it."""
    held(draft)
    people = people_of(draft)
    row = PeopleRequest(task=draft.drawn_for, draft_number=draft.pk, content=people.content, ground=ground)
    refuse(PEOPLE.forbids(user, row, "ask"))
    if not people.needed:
        raise DomainError("人员只从任务所属科室和计划的联合科室抽取，没有排除任何人，不需要审定。")
    if len(ground) < SHORTEST_GROUND or not mq.is_line(ground):
        raise DomainError(f"请用一行文字写明具体情况，{SHORTEST_GROUND} 至 200 字（第十条）。说明将公示。")
    same = people.row
    if same is not None and same.state in {PeopleState.ASKED, PeopleState.APPROVED}:
        raise DomainError(f"同样的人员方案{same.already}，{same.get_state_display()}，不用重复提请。")
    take_back(user, draft)
    return PEOPLE.begin(user, row, details={"ground": ground})


def take_back(user: User, draft: Draft) -> int:
    """Withdraw what still waits for a decision on the draft; return how many there were."""
    waiting = list(requests_of(draft).filter(state=PeopleState.ASKED))
    for row in waiting:
        PEOPLE.move(user.actor, row, "withdraw")
    return len(waiting)


@transaction.atomic
def withdraw(user: User, draft: Draft) -> None:
    """Take the request back before anybody decided."""
    refuse(officer_of(user, draft.drawn_for.organ_id, draft.drawn_for.division))
    if not take_back(user, draft):
        raise DomainError("没有等待审批的申请，可能已经审批或撤回，请刷新页面查看。")


def approve(user: User, row: PeopleRequest, *, remark: str = "") -> PeopleRequest:
    """Agree that the draw is made with these people; the draft may be sealed as long as it stays so."""
    return _decide(user, "approve", row, remark)


def decline(user: User, row: PeopleRequest, *, remark: str) -> PeopleRequest:
    """Let the draw be made from the task's own division, or be explained anew."""
    return _decide(user, "decline", row, remark)


def _decide(user: User, verb: str, row: PeopleRequest, remark: str) -> PeopleRequest:
    role = decided_as(user, row)
    if role is not None and row.state == PeopleState.ASKED and is_stale(row):
        raise DomainError(STALE)
    return PEOPLE.take(user, row, verb, remark=remark, decided_as=str(role.label) if role is not None else "")
