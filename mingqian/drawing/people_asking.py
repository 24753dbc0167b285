"""The decision that article 10 asks for where the people of a draw are not simply the lot of the task's own division.

Inspectors of further divisions, and a draw of nobody, want a written explanation and the principal leader (A10.1). People whom the
officer leaves out by hand want another person. Divisions that the plan's entry names as partners were decided on with the plan.
"""

from collections import Counter
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.selectors import divisions_of
from mingqian.accounts.services import refuse_same_person
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.drawing.models import Draft, PeopleRequest
from mingqian.drawing.people_states import PEOPLE_MOVES, PeopleState
from mingqian.drawing.pool import task_of
from mingqian.drawing.states import Assignment
from mingqian.drawing.telling import tell_people_decided
from mingqian.ledger import services as ledger
from mingqian.planning.models import Task
from mingqian.registry.selectors import OUT_WORDS, inspector_of, inspectors_of

#: An explanation says something: "缺人" alone does not.
SHORTEST_GROUND = 6

Content = dict[str, Any]


def content_of(draft: Draft) -> Content:
    """Return what of the draft's people wants a decision, in one way of writing it."""
    task = task_of(draft)
    if draft.assignment == Assignment.NONE:
        return {"divisions": [], "own": True, "nobody": True, "left_out": []}
    codes = {row.pk: row.code for row in divisions_of(draft.organ)}
    planned = {task.division.code, *task.revision.partners}
    drawn = inspectors_of(draft.organ).filter(division_id__in=draft.divisions)
    numbers = drawn.filter(certificate_number__in=draft.left_out).values_list("certificate_number", flat=True)
    return {
        "divisions": sorted({codes[pk] for pk in draft.divisions if pk in codes} - planned),
        # A draft without any division has nobody to draw from, which is another fault.
        "own": not draft.divisions or task.division_id in draft.divisions,
        "nobody": False,
        "left_out": [[number, draft.left_out[number]] for number in sorted(numbers)],
    }


def for_principal(content: Content) -> bool:
    """Say whether only the principal leader decides (A10.1)."""
    return bool(content["nobody"] or content["divisions"] or not content["own"])


def is_needed(content: Content) -> bool:
    """Say whether anybody must decide."""
    return for_principal(content) or bool(content["left_out"])


def article_of(content: Content) -> str:
    """Return the article by which somebody decides: too few inspectors, or people who cannot come."""
    return "第十条" if for_principal(content) else "第十一条"


def deciders(content: Content) -> tuple[Role, ...]:
    """Return the roles that decide."""
    return (Role.PRINCIPAL_LEADER,) if for_principal(content) else (Role.DIVISION_HEAD, *LEADER_ROLES)


def deciders_in_words(content: Content) -> str:
    """Name the roles that decide."""
    return "、".join(str(role.label) for role in deciders(content))


def told_of(task: Task, content: Content) -> dict[str, Any]:
    """Return the content as pages tell it: divisions by name, people left out as counts by reason."""
    names = {row.code: row.name for row in divisions_of(task.organ)}
    counts = Counter(OUT_WORDS.get(code, code) for _number, code in content["left_out"])
    return {
        "home": task.division.name,
        "divisions": [names.get(code, code) for code in content["divisions"]],
        "own": content["own"],
        "nobody": content["nobody"],
        "left_out": [[reason, counts[reason]] for reason in sorted(counts)],
    }


def requests_of(draft: Draft) -> QuerySet[PeopleRequest]:
    """Return the requests of a draft, newest first."""
    return PeopleRequest.objects.filter(draft_number=draft.pk).select_related("asked_by", "decided_by")


def current_request(draft: Draft, content: Content) -> PeopleRequest | None:
    """Return the request that speaks of this very content: the approved one, else that which waits, else the last that was declined."""
    found = [row for row in requests_of(draft) if row.content == content]
    order = (PeopleState.APPROVED, PeopleState.ASKED, PeopleState.DECLINED)
    return next((row for state in order for row in found if row.state == state), None)


def is_settled(draft: Draft) -> bool:
    """Say whether nobody has to decide on the draft's people any more."""
    content = content_of(draft)
    row = current_request(draft, content) if is_needed(content) else None
    return not is_needed(content) or (row is not None and row.state == PeopleState.APPROVED)


