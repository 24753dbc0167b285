"""Writers of uploads in pieces: begun, added to, put together; stored, refused, given up, or cleared after their time."""

import base64
import errno
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F
from django_tasks import task

from mingqian.accounts.models import User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean
from mingqian.documents.files.services import FileDamagedError, Piece, digest_of_pieces, join, on_disk, store_pieces
from mingqian.documents.files.states import LOOKED_AT, MediaKind, advice, kind_of_media, problem_in
from mingqian.documents.models.files import StoredFile
from mingqian.documents.models.uploads import KEPT, Upload, UploadPart
from mingqian.documents.uploads.states import UPLOAD_MOVES, UploadState
from mingqian.ledger import services as ledger

#: By the digest of so many first bytes a file is known again.
HEAD_BYTES = 1 << 20
#: The largest piece, and how many uploads one person has under way.
MOST_PIECE, MOST_OPEN = 8 << 20, 30
#: The storage is not filled to the brim: joining needs the room twice, and the database some.
_SPARE = 256 << 20
_HEX = re.compile(r"[0-9a-f]{64}")
_ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda content: hashlib.sha256(content).digest(),
    # Asked of every server by the protocol; it finds broken lines, and guards nothing.
    "sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
}


@dataclass(frozen=True)
class Purpose:
    """What a file is for: its key, the kinds that are taken, and how large it may be."""

    key: str
    kinds: tuple[MediaKind, ...]
    most: int


@dataclass(frozen=True)
class Announced:
    """What a browser says of a file before it sends it."""

    name: str
    size: int
    head: str
    note: str = ""


def size_in_words(size: int) -> str:
    """Write a number of bytes.

    >>> size_in_words(3_500_000), size_in_words(900)
    ('3.3 MB', '900 字节')
    """
    for unit, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}".replace(".0 ", " ")
    return f"{size} 字节"


def _refuse_without_room(size: int) -> None:
    folder = on_disk("")
    if folder is None:
        return  # an object store tells by itself
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return  # the folder is made with the first file
    if free < 2 * size + _SPARE:
        raise UploadError(
            507,
            "服务器剩余空间不够存放这个文件。请联系系统管理员腾出空间，之后重新选择同一文件即可；已收到的部分不会丢。",
        )


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        told = (
            "服务器的存储空间已满，这一段没有存下；之前收到的都在。请联系系统管理员腾出空间，再重新选择同一文件继续。"
        )
        raise UploadError(507, told) from error


