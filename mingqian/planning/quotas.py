"""Strata and quotas: how many of each stratum a draw selects, and how the number came about. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mingqian.planning.states import FlagMode, QuotaMode, Stratify

#: The protocol's name for "no strata".
WHOLE = "-"
#: Stratum of the subjects that are inspected more (art. 12).
FLAGGED = "重点监管对象"
_NOT_WORD = re.compile("[^A-Za-z0-9\\-_.·〇〔〕（）\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")


def as_word(text: str) -> str:
    """Return `text` as a word of the draw protocol, signs replaced or dropped.

    >>> as_word('有限责任公司(自然人独资)')
    '有限责任公司（自然人独资）'
    """
    word = _NOT_WORD.sub("", text.replace("(", "（").replace(")", "）"))[:64]
    return word or "未登记"


@dataclass(frozen=True)
class Stratum:
    """A stratum with its numbers of rows and the quota with how it came about."""

    name: str
    taking_part: int
    out: int
    quota: int
    how: str
    #: Of those that take part, how many would be passed over (exempt); the rest can be selected.
    exempt: int = 0

    @property
    def label(self) -> str:
        """Return the name that users see."""
        return "全部" if self.name == WHOLE else self.name

    @property
    def selectable(self) -> int:
        """Return how many can be selected."""
        return self.taking_part - self.exempt

    @property
    def too_many(self) -> bool:
        """Say whether the quota is more than the pool holds."""
        return self.quota > self.selectable


@dataclass(frozen=True)
class QuotaRule:
    """How quotas are set: by ratio in basis points or by number, for every stratum alike but those named in `own`."""

    mode: str
    value: int
    own: Mapping[str, int]
    stratify: str = Stratify.DISTRICT
    flag_mode: str = FlagMode.NONE
    flag_value: int = 0

    def quota(self, stratum: str, count: int, exempt: int = 0) -> tuple[int, str]:
        """Return the quota of a stratum in which `count` take part, `exempt` of them only to be passed over, and how it came about."""
        own = self.own.get(stratum)
        if own is not None:
            number = int(own)
            return number, f"单独设定 {number:,}" if number else "单独设定：不抽取"
        if stratum == FLAGGED and self.flag_mode == FlagMode.STRATUM:
            return _within(ratio_quota(self.flag_value, count), count, exempt)
        if self.mode == QuotaMode.RATIO:
            return _within(ratio_quota(self.value, count), count, exempt)
        return self.value, f"每层 {self.value:,}" if self.stratify != Stratify.NONE else f"共 {self.value:,}"

    def strata(self, rows: Iterable[tuple[str, str]]) -> list[Stratum]:
        """Count rows of (stratum, status) and set the quotas, by name of the stratum.

        A ratio is taken of those who take part, exempt ones included: their places are drawn again (art. 9).
        """
        counts: dict[str, list[int]] = {}
        for stratum, status in rows:
            held = counts.setdefault(stratum, [0, 0, 0])
            if status.startswith("out:"):
                held[1] += 1
            else:
                held[0] += 1
                held[2] += status.startswith("exempt:")
        found = []
        for name in sorted(counts):
            inside, outside, exempt = counts[name]
            quota, how = self.quota(name, inside, exempt)
            found.append(Stratum(name, inside, outside, quota, how, exempt))
        return found


def _within(made: tuple[int, str], count: int, exempt: int) -> tuple[int, str]:
    """Return what a ratio made, or as many as there are to select: nobody is to change the plan because some are exempt."""
    quota, how = made
    left = count - exempt
    return made if quota <= left else (left, f"{how}；免检 {exempt:,}，可抽 {left:,}")


def ratio_quota(basis_points: int, count: int) -> tuple[int, str]:
    """Return the number that a ratio makes of `count`, rounded up, at least 1 of a pool that is not empty, and how.

    >>> ratio_quota(500, 412)
    (21, '5 % × 412 → 21（进一）')
    """
    if count == 0:
        return 0, "没有可抽对象"
    quota = max(1, -(-basis_points * count // 10000)) if basis_points else 0
    percent = f"{basis_points / 100:g}"
    rounded = "（进一）" if basis_points * count % 10000 else ""
    return quota, f"{percent} % × {count:,} → {quota:,}{rounded}" if basis_points else "不抽取"
