"""Papers as PDF/A-2b: fonts embedded, the same bytes for the same paper and time.

One compiler for the process, since reading the fonts takes longer than setting a paper. The fonts are those of Debian's package
`fonts-noto-cjk`, or of the folders named by the setting `MINGQIAN_FONTS`.
"""

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import typst
from django.conf import settings

from mingqian.common.errors import DomainError
from mingqian.documents.papers.blocks import Paper
from mingqian.documents.papers.plain import plain

_TEMPLATE = Path(__file__).parent / "paper.typ"
#: The families that the template names; without them there is no PDF.
NEEDED = ("Noto Serif CJK SC", "Noto Sans CJK SC")
#: A compiler belongs to one thread at a time.
_turn = threading.Lock()


class NoFontsError(DomainError):
    """The machine has no Chinese fonts to print with."""

    def __init__(self) -> None:
        super().__init__(
            "服务器没有安装中文字体，暂时不能生成 PDF。请系统管理员安装 fonts-noto-cjk；其间可以下载 Word 文件。"
        )


@cache
def _fonts() -> typst.Fonts:
    folders = [folder for folder in settings.MINGQIAN_FONTS if Path(folder).is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts())


def has_fonts() -> bool:
    """Say whether PDFs can be made here."""
    return set(NEEDED) <= set(_fonts().families())


def render(papers: Sequence[Paper], at: datetime) -> bytes:
    """Return one PDF/A-2b with `papers` one after the other, each with its own page numbers; `at` is its date of creation.

    Raise NoFontsError, and DomainError where a character has no glyph in any font: a paper never shows an empty box instead of a name.
    """
    if not papers:
        raise ValueError("nothing to print")
    if not has_fonts():
        raise NoFontsError
    inputs = {"papers": json.dumps([plain(paper) for paper in papers], ensure_ascii=False)}
    with _turn:
        try:
            made = _compiler().compile(
                format="pdf", pdf_standards="a-2b", sys_inputs=inputs, timestamp=int(at.timestamp())
            )
        except typst.TypstError as error:
            if "could not be displayed" in error.message or "glyph" in error.message:
                raise DomainError("文书中有字体里没有的字，不能生成 PDF，请改用 Word 文件。") from error
            raise
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made
