"""The life of a table of items: kept, read as its officer says, turned into drafts or given up (A5.1)."""

from mingqian.accounts.models import User
from mingqian.accounts.states import OFFICER_ROLES
from mingqian.casework.procedure import Procedure, Step
from mingqian.planning.imports.states import ImportState
from mingqian.planning.models.imports import ItemImport


def may_import(user: User, row: ItemImport) -> str:
    """Say why `user` does not bring the table in."""
    officer = user.has_role(*OFFICER_ROLES) and user.organ_id == row.organ_id
    return "" if officer else "事项表格由本机关业务科室或综合法规科经办人导入。"


_READY = ImportState.READY
ITEM_IMPORTS: Procedure[ItemImport] = Procedure(
    name="item-import",
    thing="清单导入",
    model=ItemImport,
    states=ImportState,
    address="planning:import",
    at=lambda row: (row.code,),
    ends=(ImportState.DONE, ImportState.DISCARDED),
    article="A5.1",
    title=lambda row: row.file_name,
    steps=(
        Step("upload", (), _READY, "上传", "上传清单表格", may_import),
        Step("change", (_READY,), _READY, "调整读取方式", "调整读取方式", may_import, hidden=True),
        Step("finish", (_READY,), ImportState.DONE, "生成草稿", "导入清单表格", may_import, hidden=True),
        Step("discard", (_READY,), ImportState.DISCARDED, "放弃", "放弃清单导入", may_import, hidden=True),
    ),
)
