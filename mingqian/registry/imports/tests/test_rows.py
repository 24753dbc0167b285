"""What becomes of rows: the mess of real tables, refusals, duplicates, updates (A6.1)."""

from datetime import date
from typing import Any

import pytest

from mingqian.common.text import is_word
from mingqian.documents.imports import tasks as import_tasks
from mingqian.documents.imports.states import ImportState, RowOutcome
from mingqian.documents.models import Import, ImportRow
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Subject
from mingqian.registry.subjects.states import SubjectKind, SubjectStatus
from mingqian.registry.tests.tables import (
    checked,
    credit_code,
    csv_file,
    imported,
    registration_number,
    xls_file,
    xlsx_file,
)
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db

HEAD = ["企业名称", "统一社会信用代码", "地址", "法定代表人", "联系电话", "成立日期", "登记状态", "区县", "身份证号码"]
PERSON = "11010519491231002X"


def row(name: Any = "淄博甲化工有限公司", code: Any = "", address: Any = "", *more: Any) -> list[Any]:
    """Return a row under `HEAD`."""
    return [name, code, address, *more, *[""] * (6 - len(more))]


def outcomes(batch: Import) -> list[tuple[int, str, str]]:
    """Return row number, outcome and code of every row."""
    return list(batch.rows.order_by("row").values_list("row", "outcome", "code"))


def test_a_messy_workbook_is_tidied(bureau: Bureau) -> None:
    """Floats, full-width digits, line breaks, N/A, merged cells, titles: one table as they come."""

    def draw(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 8, "抽查对象名录")
        sheet.write_row(1, 0, HEAD)
        sheet.write_row(
            2,
            0,
            [
                " 淄博 乙\n机械厂 ",
                float(registration_number(60001234, "370306")),
                "Ａ路１０号",
                "李 二",
                13853312345.0,
                41373.0,
            ],
        )
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in credit_code(1))
        sheet.write_row(
            3,
            0,
            [
                "淄博(张店)丙公司",
                f"{wide}\u200b\r\n",
                "淄川区将军路3号",
                "N/A",
                "0533-2345678",
                "2013年4月9日",
                "存续（在营、开业、在册）",
            ],
        )
        sheet.write_row(4, 0, ["淄博丁商店", "N/A", "周村区丁路", "#N/A", "——", "20130409", "已吊销"])
        sheet.merge_range(2, 7, 3, 7, "高新技术产业开发区")

    batch = imported(bureau.officer, xlsx_file(draw=draw))
    assert (batch.taken, batch.refused) == (3, 0)
    second, third, fourth = Subject.objects.order_by("pk")
    assert (second.name, second.number, second.address, second.responsible_person) == (
        "淄博乙机械厂",
        registration_number(60001234, "370306"),
        "A路10号",
        "李二",
    )
    assert (second.credit_code, second.registration_number, second.phone()) == (None, second.number, "13853312345")
    assert (second.established_on, second.district) == (date(2013, 4, 9), "高新区")
    assert (third.name, third.credit_code, third.responsible_person, third.district) == (
        "淄博（张店）丙公司",
        credit_code(1),
        "",
        "高新区",
    )
    assert (fourth.number, fourth.district, fourth.status) == ("DJ-000001", "周村区", SubjectStatus.REVOKED)
    assert all(is_word(subject.number) and is_word(subject.district) for subject in Subject.objects.all())


