"""Long work of documents: clearing what nobody goes on with."""

from datetime import timedelta

from django_tasks import task

from mingqian.common import clock
from mingqian.documents import upload_ending
from mingqian.documents.models import Upload
from mingqian.documents.states import UploadState

_AGAIN = timedelta(days=1)


@task()
def clear_upload(upload_id: int) -> None:
    """Clear an upload after its time, or look again when that has moved."""
    row = Upload.objects.get(pk=upload_id)
    if row.state != UploadState.RUNNING:
        return
    if row.expires_at > clock.now() or row.is_complete:
        # One that is all there waits to be put together: it is never cleared for that.
        clear_upload.using(run_after=max(row.expires_at, clock.now() + _AGAIN)).enqueue(row.pk)
        return
    upload_ending.expire(row)
