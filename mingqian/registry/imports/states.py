"""What is imported, states of an import, and what became of a row."""

from django.db import models


class ImportTarget(models.TextChoices):
    """What a table is read into."""

    SUBJECTS = "subjects", "抽查对象"
    INSPECTORS = "inspectors", "执法检查人员"
    PERMITS = "permits", "许可"
    FLAGS = "flags", "重点监管标记"
    EXEMPTIONS = "exemptions", "免检免扰名单"


class ImportState(models.TextChoices):
    """Life of an import."""

    UPLOADED = "uploaded", "检查中"
    READY = "ready", "待确认"
    QUEUED = "queued", "排队中"
    RUNNING = "running", "导入中"
    DONE = "done", "已完成"
    REFUSED = "refused", "未导入"
    FAILED = "failed", "已中断"
    DISCARDED = "discarded", "已放弃"


#: Steps of an import. `refuse`: the table cannot be read, or all was wanted and a row was refused; `fail`: the worker died.
IMPORT_MOVES: dict[tuple[str, str], str] = {
    (ImportState.UPLOADED, "checked"): ImportState.READY,
    (ImportState.UPLOADED, "refuse"): ImportState.REFUSED,
    (ImportState.UPLOADED, "fail"): ImportState.FAILED,
    (ImportState.READY, "remap"): ImportState.UPLOADED,
    (ImportState.READY, "confirm"): ImportState.QUEUED,
    (ImportState.READY, "discard"): ImportState.DISCARDED,
    (ImportState.QUEUED, "start"): ImportState.RUNNING,
    (ImportState.QUEUED, "fail"): ImportState.FAILED,
    (ImportState.RUNNING, "finish"): ImportState.DONE,
    (ImportState.RUNNING, "refuse"): ImportState.REFUSED,
    (ImportState.RUNNING, "fail"): ImportState.FAILED,
}
#: States in which something is being done in the background.
BUSY_STATES = (ImportState.UPLOADED, ImportState.QUEUED, ImportState.RUNNING)


class ImportPhase(models.TextChoices):
    """What the worker is doing."""

    WAITING = "waiting", "等待后台处理"
    READING = "reading", "读取文件"
    CHECKING = "checking", "逐行检查"
    PREPARING = "preparing", "整理数据"
    WRITING = "writing", "写入名录库"
    ENDED = "ended", "已结束"


class RowOutcome(models.TextChoices):
    """What became of a row."""

    TAKEN = "taken", "新增"
    UPDATED = "updated", "更新"
    UNCHANGED = "unchanged", "无变化"
    REFUSED = "refused", "未采用"
