"""A table of items as bureaus hand it around: title rows, one or two header rows, merged cells, items that go on over several rows. Pure.

`guess` finds header and columns; `items_in` joins the rows that speak of one item. What the officer corrects is a `Layout`.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mingqian.common.text import clean, half_width
from mingqian.planning.items.states import ItemKind, Method

#: key -> (title, words of headers that mean it); the first match counts, longer words first.
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "category": ("抽查类别", ("抽查类别", "检查类别", "抽查项目", "检查项目", "抽查大类")),
    "name": ("抽查事项", ("随机抽查事项名称", "抽查事项名称", "随机抽查事项", "抽查事项", "检查事项", "事项名称")),
    "sub_item": ("子项", ("抽查子项", "检查子项", "子项名称", "子项")),
    "kind": ("事项类别", ("事项类别", "事项类型", "事项性质")),
    "target": ("抽查对象", ("抽查对象", "检查对象")),
    "content": ("抽查内容", ("抽查内容", "检查内容")),
    "bases": ("抽查依据", ("抽查依据", "检查依据", "法律依据", "设定依据")),
    "methods": ("抽查方式", ("抽查方式", "检查方式", "抽查方法", "检查方法")),
    "ratio": ("抽查比例", ("抽查比例和频次", "抽查比例及频次", "抽查比例", "抽取比例", "比例")),
    "frequency": ("抽查频次", ("抽查频次", "检查频次", "抽查频率", "频次")),
    "body": ("检查主体", ("检查主体", "抽查主体", "实施主体")),
    "division": ("责任科室", ("责任科室", "责任单位", "编制单位名称", "编制单位", "牵头科室")),
    "serial": ("序号", ("序号", "编号")),
}
#: An item goes on where these say the same as the row before; the others may add to it.
_SAME = ("division", "serial", "category", "name", "sub_item", "target")
_METHODS = (
    ("书面", Method.DOCUMENTS),
    ("网络", Method.NETWORK),
    ("现场", Method.ON_SITE),
    ("实地", Method.ON_SITE),
    ("检测", Method.TESTING),
    ("检验", Method.TESTING),
    ("抽样", Method.TESTING),
    ("专业机构", Method.TESTING),
)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_TIMES = re.compile(
    r"(?:每年|年度|一年)[^\d一二两三四]{0,6}(\d{1,2}|[一二两三四])\s*次|(\d{1,2}|[一二两三四])\s*次\s*/?\s*年"
)
_COUNTS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
MAX_ITEMS = 3000
MAX_HEADER = 12
#: Header rows are looked for in this many first rows.
LOOK = 40
_LENGTHS = {"category": 100, "name": 300, "sub_item": 200, "body": 200}


@dataclass(frozen=True)
class Row:
    """A row of the table: its number as a spreadsheet program shows it, and its cells."""

    number: int
    cells: Sequence[Any]


@dataclass
class Layout:
    """How a table is read: first and last header row (0: none found), the column of each key, whether rows are joined, what fills gaps."""

    first: int = 0
    last: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    join: bool = True
    ratio: int | None = None
    frequency: int | None = None
    compliance: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


@dataclass
class ReadItem:
    """An item as it was read: the rows that it was joined from, its texts, what could not be understood."""

    rows: list[int]
    texts: dict[str, str]
    methods: list[str] = field(default_factory=list)
    kind: str = ItemKind.GENERAL
    ratio: int | None = None
    frequency: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def rows_words(self) -> str:
        """Say which rows it comes from."""
        first, last = self.rows[0], self.rows[-1]
        return f"第 {first} 行" if first == last else f"第 {first}–{last} 行（{len(self.rows)} 行合并）"


def text_of(cell: Any) -> str:
    """Return a cell as text, its lines kept; whole numbers without a point.

    >>> text_of(3.0), text_of(None), text_of(" 现场\\n检查 ")
    ('3', '', '现场\\n检查')
    """
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return "\n".join(line for raw in str(cell).splitlines() if (line := clean(raw)))


def _means(cell: Any) -> str:
    """Return the key that a header cell means, "" where it is none."""
    plain = re.sub(r"[\s*＊：:（(].*$", "", half_width(text_of(cell).replace("\n", "").replace(" ", "")))
    for key, (_title, words) in COLUMNS.items():
        if plain in words:
            return key
    return ""


def guess(rows: Iterable[Row]) -> Layout:
    """Find the header: the run of rows among the first in which most cells have known names. Lower rows name columns more exactly."""
    layout = Layout()
    found: dict[int, str] = {}
    for row in list(rows)[:LOOK]:
        named = {index: key for index, cell in enumerate(row.cells) if (key := _means(cell))}
        filled = sum(bool(text_of(cell)) for cell in row.cells)
        is_header = len(set(named.values())) >= 3 and len(named) * 2 >= filled
        if is_header and (not layout.first or row.number - layout.last == 1) and row.number - layout.first < MAX_HEADER:
            layout.first = layout.first or row.number
            layout.last = row.number
            found |= named
        elif layout.first:
            break
    for index in sorted(found):
        layout.columns.setdefault(found[index], index)
    return layout


def missing(layout: Layout) -> list[str]:
    """Return what a table must have and this one lacks."""
    wanted = ("name", "bases")
    return [COLUMNS[key][0] for key in wanted if key not in layout.columns]


def items_in(rows: Iterable[Row], layout: Layout) -> list[ReadItem]:
    """Return the items below the header. A row without a name, or that speaks of the same item as the row before, goes on with it."""
    found: list[ReadItem] = []
    before: dict[str, str] = {}
    for row in rows:
        if row.number <= layout.last:
            continue
        texts = {key: text_of(row.cells[i]) if i < len(row.cells) else "" for key, i in layout.columns.items()}
        if not any(texts.values()) or _repeats_header(row, layout):
            continue
        goes_on = not texts.get("name") or (layout.join and all(texts.get(k, "") == before.get(k, "") for k in _SAME))
        if goes_on and found:
            _add(found[-1], row.number, texts)
        elif texts.get("name"):
            texts = {**_carried(texts, before), **{key: text for key, text in texts.items() if text}}
            found.append(ReadItem([row.number], texts))
            before = dict(texts)
    for item in found:
        _understand(item, layout)
    return found


def _repeats_header(row: Row, layout: Layout) -> bool:
    """Say whether a row is the header again, as on the pages of a printed list."""
    hits = sum(_means(row.cells[i]) == key for key, i in layout.columns.items() if i < len(row.cells))
    return hits >= 3


def _carried(texts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return what an empty cell takes over from above: the division and the category, as lists write them once for several items."""
    return {key: before.get(key, "") for key in ("division", "category") if not texts.get(key)}


