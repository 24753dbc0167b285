"""Long work of the plan."""

import logging

from django_tasks import task

from mingqian.common.errors import DomainError
from mingqian.planning.models.year import YearPreview
from mingqian.planning.year import measurement
from mingqian.planning.year.states import YearPhase

logger = logging.getLogger(__name__)


@task()
def measure_year(preview_id: int) -> None:
    """Reckon the year of a plan."""
    preview = YearPreview.objects.select_related("plan__organ", "version").get(pk=preview_id)
    if preview.phase != YearPhase.WAITING:
        logger.warning("preview %s is %s: nothing to do", preview.pk, preview.phase)
        return
    try:
        measurement.measure(preview)
    except DomainError as error:
        measurement.fail(preview, str(error))
    except Exception:
        measurement.fail(preview, measurement.BROKEN)
        raise
