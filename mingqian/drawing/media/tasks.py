"""Large uploads put together in the background."""

from datetime import timedelta

from django_tasks import task

from mingqian.common import clock
from mingqian.documents.models import Upload
from mingqian.documents.uploads.services import UploadError, note_waiting
from mingqian.documents.uploads.states import UploadState
from mingqian.drawing.media import services

_AGAIN = timedelta(minutes=10)


@task()
def finish_large(upload_id: int) -> None:
    """Put a large upload together, unless that was done already."""
    upload = Upload.objects.select_related("owner").get(pk=upload_id)
    if upload.state != UploadState.RUNNING or not upload.is_complete:
        return
    try:
        services.finish(upload)
    except UploadError as error:
        # The storage is full: the pieces stay, the page says why, and it is tried again.
        note_waiting(upload, str(error))
        finish_large.using(run_after=clock.now() + _AGAIN).enqueue(upload.pk)


#: Up to this size a file is put together at once; larger ones in the background, since that takes longer than a line lives.
AT_ONCE = 64 << 20


def received(upload: Upload) -> None:
    """Go on with an upload that is all there: at once, or in the background where it is large."""
    if upload.size <= AT_ONCE:
        services.finish(upload)
    else:
        finish_large.enqueue(upload.pk)
