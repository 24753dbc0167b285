"""A paper as plain data for the PDF template, with long words made breakable."""

import re
from functools import singledispatch
from io import BytesIO
from typing import Any

import segno

from mingqian.documents.papers import states

#: Words of digits and letters that are longer than this may be broken anywhere: digests and addresses would run out of their cell.
_LONG = re.compile(r"[!-~]{19,}")
_BREAK = "\u200b"
#: Characters that no paper may hold: they would be invisible or break the file.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def without_controls(value: str) -> str:
    """Return `value` without control characters, with plain line ends.

    >>> without_controls("一\\x00二\\r\\n三")
    '一二\\n三'
    """
    return _CONTROL.sub("", value.replace("\r\n", "\n"))


def text_of(value: str) -> str:
    """Return `value` as a paper can print it: no control characters, long words breakable."""
    return _LONG.sub(lambda found: _BREAK.join(re.findall(".{1,8}", found[0])), without_controls(value))


@singledispatch
def _block(block: states.Block) -> dict[str, Any]:
    raise TypeError(f"no block of a paper: {block!r}")


@_block.register
def _(block: states.Paragraph) -> dict[str, Any]:
    shape = {"indent": block.indent, "bold": block.bold, "align": block.align, "keep": block.keep}
    return {"kind": "paragraph", "text": text_of(block.text), **shape}


@_block.register
def _(block: states.Heading) -> dict[str, Any]:
    return {"kind": "heading", "text": text_of(block.text), "level": block.level}


@_block.register
def _(block: states.Fields) -> dict[str, Any]:
    return {"kind": "fields", "rows": [[text_of(x) for x in row] for row in block.rows], "across": block.across}


@_block.register
def _(block: states.Table) -> dict[str, Any]:
    columns = [{"title": c.title, "weight": c.weight, "align": c.align} for c in block.columns]
    rows = [[text_of(cell) for cell in row] for row in block.rows]
    return {"kind": "table", "columns": columns, "rows": rows, "empty": block.empty, "dense": block.dense}


@_block.register
def _(block: states.Signatures) -> dict[str, Any]:
    return {"kind": "signatures", "lines": [_signature(line) for line in block.lines]}


@_block.register
def _(block: states.Seal) -> dict[str, Any]:
    return {"kind": "seal", "organ": text_of(block.organ), "day": states.day_in_words(block.day)}


@_block.register
def _(block: states.Attachments) -> dict[str, Any]:
    return {"kind": "attachments", "names": [text_of(name) for name in block.names]}


@_block.register
def _(block: states.Code) -> dict[str, Any]:
    svg = BytesIO()
    # With its namespace, without which no browser shows it as a picture.
    segno.make(block.content, error="m").save(svg, kind="svg", border=1, omitsize=True, xmldecl=False)
    return {
        "kind": "code",
        "svg": svg.getvalue().decode(),
        "content": text_of(block.content),
        "caption": text_of(block.caption),
    }


@_block.register
def _(block: states.Checks) -> dict[str, Any]:
    options = [[text_of(name), ticked] for name, ticked in block.options]
    return {"kind": "checks", "label": text_of(block.label), "options": options}


@_block.register
def _(_page_break: states.PageBreak) -> dict[str, Any]:
    return {"kind": "break"}


@_block.register
def _(block: states.Note) -> dict[str, Any]:
    return {"kind": "note", "text": text_of(block.text)}


@_block.register
def _(block: states.Scan) -> dict[str, Any]:
    return {"kind": "scan", "file": block.file, "page": block.page, "caption": text_of(block.caption)}


def _signature(line: states.Signature) -> dict[str, Any]:
    image = list(line.image) if line.image is not None else None
    return {"label": text_of(line.label), "image": image, "signed_at": text_of(line.signed_at)}


def plain(paper: states.Paper) -> dict[str, Any]:
    """Return `paper` as the template reads it."""
    return {
        "title": text_of(paper.title),
        "organ": text_of(paper.organ),
        "number": text_of(paper.number),
        "author": paper.author or paper.organ,
        "keywords": list(paper.keywords),
        "head": paper.head,
        "landscape": paper.landscape,
        "mark": paper.mark,
        "blocks": [_block(block) for block in paper.blocks],
    }
