"""Reading requests and supplements: for the bureau's people, for the inspector concerned, for who decides."""

from dataclasses import dataclass

from django.http import Http404

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.drawing.models import Draw, Supplement
from mingqian.drawing.officers import is_officer
from mingqian.drawing.selectors import (
    JointShown,
    Selected,
    draw_for,
    joint_marks,
    joint_of,
    joint_shown,
    standing,
    with_joint,
)
from mingqian.drawing.standing import requests_of
from mingqian.drawing.states import DrawState
from mingqian.drawing.supplement_states import WAITING
from mingqian.registry.models import Inspector
from mingqian.registry.selectors import inspector_of


def change_for(user: User, code: str, serial: int) -> Supplement:
    """Return the request or supplement, or raise Http404 where it is not for `user` to know."""
    draw = draw_for(user, code)
    found = draw.supplements.select_related("asked_by", "decided_by", "sealed_by", "void_asked_by").filter(
        serial=serial
    )
    row = found.first()
    if row is None:
        raise Http404("没有找到这份变更申请。")
    row.draw = draw
    return row


def may_read_statement(user: User, supplement: Supplement) -> bool:
    """Say whether `user` may read the statement: who carries the work, who asked, who decides (A20.1)."""
    if is_officer(user, supplement.draw) or supplement.asked_by_id == user.pk:
        return True
    same = user.organ_id == supplement.draw.organ_id
    return same and user.has_role(Role.LEADER, Role.PRINCIPAL_LEADER)


@dataclass(frozen=True)
class Visit:
    """A subject that an inspector is to visit, by a draw."""

    draw: Draw
    subject: Selected
    leads: bool
    request: Supplement | None
    #: The joint visit that it is part of, where other divisions come along (A12.2).
    joint: JointShown | None = None
    #: Whether the request is the inspector's own, and nothing of it is sealed.
    may_withdraw: bool = False


def visits_of(user: User) -> tuple[Inspector | None, list[Visit]]:
    """Return the inspector whose account this is, and the visits that he was drawn for and that are not over."""
    inspector = inspector_of(user)
    if inspector is None:
        return None, []
    found = []
    for draw in Draw.objects.filter(organ=inspector.organ, state=DrawState.OPENED, task__state="drawn"):
        marks = joint_marks(draw)
        for stratum in with_joint(standing(draw), marks):
            for row in stratum.selected:
                if inspector.certificate_number in {member.number for member in row.team}:
                    leads = row.team[0].number == inspector.certificate_number
                    asked = requests_of(draw).filter(subject=row.number, inspector=inspector.certificate_number)
                    request = asked.first()
                    own = request is not None and request.asked_by_id == user.pk and request.state in WAITING
                    held = joint_of(draw, row.number) if row.joint else None
                    joint = joint_shown(held) if held is not None else None
                    found.append(Visit(draw, row, leads, request, joint, own))
    return inspector, found