def refuse_undecided(draft: Draft) -> None:
    """Raise DomainError where the draft's people want a decision that nobody has made."""
    if is_settled(draft):
        return
    content = content_of(draft)
    row = current_request(draft, content)
    who, article = deciders_in_words(content), article_of(content)
    if row is not None and row.state == PeopleState.ASKED:
        raise DomainError(f"人员方案已提请，等待{who}审定（{article}）。审定之后才能封存。")
    if row is not None:
        raise DomainError(f"人员方案未获批准：{row.remark}请回到“人员”修改，或补充说明后重新提请（{article}）。")
    raise DomainError(
        f"人员方案还没有审定。请在“人员”一步说明理由，提请{who}审定（{article}），或者改回只抽本科室人员。"
    )


def told(draft: Draft) -> dict[str, Any]:
    """Return what the sealed draw keeps of the decision, {} where none was needed; everybody may read it."""
    content = content_of(draft)
    row = current_request(draft, content) if is_needed(content) else None
    if row is None or row.decided_by is None or row.decided_at is None:
        return {}
    return {
        **told_of(row.task, content),
        "ground": row.ground,
        "decided_as": row.decided_as,
        "decided_by": row.decided_by.name,
        "decided_at": clock.to_text(row.decided_at),
        "article": article_of(content),
    }


def may_ask(user: User, task: Task) -> bool:
    """Say whether `user` prepares the task's draw: an officer of its division, or of the regulations division (art. 9)."""
    if user.organ_id != task.organ_id or not user.has_role(*OFFICER_ROLES):
        return False
    return user.division_id == task.division_id or user.has_role(Role.REGULATIONS_OFFICER)


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


def decided_as(user: User, row: PeopleRequest) -> Role | None:
    """Return the role in which `user` decides on this, None where he may not."""
    if user.organ_id != row.task.organ_id:
        return None
    for role in (Role.PRINCIPAL_LEADER, Role.LEADER, Role.DIVISION_HEAD):
        fits = role != Role.DIVISION_HEAD or user.division_id == row.task.division_id
        if role in deciders(row.content) and fits and user.has_role(role):
            return role
    return None


def is_concerned(user: User, row: PeopleRequest) -> bool:
    """Say whether `user` is one of those whom the request leaves out."""
    own = inspector_of(user)
    return own is not None and own.certificate_number in {number for number, _code in row.content["left_out"]}


def draft_of(row: PeopleRequest) -> Draft | None:
    """Return the draft that the request speaks of, None once it is sealed or given up."""
    found = Draft.objects.filter(pk=row.draft_number, task=row.task_id)
    return found.select_related("organ", "division", "task__division", "task__revision").first()


def is_stale(row: PeopleRequest) -> bool:
    """Say whether the draft has changed since the request, or is gone."""
    draft = draft_of(row)
    return draft is None or content_of(draft) != row.content


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


def request_for(user: User, pk: int) -> PeopleRequest:
    """Return the request, or raise Http404 where it is not for `user` to know."""
    rows = PeopleRequest.objects.filter(pk=pk, task__organ=user.organ)
    found = rows.select_related("task__division", "task__organ", "task__revision", "asked_by", "decided_by").first()
    if found is None or not user.has_role(*READER_ROLES):
        raise Http404("没有找到这份人员方案申请。")
    return found


def people_waiting_for(user: User) -> list[PeopleRequest]:
    """Return the requests that `user` may decide on now."""
    rows = PeopleRequest.objects.filter(state=PeopleState.ASKED, task__organ=user.organ).exclude(asked_by=user)
    found = rows.select_related("task__division", "task__organ", "asked_by").order_by("asked_at")
    return [row for row in found if decided_as(user, row) and not is_concerned(user, row) and not is_stale(row)]


def people_decided_for(user: User) -> list[tuple[PeopleRequest, Draft]]:
    """Return the decided requests of drafts that `user` prepares, as long as they speak of the draft as it stands."""
    rows = PeopleRequest.objects.filter(state__in=(PeopleState.APPROVED, PeopleState.DECLINED), task__organ=user.organ)
    drafts = Draft.objects.filter(organ=user.organ).values("pk")
    found = []
    for row in rows.filter(draft_number__in=drafts).select_related("task__division", "decided_by"):
        draft = draft_of(row)
        if draft is None or not may_ask(user, row.task):
            continue
        if current_request(draft, content_of(draft)) == row:
            found.append((row, draft))
    return found
