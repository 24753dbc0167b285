"""Every list that staff see: counted, filtered by its address, given away as Excel and CSV, printed."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from mingqian.accounts.states import Role
from mingqian.documents.imports import services as import_services
from mingqian.pages.access import declared_access, walk_urls
from mingqian.pages.listing import kept_lists, listings
from mingqian.registry.imports.states import ImportKind
from mingqian.registry.libraries import services as library_services
from mingqian.registry.subjects import services as subject_services, states as subject_states
from mingqian.testing import Bureau, opened_draw, sealed_draw, work_off
from tests.arguments import planning_arguments, subject_arguments

pytestmark = pytest.mark.django_db

#: Lists that are no `Listing`, for they show a figure or a calendar rather than rows: address and a column of the file.
OTHERS = (("registry:completeness", "完整率"), ("rules:calendar", "日期"))
#: Who looks at a list, the first that its page lets in.
PEOPLE = (
    Role.DIVISION_OFFICER,
    Role.REGULATIONS_OFFICER,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
)


def views() -> dict[str, Any]:
    """Return the views of the project by the names of their addresses; every room is loaded by that."""
    return {name: (route, view) for route, name, view in walk_urls()}


def lists_of_the_project() -> list[tuple[str, str]]:
    """Return every list that has an address of its own, with a column of its file."""
    known = views()
    every = [(one.name, next(column.title for column in one.columns if column.in_file)) for one in listings()]
    return sorted([*(row for row in every if "<" not in known[row[0]][0]), *OTHERS])


LISTS = lists_of_the_project()


def reader_of(name: str) -> Role:
    """Return somebody who may open a list."""
    access = declared_access(views()[name][1])
    assert access is not None
    return next(role for role in PEOPLE if not access.roles or role in access.roles)


def visitor(bureau: Bureau, role: Role) -> Client:
    """Return a browser in which the person with `role` is signed in."""
    client = Client()
    client.force_login(bureau.user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def file_of(client: Client, address: str, form: str, **query: str) -> bytes:
    """Return the file of a list."""
    answer: Any = client.get(address, {"export": form, **query})
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
        stocked.officer, kind=ImportKind.SUBJECTS, file_name="企业.csv", content="名称\n淄博甲公司\n".encode()
    )
    work_off()
    sealed_draw(stocked)
    return stocked


@pytest.fixture
def lived_in(staged: Bureau) -> Bureau:
    """A bureau in which each list has something."""
    return staged


@pytest.mark.stage(builder=lived_in_stage)
@pytest.mark.parametrize(("name", "column"), LISTS, ids=[row[0] for row in LISTS])
def test_every_list_is_counted_printed_and_given_away(lived_in: Bureau, name: str, column: str) -> None:
    """Lists: in both forms, and in no other; the columns are named."""
    client, address = visitor(lived_in, reader_of(name)), reverse(name)
    page = client.get(address + "?all=1").content.decode()
    if "mq-count" in page:
        assert page.count("data-print") == 1, "one button that prints"
        assert ">Excel</a>" in page
        assert ">CSV</a>" in page
    else:
        assert "mq-empty" in page, "a list with nothing in it says what to do first"
    table = list(csv.reader(io.StringIO(file_of(client, address, "csv").decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(file_of(client, address, "xlsx"))).active
    assert sheet is not None
    assert column in table[0]
    assert [cell or "" for cell in next(sheet.iter_rows(values_only=True))] == table[0]
    assert sheet.max_row == len(table)
    assert client.get(f"{address}?export=pdf").status_code == 404


def test_every_list_that_keeps_filters_can_be_opened() -> None:
    """Lists: what is kept under a name is a list with an address of its own."""
    assert set(kept_lists()) <= {name for name, _column in LISTS}
    assert len(LISTS) > 25


@pytest.mark.parametrize(
    ("name", "role", "query", "some"),
    [
        ("accounts:users", Role.SECURITY_ADMIN, {"role": "leader"}, "分管领导"),
        ("accounts:users", Role.SECURITY_ADMIN, {"q": "principal"}, "zibo-principal_leader"),
        ("accounts:organs", Role.SYSTEM_ADMIN, {"q": "淄博"}, "zibo"),
        ("drawing:list", Role.DIVISION_OFFICER, {"state": "opened"}, "安全随机抽查"),
        ("drawing:list", Role.DIVISION_OFFICER, {"q": "节能科 监察"}, "节能监察随机抽查"),
        ("imports:list", Role.DIVISION_OFFICER, {"text": "企业", "kind": "subjects"}, "企业.csv"),
        ("portal:ledger", Role.AUDIT_ADMIN, {"q": "flag.add"}, "登记重点监管标记"),
    ],
)
@pytest.mark.stage(builder=lived_in_stage)
def test_a_file_holds_what_the_filters_of_the_address_leave(
    lived_in: Bureau, name: str, role: Role, query: dict[str, str], some: str
) -> None:
    """Lists: filters stay in the address, and in the file."""
    if name == "drawing:list":
        opened_draw(lived_in, scope="2026-安全-09", title="安全随机抽查")
    client, address = visitor(lived_in, role), reverse(name)
    rows = file_of(client, address, "csv", **query).decode("utf-8-sig").splitlines()
    whole = file_of(client, address, "csv").decode("utf-8-sig").splitlines()
    assert all(some in row for row in rows[1:])
    assert 1 < len(rows) <= len(whole)
    nothing = {key: "没有这样的" for key in query if key in {"q", "text"}}
    if nothing:
        page = client.get(address, nothing).content.decode()
        assert "没有符合条件的" in page
        assert len(file_of(client, address, "csv", **nothing).splitlines()) == 1


def test_a_cell_that_starts_like_a_formula_stays_text(bureau: Bureau) -> None:
    """documents.tables: whatever somebody typed is no formula in the file either."""
    library_services.add_library(bureau.officer, code="gongshi", name="=1+1", basis="@x")
    client = visitor(bureau, Role.DIVISION_OFFICER)
    text = file_of(client, reverse("registry:libraries"), "csv").decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'@x" in text
