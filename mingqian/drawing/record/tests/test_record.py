"""The record of a draw is made from what happened, numbered once, and given out as PDF and Word."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from docx import Document

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.documents.models import PaperNumber
from mingqian.drawing.bundle.selectors import checkpoint_words
from mingqian.drawing.current.selectors import outcome
from mingqian.drawing.lots import Lot
from mingqian.drawing.record import services as record_services
from mingqian.drawing.tests import changes
from mingqian.ledger.verification.selectors import verify_log
from mingqian.testing import WITNESSES, Bureau, opened_draw, sealed_draw

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def words_of(content: bytes) -> str:
    """Return all text of a .docx."""
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_art09_the_record_names_witnesses_digits_strata_subjects_and_teams(stocked: Bureau, sign_in: SignIn) -> None:
    """A9.4: made on the spot, with a line to sign on for everybody present."""
    draw = opened_draw(stocked)
    client = sign_in(stocked.officer)
    url = f"/draws/{draw.code}/record/"
    assert "未取号" in client.get(url).content.decode()
    assert client.get(f"/draws/{draw.code}/record.docx").status_code == 404
    assert "已取号" in client.post(url, follow=True).content.decode()
    number = PaperNumber.objects.get(series__kind="draw-record")
    text = words_of(client.get(f"/draws/{draw.code}/record.docx").content)
    wanted = [number.text, draw.draw_id, draw.seal_digest, *WITNESSES, *(f"{name}：" for name in WITNESSES)]
    wanted += [given.digits for given in Lot(draw).contributions]
    # Whoever keeps the paper can hold a later log against it.
    wanted += checkpoint_words(draw).split("\n")
    for stratum in outcome(draw):
        wanted += [row.name for row in stratum.selected]
        wanted += [f"{member.name}（{member.number}）" for row in stratum.selected for member in row.team]
    assert len(wanted) == 32
    assert [one for one in wanted if one not in text] == []


def test_art09_the_record_is_numbered_once_and_only_by_the_organs_officer_after_the_opening(stocked: Bureau) -> None:
    """A9.4"""
    sealed = sealed_draw(stocked, scope="2026-02")
    with pytest.raises(DomainError, match="开签之后"):
        record_services.number_record(stocked.officer, sealed)
    draw = opened_draw(stocked)
    assert record_services.number_record(stocked.officer, draw) == record_services.number_record(stocked.officer, draw)
    with pytest.raises(NotAllowedError):
        record_services.number_record(stocked.leader, draw)
    assert verify_log().problems == []


def test_a_draw_that_is_not_opened_has_no_record(stocked: Bureau, sign_in: SignIn) -> None:
    """404, with a sentence."""
    draw = sealed_draw(stocked)
    answer = sign_in(stocked.officer).get(f"/draws/{draw.code}/record/")
    assert answer.status_code == 404
    assert "开签之后才有抽取记录" in answer.content.decode()


def test_art11_the_record_tells_what_supplements_changed_and_keeps_what_was_drawn(
    stocked: Bureau, sign_in: SignIn
) -> None:
    """A11.1, A9.4: the result stays in its table; changes made before the record got its number have a part of their own."""
    draw = opened_draw(stocked)
    row = changes.opened(stocked, changes.asked(stocked, draw))
    record_services.number_record(stocked.officer, draw)
    text = words_of(sign_in(stocked.officer).get(f"/draws/{draw.code}/record.docx").content)
    assert "开签之后的变更" in text
    assert row.public_reason in text
    for stratum in outcome(draw):
        for one in stratum.selected:
            assert all(f"{member.name}（{member.number}）" in text for member in one.team)
