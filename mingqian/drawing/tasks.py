"""Work of draws in the background: putting large uploads together, ending silence about joint visits."""

from datetime import timedelta

from django_tasks import task

from mingqian.common import clock
from mingqian.documents.models import Upload
from mingqian.documents.services import UploadError, note_waiting
from mingqian.documents.states import UploadState
from mingqian.drawing import jointing, media

_AGAIN = timedelta(minutes=10)


@task()
def finish_large(upload_id: int) -> None:
    """Put a large upload together, unless that was done already."""
    upload = Upload.objects.select_related("owner").get(pk=upload_id)
    if upload.state != UploadState.RUNNING or not upload.is_complete:
        return
    try:
        media.finish(upload)
    except UploadError as error:
        # The storage is full: the pieces stay, the page says why, and it is tried again.
        note_waiting(upload, str(error))
        finish_large.using(run_after=clock.now() + _AGAIN).enqueue(upload.pk)


@task()
def lapse_silence(organ_id: int) -> None:
    """Let the divisions of an organ that did not answer until the last day count as not joining (A12.2)."""
    jointing.lapse_late(organ_id)
