"""All materials of a draw in one file: the record, the list of pictures and videos with their digests, the signed pages (A9.4)."""

from django.http import HttpResponse

from mingqian.common import clock
from mingqian.documents.files import services as file_services
from mingqian.documents.files.states import by_media_type
from mingqian.documents.papers import states as paper_states
from mingqian.documents.papers.services import paper_response
from mingqian.documents.papers.states import Paper
from mingqian.documents.uploads.services import size_in_words
from mingqian.drawing.lots import Lot
from mingqian.drawing.media.selectors import Gallery, gallery_of
from mingqian.drawing.models.draws import Draw
from mingqian.drawing.models.media import SignedCopy
from mingqian.drawing.record.frame import moment_in_words
from mingqian.drawing.record.papers import record_paper
from mingqian.drawing.signed.services import Signer, copies_of, signers_of

_DIGEST = paper_states.Column("数字指纹（SHA-256）", 9)


def how_signed(signer: Signer) -> str:
    """Say how somebody signed the record."""
    ways = []
    if signer.phone_at is not None:
        ways.append(f"本人手机签名 {moment_in_words(signer.phone_at)}")
    if signer.on_paper:
        ways.append("纸面签字，见签字件")
    return "；".join(ways) or "未签"


def _media_table(gallery: Gallery) -> paper_states.Table:
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
        paper_states.Column("序号", 2, paper_states.CENTER),
        paper_states.Column("种类", 2, paper_states.CENTER),
        paper_states.Column("内容", 5),
        paper_states.Column("上传", 5),
        paper_states.Column("大小", 3, paper_states.RIGHT),
        _DIGEST,
    )
    return paper_states.Table(columns, rows, empty="没有照片或录像", dense=True)


def _copies_table(copies: list[SignedCopy]) -> paper_states.Table:
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
        paper_states.Column("份次", 2, paper_states.CENTER),
        paper_states.Column("文件", 5),
        paper_states.Column("页数", 2, paper_states.CENTER),
        paper_states.Column("上传", 5),
        _DIGEST,
    )
    return paper_states.Table(columns, rows, empty="没有签字件", dense=True)


def _list_of(draw: Draw, copies: list[SignedCopy], scans: tuple[paper_states.Scan, ...]) -> Paper:
    gallery = gallery_of(draw)
    counts = f"共存照片 {gallery.pictures} 张、录像 {gallery.videos} 段"
    signers = [(signer.name, signer.label, how_signed(signer)) for signer in signers_of(draw, copies)]
    if copies and copies[0].others:
        signers.append((copies[0].others, "其他到场人员", "纸面签字，见签字件"))
    return Paper(
        title="抽取影像和签字件清单",
        organ=draw.organ.name,
        blocks=(
            paper_states.Paragraph(f"{draw.title}（{draw.draw_id}），{counts}。", align=paper_states.LEFT),
            paper_states.Heading("一、到场人员签字"),
            paper_states.Table(
                (paper_states.Column("姓名", 5), paper_states.Column("身份", 3), paper_states.Column("签字方式", 8)),
                tuple(signers),
            ),
            paper_states.Heading("二、照片和录像"),
            _media_table(gallery),
            paper_states.Heading("三、签字件"),
            _copies_table(copies),
            paper_states.Note(
                "数字指纹是文件内容的唯一摘要：文件改动一点，指纹就完全不同。上传时已写入留痕，可与公示页对照。"
            ),
            *scans,
        ),
    )


def _scans_of(copy: SignedCopy) -> tuple[tuple[paper_states.Scan, ...], dict[str, bytes]]:
    """Return a page for each page of a signed copy, and the files that they show."""
    files: dict[str, bytes] = {}
    pages: list[tuple[str, int]] = []
    for page in copy.pages.all():
        kind = by_media_type(page.media_type)
        name = f"scan-{page.position}.{kind.suffix if kind else 'bin'}"
        files[name] = file_services.read(page.file)
        pages += [(name, number) for number in range(1, page.count + 1)]
    head = f"{copy.number} 签字件（第 {copy.serial} 份）第"
    scans = (
        paper_states.Scan(name, number, f"{head} {at} 页，共 {len(pages)} 页")
        for at, (name, number) in enumerate(pages, 1)
    )
    return tuple(scans), files


def materials_response(draw: Draw, address: str) -> HttpResponse:
    """Give all materials of a draw as one PDF; `address` is that of its public page."""
    copies = copies_of(draw)
    scans, files = _scans_of(copies[0]) if copies else ((), {})
    papers = [record_paper(Lot(draw), address), _list_of(draw, copies, scans)]
    return paper_response(papers, "pdf", f"全部材料-{draw.draw_id}", clock.now(), files)
