"""What kind of file a picture, a video or a scan is: told by its first bytes, never by its name, out of a closed list."""

from dataclasses import dataclass
from typing import Any, BinaryIO

#: So many bytes decide.
LOOKED_AT = 512


@dataclass(frozen=True)
class MediaKind:
    """A kind of file that is taken: its media type, and the word for it."""

    media_type: str
    words: str
    suffix: str


JPEG = MediaKind("image/jpeg", "JPEG 照片", "jpg")
PNG = MediaKind("image/png", "PNG 图片", "png")
WEBP = MediaKind("image/webp", "WebP 图片", "webp")
MP4 = MediaKind("video/mp4", "MP4 录像", "mp4")
MOV = MediaKind("video/quicktime", "MOV 录像", "mov")
WEBM = MediaKind("video/webm", "WebM 录像", "webm")
PDF = MediaKind("application/pdf", "PDF 文件", "pdf")
PICTURES = (JPEG, PNG, WEBP)
VIDEOS = (MP4, MOV, WEBM)
SCANS = (PDF, JPEG, PNG)
_BY_TYPE = {kind.media_type: kind for kind in (*PICTURES, *VIDEOS, PDF)}

_MARKS = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF))
#: Brands of the ISO base media format that are stills (HEIF), and those that are sound alone.
_STILLS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_SOUND = {b"M4A ", b"M4B ", b"M4P "}
#: What a name or a wish says is of no weight, but a person is helped by hearing what the file is instead.
_OTHERS = (
    ((b"<!doc", b"<html", b"<head", b"<body", b"<scri"), "网页"),
    ((b"<svg",), "SVG 图形"),
    ((b"<?xml",), "XML 文件"),
    ((b"pk\x03\x04",), "压缩包或 Office 文件"),
    ((b"mz", b"\x7felf"), "程序文件"),
    ((b"gif8",), "GIF 动图"),
    ((b"bm",), "BMP 图片"),
    ((b"ii*\x00", b"mm\x00*"), "TIFF 图片"),
    ((b"\x30\x26\xb2\x75", b"flv"), "WMV、FLV 录像"),
    ((b"%pdf-",), "PDF 文件"),
)


def by_media_type(media_type: str) -> MediaKind | None:
    """Return the kind with a media type."""
    return _BY_TYPE.get(media_type)


def kind_of_media(head: bytes) -> MediaKind | None:
    """Return the kind that a file is by its first bytes, None where it is none that is taken anywhere."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _STILLS | _SOUND:
            return None
        return MOV if brand == b"qt  " else MP4
    if head[:4] == b"RIFF":
        return WEBP if head[8:12] == b"WEBP" else None
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else None
    return next((kind for mark, kind in _MARKS if head.startswith(mark)), None)


def what_instead(head: bytes) -> str:
    """Say what a file that is not taken seems to be, "" where that is not known."""
    if head[4:8] == b"ftyp" and head[8:12] in _STILLS:
        return "HEIC 照片"
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND:
        return "录音"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG 图形"
    return next((words for marks, words in _OTHERS if start.startswith(marks)), "")


def advice(kinds: tuple[MediaKind, ...], head: bytes) -> str:
    """Return what is said of a file that is none of `kinds`."""
    instead = what_instead(head)
    taken = "、".join(kind.words for kind in kinds)
    told = f"这个文件的内容是{instead}，不能采用" if instead else "认不出这个文件的内容，不能采用"
    more = "。请在手机“设置 → 相机 → 格式”中选“兼容性最佳”，或用 JPEG 重新导出" if instead == "HEIC 照片" else ""
    return f"{told}{more}。可以上传：{taken}（按内容辨认，改文件名没有用）。"


def problem_in(kind: MediaKind, file: BinaryIO, size: int) -> str:
    """Return what is wrong with a whole file as its kind should be, "" where nothing was found."""
    if kind in {MP4, MOV}:
        return _problem_in_boxes(file, size)
    if kind is JPEG and not _ends_with(file, size, b"\xff\xd9"):
        return "照片没有收尾，可能在拷贝时中断了。请确认原件能打开，再重新选择。"
    if kind is PNG and not _ends_with(file, size, b"IEND\xaeB`\x82"):
        return "图片没有收尾，可能在拷贝时中断了。请确认原件能打开，再重新选择。"
    if kind is WEBP and size != _riff_size(file):
        return "图片的长度与文件头不符，可能在拷贝时中断了。请确认原件能打开，再重新选择。"
    if kind is WEBM and not _has_segment(file):
        return "录像里没有内容，放不出来。请在电脑上确认能播放，再重新选择。"
    return ""


def _riff_size(file: BinaryIO) -> int:
    file.seek(4)
    length = int.from_bytes(file.read(4), "little")
    return 8 + length + length % 2


def _has_segment(file: BinaryIO) -> bool:
    """Say whether the segment, in which everything lies, begins after the head (RFC 9559)."""
    file.seek(0)
    return b"\x18\x53\x80\x67" in file.read(4096)


def _ends_with(file: BinaryIO, size: int, mark: bytes) -> bool:
    """Say whether `mark` is near the end; phones put data of their own behind it."""
    file.seek(max(0, size - (4 << 20)))
    return mark in file.read(4 << 20)


def _problem_in_boxes(file: Any, size: int) -> str:
    """Walk the outermost boxes (ISO 14496-12): without `moov`, or cut within a box, nobody can play the video."""
    broken = "录像没有收尾，放不出来：多半是录制时断电，或者拷贝时中断。请在手机或相机上确认能播放，再重新选择。"
    place, kinds = 0, set()
    while place < size:
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return broken
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - place
        if length < 8 or place + length > size:
            return broken
        kinds.add(kind)
        place += length
    return "" if b"moov" in kinds else broken
