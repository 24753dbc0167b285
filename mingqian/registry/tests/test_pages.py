"""Pages, files and forms of the registries."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import load_workbook

from mingqian.accounts.models import User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.documents.imports import tasks as import_tasks
from mingqian.documents.imports.states import ImportState
from mingqian.documents.models import Import
from mingqian.ledger.models import Entry
from mingqian.ledger.verification.selectors import verify_log
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.people import services as people_services
from mingqian.registry.people.values import InspectorValues
from mingqian.registry.subjects import services as subject_services
from mingqian.registry.subjects.states import SubjectStatus, SubjectValues
from mingqian.registry.tests.pages import body
from mingqian.registry.tests.tables import checked, credit_code, csv_file, imported
from mingqian.testing import Bureau, make_bureau

pytestmark = pytest.mark.django_db

HEAD = ["企业名称", "统一社会信用代码", "地址", "联系电话", "企业类型"]
ROWS = [
    HEAD,
    ["淄博甲化工公司", credit_code(1), "张店区A路", "13853312345", "有限责任公司"],
    ["=1+1公司", credit_code(2), "@周村区B路", "", "股份有限公司"],
    ["淄博丙公司", credit_code(3), "桓台县C路", "", ""],
]


@pytest.fixture
def officer(bureau: Bureau, client: Client) -> User:
    """Sign the division officer in."""
    client.force_login(bureau.officer, backend="django.contrib.auth.backends.ModelBackend")
    return bureau.officer


def sheet(content: bytes) -> list[list[object]]:
    """Return the rows of a workbook."""
    return load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


def test_empty_registries_say_what_to_do_first(officer: User, client: Client) -> None:
    """No blank table."""
    assert "先从表格导入" in client.get("/registry/subjects/").content.decode()
    assert "先从表格导入" in client.get("/registry/inspectors/").content.decode()
    assert "还没有导入过" in client.get("/imports/").content.decode()


def test_the_list_counts_and_filters(officer: User, client: Client) -> None:
    """Filters are read from the address, several districts at once."""
    imported(officer, csv_file(ROWS))
    assert "3 家 · 3 个区县" in client.get("/registry/subjects/").content.decode()
    both = client.get("/registry/subjects/", {"district": ["张店区", "周村区"]}).content.decode()
    assert "2 家 · 2 个区县" in both
    found = client.get("/registry/subjects/", {"text": "甲化工", "company_type": "有限责任公司"}).content.decode()
    assert "1 家 · 1 个区县" in found
    assert "没有符合条件" in client.get("/registry/subjects/", {"text": "不存在"}).content.decode()
    assert client.get("/registry/subjects/", {"district": ["不存在"], "page": "x"}).status_code == 200


def test_exports_carry_the_filtered_list_and_no_formula(officer: User, client: Client) -> None:
    """Cells that begin like formulas are texts in the workbook and guarded in CSV; phones are masked."""
    imported(officer, csv_file(ROWS))
    workbook = sheet(body(client.get("/registry/subjects/?export=xlsx")))
    assert len(workbook) == 4
    assert workbook[2][1] == "=1+1公司"
    assert workbook[1][8] == "138****2345"
    content = body(client.get("/registry/subjects/", {"export": "csv", "district": "周村区"})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 2
    assert rows[1][1] == "'=1+1公司"
    assert rows[1][6] == "'@周村区B路"
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in rows for cell in line)
    assert client.get("/registry/subjects/?export=pdf").status_code == 404


def test_an_exported_list_goes_back_in_unchanged(officer: User, client: Client) -> None:
    """The guard before formulas is taken off again."""
    imported(officer, csv_file(ROWS))
    for form in ("csv", "xlsx"):
        content = body(client.get(f"/registry/subjects/?export={form}"))
        batch = checked(officer, content)
        assert (batch.total, batch.refused, batch.taken) == (3, 0, 0), list(batch.rows.values())
        assert set(Subject.objects.values_list("name", flat=True)) == {"淄博甲化工公司", "=1+1公司", "淄博丙公司"}


def test_a_masked_phone_that_comes_back_does_not_overwrite_the_real_one(officer: User, client: Client) -> None:
    """An export carries 138****2345."""
    imported(officer, csv_file(ROWS))
    imported(officer, body(client.get("/registry/subjects/?export=csv")))
    assert Subject.objects.get(number=credit_code(1)).phone() == "13853312345"


def test_an_import_goes_from_the_upload_to_the_report(officer: User, client: Client) -> None:
    """By the pages alone; the worker's part is called where the worker would."""
    content = csv_file([*ROWS, ["坏公司", "9137030306592700X1", "", "", ""]])
    answer = client.post("/imports/new/", {"kind": "subjects", "file": SimpleUploadedFile("名录.csv", content)})
    assert answer["Location"] == "/imports/DR-00001/"
    assert "等待后台处理" in client.get(answer["Location"]).content.decode()
    batch = Import.objects.get()
    import_tasks.analyse_import.call(batch.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "将这样写入" in page
    assert "代码校验不通过 1" in page
    assert "138****2345" in page
    assert "13853312345" not in page
    assert client.get(answer["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.get("/imports/DR-00001/confirm/").status_code == 405
    refused = client.post("/imports/DR-00001/confirm/", {"mode": "all"}, follow=True).content.decode()
    assert "不能按“全部正确才导入”导入" in refused
    client.post("/imports/DR-00001/confirm/", {"mode": "part"})
    import_tasks.run_import.call(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportState.DONE
    done = client.get(answer["Location"], {"outcome": "refused"}).content.decode()
    assert "校验码不对" in done
    assert "淄博丙公司" not in done
    report = sheet(body(client.get("/imports/DR-00001/report.xlsx")))
    assert [line[:2] for line in report[1:]] == [["2", "新增"], ["3", "新增"], ["4", "新增"], ["5", "未采用"]]
    left = sheet(body(client.get("/imports/DR-00001/refused.xlsx")))
    assert left[0] == [*HEAD, "未采用的原因"]
    assert left[1][:2] == ["坏公司", "9137030306592700X1"]


def test_refused_rows_can_be_mended_and_brought_again(officer: User, client: Client) -> None:
    """The file of refused rows is itself a table that can be imported."""
    imported(officer, csv_file([*ROWS, ["坏公司", "9137030306592700X1", "张店区", "", ""]]))
    left = sheet(body(client.get("/imports/DR-00001/refused.xlsx")))
    left[1][1] = credit_code(44)
    assert imported(officer, csv_file(left)).taken == 1


def test_the_columns_can_be_chosen_on_the_page(officer: User, client: Client) -> None:
    """Header row and columns; one column is one thing only."""
    batch = checked(officer, csv_file([["说明"], ["甲", "乙"], ["淄博甲公司", credit_code(1)]]))
    address = f"/imports/{batch.number}/columns/"
    assert "淄博甲公司" in client.get(address).content.decode()
    data = {"sheet": "", "header_row": "2", "update_existing": "1", "column-name": "0", "column-code": "0"}
    assert "同一列只能对应一个栏目" in client.post(address, data).content.decode()
    assert client.post(address, data | {"column-code": "1"})["Location"] == f"/imports/{batch.number}/"
    import_tasks.analyse_import.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.header_row, batch.mapping, batch.taken) == (2, {"name": 0, "code": 1}, 1)


def test_one_subject_is_added_and_changed_without_a_table(officer: User, client: Client) -> None:
    """A6.3: who, when, what; the phone number stays where it is not typed again."""
    data = {
        "name": "淄博甲公司",
        "credit_code": credit_code(1).lower(),
        "address": "桓台县A路",
        "phone": "13853312345",
        "status": "active",
    }
    assert client.post("/registry/subjects/new/", data)["Location"] == f"/registry/subjects/{credit_code(1)}/"
    subject = Subject.objects.get()
    assert (subject.district, subject.phone_masked) == ("桓台县", "138****2345")
    again = client.post("/registry/subjects/new/", data)
    assert (again.status_code, "名录库中已有" in again.content.decode()) == (400, True)
    changed = {"name": "淄博甲公司", "address": "", "phone": "", "status": "closed", "district": "桓台县"}
    changed |= {"status_since": "2026-03-01", "why": "停业登记"}
    client.post(f"/registry/subjects/{credit_code(1)}/edit/", changed)
    subject.refresh_from_db()
    assert (subject.status, subject.address, subject.phone()) == (SubjectStatus.CLOSED, "", "13853312345")
    page = client.get(f"/registry/subjects/{credit_code(1)}/?tab=history").content.decode()
    assert "改动：状态、状态自、地址" in page
    assert "不参加抽取" in page
    assert verify_log().problems == []


def test_a_registered_code_cannot_be_exchanged(officer: User) -> None:
    """Another code is another subject."""
    subject = subject_services.add_subject(officer, SubjectValues(name="淄博甲公司", credit_code=credit_code(1)))
    with pytest.raises(DomainError, match="登记后不能改动"):
        subject_services.change_subject_by_hand(
            officer, subject, SubjectValues(name="淄博甲公司", credit_code=credit_code(2))
        )
    with pytest.raises(DomainError, match="校验码不对"):
        subject_services.add_subject(officer, SubjectValues(name="淄博乙公司", credit_code="9137030306592700X1"))


def test_one_inspector_is_added_and_changed_without_a_table(bureau: Bureau, officer: User, client: Client) -> None:
    """A7.1: the page says in words why somebody cannot be drawn."""
    division = bureau.divisions["jieneng"].pk
    data = {
        "name": "王一",
        "certificate_number": "鲁C-0001",
        "division": str(division),
        "on_establishment": "on",
        "enforcement_post": "on",
    }
    assert client.post("/registry/inspectors/new/", data).status_code == 302
    assert "执法证有效期未登记" in client.get("/registry/inspectors/").content.decode()
    until = clock.today() + timedelta(days=30)
    client.post("/registry/inspectors/鲁C-0001/edit/", data | {"valid_until": until.isoformat()})
    assert Inspector.objects.get().valid_until == until
    assert "今日可以抽取 1 人" in client.get("/registry/inspectors/").content.decode()
    client.post(
        "/registry/inspectors/鲁C-0001/edit/", {key: value for key, value in data.items() if key != "on_establishment"}
    )
    assert "非行政编制" in client.get("/registry/inspectors/鲁C-0001/").content.decode()
    assert "证件有效期至" in client.get("/registry/inspectors/鲁C-0001/?tab=history").content.decode()
    wrong = client.post("/registry/inspectors/new/", data | {"certificate_number": "//"}).content.decode()
    assert "执法证号" in wrong
    assert "0 人" in client.get("/registry/inspectors/", {"drawable": "yes"}).content.decode()
    assert len(sheet(body(client.get("/registry/inspectors/?export=xlsx")))) == 2
    assert verify_log().problems == []


def test_a_division_of_another_organ_is_refused(bureau: Bureau) -> None:
    """Nor may an inspector be put there."""
    other = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    values = InspectorValues(name="王一", certificate_number="1", valid_until=date(2030, 1, 1))
    with pytest.raises(DomainError, match="科室"):
        people_services.add_inspector(bureau.officer, values, other.divisions["jieneng"])


def test_readers_read_and_do_not_write(bureau: Bureau, client: Client) -> None:
    """A leader sees lists and reports, and none of the buttons or forms."""
    imported(bureau.officer, csv_file(ROWS))
    client.force_login(bureau.leader, backend="django.contrib.auth.backends.ModelBackend")
    assert "从表格导入" not in client.get("/registry/subjects/").content.decode()
    assert client.get("/imports/DR-00001/report.xlsx").status_code == 200
    for address in (
        "imports/new/",
        "imports/DR-00001/columns/",
        "imports/DR-00001/refused.xlsx",
        "registry/subjects/new/",
        "registry/inspectors/new/",
    ):
        assert client.get(f"/{address}").status_code == 403, address
    client.force_login(bureau.user(Role.AUDIT_ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/registry/subjects/").status_code == 403


def test_what_belongs_to_another_organ_is_not_found(bureau: Bureau, client: Client) -> None:
    """404: it is not theirs to know."""
    imported(bureau.officer, csv_file(ROWS))
    people_services.add_inspector(
        bureau.officer, InspectorValues(name="王一", certificate_number="1"), bureau.divisions["jieneng"]
    )
    stranger = make_bureau("weifang", "潍坊市工业和信息化局", "潍坊市工信局")
    client.force_login(stranger.officer, backend="django.contrib.auth.backends.ModelBackend")
    for address in (
        f"subjects/{credit_code(1)}/",
        f"subjects/{credit_code(1)}/edit/",
        "inspectors/1/",
        "imports/DR-00001/",
        "imports/DR-00001/report.xlsx",
        "imports/DR-00001/refused.xlsx",
        "imports/DR-00001/columns/",
    ):
        assert client.get(f"/registry/{address}").status_code == 404, address
    assert client.post("/imports/DR-00001/discard/").status_code == 404
    assert len(sheet(body(client.get("/registry/subjects/?export=xlsx")))) == 1


def test_giving_an_import_up_leaves_the_registry_as_it_was(officer: User, client: Client) -> None:
    """By one POST, and on the ledger."""
    batch = checked(officer, csv_file(ROWS))
    client.post(f"/imports/{batch.number}/discard/")
    batch.refresh_from_db()
    assert batch.state == ImportState.DISCARDED
    assert Subject.objects.count() == 0
    assert Entry.objects.filter(verb="import.discard").count() == 1
    assert "已放弃" in client.get(f"/imports/{batch.number}/").content.decode()
