"""Which district (区县) a subject belongs to: from a column, else from the address, else from the area code in its code.

The districts of an organ are data (`districts.json`, by the organ's area code), so that another bureau adds its own. A district may have no
area code of its own (development zones): only a column or an address can name it. Town names are listed only where they are unambiguous.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mingqian.common.codes import area_of
from mingqian.common.text import clean, to_word

UNKNOWN = "未识别"
#: The code was given out elsewhere and the address names none of the organ's districts.
ELSEWHERE = "市外"
#: What must not follow a short name: it is then a road or a village, not the district (临淄大道, 周村路).
_NOT_A_DISTRICT = r"(?!\w{0,2}(?:路|街|大道|村|胡同))"


@dataclass(frozen=True)
class Area:
    """The districts of an organ, ready to be looked for. `patterns` go from the surest to the weakest way to name a district."""

    prefix: str
    cities: frozenset[str]
    names: tuple[str, ...]
    by_code: dict[str, str]
    patterns: tuple[tuple[re.Pattern[str], dict[str, str]], ...]


@cache
def _tables() -> dict[str, dict[str, object]]:
    tables: dict[str, dict[str, object]] = json.loads(
        (Path(__file__).parent / "districts.json").read_text(encoding="utf-8")
    )
    return tables


@cache
def area(code: str) -> Area | None:
    """Return the districts of the organ with area code `code`, None where no table is there."""
    table = _tables().get(code)
    if table is None:
        return None
    districts: list[dict[str, list[str]]] = table["districts"]  # type: ignore[assignment]  # the file's shape is tested
    patterns = []
    for key, tail in (("full", ""), ("short", _NOT_A_DISTRICT), ("towns", "")):
        names = {word: str(district["name"]) for district in districts for word in district[key]}
        longest_first = sorted(names, key=len, reverse=True)
        patterns.append((re.compile("(" + "|".join(map(re.escape, longest_first)) + ")" + tail), names))
    return Area(
        prefix=code[:4],
        cities=frozenset(table["city"]),  # type: ignore[call-overload]  # a list of names
        names=tuple(str(district["name"]) for district in districts),
        by_code={str(district["area"]): str(district["name"]) for district in districts if district["area"]},
        patterns=tuple(patterns),
    )


def in_text(where: Area, text: str) -> str:
    """Return the district that `text` names first, in the surest way that it names any; "" for none.

    >>> zibo = area("370300")
    >>> in_text(zibo, "山东省淄博市桓台县新城镇文昌路999号"), in_text(zibo, "淄博高新区政通路135号"), in_text(zibo, "人民西路8号")
    ('桓台县', '高新区', '')
    """
    for pattern, names in where.patterns:
        found = pattern.search(text)
        if found:
            return names[found.group(1)]
    return ""


def district_of(organ_area: str, column: str, address: str, code: str) -> str:
    """Return the district, a word of the draw protocol; `UNKNOWN` where nothing tells it, `ELSEWHERE` where the code is of another city.

    >>> district_of("370300", "", "沂源县悦庄镇北张良村", "9137032305623587XW")
    '沂源县'
    >>> district_of("370300", "", "淄博市联通路82-4号", "91370303613290117U"), district_of("370300", "", "", "")
    ('张店区', '未识别')
    >>> district_of("", "新城 区", "", "")
    '新城区'
    """
    where = area(organ_area)
    column = clean(column)
    if where is None:
        return to_word(column)[:40] or UNKNOWN
    if column and column not in where.cities:
        return in_text(where, column) or to_word(column)[:40] or UNKNOWN
    return in_text(where, address) or _by_code(where, area_of(code))


def _by_code(where: Area, code_area: str) -> str:
    if code_area in where.by_code:
        return where.by_code[code_area]
    return ELSEWHERE if code_area and not code_area.startswith(where.prefix) else UNKNOWN
