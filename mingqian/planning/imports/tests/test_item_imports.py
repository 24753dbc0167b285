"""Tables of items as bureaus hand them around: header found, rows joined, columns corrected, laws to be linked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingqian.accounts.models import User
from mingqian.common.errors import DomainError
from mingqian.documents.tables.states import UnreadableError
from mingqian.ledger.services import StateConflictError
from mingqian.ledger.verification.selectors import verify_log
from mingqian.planning.imports import services as import_services, table
from mingqian.planning.imports.table import Row
from mingqian.planning.items import selectors as item_selectors
from mingqian.planning.models import ItemImport, ItemRevision
from mingqian.planning.tests import stages
from mingqian.testing import Bureau

ROOT = Path(__file__).resolve().parents[4]
REAL = ROOT.parent / "shared" / "data" / "hainan-inspection-items-2020.xlsx"
TABLE = """某市随机抽查事项清单,,,,,,
序号,抽查项目,,检查对象,事项类别,检查方式,检查依据
序号,抽查类别,抽查事项,检查对象,事项类别,检查方式,检查依据
1,节能,报告检查,重点用能单位,一般检查事项,"书面检查、现场检查",《测试节能法》第二条
,,,,,,《测试节能法》第三条
2,安全,储存检查,民爆企业,重点检查事项,现场检查,《没有的条例》第一条
2,安全,储存检查,民爆企业,重点检查事项,现场检查,《没有的条例》第二条
"""


def upload(bureau: Bureau, text: str = TABLE, name: str = "清单.csv") -> ItemImport:
    """Bring a table in for the energy division."""
    return import_services.upload(bureau.officer, bureau.divisions["jieneng"], file_name=name, content=text.encode())


@pytest.mark.django_db
def test_art05_a_table_becomes_drafts_with_its_rows_joined(bureau: Bureau) -> None:
    """A5.1: two header rows, an item that goes on below, one that repeats itself; the unknown law is kept for linking."""
    stages.make_law(bureau)
    batch = upload(bureau)
    assert import_services.layout_of(batch).columns["name"] == 2
    _sheets, _rows, items = import_services.read(batch)
    assert [item.rows for item in items] == [[4, 5], [6, 7]]
    batch = import_services.confirm(bureau.officer, batch)
    first, second = ItemRevision.objects.order_by("item__serial")
    assert (batch.made, batch.state) == (2, "done")
    assert (first.name, first.category, first.methods, first.kind) == (
        "报告检查",
        "节能",
        ["documents", "on_site"],
        "general",
    )
    assert [(basis["law"], basis["article"]) for basis in first.bases] == [("CSJN1", "第二条"), ("CSJN1", "第三条")]
    assert second.kind == "key"
    assert item_selectors.missing_titles(bureau.organ) == [("没有的条例", 1)]
    assert first.authors == [bureau.officer.username]
    assert verify_log().sound
    with pytest.raises(StateConflictError):
        import_services.confirm(bureau.officer, batch)
    assert ItemRevision.objects.count() == 2


@pytest.mark.django_db
def test_a_table_without_header_is_told_and_can_be_read_by_hand(bureau: Bureau) -> None:
    """Nothing is guessed into the wrong column; the officer says where what is."""
    batch = upload(bureau, "报告检查,重点用能单位,《测试节能法》第二条\n")
    assert table.missing(import_services.layout_of(batch)) == ["抽查事项", "抽查依据"]
    with pytest.raises(DomainError, match="抽查事项、抽查依据"):
        import_services.confirm(bureau.officer, batch)
    layout = table.Layout(columns={"name": 0, "target": 1, "bases": 2}, ratio=300, frequency=1, compliance="按时报送。")
    batch = import_services.change_layout(bureau.officer, batch, layout, sheet="", division=bureau.divisions["jieneng"])
    import_services.confirm(bureau.officer, batch)
    row = ItemRevision.objects.get()
    assert (row.name, row.ratio, row.frequency, row.compliance) == ("报告检查", 300, 1, "按时报送。")
    twice = table.Layout(columns={"name": 0, "bases": 0})
    with pytest.raises(DomainError, match="同一列"):
        import_services.change_layout(bureau.officer, batch, twice, sheet="", division=bureau.divisions["jieneng"])


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "why"), [(b"", "空的"), (b"%PDF-1.7", "PDF"), (b"\x89PNG\r\n", "图片")])
def test_what_is_no_table_is_refused(bureau: Bureau, content: bytes, why: str) -> None:
    """The safe reader says what to do; nothing stays behind."""
    with pytest.raises(UnreadableError, match=why):
        import_services.upload(bureau.officer, bureau.divisions["jieneng"], file_name="a.xlsx", content=content)
    assert not ItemImport.objects.exists()


@pytest.mark.django_db
def test_the_preview_shows_joining_and_takes_corrections(bureau: Bureau, sign_in: Callable[[User], Client]) -> None:
    """Upload, look, correct a column, confirm: all with the pages."""
    client = sign_in(bureau.officer)
    file = SimpleUploadedFile("清单.csv", TABLE.encode())
    answer = client.post("/planning/imports/new/", {"file": file, "division": "jieneng"}, follow=True)
    text = answer.content.decode()
    assert "第 4–5 行（2 行合并）" in text
    assert "《没有的条例》" in text
    code = ItemImport.objects.get().code
    data = {"sheet": "", "division": "jieneng", "first": "2", "last": "3", "ratio": "5", "frequency": "1"}
    columns = {"column_name": "2", "column_bases": "6", "column_target": "3"}
    wrong = client.post(f"/planning/imports/{code}/", {**data, **columns, "column_content": "2"})
    assert wrong.status_code == 400
    assert "一列只能对应一项" in wrong.content.decode()
    client.post(f"/planning/imports/{code}/", {**data, **columns})
    client.post(f"/planning/imports/{code}/confirm/")
    # Without joining, the row that has a name of its own is an item of its own.
    assert list(ItemRevision.objects.order_by("item__serial").values_list("name", "ratio")) == [
        ("报告检查", 500),
        ("储存检查", 500),
        ("储存检查", 500),
    ]


def test_a_ratio_with_its_frequency_in_one_cell_and_a_repeated_header() -> None:
    """Printed lists repeat the header on each page; some columns hold two things."""
    rows = [
        Row(1, ["抽查事项", "检查对象", "检查依据", "抽查比例和频次"]),
        Row(2, ["甲", "企业", "《甲法》第一条", "不超过5%，每年两次"]),
        Row(3, ["抽查事项", "检查对象", "检查依据", "抽查比例和频次"]),
        Row(4, ["乙", "企业", "《甲法》第67、92条", ""]),
    ]
    layout = table.guess(rows[:1])
    items = table.items_in(rows, layout)
    assert [(item.texts["name"], item.ratio, item.frequency) for item in items] == [("甲", 500, 2), ("乙", None, None)]


@pytest.mark.django_db
@pytest.mark.realdata
def test_art05_the_real_list_of_a_province_comes_in_without_retyping(bureau: Bureau) -> None:
    """A5.1: 387 rows of data are 293 items, each with its bases; all texts of the table are in the drafts."""
    if not REAL.is_file():
        pytest.skip(f"no real list at {REAL}")
    batch = import_services.upload(
        bureau.officer, bureau.divisions["jieneng"], file_name=REAL.name, content=REAL.read_bytes()
    )
    layout = import_services.layout_of(batch)
    assert (layout.first, layout.last, len(layout.columns)) == (2, 3, 9)
    _sheets, rows, items = import_services.read(batch)
    assert [number for item in items for number in item.rows] == [row.number for row in rows if row.number > 3]
    assert len(items) == 293
    import_services.confirm(bureau.officer, batch)
    drafts = list(ItemRevision.objects.order_by("item__serial"))
    assert len(drafts) == 293
    assert all(draft.bases and draft.target and draft.content for draft in drafts)
    explosives = next(draft for draft in drafts if draft.name == "民用爆破物仓储情况的检查")
    assert [basis["article"] for basis in explosives.bases if basis["title"] == "民用爆炸物品安全管理条例"] == [
        "第四十一条", "第四十二条", "第四十三条", "第四十四条", "第四十九条", "第五十条",
    ]  # fmt: skip
    assert len(item_selectors.missing_titles(bureau.organ)) > 250
