"""Long work of draws: putting large uploads together."""

from django_tasks import task

from mingqian.documents.models import Upload
from mingqian.documents.states import UploadState
from mingqian.drawing import media


@task()
def finish_large(upload_id: int) -> None:
    """Put a large upload together, unless that was done already."""
    upload = Upload.objects.select_related("owner").get(pk=upload_id)
    if upload.state == UploadState.RUNNING and upload.is_complete:
        media.finish(upload)
