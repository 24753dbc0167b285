"""Asking for a change of a draw and deciding on it: closed reasons, a statement, another person's approval (art. 9 to 12)."""

from django.db import transaction

import mingqian_draw as mq
from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError, refuse_because
from mingqian.common.rows import held
from mingqian.documents.files import services as file_services
from mingqian.drawing.bundle.selectors import read_bundle, teams_of
from mingqian.drawing.changes.procedure import CHANGE, decided_as
from mingqian.drawing.changes.seal import TooFewError, preview, refuse_second, refuse_subject
from mingqian.drawing.changes.selectors import facts_digest, facts_for
from mingqian.drawing.changes.states import (
    ABSENCES,
    LONGEST_STATEMENT,
    PUBLIC_WORDS,
    REASONS_OF,
    RECUSALS,
    SHORTEST_STATEMENT,
    WAITING,
    Asked,
    AskedAs,
    Kind,
    Reason,
)
from mingqian.drawing.draw.selectors import is_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.planning.burden import services as burden_services
from mingqian.planning.tasks import selectors as task_selectors
from mingqian.planning.tasks.states import TaskState
from mingqian.registry.models import Inspector
from mingqian.registry.people.selectors import inspector_of, why_not_drawable
from mingqian.registry.people.states import InterestKind

_GROUND_WANTED = "请用一行文字书面说明人员不足的情况，不超过 200 字（第十条）。说明将公示。"


def _asks_as(user: User, draw: Draw, asked: Asked) -> AskedAs:
    if is_officer(user, draw):
        return AskedAs.OFFICER
    own = inspector_of(user) if user.has_role(Role.INSPECTOR) else None
    theirs = own is not None and own.organ_id == draw.organ_id
    if own is None or not theirs or {inspector for _subject, inspector in asked.places} != {own.certificate_number}:
        raise NotAllowedError("只有任务所属科室的经办人，或者被抽中的检查人员本人，可以提出变更申请。")
    if asked.kind != Kind.INSPECTOR or asked.reason not in {*ABSENCES, Reason.RECUSAL_OWN}:
        raise NotAllowedError("检查人员本人只能提交缺席说明，或者申请回避（第十一条）。")
    return AskedAs.INSPECTOR


def _refuse_wrong(draw: Draw, asked: Asked, teams: dict[str, list[str]]) -> None:
    refuse_because(_why_over(draw) or _why_wrong(draw, asked, teams) or _why_wordless(asked))


def _why_over(draw: Draw) -> str:
    if draw.state != DrawState.OPENED:
        return "只有已经开签的抽取才能办理变更。"
    if draw.task is not None and draw.task.state != TaskState.DRAWN:
        return f"任务{draw.task.get_state_display()}，不能再变更。"
    return ""


def _why_wrong(draw: Draw, asked: Asked, teams: dict[str, list[str]]) -> str:
    if asked.reason not in REASONS_OF[asked.kind]:
        return "请选择规定的原因：被抽中的检查人员没有第十一条规定的情形，不得拒绝（第十条）。"
    if not asked.places or len(set(asked.places)) != len(asked.places):
        return "请勾选要变更的检查，每项一次。"
    if len(asked.places) > 1 and asked.kind in {Kind.EXCHANGE, Kind.APPOINTMENT}:
        return "互换和直接委派一次只办理一项。"
    appointed = asked.kind == Kind.APPOINTMENT
    nobody = asked.kind == Kind.SUBJECT or (appointed and draw.plan["assignment"] == "none")
    if (asked.reason == Reason.SHORTAGE) != (appointed and nobody):
        return "请选择检查人员不能参加的原因（第十一条）；人员不足的情况另行说明。"
    return next((why for place in asked.places if (why := _why_wrong_place(draw, place, teams, nobody))), "")


def _why_wrong_place(draw: Draw, place: tuple[str, str], teams: dict[str, list[str]], nobody: bool) -> str:
    subject, inspector = place
    team = teams.get(subject)
    if team is None:
        return "这个对象现在不在抽取结果里，请刷新页面后重新选择。"
    if burden_services.visited(draw.organ, reference=draw.code, subject=subject):
        return "对这个对象的检查已经进行，不能再变更。"
    if (inspector == "") != nobody or inspector not in {"", *team}:
        return "这位检查人员现在不在该对象的检查组里，请刷新页面后重新选择。"
    return ""


def _why_wordless(asked: Asked) -> str:
    length = len(asked.statement.strip())
    if length < SHORTEST_STATEMENT:
        what = "缺席说明" if asked.reason in ABSENCES else "说明"
        return f"请写明{what}的具体情况，至少 {SHORTEST_STATEMENT} 个字（第十一条）。"
    if length > LONGEST_STATEMENT:
        return f"说明太长，请压缩到 {LONGEST_STATEMENT} 字以内，详细材料可以作为原件上传。"
    return _why_no_interest(asked) or ("" if _is_explained(asked) else _GROUND_WANTED)


def _is_explained(asked: Asked) -> bool:
    return (asked.kind != Kind.APPOINTMENT and not asked.groups) or mq.is_line(asked.ground)


