"""The only writers of what was read of a beacon: a slip of one finger, or one person's wish, must not decide a draw."""

import re

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.casework.officers import refuse
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.files import services as file_services
from mingqian.drawing.beacons.procedure import BEACON
from mingqian.drawing.beacons.selectors import reading_of
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.beacons import BeaconReading
from mingqian.drawing.models.draws import Draw


@transaction.atomic
def read(user: User, draw: Draw, *, digits: str, source: str, picture: bytes) -> BeaconReading:
    """Type what the public event gave, once it is due; another person confirms it."""
    lot = Lot(draw).locked()
    draw = lot.draw
    beacon = lot.seal.get("beacon")
    refuse(BEACON.forbids(user, BeaconReading(draw=draw), "ask"))
    if beacon is None:
        raise DomainError("封存时没有约定公开随机源，不能填写。")
    # After a void too: then everybody sees what would have come, and nobody voids unseen because the number did not please.
    if draw.closed_at is None or draw.state == DrawState.OPENED:
        raise DomainError("献数截止之后、开签之前才录入公开随机源的号码；作废之后也可以补录，供核验本会抽到谁。")
    if clock.to_text(clock.now()) < beacon["due"]:
        raise DomainError("公开随机源的号码还没有公布，请到时再录入。")
    if not re.fullmatch("[0-9]+", digits) or len(digits) != beacon["digits"]:
        raise DomainError(f"封存时约定的号码是 {beacon['digits']} 位数字，请核对后重新输入。")
    if (first := reading_of(draw)) is not None:
        raise DomainError(f"号码{first.already}（{first.digits}，{first.get_state_display()}）。不一致的请先退回。")
    row = BeaconReading(draw=draw, digits=digits, source=source)
    row.picture = file_services.store(user.actor, picture)
    return BEACON.begin(user, row)
