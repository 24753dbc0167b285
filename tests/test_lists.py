"""Every list that staff see: counted, filtered by its address, given away as Excel and CSV, printed (look.md, Lists)."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from mingqian.accounts.filters.services import lists
from mingqian.accounts.states import Role
from mingqian.documents.imports import services as import_services
from mingqian.registry.imports.states import ImportTarget
from mingqian.registry.libraries import services as library_services
from mingqian.registry.subjects import services as subject_services, states as subject_states
from mingqian.testing import Bureau, opened_draw, sealed_draw, work_off
from tests.arguments import planning_arguments, subject_arguments

pytestmark = pytest.mark.django_db

#: Address of a list, who looks at it, where its file is made ("" where the list itself answers `?export=`), a column of the file.
LISTS = (
    ("registry:subjects", Role.DIVISION_OFFICER, "", "名称"),
    ("registry:inspectors", Role.DIVISION_OFFICER, "", "执法证号"),
    ("registry:drawable", Role.DIVISION_OFFICER, "", "原因"),
    ("registry:experts", Role.DIVISION_OFFICER, "", "资质名称"),
    ("registry:flags", Role.DIVISION_OFFICER, "", "来源"),
    ("registry:exemptions", Role.DIVISION_OFFICER, "", "免检依据"),
    ("registry:completeness", Role.DIVISION_OFFICER, "", "完整率"),
    ("registry:libraries", Role.DIVISION_OFFICER, "", "建库依据"),
    ("registry:duplicates", Role.DIVISION_OFFICER, "", "疑似原因"),
    ("imports:list", Role.DIVISION_OFFICER, "", "文件"),
    ("drawing:list", Role.DIVISION_OFFICER, "", "任务编号"),
    ("drawing:joint-list", Role.DIVISION_OFFICER, "", "牵头科室"),
    ("drawing:warnings", Role.DIVISION_OFFICER, "", "具体说明"),
    ("planning:items", Role.DIVISION_OFFICER, "", "抽查事项"),
    ("planning:drafts", Role.DIVISION_OFFICER, "", "还缺什么"),
    ("planning:lists", Role.DIVISION_OFFICER, "", "批准公布"),
    ("planning:laws", Role.DIVISION_OFFICER, "", "文号"),
    ("planning:imports", Role.DIVISION_OFFICER, "", "责任科室"),
    ("planning:missing", Role.REGULATIONS_OFFICER, "", "引用的名称"),
    ("plans:tasks", Role.DIVISION_OFFICER, "", "任务编号"),
    ("burden:specials", Role.DIVISION_OFFICER, "", "事由"),
    ("casework:clocks", Role.DIVISION_OFFICER, "", "到期日"),
    ("rules:sets", Role.DIVISION_OFFICER, "", "适用范围"),
    ("rules:calendar", Role.DIVISION_OFFICER, "", "日期"),
    ("documents:papers", Role.DIVISION_OFFICER, "", "文书"),
    ("accounts:organs", Role.SYSTEM_ADMIN, "", "上级机关"),
    ("accounts:users", Role.SECURITY_ADMIN, "", "角色"),
    ("accounts:sign-ins", Role.AUDIT_ADMIN, "", "结果"),
    ("portal:ledger", Role.AUDIT_ADMIN, "", "内容指纹"),
    ("portal:personal", Role.AUDIT_ADMIN, "", "原因"),
)


def visitor(bureau: Bureau, role: Role) -> Client:
    """Return a browser in which the person with `role` is signed in."""
    client = Client()
    client.force_login(bureau.user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def file_of(client: Client, address: str, maker: str, form: str, **query: str) -> bytes:
    """Return the file of a list."""
    if maker:
        answer: Any = client.get(reverse(maker, args=[form]), query)
    else:
        answer = client.get(address, {"export": form, **query})
    assert answer.status_code == 200, address
    assert answer["Content-Disposition"].startswith("attachment")
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content


def lived_in_stage(stocked: Bureau) -> Bureau:
    """Put something into each list of the bureau."""
    subject = stocked.organ.subjects.order_by("number")[0]
    subject_arguments(stocked, subject)
    planning_arguments(stocked)
    subject_services.add_subject(stocked.officer, subject_states.SubjectValues(name=subject.name, address="示例路9号"))
    import_services.upload(
        stocked.officer, target=ImportTarget.SUBJECTS, file_name="企业.csv", content="名称\n淄博甲公司\n".encode()
    )
    work_off()
    sealed_draw(stocked)
    return stocked


@pytest.fixture
def lived_in(staged: Bureau) -> Bureau:
    """A bureau in which each list has something."""
    return staged


@pytest.mark.stage(builder=lived_in_stage)
@pytest.mark.parametrize(("name", "role", "maker", "column"), LISTS, ids=[row[0] for row in LISTS])
def test_every_list_is_counted_printed_and_given_away(
    lived_in: Bureau, name: str, role: Role, maker: str, column: str
) -> None:
    """look.md, Lists: in both forms, and in no other; the columns are named."""
    client, address = visitor(lived_in, role), reverse(name)
    page = client.get(address + "?all=1").content.decode()
    if "mq-count" in page:
        assert page.count("data-print") == 1, "one button that prints"
        assert ">Excel</a>" in page
        assert ">CSV</a>" in page
    else:
        assert "mq-empty" in page, "a list with nothing in it says what to do first"
    table = list(csv.reader(io.StringIO(file_of(client, address, maker, "csv").decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(file_of(client, address, maker, "xlsx"))).active
    assert sheet is not None
    assert column in table[0]
    assert [cell or "" for cell in next(sheet.iter_rows(values_only=True))] == table[0]
    assert sheet.max_row == len(table)
    wrong = reverse(maker, args=["pdf"]) if maker else f"{address}?export=pdf"
    assert client.get(wrong).status_code == 404


def test_the_matrix_of_lists_knows_every_list_that_keeps_filters() -> None:
    """Issue 3: no list with saved filters is left untested."""
    assert set(lists()) <= {name for name, _role, _maker, _column in LISTS}


@pytest.mark.parametrize(
    ("name", "role", "query", "some"),
    [
        ("accounts:users", Role.SECURITY_ADMIN, {"role": "leader"}, "分管领导"),
        ("accounts:users", Role.SECURITY_ADMIN, {"q": "principal"}, "zibo-principal_leader"),
        ("accounts:organs", Role.SYSTEM_ADMIN, {"q": "淄博"}, "zibo"),
        ("drawing:list", Role.DIVISION_OFFICER, {"state": "opened"}, "安全随机抽查"),
        ("drawing:list", Role.DIVISION_OFFICER, {"q": "节能科 监察"}, "节能监察随机抽查"),
        ("imports:list", Role.DIVISION_OFFICER, {"text": "企业", "target": "subjects"}, "企业.csv"),
        ("portal:ledger", Role.AUDIT_ADMIN, {"q": "flag.add"}, "登记重点监管标记"),
    ],
)
@pytest.mark.stage(builder=lived_in_stage)
def test_a_file_holds_what_the_filters_of_the_address_leave(
    lived_in: Bureau, name: str, role: Role, query: dict[str, str], some: str
) -> None:
    """look.md, Lists: filters stay in the address, and in the file."""
    if name == "drawing:list":
        opened_draw(lived_in, scope="2026-安全-09", title="安全随机抽查")
    client, address = visitor(lived_in, role), reverse(name)
    rows = file_of(client, address, "", "csv", **query).decode("utf-8-sig").splitlines()
    whole = file_of(client, address, "", "csv").decode("utf-8-sig").splitlines()
    assert all(some in row for row in rows[1:])
    assert 1 < len(rows) <= len(whole)
    nothing = {key: "没有这样的" for key in query if key in {"q", "text"}}
    if nothing:
        page = client.get(address, nothing).content.decode()
        assert "没有符合条件的" in page
        assert len(file_of(client, address, "", "csv", **nothing).splitlines()) == 1


def test_a_cell_that_starts_like_a_formula_stays_text(bureau: Bureau) -> None:
    """documents.tables: whatever somebody typed is no formula in the file either."""
    library_services.add_library(bureau.officer, code="gongshi", name="=1+1", basis="@x")
    client = visitor(bureau, Role.DIVISION_OFFICER)
    text = file_of(client, reverse("registry:libraries"), "", "csv").decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'@x" in text
