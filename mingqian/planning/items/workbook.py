"""Items and what is under way as rows of a workbook."""

from collections.abc import Sequence

from mingqian.common.tables import Titles
from mingqian.planning.cells import day_cell
from mingqian.planning.items.selectors import Names, fields_of
from mingqian.planning.models.items import ItemRevision

ITEM_TITLES: Titles = (
    ("序号", 6), ("事项编码", 14), ("抽查类别", 18), ("抽查事项", 34), ("子项", 16), ("事项类别", 14), ("抽查对象", 24), ("对象范围", 24),
    ("抽查内容", 44), ("抽查依据", 50), ("抽查方式", 20), ("检查主体", 20), ("抽查比例", 14), ("超过上限的理由", 20), ("抽查频次", 12),
    ("检查要点", 50), ("检查结果与后续", 40), ("检查人员资格要求", 20), ("免检免扰", 20), ("责任科室", 16), ("合规提示", 50),
    ("依据是否有效", 30),
)  # fmt: skip
DRAFT_TITLES: Titles = (
    ("编码", 14), ("抽查事项", 40), ("抽查类别", 18), ("变动", 10), ("责任科室", 18), ("起草人", 12), ("起草时间", 12), ("状态", 12),
    ("还缺什么", 60),
)  # fmt: skip


def draft_cells(row: ItemRevision, wrong: Sequence[str]) -> list[str]:
    """Return what is under way as `DRAFT_TITLES` has it."""
    named = [row.item.code, str(row), row.category, str(row.get_change_display()), str(row.division)]
    return [*named, str(row.drafted_by), day_cell(row.drafted_at), str(row.get_state_display()), "；".join(wrong)]


def item_cells(position: int, revision: ItemRevision, problem: str, names: Names) -> list[str]:
    """Return an item as `ITEM_TITLES` has it."""
    texts = [shown.text for shown in fields_of(revision, names)]
    return [str(position), revision.item.code, *texts, problem or "有效"]
