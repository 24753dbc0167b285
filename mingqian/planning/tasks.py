"""Long work of the plan."""

import logging

from django_tasks import task

from mingqian.common.errors import DomainError
from mingqian.planning import year_running
from mingqian.planning.models import YearPreview
from mingqian.planning.states import YearPhase

logger = logging.getLogger(__name__)


@task()
def measure_year(preview_id: int) -> None:
    """Reckon the year of a plan."""
    preview = YearPreview.objects.select_related("plan__organ", "version").get(pk=preview_id)
    if preview.phase != YearPhase.WAITING:
        logger.warning("preview %s is %s: nothing to do", preview.pk, preview.phase)
        return
    try:
        year_running.measure(preview)
    except DomainError as error:
        year_running.fail(preview, str(error))
    except Exception:
        year_running.fail(preview, year_running.BROKEN)
        raise
