"""All materials of a draw in one file: the record, the list of pictures and videos with their digests, the signed pages (A9.4)."""

from django.http import HttpResponse

from mingqian.common import clock
from mingqian.documents import services as documents
from mingqian.documents.models import PaperNumber
from mingqian.documents.services import Paper, blocks as b, by_media_type, paper_response, size_in_words, wording
from mingqian.drawing.evidence import Gallery, gallery_of
from mingqian.drawing.models import Draw, SignedCopy
from mingqian.drawing.papers import RECORD, facts_of, moment_in_words, record_of
from mingqian.drawing.signed import Signer, copies_of, signers_of

_DIGEST = b.Column("数字指纹（SHA-256）", 9)


def how_signed(signer: Signer) -> str:
    """Say how somebody signed the record."""
    ways = []
    if signer.phone_at is not None:
        ways.append(f"本人手机签名 {moment_in_words(signer.phone_at)}")
    if signer.on_paper:
        ways.append("纸面签字，见签字件")
    return "；".join(ways) or "未签"


def _media_table(gallery: Gallery) -> b.Table:
    rows = tuple(
        (
            str(row.serial),
            str(row.get_kind_display()),
            row.caption or row.name,
            f"{row.added_by.name}\n{moment_in_words(row.added_at)}",
            size_in_words(row.file.size),
            f"{row.file_id}\n已撤下：{row.withdrawn_why}" if row.withdrawn_why else row.file_id,
        )
        for row in gallery.every
    )
    columns = (
        b.Column("序号", 2, b.CENTER),
        b.Column("种类", 2, b.CENTER),
        b.Column("内容", 5),
        b.Column("上传", 5),
        b.Column("大小", 3, b.RIGHT),
        _DIGEST,
    )
    return b.Table(columns, rows, empty="没有照片或录像", dense=True)


def _copies_table(copies: list[SignedCopy]) -> b.Table:
    rows = tuple(
        (
            str(copy.serial),
            page.name,
            str(page.count),
            f"{copy.attached_by.name}\n{moment_in_words(copy.attached_at)}",
            page.file_id,
        )
        for copy in copies
        for page in copy.pages.all()
    )
    columns = (
        b.Column("份次", 2, b.CENTER),
        b.Column("文件", 5),
        b.Column("页数", 2, b.CENTER),
        b.Column("上传", 5),
        _DIGEST,
    )
    return b.Table(columns, rows, empty="没有签字件", dense=True)


def _list_of(draw: Draw, copies: list[SignedCopy], scans: tuple[b.Scan, ...]) -> Paper:
    gallery = gallery_of(draw)
    counts = f"共存照片 {gallery.pictures} 张、录像 {gallery.videos} 段"
    signers = [(signer.name, signer.label, how_signed(signer)) for signer in signers_of(draw, copies)]
    if copies and copies[0].others:
        signers.append((copies[0].others, "其他到场人员", "纸面签字，见签字件"))
    return Paper(
        title="抽取影像和签字件清单",
        organ=draw.organ.name,
        blocks=(
            b.Paragraph(f"{draw.title}（{draw.draw_id}），{counts}。", align=b.LEFT),
            b.Heading("一、到场人员签字"),
            b.Table((b.Column("姓名", 5), b.Column("身份", 3), b.Column("签字方式", 8)), tuple(signers)),
            b.Heading("二、照片和录像"),
            _media_table(gallery),
            b.Heading("三、签字件"),
            _copies_table(copies),
            b.Note("数字指纹是文件内容的唯一摘要：文件改动一点，指纹就完全不同。上传时已写入留痕，可与公示页对照。"),
            *scans,
        ),
    )


def _scans_of(copy: SignedCopy) -> tuple[tuple[b.Scan, ...], dict[str, bytes]]:
    """Return a page for each page of a signed copy, and the files that they show."""
    files: dict[str, bytes] = {}
    pages: list[tuple[str, int]] = []
    for page in copy.pages.all():
        kind = by_media_type(page.media_type)
        name = f"scan-{page.position}.{kind.suffix if kind else 'bin'}"
        files[name] = documents.read(page.file)
        pages += [(name, number) for number in range(1, page.count + 1)]
    head = f"{copy.number} 签字件（第 {copy.serial} 份）第"
    scans = (b.Scan(name, number, f"{head} {at} 页，共 {len(pages)} 页") for at, (name, number) in enumerate(pages, 1))
    return tuple(scans), files


def materials_response(draw: Draw, number: PaperNumber, address: str) -> HttpResponse:
    """Give all materials of a draw as one PDF; `address` is that of its public page."""
    copies = copies_of(draw)
    record = record_of(facts_of(draw, number=number, address=address), wording(draw.organ, RECORD, number.given_at))
    scans, files = _scans_of(copies[0]) if copies else ((), {})
    papers = [record, _list_of(draw, copies, scans)]
    return paper_response(papers, "pdf", f"全部材料-{draw.draw_id}", clock.now(), files)
