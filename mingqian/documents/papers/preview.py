"""A paper as plain data for the page that shows it before it is printed."""

import base64
from typing import Any

from mingqian.documents.papers.blocks import Paper
from mingqian.documents.papers.plain import plain


def preview(paper: Paper) -> dict[str, Any]:
    """Return `paper` as the template `documents/_paper.html` shows it; pictures as data addresses."""
    found = plain(paper)
    for block in found["blocks"]:
        if block["kind"] == "code":
            block["image"] = _address("image/svg+xml", block["svg"].encode())
        if block["kind"] == "fields":
            pairs = block["rows"]
            block["lines"] = [pairs[i : i + block["across"]] for i in range(0, len(pairs), block["across"])]
        if block["kind"] == "signatures":
            for line in block["lines"]:
                if line["image"] is not None:
                    line["image"] = _address("image/png", bytes(line["image"]))
    return found


def _address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