def _why_no_interest(asked: Asked) -> str:
    if asked.reason in RECUSALS and not asked.interest:
        return "请选择回避的利害关系：记入名录库，以后的抽取不会再抽到一起（第十一条）。"
    if asked.interest == InterestKind.FORMER_EMPLOYMENT and asked.interest_until is None:
        return "曾在该单位任职的，请填写回避到哪一天为止。"
    return ""


def _refuse_unable(draw: Draw, asked: Asked) -> None:
    """Refuse an appointment of nobody, or of somebody who cannot go (art. 7, 10)."""
    if asked.kind != Kind.APPOINTMENT:
        return
    one = Inspector.objects.filter(organ=draw.organ, certificate_number=asked.appointed).first()
    if one is None:
        raise DomainError("直接委派请选择一名本机关的执法检查人员（第十条）。")
    if code := why_not_drawable(one, clock.today()):
        raise DomainError(f"{one.name}现在不能参加检查（{task_selectors.status_label(f'out:{code}')}），请另选。")


def _everywhere(draw: Draw, asked: Asked, teams: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return the places that a request is about, sorted: all of who cannot go anywhere any more."""
    places = set(asked.places)
    gone = (
        asked.kind == Kind.INSPECTOR and asked.reason in ABSENCES and (asked.all_visits or asked.reason == Reason.POST)
    )
    if gone and not asked.groups:
        people = {inspector for _subject, inspector in places}
        rest = {(subject, one) for subject, team in teams.items() for one in team if one in people} - places
        places |= {
            place for place in rest if not burden_services.visited(draw.organ, reference=draw.code, subject=place[0])
        }
    return sorted(places)


def _built(draw: Draw, asked: Asked, role: AskedAs) -> Supplement:
    """Return the request, checked as far as it can be before a decision; not saved."""
    teams = teams_of(draw)
    _refuse_wrong(draw, asked, teams)
    places = _everywhere(draw, asked, teams)
    if asked.kind == Kind.SUBJECT:
        for subject, _nobody in places:
            refuse_subject(draw, subject, asked.reason)
    _refuse_unable(draw, asked)
    row = Supplement(
        draw=draw,
        serial=next_number(draw.supplements.all(), under=draw),
        kind=asked.kind,
        changes=[list(place) for place in places],
        appointed=asked.appointed,
        reason=asked.reason,
        all_visits=asked.reason in ABSENCES and (asked.all_visits or asked.reason == Reason.POST),
        interest=asked.interest,
        interest_until=asked.interest_until,
        ground=asked.ground,
        joining=[list(group) for group in sorted(asked.groups)],
        asked_as=role,
    )
    row.set_statement(asked.statement.strip())
    return row


def _refuse_twice(draw: Draw, row: Supplement) -> None:
    """Refuse a second request for the same place, with the name of the first."""
    for first in draw.supplements.filter(state__in=WAITING).select_related("asked_by"):
        if set(first.places) & set(row.places):
            raise DomainError(f"对这个对象的同一变更{first.already}，正在办理，请先处理那一份。")


def ask(user: User, draw: Draw, asked: Asked) -> Supplement:
    """Ask for a change; nothing is changed by it. Raise TooFewError where the lot would have fewer than two candidates (art. 10)."""
    role = _asks_as(user, draw, asked)
    with transaction.atomic():
        draw = held(draw, "organ", "task", "division")
        refuse_second(draw)
        row = _built(draw, asked, role)
        _refuse_twice(draw, row)
        try:
            preview(row)
        except TooFewError:
            # The inspector's own statement is taken all the same; what follows from it is the division's to settle.
            if role == AskedAs.OFFICER:
                raise
        if asked.file is not None:
            row.statement_file = file_services.store(user.actor, asked.file, confidential=True)
        CHANGE.begin(user, row, details={"kind": row.kind, "reason": PUBLIC_WORDS[row.reason]})
    return row


def withdraw(user: User, supplement: Supplement) -> Supplement:
    """Take a request back before anything is sealed: by who asked, or by the division."""
    return CHANGE.take(user, supplement, "withdraw")


def approve(user: User, supplement: Supplement, *, remark: str = "", seen: str | None = None) -> Supplement:
    """Agree that the change is made, and to what it rests on; it is made by its seal.

    `seen` is the digest of the facts that the page showed.
    """
    if sentence := CHANGE.forbids(user, supplement, "approve"):
        raise NotAllowedError(sentence)
    facts = facts_for(supplement, read_bundle(supplement.draw).state)
    if seen is not None and seen != facts_digest(facts):
        raise DomainError("名录库在您查看之后有变化，还没有批准。请重新核对下面的事实，再表明意见。")
    role = _role(user, supplement)
    return CHANGE.take(user, supplement, "approve", remark=remark, decided_as=role, approved_facts=facts)


def decline(user: User, supplement: Supplement, *, remark: str) -> Supplement:
    """Let who was drawn go (A10.3)."""
    return CHANGE.take(user, supplement, "decline", remark=remark, decided_as=_role(user, supplement))


def _role(user: User, supplement: Supplement) -> str:
    role = decided_as(user, supplement)
    return str(role.label) if role is not None else ""
