"""The life of a sealed draw."""

from mingqian.accounts.models import User
from mingqian.casework.procedure import Procedure, Step
from mingqian.drawing.draw.selectors import draws_visible_to, why_not_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.draws import Draw

SEALED, CLOSED, OPENED, VOIDED = DrawState.SEALED, DrawState.CLOSED, DrawState.OPENED, DrawState.VOIDED


def _officer(user: User, row: Draw) -> str:
    return why_not_officer(user, row)


#: Every step is taken by a service that makes the protocol's files, on a page of its own.
DRAW: Procedure[Draw] = Procedure(
    name="draw",
    thing="抽取",
    model=Draw,
    states=DrawState,
    article="A9.1",
    address="drawing:draw",
    at=lambda row: [row.code],
    ends=(OPENED, VOIDED),
    subject=lambda row: row.log_subject,
    rows=lambda user: draws_visible_to(user).filter(organ=user.organ).order_by("open_by"),
    title=lambda row: row.title,
    describe=lambda row: row.draw_id,
    due=lambda row: row.open_by,
    steps=(
        Step("seal", (), SEALED, "封存", "封存", _officer, hidden=True, irrevocable=True),
        Step("close", (SEALED,), CLOSED, "献数", "献数截止", _officer, article="A9.4", hidden=True, todo="组织献数"),
        Step(
            "result",
            (CLOSED,),
            OPENED,
            "开签",
            "开签",
            _officer,
            hidden=True,
            irrevocable=True,
            todo="开签",
            address="drawing:open",
        ),
        Step("void", (SEALED, CLOSED), VOIDED, "作废", "作废", hidden=True, irrevocable=True),
    ),
)
