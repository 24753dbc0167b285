"""Several names in one column of text: libraries, fields and tags of a subject."""

from collections.abc import Iterable

#: Between and around the names of a column that holds several, so that one name is found with a plain LIKE '%|name|%'.
BAR = "|"


def joined(names: Iterable[str]) -> str:
    """Return the text of a column that holds several names, sorted and each once.

    >>> joined(["重点用能", "民爆", "民爆"]), joined([])
    ('|民爆|重点用能|', '')
    """
    found = sorted({name.strip() for name in names if name.strip()})
    return BAR + BAR.join(found) + BAR if found else ""


def split(text: str) -> tuple[str, ...]:
    """Undo `joined`.

    >>> split("|民爆|重点用能|")
    ('民爆', '重点用能')
    """
    return tuple(name for name in text.split(BAR) if name)
