"""Industries as GB/T 4754-2017 divides them: 20 sections, 97 divisions (`industries.json`); groups and classes only by their digits."""

import json
import re
from functools import cache
from pathlib import Path

from mingqian.common.text import half_width

_CODE = re.compile(r"([A-T]?)(\d{2,4})(?!\d)", re.IGNORECASE)


@cache
def divisions() -> dict[str, tuple[str, str]]:
    """Return the section's letter and the name of each division, by its two digits."""
    table = json.loads((Path(__file__).parent / "industries.json").read_text(encoding="utf-8"))
    return {code: (section["code"], name) for section in table for code, name in section["divisions"].items()}


@cache
def sections() -> dict[str, str]:
    """Return the names of the sections, by letter."""
    table = json.loads((Path(__file__).parent / "industries.json").read_text(encoding="utf-8"))
    return {section["code"]: section["name"] for section in table}


@cache
def _by_name() -> dict[str, str]:
    return {name: letter + code for code, (letter, name) in divisions().items()}


def code_of(text: str) -> str:
    """Return the code that `text` means, letter first; text that means none comes back as it is, for `wrong` to name.

    >>> code_of("2611"), code_of("c26"), code_of("C26 化学原料和化学制品制造业"), code_of("渔业"), code_of("Z99")
    ('C2611', 'C26', 'C26', 'A04', 'Z99')
    """
    plain = half_width(text).strip()
    if not plain:
        return ""
    found = _CODE.match(plain)
    if found is None:
        return _by_name().get(plain, plain)
    letter, digits = found[1].upper(), found[2]
    known = divisions().get(digits[:2])
    rest = plain[found.end() :].strip()
    if known is None or (rest and not rest[0].isalpha()):
        return plain
    return (letter or known[0]) + digits


def wrong(code: str) -> str:
    """Return what is wrong with a code of `code_of`, "" where nothing is.

    >>> wrong("C2611"), wrong("A26")
    ('', '行业代码 A26 的门类不对：26 属于 C（制造业），应为 C26')
    >>> wrong("98"), wrong("化工")[:24]
    ('行业代码 98 没有这个大类，请按 GB/T 4754-2017 填写，例如 C26 或 C2611', '行业“化工”无法识别，请按 GB/T 4754-')
    """
    example = "请按 GB/T 4754-2017 填写，例如 C26 或 C2611"
    found = re.fullmatch(r"([A-Z]?)(\d{2,4})", code)
    if found is None:
        return f"行业“{code[:20]}”无法识别，{example}"
    letter, digits = found[1], found[2]
    known = divisions().get(digits[:2])
    if known is None:
        return f"行业代码 {code} 没有这个大类，{example}"
    if letter and letter != known[0]:
        return f"行业代码 {code} 的门类不对：{digits[:2]} 属于 {known[0]}（{sections()[known[0]]}），应为 {known[0]}{digits}"
    return ""


def in_words(code: str) -> str:
    """Return a code with the name of its division, "" for none.

    >>> in_words("C26"), in_words("C2611"), in_words("")
    ('C26 化学原料和化学制品制造业', 'C2611 化学原料和化学制品制造业', '')
    """
    known = divisions().get(code[1:3])
    return f"{code} {known[1]}" if known else code
