"""Finding the header and the columns in tables as bureaus write them (A6.1)."""

import pytest

from mingqian.documents.imports.columns import find_header, missing_columns, plain_title, recognise
from mingqian.documents.imports.states import kind_named
from mingqian.documents.tables.services import open_table
from mingqian.documents.tables.states import Line
from mingqian.registry.tests.tables import csv_file, xlsx_file


def lines_of(content: bytes) -> list[Line]:
    """Read a table whole."""
    with open_table(content) as table:
        return list(table.lines)


def test_title_rows_above_the_header_are_passed_over() -> None:
    """A merged title, a line about who filled it in, a blank line, then the header."""

    def draw(book: object, sheet: object) -> None:
        sheet.merge_range(0, 0, 0, 3, "附件1：淄博市2026年度抽查对象名录")  # type: ignore[attr-defined]
        sheet.write(1, 0, "填报单位：节能科")  # type: ignore[attr-defined]
        sheet.write_row(3, 0, ["序号", "单位名称", "统一社会信用代码", "住所"])  # type: ignore[attr-defined]
        sheet.write_row(4, 0, [1, "淄博甲公司", "91370303MA3P01KC3B", "张店区"])  # type: ignore[attr-defined]

    header = find_header(lines_of(xlsx_file(draw=draw)), kind_named("subjects"))
    assert header.row == 4
    assert header.mapping == {"name": 1, "code": 2, "address": 3}


def test_a_header_of_two_rows_with_merged_cells_is_read_as_one() -> None:
    """Validity over from and until."""

    def draw(book: object, sheet: object) -> None:
        sheet.merge_range(0, 0, 0, 4, "执法检查人员名录")  # type: ignore[attr-defined]
        for column, title in enumerate(("姓名", "科室", "执法证号")):
            sheet.merge_range(1, column, 2, column, title)  # type: ignore[attr-defined]
        sheet.merge_range(1, 3, 1, 4, "有效期")  # type: ignore[attr-defined]
        sheet.write_row(2, 3, ["起", "止"])  # type: ignore[attr-defined]
        sheet.write_row(3, 0, ["王一", "节能科", "15030001", "2024-01-01", "2029-01-01"])  # type: ignore[attr-defined]

    header = find_header(lines_of(xlsx_file(draw=draw)), kind_named("inspectors"))
    assert header.row == 3
    assert header.mapping == {"name": 0, "division": 1, "certificate_number": 2, "valid_from": 3, "valid_until": 4}


def test_a_data_row_is_never_taken_for_the_second_row_of_a_header() -> None:
    """Even one that repeats words of the header."""
    header = find_header(
        lines_of(csv_file([["企业名称", "地址", "备注"], ["淄博地址测绘有限公司", "", "地址"]])), kind_named("subjects")
    )
    assert header.row == 1


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("市场主体名称", "name"),
        ("社会信用代码", "code"),
        ("统一社会信用代码\n（注册号）", "code"),
        ("法定代表人（负责人）*", "responsible_person"),
        ("联 系 方 式", "phone"),
        ("经营场所", "address"),
        ("注册资本（万元）", "capital"),
        ("所在区县", "district"),
        ("企业名称（必填）", "name"),
        ("备注", None),
    ],
)
def test_columns_are_known_by_many_names(title: str, key: str | None) -> None:
    """Blanks, brackets, stars and line breaks do not matter."""
    assert recognise([title], kind_named("subjects")) == ({key: 0} if key else {})


def test_no_name_of_a_column_stands_for_two_columns() -> None:
    """Within one registry each title has one meaning."""
    for kind in ("subjects", "inspectors"):
        seen: dict[str, str] = {}
        for column in kind_named(kind).columns:
            for name in column.names:
                assert seen.setdefault(plain_title(name), column.key) == column.key, name


def test_a_missing_required_column_is_named() -> None:
    """The page asks for it by its title."""
    assert missing_columns(kind_named("inspectors"), {"name": 0}) == ["执法证号", "科室"]
