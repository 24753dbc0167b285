"""Witnesses as persons: each once, and none who prepares the draw or could be sent by it (art. 9)."""

import re
from collections.abc import Collection, Sequence

from mingqian.common.errors import DomainError

#: Names of people and groups, in Chinese or Latin letters; no sign that only a page or a program reads.
_NAME = re.compile(r"[\w·•.（）()\-－ ]{1,100}")


def name_of(witness: str) -> str:
    """Return the name without the kind before it.

    >>> name_of("法律顾问 陶静")
    '陶静'
    """
    return witness.partition(" ")[2].strip()


def refuse_unfit(witnesses: Sequence[str], officer: str, inspectors: Collection[str]) -> None:
    """Raise DomainError where a name comes twice, or is that of who seals or of an inspector who could be drawn."""
    names = [name_of(one) for one in witnesses]
    for name in names:
        if not _NAME.fullmatch(name):
            raise DomainError(f"抽取监督人姓名“{name[:40]}”里有不能使用的符号，请只写姓名。")
        if names.count(name) > 1:
            raise DomainError(f"抽取监督人“{name}”填了两次。不同的人同名的，请在姓名后加括号注明单位。")
        if name == officer:
            raise DomainError(
                f"“{name}”是封存的经办人，不能同时作为抽取监督人（第九条）。同名的另一人请加括号注明单位。"
            )
        if name in inspectors:
            raise DomainError(
                f"“{name}”在可抽的检查人员名单里，不能作为抽取监督人（第九条）。同名的另一人请加括号注明单位。"
            )
