"""The record signed on paper comes back as a scan: its pages, the copies made of them, and who signed how (A9.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from mingqian.accounts.models import User
from mingqian.casework.numbers import next_number
from mingqian.common import clock
from mingqian.common.errors import DomainError, refuse_because
from mingqian.common.rows import held
from mingqian.common.text import clean
from mingqian.documents.files import services as file_services, states as file_states
from mingqian.documents.models import PaperNumber, StoredFile, Upload
from mingqian.documents.papers import selectors as paper_selectors
from mingqian.documents.uploads import services as upload_services
from mingqian.drawing.draw.selectors import refuse_stranger
from mingqian.drawing.draw.states import DrawState
from mingqian.drawing.lots import Lot
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import SignedCopy, SignedPage
from mingqian.ledger import services as ledger

#: Pages of one copy: a record of two thousand subjects has about a hundred and twenty.
MOST_PAGES = 200
#: What one file of all materials holds in memory: pixels of a page (A4 at 600 dpi), pages that must be decoded, bytes of all.
MOST_PIXELS, MOST_PNG, MOST_BYTES = 36_000_000, 6, 200 << 20
SHORTEST = 4


@dataclass(frozen=True)
class Signer:
    """Somebody whom the record has a line for, and how they signed: on their phone, on paper in the copy that counts, or not yet."""

    label: str
    name: str
    phone_at: datetime | None
    on_paper: bool

    @property
    def is_done(self) -> bool:
        """Say whether there is a signature at all."""
        return self.phone_at is not None or self.on_paper


def copies_of(draw: Draw) -> list[SignedCopy]:
    """Return the signed copies of the record, the one that counts first."""
    return list(draw.signed_copies.select_related("attached_by").prefetch_related("pages__file").order_by("-serial"))


def tray_of(draw: Draw) -> list[SignedPage]:
    """Return the scanned files that are not yet part of a copy."""
    return list(draw.signed_pages.filter(copy=None, removed_at=None).select_related("file", "added_by"))


def names_on(draw: Draw) -> list[tuple[str, str]]:
    """Return (what they are, name) of everybody whom the record has a line for."""
    return [("经办人", draw.sealed_by.name), *(("抽取监督人", name) for name in draw.plan["witnesses"])]


def signers_of(draw: Draw, copies: Sequence[SignedCopy]) -> list[Signer]:
    """Return who signed how."""
    by_phone = dict(draw.signatures.filter(supplement=None).values_list("witness", "signed_at"))
    on_paper = set(copies[0].signers) if copies else set()
    return [Signer(label, name, by_phone.get(name), name in on_paper) for label, name in names_on(draw)]


def refuse_early(draw: Draw) -> PaperNumber:
    """Return the number of the record; raise DomainError where there is nothing yet that could have been signed."""
    if draw.state != DrawState.OPENED:
        raise DomainError("抽取开签之后才有抽取记录，也才有签字件。")
    number = Lot(draw).record_number
    if number is None:
        raise DomainError("请先给抽取记录取号、打印并签字，再上传签字件。")
    return number


def take_page(upload: Upload, file: StoredFile, kind: file_states.MediaKind) -> SignedPage:
    """Take an uploaded scan over; it waits until the officer says that the copy is complete."""
    content = file_services.read(file)
    pixels = paper_selectors.pixels_of(content, kind.suffix)
    if pixels > MOST_PIXELS:
        raise DomainError(
            f"这张扫描图有 {pixels // 10_000:,} 万像素，超过 {MOST_PIXELS // 10_000:,} 万的上限。请用 300 dpi 扫描后再上传。"
        )
    count = paper_selectors.pages_of_scan(content, kind.suffix, MOST_PAGES)
    if count == 0:
        raise DomainError("这份扫描件读不出来：可能加了密码，或者已经损坏。请去掉密码或重新扫描后再上传。")
    return _keep(upload, file, kind, count)


@transaction.atomic
def _keep(upload: Upload, file: StoredFile, kind: file_states.MediaKind, count: int) -> SignedPage:
    draw_id = upload.about.removeprefix("lot/")
    draw = Draw.objects.select_for_update(no_key=True, of=("self",)).select_related("organ").get(draw_id=draw_id)
    user = upload.owner
    refuse_stranger(user, draw)
    refuse_early(draw)
    waiting = draw.signed_pages.filter(copy=None, removed_at=None)
    if waiting.filter(file=file).exists():
        raise DomainError("同样的扫描件已经在待确认的页里。")
    if count + (waiting.aggregate(sum=Sum("count"))["sum"] or 0) > MOST_PAGES:
        raise DomainError(f"一份签字件最多 {MOST_PAGES} 页，这份扫描件加上已有的超过了。请只上传有签字的记录本身。")
    if kind is file_states.PNG and waiting.filter(media_type=kind.media_type).count() >= MOST_PNG:
        raise DomainError(
            f"一份签字件最多 {MOST_PNG} 张 PNG 图片（太占内存）。其余的页请存为 JPEG 照片或合成一个 PDF 再上传。"
        )
    if file.size + (waiting.aggregate(sum=Sum("file__size"))["sum"] or 0) > MOST_BYTES:
        raise DomainError("一份签字件的文件合计最多 200 MB。请降低扫描的分辨率，或合成一个 PDF 再上传。")
    row = SignedPage.objects.create(
        draw=draw,
        position=next_number(draw.signed_pages.all(), under=draw, field="position"),
        file=file,
        media_type=kind.media_type,
        name=upload.name,
        count=count,
        added_by=user,
        added_at=clock.now(),
    )
    details = {"name": row.name, "pages": count}
    subject = draw.ledger_subject
    ledger.record(user.actor, "draw.signed-page", subject, digest=file.digest, rows=[row], details=details)
    upload_services.settle(upload, file)
    return row


@transaction.atomic
def remove_page(user: User, page: SignedPage) -> SignedPage:
    """Take a scan out of those that wait; the file stays in the storage and on the ledger."""
    row = held(page, "draw", "file")
    refuse_stranger(user, row.draw)
    if row.copy_id is not None or row.removed_at is not None:
        raise DomainError("这一页已经在签字件里，或已经移出，不能再移。")
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    details = {"name": row.name}
    subject = row.draw.ledger_subject
    ledger.record(user.actor, "draw.signed-remove", subject, digest=row.file.digest, rows=[row], details=details)
    return row


@transaction.atomic
def attach(user: User, draw: Draw, *, signers: Sequence[str], others: str, why: str, seen: Sequence[int]) -> SignedCopy:
    """Make a signed copy of the scans that wait, which from now on counts; the earlier ones are kept.

    `signers` are those of the record's names who signed on paper, `seen` the scans that the officer was shown.
    """
    draw = held(draw, "organ", "sealed_by")
    refuse_stranger(user, draw)
    number = refuse_early(draw)
    pages, known = tray_of(draw), [name for _label, name in names_on(draw)]
    named, others, why = [name for name in known if name in signers], clean(others)[:200], clean(why)[:200]
    serial = next_number(draw.signed_copies.all(), under=draw)
    refuse_because(_why_unseen(pages, seen) or _why_unsaid(serial, [*named, others], why))
    row = SignedCopy.objects.create(
        draw=draw,
        serial=serial,
        number=number.text,
        signers=named,
        others=others,
        why=why if serial > 1 else "",
        attached_by=user,
        attached_at=clock.now(),
    )
    for page in pages:
        page.copy = row
        page.save(update_fields=["copy"])
    files = [page.file_id for page in pages]
    details = {"serial": row.serial, "number": row.number, "signers": named, "others": others, "files": files}
    ledger.record(user.actor, "draw.signed", draw.ledger_subject, rows=[row, *pages], details=details)
    return row


def _why_unseen(pages: Sequence[SignedPage], seen: Sequence[int]) -> str:
    if not pages:
        return "还没有扫描页。请先上传签字后的抽取记录（PDF 或照片）。"
    return "" if [page.pk for page in pages] == list(seen) else "扫描页在您填写期间有变动，请核对下面的页之后再确认。"


def _why_unsaid(serial: int, signers: Sequence[str], why: str) -> str:
    if not any(signers):
        return "请勾选在这份纸面记录上签了字的人，或写明其他签字人。"
    again = serial > 1 and len(why) < SHORTEST
    return f"已有第 {serial - 1} 份签字件。请写明换件的原因（至少 {SHORTEST} 个字），原件仍会保留。" if again else ""
