"""The life of a reading of a beacon: typed by an officer, confirmed or refused by another person."""

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.casework.officers import leader_of
from mingqian.casework.procedure import Procedure, Step, decision
from mingqian.drawing.beacons.states import BeaconState
from mingqian.drawing.draw.selectors import why_not_officer
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.models.beacons import BeaconReading

ASKED, CONFIRMED, DECLINED = BeaconState.ASKED, BeaconState.CONFIRMED, BeaconState.DECLINED


def _another(user: User, row: BeaconReading) -> str:
    """Officers of the draw and the organ's leaders confirm."""
    return why_not_officer(user, row.draw) and leader_of(user, row.draw.organ_id)


BEACON: Procedure[BeaconReading] = Procedure(
    name="beacon",
    thing="公开随机源的号码",
    model=BeaconReading,
    states=BeaconState,
    article="A9.1",
    address="drawing:beacon-confirm",
    at=lambda row: [row.draw.code, row.pk],
    ends=(CONFIRMED, DECLINED),
    rows=lambda user: (
        BeaconReading.objects.filter(
            draw__organ=user.organ, draw__state__in=(DrawState.CLOSED, DrawState.VOIDED)
        ).select_related("draw__organ", "draw__division", "draw__task", "asked_by")
        if user.has_role(*READER_ROLES)
        else BeaconReading.objects.none()
    ),
    title=lambda row: row.draw.title,
    describe=lambda row: f"{row.asked_by} 录入：{row.digits}",
    due=lambda row: row.draw.open_by,
    steps=(
        Step(
            "ask",
            (),
            ASKED,
            "录入号码",
            "录入公开随机源的号码",
            lambda user, row: why_not_officer(user, row.draw),
            entry="draw.beacon",
            stamps=("asked_by", "asked_at"),
            done="号码已录入，等待另一人复核。复核之前不能开签。",
        ),
        *decision(
            ASKED,
            (CONFIRMED, DECLINED),
            _another,
            verbs=("confirm", "decline"),
            told=("复核公开随机源的号码", "公开随机源的号码复核不符"),
            entries=("draw.beacon-confirm", "draw.beacon-decline"),
            labels=("与公布的一致", "不一致"),
            done=("已复核，可以开签。", "已退回，请重新录入。"),
            todo="复核公开随机源的号码",
            go="去复核",
            missing="不一致的，请写明哪里不符。",
        ),
    ),
)
