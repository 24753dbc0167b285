"""Long work of documents: clearing what nobody goes on with."""

from django_tasks import task

from mingqian.common import clock
from mingqian.documents import upload_ending
from mingqian.documents.models import Upload
from mingqian.documents.states import UploadState


@task()
def clear_upload(upload_id: int) -> None:
    """Clear an upload after its time, or look again when that has moved."""
    row = Upload.objects.get(pk=upload_id)
    if row.state != UploadState.RUNNING:
        return
    if row.expires_at > clock.now():
        clear_upload.using(run_after=row.expires_at).enqueue(row.pk)
        return
    upload_ending.expire(row)
