"""States of the room `documents`."""

from django.db import models


class UploadState(models.TextChoices):
    """Life of an upload in pieces. What ended keeps its row; its pieces are gone."""

    RUNNING = "running", "上传中"
    STORED = "stored", "已存档"
    REFUSED = "refused", "未采用"
    DROPPED = "dropped", "已放弃"
    EXPIRED = "expired", "逾期清除"


#: (state, verb) -> state.
UPLOAD_MOVES: dict[tuple[str, str], str] = {
    (UploadState.RUNNING, "store"): UploadState.STORED,
    (UploadState.RUNNING, "refuse"): UploadState.REFUSED,
    (UploadState.RUNNING, "drop"): UploadState.DROPPED,
    (UploadState.RUNNING, "expire"): UploadState.EXPIRED,
}
