"""Inspectors from tables (A7.1)."""

from datetime import date
from typing import Any

import pytest

from mingqian.documents.imports.states import RowOutcome
from mingqian.documents.models import ImportRow
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.models import Inspector
from mingqian.registry.people.selectors import why_not_drawable
from mingqian.registry.people.states import Sex
from mingqian.registry.tests.tables import checked, csv_file, imported, xlsx_file
from mingqian.testing import Bureau

pytestmark = pytest.mark.django_db

HEAD = ["姓名", "性别", "所在科室", "职务", "执法证件号", "有效期", "是否行政编制", "是否在执法岗位"]


def row(name: str = "王一", certificate: Any = "15030001", *more: Any, division: str = "节能科") -> list[Any]:
    """Return a row under `HEAD`."""
    rest = [*more, *["2024.1.1至2029.1.1", "是", "是"][len(more) :]]
    return [name, "女", division, "四级主任科员", certificate, *rest]


def test_inspectors_are_read_with_both_dates_in_one_cell(bureau: Bureau) -> None:
    """And brackets of certificate numbers become those that a draw can hold."""
    batch = imported(bureau.officer, xlsx_file([HEAD, row("王 一", "鲁工信 (2024) 12号")]), ImportKind.INSPECTORS)
    assert batch.taken == 1
    inspector = Inspector.objects.get()
    assert (inspector.name, inspector.certificate_number, inspector.sex) == ("王一", "鲁工信（2024）12号", Sex.FEMALE)
    assert (inspector.valid_from, inspector.valid_until) == (date(2024, 1, 1), date(2029, 1, 1))
    assert inspector.division.name == "节能科"


def test_a_number_cell_of_a_certificate_loses_nothing_but_its_point(bureau: Bureau) -> None:
    """15030001.0 is 15030001."""
    imported(bureau.officer, xlsx_file([HEAD, row(certificate=15030001.0)]), ImportKind.INSPECTORS)
    assert Inspector.objects.get().certificate_number == "15030001"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (row(""), "name-missing"),
        (row(certificate=""), "certificate-missing"),
        (row(certificate="//"), "certificate-missing"),
        (row(certificate="1" * 16 + "E+20"), "code-lost"),
        (row(division=""), "division-missing"),
        (row(division="不存在科"), "division-unknown"),
        (row("王一", "15030001", "明年"), "date-odd"),
        (row("王一", "15030001", "2029-01-01至2024-01-01"), "date-order"),
        (row("王一", "15030001", "2029-01-01", ""), "answer-unknown"),
        (row("王一", "15030001", "2029-01-01", "也许"), "answer-unknown"),
        (["王一", "某", "节能科", "", "15030001", "", "是", "是"], "sex-unknown"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(bureau: Bureau, cells: list[Any], code: str) -> None:
    """A7.1."""
    batch = checked(bureau.officer, csv_file([HEAD, cells]), ImportKind.INSPECTORS)
    assert [*batch.rows.values_list("outcome", "code")] == [(RowOutcome.REFUSED, code)]


def test_an_inspector_listed_twice_is_taken_once(bureau: Bureau) -> None:
    """Twice under one certificate, or under two: one person holds one ticket."""
    rows = [row(), row(), row("王一", "15030002"), row("王一", "15030003", division="安全科"), row("李二", "15030001")]
    batch = imported(bureau.officer, csv_file([HEAD, *rows]), ImportKind.INSPECTORS)
    assert (batch.taken, batch.refused) == (2, 3)
    assert "第 2 行同一科室" in ImportRow.objects.get(of=batch, row=4).reason
    later = checked(bureau.officer, csv_file([HEAD, row("王一", "15039999")]), ImportKind.INSPECTORS)
    assert [*later.rows.values_list("code", flat=True)] == ["conflict"]


def test_art07_who_is_not_on_the_establishment_cannot_be_drawn(bureau: Bureau) -> None:
    """Art. 7: establishment, post, valid certificate."""
    rows = [
        row("王一", "1", "2029-01-01", "行政编制", "是"),
        row("王二", "2", "2029-01-01", "事业编制", "是"),
        row("王三", "3", "2029-01-01", "是", "否"),
        row("王四", "4", "2020-01-01", "是", "是"),
        row("王五", "5", "N/A", "是", "是"),
    ]
    imported(bureau.officer, csv_file([HEAD, *rows]), ImportKind.INSPECTORS)
    on = date(2026, 11, 23)
    found = {inspector.name: why_not_drawable(inspector, on) for inspector in Inspector.objects.all()}
    assert found == {
        "王一": "",
        "王二": "not-established",
        "王三": "no-enforcement-post",
        "王四": "certificate-expired",
        "王五": "no-certificate",
    }


def test_a_changed_certificate_validity_updates_the_inspector(bureau: Bureau) -> None:
    """Found by the certificate number."""
    imported(bureau.officer, csv_file([HEAD, row()]), ImportKind.INSPECTORS)
    batch = imported(bureau.officer, csv_file([HEAD, row("王一", "15030001", "2030-06-30")]), ImportKind.INSPECTORS)
    assert (batch.taken, batch.updated) == (0, 1)
    assert Inspector.objects.get().valid_until == date(2030, 6, 30)
