"""How an upload in pieces ends: stored, refused, given up, or cleared after its time. Its row stays; its pieces go."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.models import StoredFile, Upload, UploadPart
from mingqian.documents.states import UPLOAD_MOVES, UploadState
from mingqian.documents.upload_models import KEPT
from mingqian.ledger import services as ledger


class UploadError(DomainError):
    """A piece or an upload is not taken; `status` is the answer by HTTP."""

    def __init__(self, status: int, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.status = status


def refuse_ended(row: Upload) -> None:
    """Refuse to go on with an upload that has ended, saying how."""
    if row.state == UploadState.STORED:
        raise UploadError(409, "这个文件已经传完并存档。")
    if row.state != UploadState.RUNNING:
        why = f"：{row.why}" if row.why else ""
        raise UploadError(410, f"这次上传{row.get_state_display()}{why} 需要时请重新选择文件。")


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def _end(actor: str, row: Upload, verb: str, *, why: str = "", digest: str = "") -> Upload:
    paths = list(row.parts.values_list("path", flat=True))
    details = {"about": row.about, "name": row.name, "why": why, "received": row.offset, "size": row.size}
    with transaction.atomic():
        Upload.objects.select_for_update(no_key=True).get(pk=row.pk)  # no piece comes in between
        taken = ledger.move(
            actor,
            verb,
            row,
            UPLOAD_MOVES,
            subject=row.ledger_subject,
            digest=digest,
            entry_verb=f"upload.{verb}",
            details=details,
            why=why[:200],
            stored=digest,
            ended_at=clock.now(),
        )
        UploadPart.objects.filter(upload=row).delete()
        transaction.on_commit(lambda: _delete(paths))
    return taken


def refuse(row: Upload, why: str) -> Upload:
    """Refuse what was sent, saying why."""
    return _end(row.owner.actor, row, "refuse", why=why)


def give_up(user: User, row: Upload) -> Upload:
    """Give an upload up."""
    refuse_ended(row)
    return _end(user.actor, row, "drop")


def expire(row: Upload) -> Upload:
    """Clear an upload that nobody went on with; that it was there stays on record."""
    return _end("system", row, "expire", why=f"{KEPT.days} 天没有继续，已收到的部分已清除。")


def note_waiting(row: Upload, why: str) -> Upload:
    """Note why an upload that is all there could not be put together yet."""
    with transaction.atomic():
        row.why = why[:200]
        row.save(update_fields=["why"])
        ledger.record("system", "upload.wait", row.ledger_subject, rows=[row], details={"why": row.why})
    return row


def settle(row: Upload, file: StoredFile) -> Upload:
    """Note that an upload is stored. Called in the transaction that takes the file over."""
    return _end(row.owner.actor, row, "store", digest=file.digest)


def clear_expired() -> int:
    """Clear every upload whose time is over, and say how many there were."""
    late = Upload.objects.filter(state=UploadState.RUNNING, seen_at__lte=clock.now() - KEPT, offset__lt=F("size"))
    rows = list(late.select_related("owner"))
    for row in rows:
        expire(row)
    return len(rows)
