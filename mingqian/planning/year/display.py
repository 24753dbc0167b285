"""The reckoning of a year in words and pictures, for the page and the workbook (A8.2). Names are read when it is shown, never kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingqian.accounts.models import Division
from mingqian.pages.charts import Columns, Value, columns
from mingqian.planning.models.plans import Plan
from mingqian.planning.rehearsal.services import MOST
from mingqian.registry.models import Inspector, Subject

#: Of each list the page shows so many rows, the rest one click away.
FIRST = 15
#: Tints of the table of loads: visits of one inspector on a working day.
_TINTS = (0.1, 0.25, 0.5, 1.0)


def amount(value: float) -> str:
    """Write an expected number: whole from a hundred on, one digit behind the point below, two below one.

    >>> amount(48018.26), amount(12.34), amount(0.456), amount(3.0), amount(0.001)
    ('48,018', '12.3', '0.46', '3', '不足 0.01')
    """
    if 0 < value < 0.005:
        return "不足 0.01"
    digits = 0 if value >= 100 else 1 if value >= 1 else 2
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chance(value: float) -> str:
    """Write a probability.

    >>> chance(0.1234), chance(0.0004), chance(0.99999), chance(0)
    ('12.3%', '不足 0.1%', '大于 99.9%', '0%')
    """
    if 0 < value < 0.0005:
        return "不足 0.1%"
    if 0.9995 < value < 1:
        return "大于 99.9%"
    return f"{value * 100:.1f}".rstrip("0").rstrip(".") + "%"


def _day(text: str) -> date:
    return date.fromisoformat(text)


def count_label(count: int) -> str:
    """Name a number of visits; the last stands for that many and more."""
    return f"{count} 次及以上" if count == MOST else f"{count} 次"


@dataclass(frozen=True)
class Spread:
    """How many subjects have so many visits: exact, and rehearsed with least and most of a year."""

    label: str
    exact: str
    rehearsed: str
    least: int
    most: int


@dataclass(frozen=True)
class Cell:
    """What one division carries in one month; `tint` from 0 (nothing) to 5 (more visits than days)."""

    visits: str
    each: str
    a_day: float | None
    people: int
    tint: int

    @property
    def mark(self) -> str:
        """Say in words what the last tint means, "" for the others."""
        if self.tint < len(_TINTS) + 1:
            return ""
        return "超负荷" if self.people else "无人可派"


class Shown:
    """What the page of a reckoning shows."""

    def __init__(self, plan: Plan, result: Mapping[str, Any]) -> None:
        self.plan, self.result = plan, result
        self.visits, self.staff, self.meeting = result["visits"], result["staff"], result["meeting"]
        self.on = _day(result["on"])
        self.years: int = result["years"]
        self.divisions = dict(Division.objects.filter(organ=plan.organ).values_list("code", "name"))
        self.rounds = [self._round(row) for row in result["rounds"]]

    @property
    def exact(self) -> bool:
        """Say whether the visits of subjects are exact: no extra lots, no cap that may bind."""
        return not self.result["lots"] and not self.result["capped"]

    @property
    def primary(self) -> Sequence[float]:
        """Return the distribution that the page stands by: the exact one where there is one, else the rehearsed."""
        found: Sequence[float] = self.visits["spread"] if self.exact else self.visits["rehearsed"]
        return found

    @property
    def how(self) -> str:
        """Say how the visits were found."""
        return "精确计算" if self.exact else f"模拟 {self.years} 次"

    def names(self, codes: Iterable[str]) -> str:
        """Return divisions by name."""
        return "、".join(self.divisions.get(code, code) for code in codes)

    def _round(self, row: Mapping[str, Any]) -> dict[str, Any]:
        several = sum(other["entry"] == row["entry"] for other in self.result["rounds"]) > 1
        return {
            **row,
            "name": f"{row['title']}（第 {row['time']} 次）" if several else row["title"],
            "who": self.names(row["divisions"]),
            "begins": _day(row["since"]),
            "ends": _day(row["until"]),
            "off": "、".join(f"{name} {count} 天" for name, count in row["holidays"]),
            "worked": "、".join(f"{day.month}月{day.day}日" for day in map(_day, row["made_up"])),
            "load": amount(row["visits"] * row["team_size"]),
        }

    @property
    def totals(self) -> dict[str, Any]:
        """Return the numbers that matter."""
        subjects = self.visits["subjects"]
        ahead = sum(row["visits"] for row in self.rounds)
        return {
            "subjects": subjects,
            "ahead": ahead,
            "reachable": chance(self.visits["reachable"] / subjects) if subjects else "—",
            "unreachable": subjects - self.visits["reachable"],
            "mean": amount(self.visits["expected"] / subjects) if subjects else "—",
            "twice": amount(sum(self.primary[2:])),
            "thrice": amount(sum(self.primary[3:])),
            "both": amount(self.meeting["both"]),
            "short": len(self.shortages),
            "share": "" if self.result["share"] == 1 else chance(self.result["share"]),
            "kept_out": amount(self.result["kept_out"]),
            "passed": amount(self.result["passed"]),
        }

    @property
    def spread(self) -> list[Spread]:
        """Return the distribution of visits."""
        rows = zip(
            self.visits["spread"], self.visits["rehearsed"], self.visits["least"], self.visits["most"], strict=True
        )
        return [Spread(count_label(k), amount(e), amount(r), low, high) for k, (e, r, low, high) in enumerate(rows)]

    @property
    def spread_chart(self) -> Columns:
        """Return the distribution as columns; where it is rehearsed, with least and most of a year."""
        values = []
        for k, height in enumerate(self.primary):
            low, high = (None, None) if self.exact else (self.visits["least"][k], self.visits["most"][k])
            label = f"{k}+ 次" if k == MOST else f"{k} 次"
            values.append(Value(label, height, amount(height), "soon" if k >= 3 else "", low, high))
        return columns("每家全年受检几次（家数）", values)

    @property
    def burdened(self) -> list[dict[str, Any]]:
        """Return the most burdened subjects, by name."""
        rows = self.visits["burdened"]
        numbers = [row[0] for row in rows]
        known = {one.number: one for one in Subject.objects.filter(organ=self.plan.organ, number__in=numbers)}
        return [
            {
                "number": number,
                "subject": known.get(number),
                "already": already,
                "rounds": rounds,
                "expected": amount(expected),
                "twice": chance(twice),
                "thrice": chance(thrice),
            }
            for number, already, rounds, expected, twice, thrice in rows
        ]

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """Return the districts, with the shares of a bar 200 wide: visited at least once, reachable, nobody's."""
        return [
            {
                "district": district,
                "subjects": subjects,
                "reachable": reachable,
                "visited": amount(visited),
                "share": chance(visited / subjects),
                "missed": subjects - reachable,
                "bar": (round(200 * visited / subjects, 1), round(200 * reachable / subjects, 1)),
            }
            for district, subjects, reachable, visited in self.visits["coverage"]
            if subjects
        ]

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """Return the pairs of rounds that meet, with what is proposed (art. 12)."""
        found = []
        for first, second, shared, both in self.meeting["pairs"]:
            one, other = self.rounds[first], self.rounds[second]
            since, until = max(one["begins"], other["begins"]), min(one["ends"], other["ends"])
            alone = one["divisions"][0] == other["divisions"][0]
            together = f"{self.names([one['divisions'][0]])}合并安排" if alone else (
                f"{self.names(dict.fromkeys([one['divisions'][0], other['divisions'][0]]))}联合抽查"
            )  # fmt: skip
            found.append(
                {
                    "one": one,
                    "other": other,
                    "since": since,
                    "until": until,
                    "shared": shared,
                    "both": amount(both),
                    "proposal": together,
                }
            )
        return found

    @property
    def loads(self) -> list[tuple[str, list[Cell], str]]:
        """Return the divisions with what they carry by month and in the year; those that carry nothing are left out."""
        rows: dict[str, list[Cell]] = {}
        sums: dict[str, float] = {}
        for code, _month, visits, people, days in self.staff["loads"]:
            a_day = visits / days if days else None
            rows.setdefault(code, []).append(
                Cell(amount(visits), amount(visits / people) if people else "—", a_day, people, _tint(visits, a_day))
            )
            sums[code] = sums.get(code, 0.0) + visits
        return [
            (self.divisions.get(code, code), cells, amount(sums[code])) for code, cells in rows.items() if sums[code]
        ]

    @property
    def months_chart(self) -> Columns:
        """Return what all divisions carry by month."""
        sums = [0.0] * 12
        for _code, month, visits, _people, _days in self.staff["loads"]:
            sums[month - 1] += visits
        return columns("全局各月检查人次", [Value(f"{i}月", value, amount(value)) for i, value in enumerate(sums, 1)])

    @property
    def dealt(self) -> list[dict[str, Any]]:
        """Return the rehearsed loads of inspectors, the heaviest first."""
        rows = sorted(self.staff["dealt"], key=lambda row: (-row[1], row[0]))
        known = {
            one.certificate_number: one
            for one in Inspector.objects.filter(organ=self.plan.organ).select_related("division")
        }
        return [
            {"number": number, "inspector": known.get(number), "mean": amount(mean), "least": least, "most": most}
            for number, mean, least, most in rows
        ]

    @property
    def shortages(self) -> list[dict[str, Any]]:
        """Return the rounds that lack people or days or subjects, with what is to be done (art. 10)."""
        return [
            {"round": row, "why": why, "advice": advice} for row in self.rounds for why, advice in _lacks(row)
        ]  # fmt: skip


