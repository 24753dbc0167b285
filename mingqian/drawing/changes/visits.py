"""What an inspector is to visit, with the changes asked for: one's own page."""

from dataclasses import dataclass

from mingqian.accounts.models import User
from mingqian.drawing.changes.states import WAITING
from mingqian.drawing.current.selectors import Selected, requests_of, standing, with_joint
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.joint.selectors import JointShown, joint_marks, joint_of, joint_shown
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
    draws = Draw.objects.filter(organ=inspector.organ, state=DrawState.OPENED, task__state="drawn")
    return inspector, [_visit(user, inspector, draw, row) for draw in draws for row in _places(draw, inspector)]


def _places(draw: Draw, inspector: Inspector) -> list[Selected]:
    rows = (row for stratum in with_joint(standing(draw), joint_marks(draw)) for row in stratum.selected)
    return [row for row in rows if inspector.certificate_number in {member.number for member in row.team}]


def _visit(user: User, inspector: Inspector, draw: Draw, row: Selected) -> Visit:
    number = inspector.certificate_number
    request = next((one for one in requests_of(draw) if (row.number, number) in one.places), None)
    own = request is not None and request.asked_by_id == user.pk and request.state in WAITING
    held = joint_of(draw, row.number) if row.joint else None
    return Visit(draw, row, row.team[0].number == number, request, joint_shown(held) if held else None, own)
