"""Papers as PDF/A-2b: fonts embedded, the same bytes for the same paper and time.

One compiler for the process, since reading the fonts takes longer than setting a paper. The fonts are those of Debian's package
`fonts-noto-cjk`, or of the folders named by the setting `MINGQIAN_FONTS`.
"""

import json
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from mingqian.common.errors import DomainError
from mingqian.documents.papers.plain import plain
from mingqian.documents.papers.states import Paper

_TEMPLATE = Path(__file__).parent / "paper.typ"
#: The families that the template names; without them there is no PDF.
NEEDED = ("Noto Serif CJK SC", "Noto Sans CJK SC")
#: How the compiler names a text that no font has.
_NO_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
#: What is never spelled out; and how many characters may be before something else is wrong.
_ASCII, _MOST_MISSING = 0x7F, 200
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


def render(papers: Sequence[Paper], at: datetime, files: Mapping[str, bytes] | None = None) -> bytes:
    """Return one PDF/A-2b with `papers` one after the other, each with its own page numbers; `at` is its date of creation.

    `files` are what `Scan` blocks name (`scan-1.pdf`, `scan-2.jpg`). With a PDF among them the whole is a plain PDF: nobody can vouch for
    the pages of others. A character that no font has is printed as its code point (〔U+2B6A5〕): a paper never shows an empty box instead
    of a name, and never leaves one out. Raise NoFontsError, and DomainError where a scan cannot be read.
    """
    if not papers:
        raise ValueError("nothing to print")
    if not has_fonts():
        raise NoFontsError
    told = [plain(paper) for paper in papers]
    if not files:
        return _spelled(told, at)[0]
    # What has no glyph is found by setting the papers without the scans: a plain PDF would pass over it in silence.
    missing = _spelled([_without_scans(one) for one in told], at)[1]
    inputs = {"papers": _text_of(told, missing)}
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / _TEMPLATE.name
        shutil.copyfile(_TEMPLATE, template)
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        standards = [] if any(name.endswith(".pdf") for name in files) else ["a-2b"]
        return _compile(inputs, at, standards, input=template, root=folder)


class _NoGlyphError(Exception):
    """A text has characters that no font has."""


def _without_scans(paper: dict[str, Any]) -> dict[str, Any]:
    return {**paper, "blocks": [block for block in paper["blocks"] if block["kind"] != "scan"]}


def _text_of(told: list[dict[str, Any]], missing: set[str]) -> str:
    table = {ord(sign): f"〔U+{ord(sign):04X}〕" for sign in missing}
    return json.dumps(told, ensure_ascii=False).translate(table)


def _spelled(told: list[dict[str, Any]], at: datetime) -> tuple[bytes, set[str]]:
    """Return the papers as PDF/A, and the characters that had to be spelled out because no font has them."""
    missing: set[str] = set()
    while True:
        try:
            return _compile({"papers": _text_of(told, missing)}, at), missing
        except _NoGlyphError as error:
            found = {sign for sign in str(error) if ord(sign) > _ASCII}
            if not found - missing or len(missing) > _MOST_MISSING:
                raise DomainError("文书中有不能打印的字，不能生成 PDF，请改用 Word 文件。") from error
            missing |= found


def _compile(inputs: dict[str, str], at: datetime, standards: Sequence[str] = ("a-2b",), **where: Any) -> bytes:
    compiler = _compiler() if not where else typst.Compiler(font_paths=_fonts(), **where)
    shape: dict[str, Any] = {"pdf_standards": list(standards), "timestamp": int(at.timestamp())}
    with _turn:
        try:
            made = compiler.compile(format="pdf", sys_inputs=inputs, **shape)
        except typst.TypstError as error:
            if found := _NO_GLYPH.search(error.message):
                text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])
                raise _NoGlyphError(text) from error
            if "failed to load" in error.message or "failed to decode" in error.message:
                raise DomainError(
                    "签字件中有读不出来的页，不能合成一份。请重新扫描或拍照后再上传一份签字件。"
                ) from error
            raise
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made
