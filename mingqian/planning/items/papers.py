"""A published item list as a paper (art. 5): what companies print and pin up, and what a bureau puts into its files.

Everything in it follows from the published version, so that it is the same file whenever it is asked for: what later became of a basis
stands on the page and in the workbook, which tell the day.
"""

from mingqian.common import clock
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.states import Paper
from mingqian.planning import citation
from mingqian.planning.cells import percent
from mingqian.planning.items.states import Method
from mingqian.planning.models.items import ItemRevision, ListVersion

#: Shares of the width of A4 across; bases run longest.
_COLUMNS = (
    paper_states.Column("序\n号", 2, paper_states.CENTER),
    paper_states.Column("抽查类别", 6),
    paper_states.Column("抽查事项", 11),
    paper_states.Column("抽查对象", 7),
    paper_states.Column("抽查内容", 10),
    paper_states.Column("抽查依据", 15),
    paper_states.Column("抽查方式", 5),
    paper_states.Column("类别、比例\n和频次", 5),
    paper_states.Column("检查主体", 6),
)


def _how_often(row: ItemRevision) -> str:
    ratio = f"≤ {percent(row.ratio)}" if row.ratio else ""
    times = f"每年 {row.frequency} 次" if row.frequency else ""
    kind = str(row.get_kind_display()).removesuffix("检查事项")
    return "\n".join(part for part in (kind, ratio, times) if part)


def _cells(position: int, row: ItemRevision) -> tuple[str, ...]:
    return (
        str(position),
        row.category,
        f"{row}\n{row.item.code}",
        row.target or "—",
        row.content or "—",
        citation.write(row.bases),
        "\n".join(str(label) for value, label in Method.choices if value in row.methods) or "—",
        _how_often(row),
        row.body or row.division.name,
    )


def list_paper(version: ListVersion, rows: list[ItemRevision]) -> Paper:
    """Return a published version as a paper across; `rows` are its items in order."""
    day = version.decided_at.astimezone(clock.LAW_ZONE).date() if version.decided_at else None
    return Paper(
        title=version.title,
        organ=version.organ.name,
        number=f"第{version.number}版 · {paper_states.day_in_words(day)}公布 · 共 {len(rows)} 项",
        landscape=True,
        keywords=("随机抽查事项清单",),
        blocks=(
            paper_states.Table(
                _COLUMNS, tuple(_cells(i, row) for i, row in enumerate(rows, 1)), empty="本版没有事项", dense=True
            ),
            paper_states.Note(f"编制或调整理由：{version.why}\n公布文件的数字指纹（SHA-256）：{version.document_id}"),
            paper_states.Seal(version.organ.name, day),
        ),
    )
