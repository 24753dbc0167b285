"""A character that no font has is spelled out: never an empty box, never left out, and no paper that cannot be printed (issue 5)."""

from datetime import UTC, datetime

import pytest

from mingqian.documents.papers import pdf, states as paper_states
from mingqian.documents.papers.pdf import _spelled, has_fonts
from mingqian.documents.papers.plain import plain

pytestmark = pytest.mark.skipif(not has_fonts(), reason="no Chinese fonts on this machine: install fonts-noto-cjk")
AT = datetime(2026, 3, 2, tzinfo=UTC)


def paper(text: str) -> paper_states.Paper:
    """Return a paper that says `text`."""
    return paper_states.Paper(title="抽取记录", organ="样例局", blocks=(paper_states.Paragraph(text),))


@pytest.mark.parametrize("sign", ["𮧵", "𫚥", "\ue863", "☃︎🀄"])
def test_a_character_without_a_glyph_is_printed_as_its_code_point(sign: str) -> None:
    """A record is never stopped by one name."""
    made, missing = _spelled([plain(paper(f"淄博{sign}矿有限公司"))], AT)
    assert made.startswith(b"%PDF")
    assert missing <= set(sign)
    assert pdf.render([paper(f"淄博{sign}矿有限公司")], AT).startswith(b"%PDF")


def test_what_the_fonts_have_is_printed_as_it_is() -> None:
    """𠮷, 㛃, 䶮 and the middle dot of names need no spelling out."""
    assert _spelled([plain(paper("𠮷㛃䶮 阿卜杜热合曼·买买提"))], AT)[1] == set()