@pytest.mark.parametrize(
    "content",
    [
        xls_file([HEAD, row(code=credit_code(7))]),
        csv_file([HEAD, row(code=credit_code(7))]),
        csv_file([HEAD, row(code=credit_code(7))], "utf-8-sig"),
        csv_file([HEAD, row(code=credit_code(7))], "utf-16"),
        csv_file([HEAD, row(code=credit_code(7))], "gb18030"),
        csv_file([HEAD, row(code=credit_code(7))], "gb18030", "\t"),
        csv_file([HEAD, row(code=credit_code(7))], "utf-8", ";"),
    ],
)
def test_every_format_and_encoding_gives_the_same_subject(bureau: Bureau, content: bytes) -> None:
    """.xls, CSV in UTF-8, UTF-16, GB18030, with comma, tab, semicolon."""
    assert imported(bureau.officer, content).taken == 1
    subject = Subject.objects.get()
    assert (subject.name, subject.number, subject.kind) == ("淄博甲化工有限公司", credit_code(7), SubjectKind.COMPANY)


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        (row("", "", "张店区A路"), "name-missing", "名称未填"),
        (row("N/A", credit_code(1)), "name-missing", "名称未填"),
        (row("123"), "name-odd", "不像名称"),
        (row(code="91370303MA3P01KC30"), "code-wrong", "校验码不对"),
        (row(code="9137030"), "code-wrong", "位数不对"),
        (row(code="370306001234567"), "code-wrong", "注册号"),
        (row(code="9.13703E+17"), "code-lost", "设为文本格式"),
        (row("名" * 201), "too-long", "名称超过 200 字"),
        (row("淄博甲公司", "", "地" * 10_001), "too-long", "10,000"),
        (row("淄博甲公司", "", "", "", "", "去年"), "date-odd", "日期"),
        (row("淄博甲公司", "", "", "", "", "2013-02-30"), "date-odd", "日期"),
        (row("淄博甲公司", "", "", "", "", "", "奇怪"), "status-unknown", "存续、注销"),
        (row("淄博甲公司", "", "", "", "没有"), "phone-odd", "电话"),
        (row("张三", "", "", "", "", "", "", "", "110105194912310021"), "code-wrong", "身份证号码"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_go_in(
    bureau: Bureau, cells: list[Any], code: str, words: str
) -> None:
    """One bad row never stops the rest."""
    batch = imported(
        bureau.officer,
        csv_file([HEAD, row("淄博好公司", credit_code(9)), [*cells[:9]], row("淄博又一家公司", credit_code(10))]),
    )
    assert outcomes(batch) == [(2, RowOutcome.TAKEN, ""), (3, RowOutcome.REFUSED, code), (4, RowOutcome.TAKEN, "")]
    assert words in ImportRow.objects.get(of=batch, row=3).reason
    assert batch.work.reasons == {code: 1}
    assert Subject.objects.count() == 2


def test_a_code_typed_as_a_number_has_lost_digits_and_is_refused(bureau: Bureau) -> None:
    """A spreadsheet keeps fifteen digits; the sixteenth would be invented."""
    batch = checked(bureau.officer, xlsx_file([HEAD, row(code=913703030659270016)]))
    assert outcomes(batch) == [(2, RowOutcome.REFUSED, "code-lost")]


def test_duplicates_within_the_file_are_refused_and_name_the_earlier_row(bureau: Bureau) -> None:
    """By code, by registration number, by ID number, and by name and address where there is no code."""
    number = registration_number(5)
    rows = [
        row("淄博甲公司", credit_code(1), "张店区A路"),
        row("淄博甲公司（新）", credit_code(1), "B路"),
        row("淄博乙厂", number, "C路"),
        row("淄博乙厂二", float(number), "D路"),
        row("张三", "", "E村", "", "", "", "", "", PERSON),
        row("张三三", "", "F村", "", "", "", "", "", PERSON.lower()),
        row("淄博丁店", "N/A", "G路1号"),
        row("淄博 丁店", "", "G路１号"),
        row("淄博甲公司", "", "张店区A路"),
        row("淄博丁店", "", "H路"),
        row("", credit_code(2)),
        row("淄博戊公司", credit_code(2)),
    ]
    batch = imported(bureau.officer, xlsx_file([HEAD, *rows]))
    found = [(number, outcome) for number, outcome, _code in outcomes(batch)]
    refused = [number for number, outcome in found if outcome == RowOutcome.REFUSED]
    assert refused == [3, 5, 7, 9, 10, 12]
    assert ImportRow.objects.get(of=batch, row=9).reason == "与第 8 行重复，已按第 8 行处理"
    assert ImportRow.objects.get(of=batch, row=12).code == "name-missing"
    assert Subject.objects.count() == 6


def test_a_natural_person_is_found_by_the_id_number_and_never_shows_it(bureau: Bureau) -> None:
    """Encrypted, with a registry number of its own; also where the ID number stands in the column of codes."""
    first = imported(bureau.officer, csv_file([["姓名", "统一社会信用代码", "住址"], ["张三", PERSON, "张店区某村"]]))
    person = Subject.objects.get()
    assert (person.kind, person.number, person.credit_code) == (SubjectKind.PERSON, "DJ-000001", None)
    assert first.taken == 1
    assert PERSON.encode() not in bytes(person.id_number_box or b"")
    again = imported(bureau.officer, csv_file([HEAD, row("张三", "", "张店区另一村", "", "", "", "", "", PERSON)]))
    assert (again.taken, again.updated) == (0, 1)
    assert Subject.objects.get().number == "DJ-000001"
    texts = (
        str(list(ImportRow.objects.values()))
        + str(list(Import.objects.values()))
        + str(list(Import.objects.values("work__sample", "work__preview")))
    )
    assert PERSON not in texts


def test_changed_rows_update_what_they_say_and_leave_the_rest(bureau: Bureau) -> None:
    """A6.3: an empty cell says nothing; the report names what changed."""
    imported(
        bureau.officer,
        csv_file([HEAD, row("淄博甲公司", credit_code(1), "张店区A路", "王一", "13853312345", "2013-04-09", "存续")]),
    )
    batch = imported(
        bureau.officer,
        csv_file([HEAD, row("淄博甲公司", credit_code(1), "周村区B路", "N/A", "13853399999", "", "注销")]),
    )
    assert (batch.taken, batch.updated, batch.unchanged) == (0, 1, 0)
    subject = Subject.objects.get()
    assert (subject.address, subject.district, subject.responsible_person) == ("周村区B路", "周村区", "王一")
    assert (subject.phone(), subject.status, subject.established_on) == (
        "13853399999",
        SubjectStatus.CANCELLED,
        date(2013, 4, 9),
    )
    assert ImportRow.objects.get(of=batch).reason == "更新：地址、状态、区县、联系方式"
    assert verify_log().problems == []


def test_a_district_set_by_hand_survives_the_next_import_of_the_same_table(bureau: Bureau) -> None:
    """Only a told district or a new address changes it."""
    content = csv_file([HEAD, row("淄博甲公司", credit_code(1), "淄博市人民西路8号")])
    imported(bureau.officer, content)
    assert Subject.objects.get().district == "张店区"
    Subject.objects.update(district="高新区")
    assert imported(bureau.officer, content).unchanged == 1
    assert Subject.objects.get().district == "高新区"


def test_known_ones_can_be_refused_instead_of_updated(bureau: Bureau) -> None:
    """Duplicate in the register, where the clerk chose only new ones."""
    content = csv_file([HEAD, row("淄博甲公司", credit_code(1), "A路")])
    imported(bureau.officer, content)
    batch = checked(
        bureau.officer, csv_file([HEAD, row("淄博甲公司", credit_code(1), "B路"), row("淄博乙公司", credit_code(2))])
    )
    Import.objects.filter(pk=batch.pk).update(update_existing=False, state=ImportState.UPLOADED)
    import_tasks.analyse_import.call(batch.pk)
    assert outcomes(batch) == [(2, RowOutcome.REFUSED, "in-register"), (3, RowOutcome.TAKEN, "")]


def test_a_subject_without_code_is_found_by_name_and_address_and_gets_its_code_later(bureau: Bureau) -> None:
    """The number that entered draws stays."""
    imported(bureau.officer, csv_file([HEAD, row("淄博甲公司", "N/A", "A路1号"), row("淄博乙公司", "", "B路")]))
    same = imported(bureau.officer, csv_file([HEAD, row("淄博 甲公司", "-", "A路１号")]))
    assert same.unchanged == 1
    coded = imported(bureau.officer, csv_file([HEAD, row("淄博甲公司", credit_code(1), "A路1号")]))
    assert (coded.taken, coded.updated) == (0, 1)
    subject = Subject.objects.get(credit_code=credit_code(1))
    assert subject.number == "DJ-000001"
    third = imported(bureau.officer, csv_file([HEAD, row("淄博丙公司", "", "C路")]))
    assert third.taken == 1
    assert Subject.objects.filter(number="DJ-000003").exists()


def test_codes_of_two_subjects_in_one_row_are_a_conflict(bureau: Bureau) -> None:
    """Nobody is merged by a table."""
    head = ["企业名称", "统一社会信用代码", "注册号", "地址"]
    number = registration_number(5)
    imported(
        bureau.officer, csv_file([head, ["淄博甲公司", credit_code(1), "", "A路"], ["淄博乙公司", "", number, "B路"]])
    )
    batch = checked(bureau.officer, csv_file([head, ["淄博甲公司", credit_code(1), number, "A路"]]))
    assert outcomes(batch) == [(2, RowOutcome.REFUSED, "conflict")]


def test_formula_cells_stay_text(bureau: Bureau) -> None:
    """A name that begins like a formula is a name."""
    imported(bureau.officer, csv_file([HEAD, row("=cmd|'/c calc'!A1", credit_code(1), "@SUM(1)")]))
    assert Subject.objects.get().name == "=cmd|'/c calc'!A1"


def test_the_header_repeated_for_printing_is_no_row(bureau: Bureau) -> None:
    """Nor are blank lines, nor lines that only carry a running number."""
    head = ["序号", *HEAD]
    rows = [head, [1, *row("淄博甲公司", credit_code(1))], head, [], [2], [3, *row("淄博乙公司", credit_code(2))]]
    assert [number for number, _outcome, _code in outcomes(checked(bureau.officer, csv_file(rows)))] == [2, 6]


def test_a_code_with_control_characters_is_refused_and_not_repaired(bureau: Bureau) -> None:
    """Bad input: ids with control characters; nobody can see which code was meant."""
    good, bad = credit_code(1), credit_code(2)
    batch = checked(
        bureau.officer,
        csv_file(
            [HEAD, row(code=good), row("淄博乙公司", f"{bad[:8]}\x01{bad[8:]}"), row("淄博丙公司", f"\u202e{bad}")]
        ),
    )
    assert [(number, outcome) for number, outcome, _code in outcomes(batch)] == [
        (2, "taken"),
        (3, "refused"),
        (4, "refused"),
    ]
    assert "看不见的控制字符" in batch.rows.get(row=3).reason