def begin(user: User, *, about: str, purpose: Purpose, told: Announced) -> tuple[Upload, bool]:
    """Return the upload of a file, and whether it is new: the same file for the same thing goes on where it stopped."""
    name = clean(told.name).replace("/", "_").replace("\\", "_")[-200:]
    if not name or not _HEX.fullmatch(told.head):
        raise UploadError(400, "没有收到文件的名称或开头指纹，请刷新页面后重新选择文件。")
    if told.size <= 0:
        raise UploadError(400, "这个文件是空的，请确认原件能打开，再重新选择。")
    if told.size > purpose.most:
        most = size_in_words(purpose.most)
        raise UploadError(
            413, f"这个文件有 {size_in_words(told.size)}，超过 {most} 的上限。请压缩，或者分成几段再上传。"
        )
    key = {"owner": user, "about": about, "purpose": purpose.key, "name": name, "size": told.size, "head": told.head}
    found = Upload.objects.filter(**key, state=UploadState.RUNNING).first()
    if found is not None:
        return _noted(user, found, told.note), False
    if Upload.objects.filter(owner=user, state=UploadState.RUNNING).count() >= MOST_OPEN:
        raise UploadError(409, f"您有 {MOST_OPEN} 个文件还没有传完。请先传完，或放弃其中一些，再上传新的文件。")
    _refuse_without_room(told.size)
    now = clock.now()
    row = Upload(**key, key=token_hex(16), note=clean(told.note)[:200], begun_at=now, seen_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            details = {"about": about, "name": name, "size": told.size, "head": told.head}
            ledger.record(user.actor, "upload.begin", row.ledger_subject, rows=[row], details=details)
            clear_upload.using(run_after=row.expires_at).enqueue(row.pk)
    except IntegrityError:
        return Upload.objects.get(**key, state=UploadState.RUNNING), False  # another tab was first
    return row, True


def _noted(user: User, row: Upload, note: str) -> Upload:
    """Take over what is said of the file this time; nothing said leaves what was said before."""
    note = clean(note)[:200]
    if note and note != row.note:
        with transaction.atomic():
            row.note = note
            row.save(update_fields=["note"])
            ledger.record(user.actor, "upload.note", row.ledger_subject, rows=[row])
    return row


def _check_sum(content: bytes, checksum: str) -> None:
    """Hold a piece against its checksum, `ALGORITHM BASE64` as tus has it; raise UploadError 460 where they differ."""
    algorithm, _blank, text = checksum.partition(" ")
    try:
        wanted = base64.b64decode(text, validate=True)
    except ValueError:  # also a sign outside of ASCII
        wanted = b""
    if algorithm not in _ALGORITHMS or not wanted:
        raise UploadError(400, "这一段没有带校验值，请刷新页面后重新选择文件。")
    if _ALGORITHMS[algorithm](content) != wanted:
        raise UploadError(460, "这一段在路上损坏了，没有采用，会自动重传。")


def _refuse_misplaced(row: Upload, offset: int, length: int) -> None:
    refuse_ended(row)
    if offset != row.offset:
        raise UploadError(409, f"这一段不接着已收到的部分（已收到 {row.offset} 字节），没有采用。")
    if offset + length > row.size:
        raise UploadError(413, "收到的内容比选择时的文件大，多半是文件正在被改写。请等它写完，再重新选择。")


def add(row: Upload, kinds: tuple[MediaKind, ...], *, offset: int, content: bytes, checksum: str) -> Upload:
    """Take a piece that begins at `offset`; UploadError where it is damaged, out of order, or of no kind that is taken."""
    _refuse_misplaced(row, offset, len(content))
    if not content:
        return row
    _check_sum(content, checksum)
    if offset == 0:
        head = content[:LOOKED_AT]
        if len(head) < min(row.size, LOOKED_AT):
            raise UploadError(400, f"第一段至少要有 {LOOKED_AT} 字节。")
        if kind_of_media(head) not in kinds:
            refuse(row, advice(kinds, head))
            raise UploadError(415, advice(kinds, head))
    path = f"uploads/{row.key}/{offset:013d}-{uuid4().hex}"
    try:
        path = default_storage.save(path, ContentFile(content))
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        told = (
            "服务器的存储空间已满，这一段没有存下；之前收到的都在。请联系系统管理员腾出空间，再重新选择同一文件继续。"
        )
        raise UploadError(507, told) from error
    try:
        with transaction.atomic():
            held = Upload.objects.select_for_update(no_key=True).get(pk=row.pk)
            _refuse_misplaced(held, offset, len(content))
            digest = hashlib.sha256(content).hexdigest()
            UploadPart.objects.create(upload=held, offset=offset, size=len(content), digest=digest, path=path)
            held.offset, held.seen_at = offset + len(content), clock.now()
            held.save(update_fields=["offset", "seen_at"])
    except BaseException:
        default_storage.delete(path)  # another tab sent this piece first, or only half of it could be written
        raise
    return held


def _pieces(row: Upload) -> list[Piece]:
    """Return the pieces of an upload in their order; raise UploadError where they do not make it whole."""
    pieces, end = [], 0
    whole = row.is_complete
    for part in row.parts.order_by("offset"):
        whole = whole and part.offset == end
        pieces.append(Piece(part.path, part.size, part.digest))
        end += part.size
    if not whole:
        raise UploadError(409, "文件还没有收齐。")
    return pieces


def assemble(row: Upload, kinds: tuple[MediaKind, ...]) -> tuple[StoredFile, MediaKind]:
    """Join the pieces, check the whole, store it by its content and return it with its kind; raise UploadError where it is not taken.

    The pieces stay until `settle`, so that a stop in between loses nothing.
    """
    pieces = _pieces(row)
    try:
        digest, head = digest_of_pieces(pieces, HEAD_BYTES)
    except FileDamagedError as error:
        raise UploadError(409, "收到的部分在服务器上损坏或缺失，请放弃后重新上传。") from error
    if head != row.head:
        raise UploadError(415, "文件的内容与选择时不同：上传期间它被改写了。请等它写完，再重新选择。")
    with join(pieces) as file:
        start = file.read(LOOKED_AT)
        kind = kind_of_media(start)
        if kind is None or kind not in kinds:
            raise UploadError(415, advice(kinds, start))
        if problem := problem_in(kind, file, row.size):
            raise UploadError(415, problem)
    with _told_when_full():
        return store_pieces(row.owner.actor, pieces, digest), kind


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
    expire(row)
