"""The life of an import: read and tried dry in the background, confirmed, written in the background (A6.1)."""

from mingqian.accounts.models import User
from mingqian.accounts.states import READER_ROLES
from mingqian.casework.procedure import Procedure, Step
from mingqian.documents.imports.states import BUSY_STATES, ImportState
from mingqian.documents.models.imports import Import


def may_import(user: User, row: Import) -> str:
    """Say why `user` does not bring the table in."""
    return row.kind.why_not(user, row.organ)


def by_system(_user: User, _row: Import) -> str:
    """Say to everybody that the step is not theirs: the work in the background takes it (`IMPORTS.move`)."""
    return "这一步由系统自动完成。"


_UPLOADED, _READY, _QUEUED, _RUNNING = (
    ImportState.UPLOADED, ImportState.READY, ImportState.QUEUED, ImportState.RUNNING,
)  # fmt: skip
IMPORTS: Procedure[Import] = Procedure(
    name="import",
    thing="导入",
    model=Import,
    states=ImportState,
    address="imports:import",
    at=lambda row: (row.number,),
    ends=(ImportState.DONE, ImportState.REFUSED, ImportState.FAILED, ImportState.DISCARDED),
    article="A6.1",
    rows=lambda user: (
        Import.objects.filter(organ=user.organ).select_related("organ")
        if user.has_role(*READER_ROLES)
        else Import.objects.none()
    ),
    title=lambda row: row.file_name,
    describe=lambda row: f"{row.number}，{row.total:,} 行",
    steps=(
        Step("upload", (), _UPLOADED, "上传", "上传表格", may_import),
        Step("remap", (_READY,), _UPLOADED, "调整读取方式", "调整读取方式", may_import, hidden=True),
        Step("confirm", (_READY,), _QUEUED, "导入", "确认导入", may_import, todo="确认导入", go="去确认", hidden=True),
        Step("discard", (_READY,), ImportState.DISCARDED, "放弃", "放弃导入", may_import, hidden=True),
        Step("checked", (_UPLOADED,), _READY, "检查完毕", "检查表格", by_system, hidden=True),
        Step("start", (_QUEUED,), _RUNNING, "开始", "开始导入", by_system, hidden=True),
        Step("finish", (_RUNNING,), ImportState.DONE, "完成", "完成导入", by_system, hidden=True),
        # The table cannot be read, or all was wanted and a row was refused.
        Step("stop", (_UPLOADED, _RUNNING), ImportState.REFUSED, "不导入", "未导入", by_system, hidden=True),
        # The worker died.
        Step("fail", BUSY_STATES, ImportState.FAILED, "中断", "导入中断", by_system, hidden=True),
    ),
)  # fmt: skip
