"""Reading stored files."""

from collections.abc import Iterator

from mingqian.documents.models import StoredFile
from mingqian.documents.services import FileDamagedError, read


def damaged_files() -> Iterator[StoredFile]:
    """Yield every stored file whose content is missing or no longer has its digest."""
    for row in StoredFile.objects.order_by("pk").iterator(200):
        try:
            read(row)
        except FileDamagedError:
            yield row
