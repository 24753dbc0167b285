"""Work of draws in the background: putting large uploads together, ending silence about joint visits."""

from django_tasks import task

from mingqian.documents.models import Upload
from mingqian.documents.states import UploadState
from mingqian.drawing import jointing, media


@task()
def finish_large(upload_id: int) -> None:
    """Put a large upload together, unless that was done already."""
    upload = Upload.objects.select_related("owner").get(pk=upload_id)
    if upload.state == UploadState.RUNNING and upload.is_complete:
        media.finish(upload)


@task()
def lapse_silence(organ_id: int) -> None:
    """Let the divisions of an organ that did not answer until the last day count as not joining (A12.2)."""
    jointing.lapse_late(organ_id)
