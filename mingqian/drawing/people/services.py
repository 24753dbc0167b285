"""Writers of requests about the people of a draw (A10.1)."""

from typing import Any

from django.db import IntegrityError, transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.draft.selectors import task_of
from mingqian.drawing.models.draws import Draft
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.notices import tell_people_decided
from mingqian.drawing.people.selectors import (
    SHORTEST_GROUND,
    article_of,
    content_of,
    current_request,
    decided_as,
    deciders_in_words,
    is_concerned,
    is_needed,
    is_stale,
    may_ask,
    requests_of,
)
from mingqian.drawing.people.states import PEOPLE_MOVES, PeopleState
from mingqian.ledger import services as ledger
from mingqian.planning.models import Task


def _refuse_stranger(user: User, task: Task) -> None:
    if not may_ask(user, task):
        raise NotAllowedError("只有任务所属科室或综合法规科的经办人可以提请审定人员方案。")


@transaction.atomic
def ask(user: User, draft: Draft, *, ground: str) -> PeopleRequest:
    """Explain the draft's people as they stand and ask for the decision; a request about earlier content is taken back by it."""
    task = task_of(draft)
    _refuse_stranger(user, task)
    content = content_of(draft)
    if not is_needed(content):
        raise DomainError("人员只从任务所属科室和计划的联合科室抽取，没有排除任何人，不需要审定。")
    if len(ground) < SHORTEST_GROUND or not mq.line_ok(ground):
        raise DomainError(f"请用一行文字写明具体情况，{SHORTEST_GROUND} 至 200 字（第十条）。说明将公示。")
    held = current_request(draft, content)
    if held is not None and held.state in {PeopleState.ASKED, PeopleState.APPROVED}:
        raise DomainError(f"同样的人员方案{held.get_state_display()}，不用重复提请。")
    take_back(user, draft)
    row = PeopleRequest(
        task=task, draft_number=draft.pk, content=content, ground=ground, asked_by=user, asked_at=clock.now()
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("这份草稿的人员方案刚刚已由他人提请，请刷新页面查看。") from error
    ledger.record(user.actor, "people.ask", row.ledger_subject, rows=[row], details={"ground": ground})
    return row


def take_back(user: User, draft: Draft) -> int:
    """Withdraw what still waits for a decision on the draft; return how many there were."""
    waiting = list(requests_of(draft).filter(state=PeopleState.ASKED))
    for row in waiting:
        _move(user, "withdraw", row)
    return len(waiting)


@transaction.atomic
def withdraw(user: User, draft: Draft) -> None:
    """Take the request back before anybody decided."""
    _refuse_stranger(user, task_of(draft))
    if not take_back(user, draft):
        raise DomainError("没有等待审批的申请，可能已经审批或撤回，请刷新页面查看。")


def _deciding(user: User, row: PeopleRequest) -> Role:
    role = decided_as(user, row)
    if role is None:
        raise NotAllowedError(f"这项人员方案由{deciders_in_words(row.content)}审定（{article_of(row.content)}）。")
    refuse_same_person(row.asked_by_id, user)
    if is_concerned(user, row):
        raise NotAllowedError("方案排除了您本人，请由另一位有权限的人员审批。")
    if row.state == PeopleState.ASKED and is_stale(row):
        raise DomainError("人员方案在提请之后有改动，不能再审批。由经办人按改动后的方案重新提请。")
    return role


@transaction.atomic
def approve(user: User, row: PeopleRequest, *, remark: str = "") -> PeopleRequest:
    """Agree that the draw is made with these people; the draft may be sealed as long as it stays so."""
    return _decide(user, "approve", row, remark)


@transaction.atomic
def decline(user: User, row: PeopleRequest, *, remark: str) -> PeopleRequest:
    """Let the draw be made from the task's own division, or be explained anew."""
    if not remark.strip():
        raise DomainError("不批准的，请写明理由，以便提请人知悉。")
    return _decide(user, "decline", row, remark)


def _decide(user: User, verb: str, row: PeopleRequest, remark: str) -> PeopleRequest:
    role = _deciding(user, row)
    decided = {"decided_by": user, "decided_as": str(role.label), "decided_at": clock.now(), "remark": remark}
    row = _move(user, verb, row, **decided)
    tell_people_decided(row)
    return row


def _move(user: User, verb: str, row: PeopleRequest, **changes: Any) -> PeopleRequest:
    return ledger.move(
        user.actor, verb, row, PEOPLE_MOVES, subject=row.ledger_subject, entry_verb=f"people.{verb}", **changes
    )
