"""What becomes of an upload when its last piece is there."""

from mingqian.documents.models import Upload
from mingqian.drawing.media import services
from mingqian.drawing.media.tasks import finish_large

#: Up to this size a file is put together at once; larger ones in the background, since that takes longer than a line lives.
AT_ONCE = 64 << 20


def received(upload: Upload) -> None:
    """Go on with an upload that is all there: at once, or in the background where it is large."""
    if upload.size <= AT_ONCE:
        services.finish(upload)
    else:
        finish_large.enqueue(upload.pk)
