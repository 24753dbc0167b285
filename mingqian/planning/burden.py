"""What a subject bears, reckoned: pure functions of days, and the numbers of the rule set that they are held against (art. 8, 12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mingqian.rules.selectors import Rules

#: Rule, length of the period in days, and what it is called.
PERIODS = (
    ("visits_a_day", 1, "一天"),
    ("visits_a_week", 7, "一周（连续 7 天）"),
    ("visits_a_month", 30, "一月（连续 30 天）"),
)


@dataclass(frozen=True)
class Crowding:
    """Visits too close together: so many within a period from `first`, where the rules warn above `limit`."""

    words: str
    first: date
    count: int
    limit: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        first = f"{self.first.year}年{self.first.month}月{self.first.day}日"
        return f"自{first}起{self.words}内受检 {self.count} 次，超过预警线 {self.limit} 次"


def most_within(days: Iterable[date], length: int) -> tuple[int, date | None]:
    """Return how many of `days` fall into the fullest run of `length` days, and the first day of the earliest such run.

    >>> most_within([date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 8)], 7)
    (2, datetime.date(2026, 3, 2))
    """
    ordered = sorted(days)
    best, first = 0, None
    begin = 0
    for end, day in enumerate(ordered):
        while day - ordered[begin] >= timedelta(days=length):
            begin += 1
        if end - begin + 1 > best:
            best, first = end - begin + 1, ordered[begin]
    return best, first


def warnings(days: Sequence[date], rules: Rules) -> list[Crowding]:
    """Return where `days` come closer together than the rules' early warning allows, the shortest period first."""
    found = []
    for key, length, words in PERIODS:
        count, first = most_within(days, length)
        if first is not None and count > rules.value(key):
            found.append(Crowding(words, first, count, rules.value(key)))
    return found


def crowdings_at(days: Sequence[date], day: date, rules: Rules) -> list[Crowding]:
    """Return where `days` come closer together than the early warning allows with `day` among them, the shortest period first."""
    found = []
    for key, length, words in PERIODS:
        near = timedelta(days=length)
        # A run that does not hold `day` itself can be moved until it does, without losing one of these.
        count, first = most_within([other for other in days if abs(other - day) < near], length)
        if first is not None and count > rules.value(key):
            found.append(Crowding(words, first, count, rules.value(key)))
    return found
