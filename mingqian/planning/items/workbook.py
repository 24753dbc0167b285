"""Items as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.planning.items.selectors import Names, fields_of
from mingqian.planning.models.items import ItemRevision

ITEM_TITLES: Titles = (
    ("序号", 6), ("事项编码", 14), ("抽查类别", 18), ("抽查事项", 34), ("子项", 16), ("事项类别", 14), ("抽查对象", 24), ("对象范围", 24),
    ("抽查内容", 44), ("抽查依据", 50), ("抽查方式", 20), ("检查主体", 20), ("抽查比例", 14), ("超过上限的理由", 20), ("抽查频次", 12),
    ("检查要点", 50), ("检查结果与后续", 40), ("检查人员资格要求", 20), ("免检免扰", 20), ("责任科室", 16), ("合规提示", 50),
    ("依据是否有效", 30),
)  # fmt: skip


def item_cells(position: int, revision: ItemRevision, problem: str, names: Names) -> list[str]:
    """Return an item as `ITEM_TITLES` has it."""
    texts = [shown.text for shown in fields_of(revision, names)]
    return [str(position), revision.code, *texts, problem or "有效"]
