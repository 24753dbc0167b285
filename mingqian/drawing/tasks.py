"""Long work of draws: putting large uploads together."""

from datetime import timedelta

from django_tasks import task

from mingqian.common import clock
from mingqian.documents.models import Upload
from mingqian.documents.services import UploadError
from mingqian.documents.states import UploadState
from mingqian.drawing import media

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
        Upload.objects.filter(pk=upload.pk).update(why=str(error)[:200])
        finish_large.using(run_after=clock.now() + _AGAIN).enqueue(upload.pk)
