"""What is owed from the opening of a draw on: pictures or video on file (A9.4), the result filed with the city (A9.5)."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.casework.clocks import services as clocks
from mingqian.casework.clocks.services import About
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.duties.states import FILING, FILING_LIMIT, MEDIA, MEDIA_LIMIT
from mingqian.drawing.models.draws import Draw
from mingqian.rules.deadlines.selectors import law_date
from mingqian.rules.deadlines.services import run

#: A receipt names something.
SHORTEST_RECEIPT = 2
LONGEST_RECEIPT = 100


def _about(draw: Draw, tab: str = "") -> About:
    path = reverse("drawing:draw", args=[draw.code]) + (f"?tab={tab}" if tab else "")
    return About(draw.ledger_subject, draw.title, path, draw.organ, draw.division)


def begin(actor: str, draw: Draw) -> None:
    """Let both limits run, inside the transaction of the opening, which holds the organ."""
    day = law_date(draw.opened_at or clock.now())
    if not draw.media.filter(withdrawn_why="").exists():
        run(actor, MEDIA, _about(draw, "media"), MEDIA_LIMIT, day)
    run(actor, FILING, _about(draw), FILING_LIMIT, day)


def media_came(actor: str, draw: Draw, what: str) -> None:
    """End the wait for pictures or video; before anything else of the act is put on the ledger, whose lock comes last."""
    clocks.clear(actor, MEDIA, draw.ledger_subject, f"已存档：{what}")


def media_went(actor: str, draw: Draw) -> None:
    """Wait anew where nothing is on file any more of an opened draw, from today."""
    if draw.state == DrawState.OPENED and not draw.media.filter(withdrawn_why="").exists():
        run(actor, MEDIA, _about(draw, "media"), MEDIA_LIMIT, clock.today())


@transaction.atomic
def note_filed(user: User, draw: Draw, *, on: date, receipt: str) -> None:
    """Put on record that the result was filed in the way that the office has, with the receipt's number (A9.5)."""
    refuse_stranger(user, draw)
    receipt = clean(receipt)
    if not SHORTEST_RECEIPT <= len(receipt) <= LONGEST_RECEIPT:
        raise DomainError(
            f"请填写回执编号，{SHORTEST_RECEIPT} 至 {LONGEST_RECEIPT} 字；没有编号的，写明报备方式和接收人。"
        )
    if draw.opened_at is None or on < law_date(draw.opened_at):
        raise DomainError("报备日期早于开签，请核对。")
    if on > clock.today():
        raise DomainError("报备日期在今天以后。报备之后再登记。")
    how = f"登记已报备：{on.year}年{on.month}月{on.day}日，回执 {receipt}"
    if clocks.clear(user.actor, FILING, draw.ledger_subject, how) is None:
        raise DomainError("这次抽取没有在计的报备期限，可能已经登记，请刷新页面查看。")
