"""Papers: one value, three faces; long, rare and many; the same bytes for the same paper."""

import re
import shutil
import subprocess
import zlib
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from docx import Document

from mingqian.documents.papers import pdf, states as paper_states, word
from mingqian.documents.papers.selectors import preview
from mingqian.documents.papers.states import kinds

AT = datetime(2026, 3, 2, 2, 5, tzinfo=UTC)
RARE = "𠮷、㛃、堃喆昇頔珺璟、买买提·艾力"
needs_fonts = pytest.mark.skipif(not pdf.has_fonts(), reason="no Chinese fonts here (Debian: fonts-noto-cjk)")
needs_reader = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here (Debian: poppler-utils)")
#: A PNG of one black point, standing for a drawn signature.
DRAWN = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def paper(rows: int = 3, **changed: object) -> paper_states.Paper:
    """Return a paper with a block of every kind."""
    blocks: tuple[paper_states.Block, ...] = (
        paper_states.Paragraph(f"姓名：{RARE}。"),
        paper_states.Heading("一、基本情况"),
        paper_states.Heading("（一）编号", level=2),
        paper_states.Fields((("封存指纹", "0123456789abcdef" * 4), ("说明", "很长的文字" * 60), ("空", ""))),
        paper_states.Fields((("甲", "1"), ("乙", "2"), ("丙", "3")), across=2),
        paper_states.Table(
            (
                paper_states.Column("序号", 1, paper_states.CENTER),
                paper_states.Column("名称", 5),
                paper_states.Column("数", 2, paper_states.RIGHT),
            ),
            tuple((str(i), f"第{i}家<b>&公司", "1,024") for i in range(1, rows + 1)),
        ),
        paper_states.Checks("结果", (("未发现问题", True), ("发现问题", False))),
        paper_states.Signatures(
            (paper_states.Signature("法律顾问 陶静", DRAWN, "2026年3月2日"), paper_states.Signature("企业代表 马国庆"))
        ),
        paper_states.Attachments(("名单", "人员")),
        paper_states.Code("https://example.invalid/1", "扫码核验"),
        paper_states.PageBreak(),
        paper_states.Note("控制字符\x00\x07不会印出来"),
        paper_states.Seal("淄博市工业和信息化局", date(2026, 3, 2)),
    )
    values = {
        "title": "随机抽取\n记录",
        "organ": "淄博市工业和信息化局",
        "number": "淄工信〔2026〕12号",
        "blocks": blocks,
    }
    return paper_states.Paper(**{**values, **changed})  # type: ignore[arg-type]


def text_of(content: bytes, tmp_path: Path) -> str:
    """Return what a reader of the PDF gets, page by page, without blanks."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    found = subprocess.run(["pdftotext", "-raw", str(file), "-"], check=True, capture_output=True)
    return re.sub(r"[ \n\u200b]", "", found.stdout.decode())


@needs_fonts
@needs_reader
def test_a_pdf_holds_every_word_rare_characters_and_markup_as_plain_text(tmp_path: Path) -> None:
    """Text that is too long, rare characters and signs of markup come out as they are."""
    text = text_of(pdf.render([paper()], AT), tmp_path)
    for words in (RARE, "第2家<b>&公司", "淄工信〔2026〕12号", "控制字符不会印出来"):
        assert words in text, words
    assert text.count("0123456789abcdef") == 4
    assert len(re.findall("[很长的文字]", text)) >= 300


@needs_fonts
@needs_reader
def test_a_table_of_two_hundred_rows_repeats_its_head_on_every_page(tmp_path: Path) -> None:
    """Every row is there once; the head stands on each page that the table touches."""
    text = text_of(pdf.render([paper(rows=200)], AT), tmp_path)
    assert [text.count(f"第{i}家<") for i in range(1, 201)] == [1] * 200
    pages = [page for page in text.split("\f") if "家<b>&公司" in page]
    assert len(pages) >= 5
    assert all("序号名称数" in page for page in pages)


@needs_fonts
def test_a_pdf_is_pdf_a_with_embedded_fonts_and_the_same_bytes_each_time() -> None:
    """PDF/A-2b as it claims; nothing depends on the reader's fonts."""
    content = pdf.render([paper()], AT)
    assert content == pdf.render([paper()], AT)
    assert content != pdf.render([paper(title="另一份")], AT)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    whole = content + b"".join(_inflate(stream) for stream in streams)
    assert b"<pdfaid:part>2</pdfaid:part>" in whole
    assert re.search(rb"/FontFile[23]", whole)


def _inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_word_keeps_headings_tables_and_page_numbers_editable() -> None:
    """Real styles and fields, not pictures of them; & and < stay."""
    document = Document(BytesIO(word.render([paper(rows=200), paper(landscape=True, head=True, mark="样张")])))
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Title"] == ["随机抽取\n记录"] * 2
    assert "一、基本情况" in [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    tables = [table for table in document.tables if table.rows[0].cells[0].text == "序号"]
    assert [len(table.rows) for table in tables] == [201, 4]
    assert tables[0].rows[7].cells[1].text == "第7家<b>&公司"
    assert "tblHeader" in tables[0].rows[0]._tr.xml
    assert "PAGE" in document.sections[0].footer._element.xml
    assert any(RARE in paragraph.text for paragraph in document.paragraphs)
    wide = document.sections[1]
    assert (wide.page_width or 0) > (wide.page_height or 0)


def test_the_preview_shows_the_same_words_and_reads_nothing_as_markup() -> None:
    """What the page shows is what will be printed."""
    page = render_to_string("documents/_paper.html", {"paper": preview(paper())})
    for words in (RARE, "第2家&lt;b&gt;&amp;公司", "未发现问题", "附件：", "data:image/png;base64,"):
        assert words in page
    assert "<b>&公司" not in page


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_every_kind_of_paper_makes_its_sample(form: str) -> None:
    """A kind whose shipped wording does not fill its own sample would be found by an official first."""
    assert kinds()
    for kind in kinds():
        sample = kind.sample({part.key: part.default for part in kind.parts})
        if form == "docx":
            assert word.render([sample]).startswith(b"PK")
        elif pdf.has_fonts():
            assert pdf.render([sample], AT).startswith(b"%PDF")


def test_nothing_to_print_is_a_mistake_of_the_caller() -> None:
    """ValueError, never an empty file."""
    with pytest.raises(ValueError, match="nothing"):
        pdf.render([], AT)
    with pytest.raises(ValueError, match="nothing"):
        word.render([])
