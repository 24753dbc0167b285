"""Legal bases as people write them: 《…法》（文号）第三条第一款、第五条. Read into single citations, and written back. Pure.

A citation is {"law": code of the library or "", "title", "number", "article", "paragraph"}; one without a code is *missing* until its
title is linked with a law.
"""

import re
from collections.abc import Callable, Iterable

from mingqian.common.text import clean, half_width
from mingqian.planning import numerals
from mingqian.planning.laws.states import Basis

_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_NUMBER = re.compile(r"^\s*[（(]([^（）()]*[〔\[［(（]?\s*\d{4}[^（）()]*?号?)[）)]")
_PART = re.compile(
    f"第\\s*(?:{numerals.NUMERAL})\\s*[款]|第?\\s*[（(]\\s*(?:{numerals.NUMERAL})\\s*[）)]\\s*项|第\\s*(?:{numerals.NUMERAL})\\s*项"
)
_BARE = re.compile(
    f"^([^《》第，。；\\s]{{2,40}}?(?:法|条例|规定|办法|细则|规则))(?=第\\s*(?:{numerals.NUMERAL})\\s*条)"
)
_NOT_IN_KEY = re.compile(r"[\s《》<>〈〉“”\"'（）()\[\]〔〕、，,。.·\-—]")
#: 第67、92条 and 第六条至第九条, as some lists write them.
_SEVERAL = re.compile(f"第\\s*((?:{numerals.NUMERAL})(?:\\s*[、,，]\\s*(?:{numerals.NUMERAL}))+)\\s*条")
_RANGE = re.compile(f"第\\s*({numerals.NUMERAL})\\s*条?\\s*(?:至|到|—|-|~|～)\\s*第?\\s*({numerals.NUMERAL})\\s*条")
MAX_RANGE = 40
MAX_BASES = 60


def key_of(title: str) -> str:
    """Return what two writings of a law's name have in common.

    >>> key_of("《中华人民共和国 节约能源法》（2018年修正）") == key_of("节约能源法")
    True
    """
    plain = half_width(title)
    plain = re.sub(r"[（(]\d{4}年?[^（）()]*(?:修正|修订|版)?[）)]\s*$", "", plain.strip().removesuffix("》"))
    return _NOT_IN_KEY.sub("", plain).removeprefix("中华人民共和国")


def read(text: str, find: Callable[[str], str] = lambda _title: "") -> list[Basis]:
    """Return the citations in `text`, each article apart, none twice; `find` gives the library's code for a title, "" for none.

    >>> [(b["title"], b["article"], b["paragraph"]) for b in read("《节约能源法》第五十二条第二款、第6条；《办法》")]
    [('节约能源法', '第五十二条', '第二款'), ('节约能源法', '第六条', ''), ('办法', '', '')]
    """
    bases: list[Basis] = []
    for title, following in _titles(_spelt_out(text)):
        law, found = find(title), _NUMBER.match(following)
        number = clean(found[1]) if found else ""
        for article, paragraph in _places(following[found.end() :] if found else following):
            basis = Basis(law=law, title=title, number=number, article=article, paragraph=paragraph)
            if basis not in bases:
                bases.append(basis)
    return bases


def _spelt_out(text: str) -> str:
    """Write each article of a list or a range by itself.

    >>> _spelt_out("第67、92条"), _spelt_out("第六条至第八条")
    ('第67条、第92条', '第六条、第七条、第八条')
    """
    text = _SEVERAL.sub(lambda m: "、".join(f"第{one.strip()}条" for one in re.split("[、,，]", m[1])), text)
    return _RANGE.sub(_range, text)


def _range(found: re.Match[str]) -> str:
    first, last = numerals.value_of(found[1]), numerals.value_of(found[2])
    if not first < last <= first + MAX_RANGE:
        return found[0]
    return "、".join(f"第{numerals.write(number)}条" for number in range(first, last + 1))


def _places(rest: str) -> list[tuple[str, str]]:
    """Return (article, paragraph) for each article cited; one empty pair where the law is cited as a whole."""
    cited = list(numerals.ARTICLE.finditer(rest))
    ends = [*(match.start() for match in cited[1:]), len(rest)][: len(cited)]
    places = [(numerals.label(m), _paragraph(rest, m.end(), end)) for m, end in zip(cited, ends, strict=True)]
    return places or [("", "")]


def _titles(text: str) -> Iterable[tuple[str, str]]:
    """Yield (title, what follows up to the next title)."""
    found = list(_TITLE.finditer(text))
    head = text[: found[0].start()] if found else text
    for line in re.split(r"[\n；;]", head):
        bare = _BARE.match(clean(line))
        if bare:
            yield bare[1], clean(line)[bare.end() :]
        elif not found and clean(line):
            # Words that name no law: kept as they are, so that nothing typed is lost; they stay missing.
            yield clean(line)[:150], ""
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        yield clean(match[1])[:150], text[match.end() : end]


def _paragraph(rest: str, start: int, end: int) -> str:
    """Return 第一款第（四）项 that follows an article."""
    parts = []
    piece = rest[start:end]
    while (found := _PART.match(piece)) is not None:
        parts.append(clean(found[0]).replace(" ", ""))
        piece = piece[found.end() :]
    return "".join(parts)


def write(bases: Iterable[Basis]) -> str:
    """Write citations, one line a law; `read` undoes it.

    >>> write(read("《甲法》第一条、第三条第二款《乙办法》"))
    '《甲法》第一条、第三条第二款\\n《乙办法》'
    """
    lines: dict[tuple[str, str], list[str]] = {}
    for basis in bases:
        lines.setdefault((basis["title"], basis["number"]), []).append(basis["article"] + basis["paragraph"])
    return "\n".join(
        f"《{title}》" + (f"（{number}）" if number else "") + "、".join(place for place in places if place)
        for (title, number), places in lines.items()
    )
