"""Papers as .docx that an official can go on editing in Word and WPS: real headings, tables with repeating heads, page numbers as fields.

Fonts are named as offices have them (方正小标宋, 仿宋, 黑体); a machine without one shows its own substitute.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import segno
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from mingqian.documents.papers import states
from mingqian.documents.papers.plain import without_controls

BODY, TITLE, HEADING, SUB = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
_ALIGN = {
    states.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    states.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    states.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_RED, _BLACK = RGBColor(0xC8, 0x32, 0x1E), RGBColor(0, 0, 0)


def _font(run: Any, name: str, size: float, *, bold: bool = False) -> None:
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    run.font.bold = bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _write(paragraph: DocxParagraph, text: str, name: str = BODY, size: float = 16, *, bold: bool = False) -> Any:
    run = paragraph.add_run(without_controls(text))
    _font(run, name, size, bold=bold)
    return run


def _tight(paragraph: DocxParagraph, spacing: float = 1.0) -> DocxParagraph:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = spacing
    return paragraph


def _paragraph(where: Any, *, align: str = states.LEFT, indent: bool = False, size: float = 16) -> DocxParagraph:
    paragraph: DocxParagraph = where.add_paragraph()
    paragraph.alignment = _ALIGN[align]
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(28) if size >= 14 else 1.15
    if indent:
        shape.first_line_indent = Pt(2 * size)
    return paragraph


def _fill(cell: _Cell, text: str, *, align: str = states.LEFT, size: float = 10.5, name: str = BODY) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = _tight(cell.paragraphs[0], 1.15)
    paragraph.alignment = _ALIGN[align]
    _write(paragraph, text, name, size)


def _mark_row(row: Any, *tags: str) -> None:
    for tag in tags:
        row._tr.get_or_add_trPr().append(OxmlElement(tag))


def _edge(paragraph: DocxParagraph, style: str, color: str) -> None:
    edges, edge = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", style), ("sz", "12"), ("space", "6"), ("color", color)):
        edge.set(qn(f"w:{key}"), value)
    edges.append(edge)
    paragraph._p.get_or_add_pPr().append(edges)


def _field(paragraph: DocxParagraph, code: str) -> None:
    run = paragraph.add_run()
    _font(run, "宋体", 14)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._element.append(element)


class _Writer:
    def __init__(self, papers: Sequence[states.Paper]) -> None:
        self.document: Docx = Document()
        normal = self.document.styles["Normal"]
        normal.font.name = "Times New Roman"
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
        for index, paper in enumerate(papers):
            section = self.document.add_section(WD_SECTION.NEW_PAGE) if index else self.document.sections[0]
            self._page(section, paper)
            self._width = Mm(257 if paper.landscape else 156)
            self._head(paper)
            for block in paper.blocks:
                self._block(block)
        facts = self.document.core_properties
        facts.title, facts.author = papers[0].title.replace("\n", ""), papers[0].author or papers[0].organ
        facts.language = "zh-CN"

    def _page(self, section: Any, paper: states.Paper) -> None:
        short, long = Mm(210), Mm(297)
        section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if paper.landscape else (short, long)
        if paper.landscape:
            section.left_margin = section.right_margin = Mm(20)
            section.top_margin = section.bottom_margin = Mm(22)
        else:
            section.top_margin, section.bottom_margin = Mm(37), Mm(35)
            section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer.is_linked_to_previous = section.header.is_linked_to_previous = False
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(footer, "— ", "宋体", 14)
        _field(footer, "PAGE")
        _write(footer, " —", "宋体", 14)
        if paper.mark:
            _write(section.header.paragraphs[0], paper.mark, HEADING, 12)
        number = OxmlElement("w:pgNumType")
        number.set(qn("w:start"), "1")
        section._sectPr.append(number)

    def _head(self, paper: states.Paper) -> None:
        if paper.head:
            _write(_paragraph(self.document, align=states.CENTER), paper.organ, TITLE, 30).font.color.rgb = _RED
            line = _paragraph(self.document, align=states.CENTER)
            _write(line, paper.number)
            _edge(line, "single", "C8321E")
        title = self.document.add_paragraph(style="Title")
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _edge(title, "none", "auto")  # the style draws a line below
        _write(title, paper.title, TITLE, 22).font.color.rgb = _BLACK
        if paper.number and not paper.head:
            _write(_paragraph(self.document, align=states.CENTER), paper.number, BODY, 14)

    def _block(self, block: states.Block) -> None:
        write: dict[type, Callable[[Any], None]] = {
            states.Paragraph: self._text,
            states.Heading: self._heading,
            states.Fields: self._fields,
            states.Table: self._table,
            states.Signatures: self._signatures,
            states.Seal: self._seal,
            states.Attachments: self._attachments,
            states.Code: self._code,
            states.Checks: self._checks,
            states.PageBreak: self._break,
            states.Note: self._note,
            states.Scan: self._scan,
        }
        write[type(block)](block)

    def _text(self, block: states.Paragraph) -> None:
        paragraph = _paragraph(self.document, align=block.align, indent=block.indent)
        paragraph.paragraph_format.keep_with_next = block.keep or None
        _write(paragraph, block.text, bold=block.bold)

    def _seal(self, block: states.Seal) -> None:
        for index, text in enumerate((block.organ, states.day_in_words(block.day))):
            line = _paragraph(self.document, align=states.RIGHT)
            line.paragraph_format.right_indent = Pt(64)
            line.paragraph_format.space_before = Pt(0 if index else 28)
            _write(line, text)

    def _attachments(self, block: states.Attachments) -> None:
        for index, name in enumerate(block.names):
            lead = "附件：" if index == 0 else "　　　"
            count = f"{index + 1}. " if len(block.names) > 1 else ""
            _write(_paragraph(self.document, indent=True), f"{lead}{count}{name}")

    def _checks(self, block: states.Checks) -> None:
        boxes = "　".join(f"{'☑' if ticked else '□'} {name}" for name, ticked in block.options)
        _write(_paragraph(self.document, size=14), f"{block.label}：{boxes}", BODY, 14)

    def _break(self, _page_break: states.PageBreak) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def _note(self, block: states.Note) -> None:
        _write(_paragraph(self.document, size=10.5), block.text, BODY, 10.5)

    def _scan(self, block: states.Scan) -> None:
        _write(_paragraph(self.document, size=10.5), f"（{block.caption}见 PDF 文件）", BODY, 10.5)

    def _heading(self, block: states.Heading) -> None:
        line = self.document.add_heading(level=min(block.level, 3))
        line.paragraph_format.first_line_indent = Pt(32)
        line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing = Pt(28)
        _write(line, block.text, HEADING if block.level == 1 else SUB).font.color.rgb = _BLACK

    def _grid(self, rows: int, widths: Sequence[float]) -> Any:
        table = self.document.add_table(rows=rows, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        total = sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = int(self._width * width / total)
        return table

    def _fields(self, block: states.Fields) -> None:
        rows = -(-len(block.rows) // block.across)
        table = self._grid(rows, [2, 7 if block.across == 1 else 3] * block.across)
        cells = [cell for row in table.rows for cell in row.cells]
        for index, (label, value) in enumerate(block.rows):
            _fill(cells[2 * index], label, align=states.CENTER, size=12)
            _fill(cells[2 * index + 1], value, size=12)
        for row in table.rows:
            _mark_row(row, "w:cantSplit")
        _tight(self.document.add_paragraph(), 0.5)

    def _table(self, block: states.Table) -> None:
        size = 9.0 if block.dense else 10.5
        table = self._grid(1 + max(len(block.rows), 1), [column.weight for column in block.columns])
        _mark_row(table.rows[0], "w:cantSplit", "w:tblHeader")
        # Cells of a row are looked up once: `table.cell` walks the whole table each time.
        for column, cell in zip(block.columns, table.rows[0].cells, strict=True):
            _fill(cell, column.title, align=states.CENTER, size=size, name=HEADING)
        for row, values in zip(list(table.rows)[1:], block.rows, strict=False):
            _mark_row(row, "w:cantSplit")
            for column, cell, value in zip(block.columns, row.cells, values, strict=True):
                _fill(cell, value, align=column.align, size=size)
        if not block.rows:
            cells = table.rows[1].cells
            _fill(cells[0].merge(cells[-1]), block.empty, align=states.CENTER)
        _tight(self.document.add_paragraph(), 0.5)

    def _signatures(self, block: states.Signatures) -> None:
        table = self.document.add_table(rows=-(-len(block.lines) // 2), cols=2)
        cells = [cell for row in table.rows for cell in row.cells]
        for cell, line in zip(cells, block.lines, strict=False):
            paragraph = _tight(cell.paragraphs[0])
            _write(paragraph, f"{line.label}：", BODY, 14)
            if line.image is None:
                _write(paragraph, "＿＿＿＿", BODY, 14)
            else:
                paragraph.add_run().add_picture(BytesIO(line.image), height=Mm(14))
            if line.signed_at:
                _write(_tight(cell.add_paragraph()), line.signed_at, BODY, 10.5)
        for row in table.rows:
            row.height = Mm(18)
            _mark_row(row, "w:cantSplit")

    def _code(self, block: states.Code) -> None:
        picture = BytesIO()
        segno.make(block.content, error="m").save(picture, kind="png", scale=8, border=1)
        picture.seek(0)
        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        left, right = table.rows[0].cells
        table.columns[0].width = left.width = Mm(34)
        table.columns[1].width = right.width = self._width - Mm(34)
        left.paragraphs[0].add_run().add_picture(picture, width=Mm(28))
        _fill(right, block.caption)


def render(papers: Sequence[states.Paper]) -> bytes:
    """Return a .docx with `papers` one after the other, each a section with its own page numbers."""
    if not papers:
        raise ValueError("nothing to write")
    out = BytesIO()
    _Writer(papers).document.save(out)
    return out.getvalue()
