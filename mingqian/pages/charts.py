"""Charts as values: where columns and lines stand in a picture; `<c-columns>` draws them. No colours here, only what a column is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

#: Size of the picture and of what stands around the columns, in its own units: text of 13 is readable on a phone too.
WIDTH, HEIGHT = 440, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 22, 30


@dataclass(frozen=True)
class Value:
    """What one column shows: its name, its height, what stands above it; `low` and `high` make a line through its top."""

    label: str
    height: float
    text: str
    tone: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Column:
    """A column in the picture."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: Value
    #: Ends of the line through the top, None where there is none.
    line: tuple[float, float] | None = None

    @property
    def top(self) -> float:
        """Return above what the column's text stands."""
        return min(self.y, self.line[1]) if self.line else self.y


@dataclass(frozen=True)
class Line:
    """A line across the picture, with what stands at its left."""

    y: float
    text: str


@dataclass(frozen=True)
class Columns:
    """A chart of columns: what it is called, what it says to those who do not see it."""

    title: str
    told: str
    columns: Sequence[Column]
    lines: Sequence[Line] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    base: int = HEIGHT - _BOTTOM


def step_for(top: float) -> float:
    """Return the distance of lines across a chart that reaches up to `top`: 1, 2 or 5 times a power of ten, at most five lines.

    >>> [step_for(top) for top in (3, 7.5, 48_000)]
    [1.0, 2.0, 10000.0]
    """
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if top <= 5 * step * factor:
                return step * factor
        step *= 10


def columns(title: str, values: Sequence[Value]) -> Columns:
    """Return a chart of columns from zero up."""
    top = max([1.0, *(value.height for value in values), *(value.high or 0.0 for value in values)])
    step = step_for(top)
    top = step * -(-top // step)
    room = HEIGHT - _TOP - _BOTTOM

    def at(height: float) -> float:
        return round(HEIGHT - _BOTTOM - room * height / top, 1)

    slot = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    found = []
    for i, value in enumerate(values):
        x, y = _LEFT + slot * (i + 0.16), at(value.height)
        line = (at(value.low), at(value.high)) if value.low is not None and value.high is not None else None
        middle = round(_LEFT + slot * (i + 0.5), 1)
        height = round(HEIGHT - _BOTTOM - y, 1)
        found.append(Column(round(x, 1), y, round(slot * 0.68, 1), height, middle, value, line))
    lines = [Line(at(step * i), f"{step * i:,.0f}") for i in range(int(top / step) + 1)]
    told = "；".join(f"{value.label}：{value.text}" for value in values)
    return Columns(title, told, found, lines)
