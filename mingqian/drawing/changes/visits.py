"""What an inspector is to visit, with the changes asked for: one's own page."""

from dataclasses import dataclass

from mingqian.accounts.models import User
from mingqian.drawing.changes.states import WAITING
from mingqian.drawing.current.selectors import Selected, requests_of, standing
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.joint.selectors import JointShown, joint_marks, joint_of, joint_shown, with_joint
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.registry.models import Inspector
from mingqian.registry.people.selectors import inspector_of


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
