"""Files that are no tables, or dangerous ones: each gets a message that says what to do, and nothing stays behind."""

import io
import struct
import zipfile
import zlib

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingqian.documents.imports import services as import_services
from mingqian.documents.imports.states import ImportState
from mingqian.documents.models import Import, StoredFile
from mingqian.documents.tables.selectors import kind_of
from mingqian.documents.tables.services import open_table
from mingqian.documents.tables.states import PROBLEMS, UnreadableError
from mingqian.ledger.models import Entry
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.models import Subject
from mingqian.registry.tests.tables import checked, csv_file, xlsx_file
from mingqian.testing import Bureau

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(size: int = 600 * 1024 * 1024) -> bytes:
    """Return a workbook of half a megabyte that unfolds to 600 MB and says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            block = b" " * (1024 * 1024)
            for _ in range(size // len(block)):
                file.write(block)
    return out.getvalue()


def lying_bomb() -> bytes:
    """Return a bomb whose directory claims that it unfolds to 100 bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b" " * (1024 * 1024)) for _ in range(600)) + packer.flush()
    content = zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"x"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        second = archive.infolist()[1]
    start = second.header_offset
    head = bytearray(content[start : start + 30 + len(second.filename)])
    struct.pack_into("<II", head, 18, len(packed), 100)
    body = content[:start] + bytes(head) + packed
    directory = bytearray(content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")])
    struct.pack_into("<II", directory, directory.rindex(b"PK\x01\x02") + 20, len(packed), 100)
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    struct.pack_into("<I", end, 16, len(body))
    return body + bytes(directory) + bytes(end)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "image"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "image"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"<html><body><table><tr><td>\xe5\x90\x8d</td></tr></table>", "html"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>x", "html"),
        (b'<?xml version="1.0"?><Workbook/>', "xml"),
        (b"Rar!\x1a\x07", "archive"),
        (zipped({"a.csv": b"x"}), "archive"),
        (zipped({"word/document.xml": b"x"}), "document"),
        (zipped({"xl/workbook.bin": b"x"}), "other-workbook"),
        (b"PK\x03\x04 nothing that could be unfolded", "broken"),
        (OLE2 + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE2 + b"\x00" * 512 + "WordDocument".encode("utf-16-le"), "document"),
        (OLE2 + b"\x00" * 600, "other-workbook"),
        (b"\x00\x01\x02\x03" * 100, "binary"),
        (xlsx_file(draw=lambda _book, sheet: sheet.write(1048575, 16383, "x")), "spread"),
        (xlsx_file([["列"] * 201]), "columns"),
    ],
)
def test_what_is_no_readable_table_is_told_by_its_content(content: bytes, code: str) -> None:
    """The name of the file proves nothing."""
    with pytest.raises(UnreadableError) as raised:
        kind_of(content)
    assert raised.value.code == code
    assert "请" in str(raised.value)


@pytest.mark.parametrize("make", [bomb, lying_bomb])
def test_a_zip_bomb_is_not_unfolded(make: object) -> None:
    """Neither one that says how large it is, nor one that lies."""
    with pytest.raises(UnreadableError) as raised:
        kind_of(make())  # type: ignore[operator]
    assert raised.value.code == "bomb"


def test_a_cell_at_the_far_corner_ends_the_child_and_not_this_process() -> None:
    """The second line of defence: even unmeasured, such a workbook only costs the reading child its life."""
    content = xlsx_file([["a"]], draw=lambda _book, sheet: sheet.write(1048575, 16383, "b"))
    with pytest.raises(UnreadableError) as raised, open_table(content) as table:
        list(table.lines)
    assert raised.value.code in {"memory", "crash", "spread"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("企业名称,地址\n甲,乙\n".encode("gb18030") + b"\xff\xff", "encoding"),
        (csv_file([[f"列{i}" for i in range(201)]]), "columns"),
        (zipped({"xl/workbook.xml": b"<workbook"}), "broken"),
    ],
)
def test_what_turns_out_unreadable_while_it_is_read_is_told(content: bytes, code: str) -> None:
    """The child names the problem."""
    kind_of(content)
    with pytest.raises(UnreadableError) as raised, open_table(content) as table:
        list(table.lines)
    assert raised.value.code == code


def test_more_rows_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workbook the cells' own references tell."""
    monkeypatch.setattr("mingqian.documents.tables.selectors.MAX_ROWS", 50)
    with pytest.raises(UnreadableError) as raised:
        kind_of(xlsx_file([["名称"]] * 1100))
    assert raised.value.code == "rows"


def test_every_problem_says_what_to_do() -> None:
    """In Chinese, without a traceback's words."""
    for code, text in PROBLEMS.items():
        assert "请" in text, code
        assert str(UnreadableError(code)).endswith("。")


@pytest.mark.django_db
def test_a_refused_upload_leaves_nothing_behind(bureau: Bureau, client: Client) -> None:
    """No import, no stored file, no entry in the ledger; the message stands at the field."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    entries = Entry.objects.count()
    file = SimpleUploadedFile("名录.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50)
    response = client.post("/imports/new/", {"kind": "subjects", "file": file})
    assert response.status_code == 400
    assert "这是一张图片" in response.content.decode()
    assert (Import.objects.count(), StoredFile.objects.count(), Entry.objects.count()) == (0, 0, entries)


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused(bureau: Bureau, client: Client, settings: LazySettings) -> None:
    """Before it is read."""
    settings.MINGQIAN_MAX_UPLOAD = 1024 * 1024
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    file = SimpleUploadedFile("名录.csv", b"x" * (1024 * 1024 + 1))
    response = client.post("/imports/new/", {"kind": "subjects", "file": file})
    assert "文件超过 1 MB" in response.content.decode()
    assert Import.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("content", [csv_file([["企业名称", "地址"]]), xlsx_file([["企业名称", "地址"], ["", ""]])])
def test_a_table_without_rows_is_not_imported(bureau: Bureau, content: bytes) -> None:
    """Only a header: the import ends with the message."""
    batch = checked(bureau.officer, content)
    assert batch.state == ImportState.REFUSED
    assert "没有数据行" in batch.message
    assert Subject.objects.count() == 0


@pytest.mark.django_db
def test_a_workbook_under_the_name_of_a_csv_file_is_read_as_what_it_is(bureau: Bureau) -> None:
    """And the other way round."""
    rows = [["企业名称", "地址"], ["淄博甲公司", "张店区"]]
    for content, name in ((xlsx_file(rows), "名录.csv"), (csv_file(rows), "名录.xlsx")):
        assert checked(bureau.officer, content, name=name).state == ImportState.READY


@pytest.mark.django_db
def test_the_name_of_an_upload_is_kept_without_folders_and_control_characters(bureau: Bureau) -> None:
    """It is shown on pages and in the ledger's details."""
    batch = import_services.upload(
        bureau.officer,
        kind=ImportKind.SUBJECTS,
        file_name="../../etc/名\x00录\u202e.csv",
        content=csv_file([["名称"], ["甲甲"]]),
    )
    assert batch.file_name == "名录.csv"
