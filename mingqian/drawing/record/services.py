"""The number of a record, of a draw or of a change (A9.4)."""

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError
from mingqian.documents.models import PaperNumber
from mingqian.documents.papers import services as paper_services
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.record.papers import kind_of


def number_record(user: User, thing: Draw | Supplement) -> PaperNumber:
    """Give the record of an opened lot its number, gapless for the division and the year (A9.4); once given it stays."""
    lot = Lot.of(thing)
    draw = lot.draw
    refuse_stranger(user, draw)
    if thing.state != DrawState.OPENED:
        raise DomainError("变更办理完成之后才有变更记录。" if lot.supplement else "抽取开签之后才有抽取记录。")
    return paper_services.give_number(
        user, kind_of(lot), about=thing.ledger_subject, division=draw.division, organ=draw.organ
    )