def _tint(visits: float, a_day: float | None) -> int:
    if not visits:
        return 0
    if a_day is None:
        return 5
    return 1 + sum(a_day > limit for limit in _TINTS)


_ART_10 = "写明人员不足的说明或抽取方案，报主要领导决定后直接委派，或者跨科室随机抽取（第十条）"


def _lacks(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield what a round lacks and what may be done about it."""
    if row["short"] == "days":
        yield "检查时间内没有工作日", "请调整检查时间"
    elif row["short"] == "lead":
        yield (
            f"检查科室可派人员平均 {amount(row['people'])} 人，不能每组都由本科室带队",
            f"请取消带队要求，或者{_ART_10}",
        )
    elif row["short"] == "team":
        people = amount(row["people"])
        yield f"可派人员平均 {people} 人，不足一组（{row['team_size']} 人）", _ART_10
    elif row["short"] == "busy":
        a_day = amount(row["a_day"])
        yield f"连同同期任务，人均每个工作日 {a_day} 家次", f"请延长检查时间、错开同期任务，或者{_ART_10}"
    if row["stuck"] and row["short"] not in {"days", "lead", "team"}:
        yield f"模拟中有 {chance(row['stuck'])} 的年份因回避等原因组不成检查组", _ART_10
    if row["wanting"]:
        yield f"名额比可抽对象多 {row['wanting']:,} 家", "请减少名额或放宽条件"
