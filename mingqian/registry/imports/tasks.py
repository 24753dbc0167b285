"""Long work of the registries."""

import logging

from django_tasks import task

from mingqian.registry.imports import work
from mingqian.registry.imports.states import ImportState
from mingqian.registry.models.imports import Import

logger = logging.getLogger(__name__)
_BROKEN = "处理中断，没有导入任何一行。请重新上传导入；再次中断时请联系系统管理员查看日志。"


@task()
def analyse_import(import_id: int) -> None:
    """Check a table that was uploaded."""
    _work_on(import_id, ImportState.UPLOADED)


@task()
def run_import(import_id: int) -> None:
    """Bring a confirmed table in."""
    _work_on(import_id, ImportState.QUEUED)


def _work_on(import_id: int, state: ImportState) -> None:
    batch = Import.objects.select_related("organ", "file", "work").get(pk=import_id)
    if batch.state != state:
        logger.warning("import %s is %s, not %s: nothing to do", batch, batch.state, state)
        return
    try:
        if state == ImportState.UPLOADED:
            work.analyse(batch)
        else:
            work.bring_in(batch)
    except Exception:
        batch.refresh_from_db()
        work.fail(batch, _BROKEN)
        raise