def _add(item: ReadItem, number: int, texts: Mapping[str, str]) -> None:
    item.rows.append(number)
    for key, text in texts.items():
        if text and text not in item.texts.get(key, "").split("\n") and text != item.texts.get(key):
            item.texts[key] = f"{item.texts[key]}\n{text}" if item.texts.get(key) else text


def _understand(item: ReadItem, layout: Layout) -> None:
    texts = item.texts
    if not texts.get("content"):
        texts["content"] = texts["name"]
        if "content" in layout.columns:
            item.notes.append("没有写抽查内容，先用事项名称，请核对。")
    for key, length in _LENGTHS.items():
        plain = texts.get(key, "").replace("\n", "")
        if len(plain) > length:
            item.notes.append(f"{COLUMNS[key][0]}超过 {length} 字，已截断，请核对。")
        texts[key] = plain[:length]
    item.methods = list(dict.fromkeys(str(method) for word, method in _METHODS if word in texts.get("methods", "")))
    if texts.get("methods") and not item.methods:
        item.notes.append(f"抽查方式“{texts['methods'][:20]}”没有认出来，请补选。")
    item.kind = ItemKind.KEY if "重点" in texts.get("kind", "") else ItemKind.GENERAL
    if texts.get("kind") and "重点" not in texts["kind"] and "一般" not in texts["kind"]:
        item.notes.append(f"事项类别“{texts['kind'][:20]}”没有认出来，按一般检查事项处理。")
    item.ratio = ratio_in(texts.get("ratio", "")) or layout.ratio
    item.frequency = frequency_in(texts.get("frequency", "") or texts.get("ratio", "")) or layout.frequency
    if not texts.get("bases"):
        item.notes.append("没有抽查依据。没有依据的事项不能送审（第二条）。")


def ratio_in(text: str) -> int | None:
    """Return the ratio that a cell names, in basis points; the highest where it names several.

    >>> ratio_in("不低于3%，不超过 5 ％"), ratio_in("0.05"), ratio_in("按需")
    (500, 500, None)
    """
    plain = half_width(text)
    found = [round(float(value) * 100) for value in _PERCENT.findall(plain)]
    if not found and re.fullmatch(r"0?\.\d+|1(?:\.0+)?", plain):
        found = [round(float(plain) * 10000)]
    return next((value for value in sorted(found, reverse=True) if 1 <= value <= 10000), None)


def frequency_in(text: str) -> int | None:
    """Return how often a year a cell says.

    >>> frequency_in("每年1次"), frequency_in("5%，每年两次"), frequency_in("2次/年"), frequency_in("适时")
    (1, 2, 2, None)
    """
    found = _TIMES.search(half_width(text))
    if found is None:
        return None
    word = found[1] or found[2]
    return _COUNTS.get(word) or int(word)
