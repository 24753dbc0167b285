"""The reckoning of a year as a workbook: distribution, burdened, pairs, load, windows, each on a sheet (A8.2)."""

from collections.abc import Sequence

from mingqian.common.tables import Titles
from mingqian.pages.templatetags.mingqian import day
from mingqian.planning.year.display import Shown

Sheet = tuple[str, Titles, Sequence[Sequence[str]]]


def _spread(shown: Shown) -> Sheet:
    titles: Titles = (
        ("受检次数", 14), ("家数（精确计算）", 18), (f"家数（模拟 {shown.years} 次平均）", 24), ("最少", 10), ("最多", 10),
    )  # fmt: skip
    return "受检次数", titles, [[s.label, s.exact, s.rehearsed, str(s.least), str(s.most)] for s in shown.spread]


def _burdened(shown: Shown) -> Sheet:
    titles: Titles = (
        ("登记号", 24), ("名称", 34), ("区县", 12), ("已受检", 10), ("涉及检查", 10), ("预计受检次数", 14), ("两次及以上", 12),
        ("三次及以上", 12), ("算法", 34),
    )  # fmt: skip
    source = f"{shown.how}（{day(shown.on)}名录库）"
    rows = []
    for one in shown.burdened:
        subject = one["subject"]
        who = [one["number"], subject.name if subject else "", subject.district if subject else ""]
        counts = [str(one["already"]), str(one["rounds"]), one["expected"], one["twice"], one["thrice"]]
        rows.append([*who, *counts, source])
    return "负担最重", titles, rows


def _pairs(shown: Shown) -> Sheet:
    titles: Titles = (
        ("任务一", 34), ("任务二", 34), ("重叠自", 12), ("重叠至", 12), ("共同对象", 12), ("预计同时抽中", 14), ("建议", 36),
    )  # fmt: skip
    rows = []
    for one in shown.pairs:
        days = [one["since"].isoformat(), one["until"].isoformat()]
        rows.append([one["one"]["name"], one["other"]["name"], *days, str(one["shared"]), one["both"], one["proposal"]])
    return "同一时段", titles, rows


def _loads(shown: Shown) -> Sheet:
    titles: Titles = (("科室", 18), *((f"{month}月", 10) for month in range(1, 13)), ("全年", 10))
    return "各月人次", titles, [[name, *(cell.visits for cell in cells), total] for name, cells, total in shown.loads]


def _windows(shown: Shown) -> Sheet:
    titles: Titles = (
        ("条目", 22), ("名称", 34), ("科室", 24), ("自", 12), ("至", 12), ("工作日", 8), ("节假日", 20), ("调休上班", 16),
        ("放假安排", 14), ("可抽对象", 12), ("预计抽取", 12), ("检查人次", 12), ("问题与建议", 60),
    )  # fmt: skip
    lacks: dict[tuple[str, int], list[str]] = {}
    for one in shown.shortages:
        lacks.setdefault((one["round"]["entry"], one["round"]["time"]), []).append(f"{one['why']}：{one['advice']}")
    rows = []
    for row in shown.rounds:
        days = [row["since"], row["until"], str(row["working"]), row["off"], row["worked"]]
        known = "尚未公布" if row["provisional"] else "已公布"
        counts = [str(row["eligible"]), str(row["visits"]), row["load"]]
        told = "；".join(lacks.get((row["entry"], row["time"]), ()))
        rows.append([row["entry"], row["name"], row["who"], *days, known, *counts, told])
    return "检查时间", titles, rows


def sheets(shown: Shown) -> list[Sheet]:
    """Return the reckoning as sheets of a workbook."""
    return [part(shown) for part in (_spread, _burdened, _pairs, _loads, _windows)]
