"""Writers of pictures and videos of a draw: taken over from an upload, described, withdrawn (A9.4)."""

from contextlib import suppress

from django.db import transaction

from mingqian.accounts.models import User
from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.rows import held
from mingqian.common.text import clean
from mingqian.documents.files import states as file_states
from mingqian.documents.models import StoredFile, Upload
from mingqian.documents.uploads import services as upload_services
from mingqian.drawing.draw.selectors import hold, refuse_stranger
from mingqian.drawing.duties import services as duties
from mingqian.drawing.media.selectors import SIGNED, purposes
from mingqian.drawing.media.states import MediaKind
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import DrawMedia
from mingqian.drawing.signed import services as signed_services
from mingqian.ledger import services as ledger

#: What a draw has on file at most: no ceremony needs more, and a page shows them all.
MOST_MEDIA = 300
SHORTEST = 4
_FULL = 507


def draw_of(upload: Upload) -> Draw:
    """Return the draw that an upload is about."""
    return Draw.objects.select_related("organ").get(draw_id=upload.about.removeprefix("lot/"))


def finish(upload: Upload) -> None:
    """Put the pieces together and take the file over; what is not taken is refused with its reason, and nothing of it stays.

    Raise UploadError 507 where the storage is full: then the pieces stay, and it can be tried again.
    """
    try:
        file, kind = upload_services.assemble(upload, purposes()[upload.purpose].kinds)
        if upload.purpose == SIGNED:
            signed_services.take_page(upload, file, kind)
        else:
            take(upload, file, kind)
    except ledger.StateConflictError:
        return  # another tab or the background was first, with the same bytes
    except (DomainError, NotAllowedError) as error:
        if isinstance(error, upload_services.UploadError) and error.status == _FULL:
            raise
        with suppress(ledger.StateConflictError):
            upload_services.refuse(upload, str(error))


@transaction.atomic
def take(upload: Upload, file: StoredFile, kind: file_states.MediaKind) -> DrawMedia:
    """Put an uploaded picture or video on file with its draw."""
    draw = Draw.objects.select_for_update(no_key=True, of=("self",)).get(pk=draw_of(upload).pk)
    user = upload.owner
    refuse_stranger(user, draw)
    known = draw.media.filter(file=file, withdrawn_why="").first()
    if known is not None:
        raise DomainError(f"内容相同的文件已经在档：{known}（{known.name}）。")
    if draw.media.filter(withdrawn_why="").count() >= MOST_MEDIA:
        raise DomainError(f"一次抽取最多存 {MOST_MEDIA} 份影像，已经存满。请挑选后撤下多余的，再上传。")
    row = DrawMedia.objects.create(
        draw=draw,
        serial=next_number(draw.media.all(), under=draw),
        kind=MediaKind.VIDEO if kind in file_states.VIDEOS else MediaKind.PICTURE,
        file=file,
        media_type=kind.media_type,
        name=upload.name,
        caption=upload.note,
        added_by=user,
        added_at=clock.now(),
    )
    duties.media_came(user.actor, draw, str(row))
    details = {"serial": row.serial, "kind": row.kind, "size": file.size, "media_type": row.media_type}
    ledger.record(user.actor, "draw.media", draw.ledger_subject, digest=file.digest, rows=[row], details=details)
    upload_services.settle(upload, file)
    return row


def _held(user: User, media: DrawMedia) -> DrawMedia:
    row = held(media, "draw", "file")
    refuse_stranger(user, row.draw)
    if row.withdrawn_why:
        raise DomainError("这份影像已经撤下，不能再改。")
    return row


@transaction.atomic
def describe(user: User, media: DrawMedia, *, caption: str) -> DrawMedia:
    """Word anew what a picture or video shows; the earlier words stay on the ledger."""
    row = _held(user, media)
    before, row.caption = row.caption, clean(caption)[:200]
    if before == row.caption:
        return row
    row.save(update_fields=["caption"])
    details = {"serial": row.serial, "before": before, "after": row.caption}
    ledger.record(user.actor, "draw.media-describe", row.draw.ledger_subject, rows=[row], details=details)
    return row


@transaction.atomic
def withdraw(user: User, media: DrawMedia, *, why: str) -> DrawMedia:
    """Withdraw what was put on file by mistake, with a reason. The file and its digest stay; it no longer counts."""
    row = _held(user, media)
    if len(clean(why)) < SHORTEST:
        raise DomainError(f"请写明撤下的原因（至少 {SHORTEST} 个字），例如“拍到了无关人员”。")
    hold(row.draw.organ_id)
    row.withdrawn_why, row.withdrawn_by, row.withdrawn_at = clean(why)[:200], user, clock.now()
    row.save(update_fields=["withdrawn_why", "withdrawn_by", "withdrawn_at"])
    details = {"serial": row.serial, "why": row.withdrawn_why}
    subject = row.draw.ledger_subject
    ledger.record(user.actor, "draw.media-withdraw", subject, digest=row.file.digest, rows=[row], details=details)
    duties.media_went(user.actor, row.draw)
    return row
