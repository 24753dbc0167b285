"""Items, what is under way and versions of the list as rows of a workbook."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from mingqian.documents.services import Titles
from mingqian.planning.models import ItemImport, ItemRevision, ListVersion
from mingqian.planning.wording import Names, fields_of

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
LIST_TITLES: Titles = (
    ("清单", 40), ("编号", 20), ("机关", 24), ("理由", 50), ("编制人", 12), ("编制时间", 12), ("批准人", 12), ("批准公布", 12),
    ("状态", 12),
)  # fmt: skip
IMPORT_TITLES: Titles = (
    ("编号", 16), ("文件", 40), ("责任科室", 20), ("导入人", 12), ("导入时间", 12), ("草稿", 8), ("状态", 10),
)  # fmt: skip


def draft_cells(row: ItemRevision, wrong: Sequence[str]) -> list[str]:
    """Return what is under way as `DRAFT_TITLES` has it."""
    named = [row.item.code, str(row), row.category, str(row.get_change_display()), str(row.division)]
    return [*named, str(row.drafted_by), _day(row.drafted_at), str(row.get_state_display()), "；".join(wrong)]


def list_cells(version: ListVersion) -> list[str]:
    """Return a version of the list as `LIST_TITLES` has it."""
    made = [
        str(version.composed_by),
        _day(version.composed_at),
        str(version.decided_by or ""),
        _day(version.decided_at),
    ]
    return [str(version), version.code, version.organ.name, version.why, *made, str(version.get_state_display())]


def import_cells(batch: ItemImport) -> list[str]:
    """Return a table that was brought in as `IMPORT_TITLES` has it."""
    made = [str(batch.created_by), _day(batch.created_at), str(batch.made)]
    return [batch.code, batch.file_name, str(batch.division), *made, str(batch.get_state_display())]


def _day(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d}" if value else ""


def item_cells(position: int, revision: ItemRevision, problem: str, names: Names) -> list[str]:
    """Return an item as `ITEM_TITLES` has it."""
    texts = [shown.text for shown in fields_of(revision, names)]
    return [str(position), revision.item.code, *texts, problem or "有效"]
